"""How far two readings of a serial number agree, and by which key.

What else speaks for one weapon is left to `broker.core.identification.matching`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final

from broker.core.identification.masks import Reading, reading
from broker.core.identification.serials import (
    SerialKeys,
    exchanged,
    keys_of_reading,
    shape_key,
)
from broker.core.identification.weapon import ReadSerial

_LEAST_KNOWN: Final = 4  # signs that must agree before a number in part says anything
_DAMAGED: Final = frozenset(
    {
        "MARKING_CONDITION_PARTIAL",
        "MARKING_CONDITION_OBLITERATED",
        "MARKING_CONDITION_ALTERED",
        "MARKING_CONDITION_RESTORED",
    }
)
_TAIL_SHARES: Final = {4: 0.65, 5: 0.9, 6: 1.0}  # by digits that are equal
_SHORT: Final = 6  # signs: below that, one sign of difference says little


class Level(StrEnum):
    """By what two numbers meet, strongest first."""

    EXACT = "k0"
    SHAPE = "k1"
    SOUND = "k2"
    EMBEDDED = "k3"
    RANGE = "range"
    LOOK_ALIKE = "look-alike"
    POSSIBLE = "possible"
    NEAR = "near"
    TAIL = "k4"
    OTHER_SIGN = "other-sign"


LEVELS: Final = {
    Level.EXACT: (0.99, "the serial numbers are equal"),
    Level.SHAPE: (0.97, "equal once letters are read by their shape, O as 0, I as 1"),
    Level.SOUND: (0.93, "equal once letters are transliterated by their sound"),
    Level.EMBEDDED: (0.85, "equal but for letters between digits"),
    Level.RANGE: (0.85, "the number lies within the series"),
    Level.LOOK_ALIKE: (0.85, "equal once look-alikes are folded: 5/S, 8/B, 2/Z, 6/G"),
    Level.POSSIBLE: (0.85, "equal in every sign that could be read"),
    Level.NEAR: (0.68, "one sign is missing or added, or two are exchanged"),
    Level.TAIL: (0.72, "the last digits are equal, and one was read in part"),
    # Weapons of one series differ like that: alone it says next to nothing.
    Level.OTHER_SIGN: (0.40, "one sign is another"),
}
"""By level: the score if all else agrees, from 0 to 1; and how it is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """That two numbers agree.

    Attributes:
        level: By what.
        worth: From 0 to 1.
        detail: More, as part of a sentence; may be empty.
    """

    level: Level
    worth: float
    detail: str = ""


class Number:
    """A number ready to be compared any number of times.

    Args:
        read: Place by place.
        is_partial: Whether more of it may have stood there than could be read.
    """

    def __init__(self, read: Reading, *, is_partial: bool) -> None:
        self.read = read
        self.is_partial = is_partial

    @cached_property
    def keys(self) -> SerialKeys:
        """By which it is found; made when they are needed."""
        return keys_of_reading(self.read)


@lru_cache(maxsize=256)
def number_of(serial: ReadSerial, condition: str = "") -> Number:
    """Prepares a number.

    Args:
        serial: As it stands in a content.
        condition: Of the weapon's marks as a whole, where the number has none.
    """
    read = reading(serial.raw, serial.mask)
    partial = bool(read.unknown) or (serial.condition or condition) in _DAMAGED
    return Number(read, is_partial=partial)


def agreement(a: Number, b: Number) -> Agreement | None:
    """Returns by what two numbers agree at best, or None when they do not."""
    if a.read.unknown or b.read.unknown:
        return _possible(a, b) or _tail(a, b)
    for level, one, other in (
        (Level.EXACT, a.keys.k0, b.keys.k0),
        (Level.SHAPE, a.keys.k1, b.keys.k1),
        (Level.SOUND, a.keys.k2, b.keys.k2),
        (Level.EMBEDDED, a.keys.k3, b.keys.k3),
    ):
        if one & other:
            doubtful = not (a.read.is_certain and b.read.is_certain)
            return _agreed(level, "as one of several readings" if doubtful else "")
    return _alike(a, b) or _tail(a, b)


def _agreed(level: Level, detail: str = "", share: float = 1.0) -> Agreement:
    worth, _ = LEVELS[level]
    return Agreement(level=level, worth=worth * share, detail=detail)


def _possible(a: Number, b: Number) -> Agreement | None:
    """Compares place by place what could be read at all."""
    if len(a.read.places) != len(b.read.places):
        return None
    pairs = list(zip(a.read.places, b.read.places, strict=True))
    known = [(one, other) for one, other in pairs if one and other]
    if len(known) < _LEAST_KNOWN or not all(_share(*pair) for pair in known):
        return None
    detail = f"{len(known)} of {len(pairs)} could be read in both"
    return _agreed(Level.POSSIBLE, detail, len(known) / len(pairs))


def _share(one: Iterable[str], other: Iterable[str]) -> bool:
    """Tells whether two places have a sign in common, by shape."""
    return bool({*map(shape_key, one)} & {*map(shape_key, other)})


def _alike(a: Number, b: Number) -> Agreement | None:
    if a.keys.look_alike & b.keys.look_alike:
        return _agreed(Level.LOOK_ALIKE)
    if not _is_near(a.keys, b.keys):
        return None
    length = min(len(a.read.places), len(b.read.places))
    share = 1.0 if length >= _SHORT else 0.7
    swapped = any(
        other in b.keys.look_alike
        for one in a.keys.look_alike
        for other in exchanged(one)
    )
    missing = a.keys.look_alike & b.keys.near or a.keys.near & b.keys.look_alike
    return _agreed(Level.NEAR if missing or swapped else Level.OTHER_SIGN, share=share)


def _is_near(a: SerialKeys, b: SerialKeys) -> bool:
    return bool(a.near & b.near or a.look_alike & b.near or a.near & b.look_alike)


def _tail(a: Number, b: Number) -> Agreement | None:
    """The last digits count only where the rest of one could not be read."""
    common = a.keys.k4 & b.keys.k4
    if not common or not (a.is_partial or b.is_partial):
        return None
    digits = max(map(len, common))
    return _agreed(Level.TAIL, f"the last {digits} digits", _TAIL_SHARES[digits])
