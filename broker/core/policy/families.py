"""Words for which sets of things a message may hold: a family of sets.

What the things are is left to `broker.core.policy.wording`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_MOST: Final = 4  # shapes that words are found for


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape(Generic[T]):
    """The sets that hold all of `low`, nothing but `high`, and something of `hit`.

    When `hit` is empty, it asks for nothing.
    """

    low: frozenset[T]
    high: frozenset[T]
    hit: frozenset[T]

    def among(self, every: Iterable[frozenset[T]]) -> frozenset[frozenset[T]]:
        return frozenset(
            one
            for one in every
            if self.low <= one <= self.high
            and (not self.hit or not self.hit.isdisjoint(one))
        )


@lru_cache(maxsize=1024)  # the boxes of one comparison say the same again and again
def family_words(
    family: frozenset[frozenset[T]],
    others: frozenset[frozenset[T]],
    what: str,
    word: Callable[[T], str],
) -> str:
    """Returns words for a family of sets.

    Args:
        family: The sets.
        others: The sets that are not meant; with `family` all that there are.
        what: What the sets hold: "items".
        word: The word for one.
    """
    every = family | others
    shapes = _shapes(family, every, word)
    if shapes is None:
        count = f"{len(family)} of {len(every)} combinations"
        return f"{what}: {count}, listed in the JSON form"
    all_there_is = frozenset[T]().union(*every)
    phrases = [_phrase(shape, all_there_is, word) for shape in shapes]
    return f"{what}: {'; or '.join(phrases)}"


def family_json(
    family: frozenset[frozenset[T]],
    others: frozenset[frozenset[T]],
    word: Callable[[T], str],
) -> list[dict[str, list[str]]]:
    """Returns a family of sets as JSON shows it: a list of forms, of which one holds.

    A set has a form when it holds all of "all_of", nothing but "none_but", and
    something of "some_of", where that is there.
    """
    shapes = _shapes(family, family | others, word) or [
        _Shape(low=one, high=one, hit=frozenset[T]())
        for one in sorted(family, key=lambda one: _order(one, word))
    ]
    return [
        {
            name: sorted(map(word, members))
            for name, members in (
                ("all_of", shape.low),
                ("none_but", shape.high),
                ("some_of", shape.hit),
            )
            if members or name == "none_but"
        }
        for shape in shapes
    ]


def _shapes(
    family: frozenset[frozenset[T]],
    every: frozenset[frozenset[T]],
    word: Callable[[T], str],
) -> list[_Shape[T]] | None:
    """Returns shapes that make up the family; None when that takes too many."""
    whole = _around(family, every)
    if whole.among(every) == family:
        return [whole]
    nothing = frozenset({frozenset[T]()})
    some = family - nothing
    if some != family and some:
        whole = _around(some, every)
        if whole.among(every) == some:
            return [_around(nothing, every), whole]
    shapes: list[_Shape[T]] = []
    left = family
    while left:
        if len(shapes) == _MOST:
            return None
        shape = _grown(
            min(left, key=lambda one: _order(one, word)), family, every, word
        )
        shapes.append(shape)
        left -= shape.among(every)
    return shapes


def _around(
    family: frozenset[frozenset[T]], every: frozenset[frozenset[T]]
) -> _Shape[T]:
    """Returns the narrowest shape that has all of a family."""
    high = frozenset[T]().union(*family)
    low = high.intersection(*family)
    shape = _Shape(low=low, high=high, hit=frozenset[T]())
    beside = shape.among(every) - family
    if not beside:
        return shape
    return _Shape(low=low, high=high, hit=high.difference(*beside))


def _grown(
    low: frozenset[T],
    family: frozenset[frozenset[T]],
    every: frozenset[frozenset[T]],
    word: Callable[[T], str],
) -> _Shape[T]:
    """Returns the shape from `low` upwards that takes in what the family allows."""
    shape = _Shape(low=low, high=low, hit=frozenset[T]())
    for member in sorted(frozenset[T]().union(*family) - low, key=word):
        larger = _Shape(low=low, high=shape.high | {member}, hit=shape.hit)
        if larger.among(every) <= family:
            shape = larger
    return shape


def _order(one: frozenset[T], word: Callable[[T], str]) -> tuple[int, list[str]]:
    return len(one), sorted(map(word, one))


def _phrase(
    shape: _Shape[T], all_there_is: frozenset[T], word: Callable[[T], str]
) -> str:
    if not shape.high:
        return "none"
    hit = f"{_listed(shape.hit, word, 'or')}"
    if shape.low:
        lead, certain = _listed(shape.low, word, "and"), shape.low
    elif shape.hit:
        lead, certain = hit, shape.hit
    else:
        return f"none but {_listed(shape.high, word, 'and')}"
    if shape.high == all_there_is:
        return lead if shape.high == certain else f"{lead}, maybe others"
    rest = shape.high - certain
    return f"{lead}, maybe {_listed(rest, word, 'and')}" if rest else f"only {lead}"


def _listed(members: Iterable[T], word: Callable[[T], str], joint: str) -> str:
    words = sorted(map(word, members))
    head, last = words[:-1], words[-1:]
    return f" {joint} ".join([", ".join(head), *last] if head else last)
