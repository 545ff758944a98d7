"""A serial number place by place: what is certain, what is doubtful, what is gone.

What is searched for with it is left to `broker.core.identification.serials`.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from broker.core.identification.scripts import plain

EXPANSIONS_MAX: Final = 1000
"""Most numbers that places which could not be read are filled in to."""
SPELLINGS_MAX: Final = 64
"""Most numbers that a doubtful reading is spelled out into."""
PLACES_MAX: Final = 64
"""Most places that a number has: nobody ever stamped a longer one."""

_PLACE: Final = re.compile(r"\[[^\[\]]*\]|[^\[\]]")
_GONE: Final = frozenset("?*")
_DOUBTFUL: Final = frozenset("?*[]")
_JOINTS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212./\\_:,'\u00b7#()]")
_DIGITS: Final = tuple("0123456789")
_LETTERS: Final = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_WITHHELD: Final = "[withheld]"
_SIGNS_MAX: Final = 1024  # of a reading, alternatives and joints included


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as a row of places.

    Attributes:
        places: For each place what may stand there; nothing for a sign that could
            not be read.
    """

    places: tuple[tuple[str, ...], ...]

    @property
    def is_certain(self) -> bool:
        """Tells whether every place was read, and read one way."""
        return all(len(one) == 1 for one in self.places)

    @property
    def unknown(self) -> int:
        """How many places could not be read."""
        return sum(not one for one in self.places)

    @property
    def known(self) -> int:
        """How many places were read, doubtful ones included."""
        return len(self.places) - self.unknown

    def spellings(self) -> tuple[str, ...]:
        """Returns every number that it can be, if all places were read; or nothing.

        At most `SPELLINGS_MAX`: see `reading`.
        """
        if self.unknown or not self.places:
            return ()
        return tuple(_combined(self.places))

    def filled(self) -> tuple[str, ...]:
        """Returns every number it can be with unread places filled in; or nothing.

        A place is held to be of the sort of what is read next to the right of it,
        or else to the left: numbers begin with letters, and go on with digits.
        Nothing is returned where that would be too many.
        """
        if not self.unknown:
            return ()
        rows = [one or self._fillings(at) for at, one in enumerate(self.places)]
        count = 1
        for row in rows:
            count *= len(row)
        return tuple(_combined(rows)) if count <= EXPANSIONS_MAX else ()

    def tail(self) -> str:
        """Returns what is certain at the end, back to the first doubt."""
        signs = itertools.takewhile(lambda one: len(one) == 1, reversed(self.places))
        return "".join(one[0] for one in signs)[::-1]

    def _fillings(self, at: int) -> tuple[str, ...]:
        beside = [
            self.places[near][0]
            for near in (*range(at + 1, len(self.places)), *range(at - 1, -1, -1))
            if self.places[near]
        ]
        return _LETTERS if beside and beside[0].isalpha() else _DIGITS


def reading(raw: str, mask: str = "") -> Reading:
    """Returns a number as places, without the joints between them.

    Args:
        raw: As it was read; "?" stands for a sign that could not be read, "*" for
            one that was not told.
        mask: The same with alternatives in brackets, "ZZQ-1[0O]4?"; may be empty.

    Returns:
        No place at all for what is longer than any number, whoever sent it. Where
        alternatives are too many to be spelled out, the places that are the most
        doubtful count as not read.
    """
    if raw == _WITHHELD or max(len(raw), len(mask)) > _SIGNS_MAX:
        return Reading(())
    found = _places_of(raw, mask)
    return Reading(_readable(found) if len(found) <= PLACES_MAX else ())


def _places_of(raw: str, mask: str) -> list[tuple[str, ...]]:
    if not mask and not _DOUBTFUL & set(raw):
        return list(_places(raw, alternatives=False))
    places: list[tuple[str, ...]] = []
    for token in _PLACE.findall(mask or raw):
        signs = token[1:-1] if len(token) > 1 else token
        if token in _GONE or _GONE & set(signs):
            places.append(())
        else:
            places.extend(_places(signs, alternatives=len(token) > 1))
    return places


def _readable(places: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Blanks what is the most doubtful, until the rest can be spelled out."""
    left = list(places)
    while math.prod(len(one) for one in left if one) > SPELLINGS_MAX:
        widest = max(range(len(left)), key=lambda at: len(left[at]))
        left[widest] = ()
    return tuple(left)


def without_joints(text: str) -> str:
    """Returns text without spaces, hyphens, dots and slashes."""
    return _JOINTS.sub("", text)


def _places(signs: str, *, alternatives: bool) -> Iterator[tuple[str, ...]]:
    known = without_joints(plain(signs))
    if alternatives and known:
        yield tuple(sorted(set(known)))
    else:
        # One sign may become two: a ligature, a Roman numeral in one character.
        yield from ((sign,) for sign in known)


def _combined(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    found = itertools.product(*rows)
    return ("".join(one) for one in itertools.islice(found, EXPANSIONS_MAX))
