"""How much of one content an index takes in: whatever is sent, there is an end to it.

What is made of the parts is left to `broker.core.identification.index_terms`.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from broker.core.identification.agreement import Level
from broker.core.identification.index_terms import Term, certain_terms, kept_terms
from broker.core.identification.weapon import Weapon

PORTION: Final = 8
"""Numbers or series that are compared as those of one object."""
TERMS_MAX: Final = 250_000
"""Words that one content is kept under in full; more of it is kept under few."""
SAME_MAX: Final = 8
"""Objects of one content that are found by one number."""

_NUMBERS: Final = frozenset({Level.EXACT, Level.SHAPE, Level.SOUND, Level.EMBEDDED})
_T = TypeVar("_T")


def in_portions(weapons: Iterable[Weapon]) -> Iterator[Weapon]:
    """Yields weapons with `PORTION` serial numbers and series each at most.

    Two objects are compared number by number: of objects with thousands of numbers that
    would take for ever. Nothing is left out. A portion but the first has the path of
    its first number, so that each has one of its own.
    """
    for weapon in weapons:
        pairs = itertools.zip_longest(
            _portions(weapon.serials), _portions(weapon.ranges), fillvalue=()
        )
        if max(len(weapon.serials), len(weapon.ranges)) <= PORTION:
            yield weapon
            continue
        for place, (serials, ranges) in enumerate(pairs):
            path = (*serials, *ranges)[0].path if place else weapon.path
            yield replace(weapon, path=path, serials=serials, ranges=ranges)


def terms_within(weapons: Iterable[Weapon]) -> Iterator[tuple[Weapon, frozenset[Term]]]:
    """Yields weapons of one content with the words that each is kept under.

    Once they are more than `TERMS_MAX`, a weapon is kept under what is certain of its
    numbers alone: nobody fills a disk with one message. Of those that bear one number,
    `SAME_MAX` are found by it: who repeats a number does not crowd out what others
    say of it.
    """
    total, seen = 0, Counter[Term]()
    for weapon in weapons:
        terms = kept_terms if total < TERMS_MAX else certain_terms
        found = frozenset(
            one
            for one in terms(weapon)
            if one[0] not in _NUMBERS or seen[one] < SAME_MAX
        )
        seen.update(one for one in found if one[0] in _NUMBERS)
        total += len(found)
        yield weapon, found


def _portions(found: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    for at in range(0, len(found), PORTION):
        yield tuple(found[at : at + PORTION])
