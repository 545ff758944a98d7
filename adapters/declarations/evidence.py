"""What a meeting is made of, how much each part is worth, and what it comes to.

Finding the meetings is left to `adapters.declarations.screening`.
"""

from collections.abc import Collection, Iterator
from enum import Enum
from functools import cache
from itertools import combinations
from typing import Final


class Fact(Enum):
    """One thing in which goods and an entry agree, and how strongly it speaks.

    The worth is the chance, as customs officers would put it, that goods of which only
    this is known are the ones that are looked for. A name may be a carrier's, who is in
    every manifest; a branch of trade says next to nothing.
    """

    SERIAL = ("serial", 0.95, "a serial number lies in a series that is looked for")
    CONTAINER = ("container", 0.90, "the container is looked for")
    MARK = ("mark", 0.70, "a mark or word lies in a series that is looked for")
    PARTY = ("party", 0.50, "a party is one that is looked for")
    VESSEL = ("vessel", 0.35, "the vessel is looked for")
    GOODS = ("goods", 0.25, "the code of the goods is looked for")
    ROUTE = ("route", 0.20, "they go from and to countries that are looked for")
    PLACE = ("place", 0.15, "they pass a place that is looked for")

    def __init__(self, label: str, worth: float, sentence: str) -> None:
        self.label = label
        self.worth = worth
        self.sentence = sentence


_DIGITS: Final = 6  # so that 0.6 is 0.6, whatever was multiplied first

DECISIVE_LEAST: Final = 0.5
"""No lower threshold is taken: below it, whole branches of lawful trade are hits."""


def score(facts: Collection[Fact]) -> float:
    """Returns what facts come to: 0 for none, never quite 1."""
    doubt = 1.0
    for fact in facts:
        doubt *= 1.0 - fact.worth
    return round(1.0 - doubt, _DIGITS)


@cache
def decisive(threshold: float) -> tuple[frozenset[Fact], ...]:
    """Returns the smallest sets of facts that come to a threshold, strongest first.

    Whatever reaches the threshold contains one of them.
    """
    found: list[frozenset[Fact]] = []
    for facts in _sets():
        if score(facts) >= threshold and not any(one <= facts for one in found):
            found.append(facts)
    return tuple(sorted(found, key=score, reverse=True))


def _sets() -> Iterator[frozenset[Fact]]:
    """Yields every set of facts, small ones first."""
    for size in range(1, len(Fact) + 1):
        yield from map(frozenset, combinations(Fact, size))
