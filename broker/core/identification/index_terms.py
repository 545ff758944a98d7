"""By which words a weapon is kept in an index, and by which it is asked for.

The index holds tokens of these words only. What two weapons that have a word in common
are worth is left to `broker.core.identification.matching`.
"""

from collections.abc import Iterator
from typing import Final

from broker.core.identification.agreement import Level, Number, number_of
from broker.core.identification.ranges import (
    COARSE_LEVELS,
    blocks_around,
    coarse_blocks,
    cover,
    readings_of,
    series_of,
)
from broker.core.identification.serials import SerialKeys, exchanged
from broker.core.identification.weapon import LOT, SerialSpan, Weapon

Term = tuple[str, str]
"""A word: what sort it is of, and the text."""

KEPT_POSSIBLE_MAX: Final = 100
"""Numbers that a reading in part is kept under; more are found by their last digits."""

BLOCK: Final = "block"
"""The sort of words that a series is asked for by: they say no more than nearly."""

_ASKED_POSSIBLE_MAX: Final = 10  # of one sign that could not be read
_PARTIAL_TAIL: Final = "k4-partial"
_SPAN: Final = "span"
_LOT: Final = "lot-"


def kept_terms(weapon: Weapon) -> frozenset[Term]:
    """Returns the words that a weapon is kept under."""
    found: set[Term] = set()
    for serial in weapon.serials:
        number = number_of(serial, weapon.condition)
        terms = _exact(number)
        terms += [(Level.LOOK_ALIKE, key) for key in number.keys.look_alike]
        terms += [(Level.NEAR, key) for key in number.keys.near]
        terms += [(Level.TAIL, key) for key in number.keys.k4]
        if number.is_partial:
            terms += [(_PARTIAL_TAIL, key) for key in number.keys.k4]
        if len(number.keys.possible) <= KEPT_POSSIBLE_MAX:
            terms += [(Level.POSSIBLE, key) for key in number.keys.possible]
        terms += _coarse(serial.raw, serial.mask)
        found.update(_in_place(serial.part, terms))
    for span in weapon.ranges:
        found.update(_kept_span(span))
    return frozenset(found)


def certain_terms(weapon: Weapon) -> frozenset[Term]:
    """Returns the few words of a weapon that show the most, or its last digits."""
    found: set[Term] = set()
    for serial in weapon.serials:
        keys = number_of(serial, weapon.condition).keys
        terms = [(Level.EXACT.value, key) for key in keys.k0]
        terms += [(Level.SHAPE.value, key) for key in keys.k1]
        terms += [(_PARTIAL_TAIL, key) for key in keys.k4 if not keys.k0]
        found.update(_in_place(serial.part, terms))
    for span in weapon.ranges:
        found.update(term for term in _kept_span(span) if term[0] == _SPAN)
    return frozenset(found)


def asked_terms(weapon: Weapon) -> dict[Term, Level]:
    """Returns the words that a weapon is asked for by, each with what it shows."""
    found: dict[Term, Level] = {}
    for serial in weapon.serials:
        number = number_of(serial, weapon.condition)
        for term, level in reversed(list(_asked(number, serial.raw, serial.mask))):
            # What shows more stands in front, and is written last.
            found.update(dict.fromkeys(_in_place(serial.part, [term]), level))
    for span in weapon.ranges:
        series = series_of(span)
        if series is not None:
            for size, index in coarse_blocks(series):
                term = (BLOCK, _block(series.head, series.foot, size, index))
                found.setdefault(term, Level.RANGE)
            for end in (span.first, span.last):
                for term in _around(end, ""):
                    found.setdefault(term, Level.RANGE)
    return found


def _exact(number: Number) -> list[Term]:
    keys = number.keys
    rows = (
        (Level.EXACT, keys.k0),
        (Level.SHAPE, keys.k1),
        (Level.SOUND, keys.k2),
        (Level.EMBEDDED, keys.k3),
    )
    return [(level.value, key) for level, found in rows for key in found]


def _asked(number: Number, raw: str, mask: str) -> Iterator[tuple[Term, Level]]:
    keys = number.keys
    for term in _exact(number):
        yield term, Level(term[0])
    for term in _around(raw, mask):
        yield term, Level.RANGE
    for key in keys.possible:
        yield (Level.SHAPE.value, key), Level.POSSIBLE
    # The other may have been read in part, as this one or not.
    few = keys.possible if len(keys.possible) <= _ASKED_POSSIBLE_MAX else ()
    for key in (*keys.k1, *few):
        yield (Level.POSSIBLE.value, key), Level.POSSIBLE
    yield from _asked_near(keys)
    tail = Level.TAIL.value if number.is_partial else _PARTIAL_TAIL
    for key in keys.k4:
        yield (tail, key), Level.TAIL


def _asked_near(keys: SerialKeys) -> Iterator[tuple[Term, Level]]:
    """Crosses wholes with what lacks a sign, so that the meeting shows what differs."""
    for key in keys.look_alike:
        yield (Level.LOOK_ALIKE.value, key), Level.LOOK_ALIKE
        yield (Level.NEAR.value, key), Level.NEAR
        for other in exchanged(key):
            yield (Level.LOOK_ALIKE.value, other), Level.NEAR
    for key in keys.near:
        yield (Level.LOOK_ALIKE.value, key), Level.NEAR
        yield (Level.NEAR.value, key), Level.OTHER_SIGN


def _in_place(part: str, terms: list[Term]) -> Iterator[Term]:
    """Keeps numbers of lots apart from those of weapons."""
    for sort, text in terms:
        yield (f"{_LOT}{sort}" if part == LOT else str(sort)), text


def _coarse(raw: str, mask: str) -> list[Term]:
    """Returns the words by which a series finds a single number."""
    found = {
        (BLOCK, _block(head, foot, size, count >> size))
        for head, count, foot in readings_of(raw, mask)
        for size in COARSE_LEVELS
    }
    return sorted(found)


def _around(raw: str, mask: str) -> list[Term]:
    """Returns the words by which a single number finds a series."""
    counts: dict[tuple[str, str], list[int]] = {}
    for head, count, foot in readings_of(raw, mask):
        counts.setdefault((head, foot), []).append(count)
    return [
        (_SPAN, _block(head, foot, size, index))
        for (head, foot), some in counts.items()
        for size, index in blocks_around(*some)
    ]


def _kept_span(span: SerialSpan) -> Iterator[Term]:
    series = series_of(span)
    if series is None:
        return
    for size, index in cover(series):
        yield _SPAN, _block(series.head, series.foot, size, index)
    for end in (span.first, span.last):
        yield from _coarse(end, "")


def _block(head: str, foot: str, size: int, index: int) -> str:
    return f"{head}\n{foot}\n{size}\n{index}"
