"""Series of serial numbers: whether a number lies within one.

How series are found in the store is left to `broker.infra.weapon_store`.
"""

import re
from dataclasses import dataclass
from typing import Final

from broker.core.identification.serials import keys_of
from broker.core.identification.weapon import SerialSpan

BLOCK_LEVELS: Final = 34
"""So many sizes of blocks there are: the largest holds more than eight digits can."""
READINGS_MAX: Final = 100
"""Numbers that one reading in part is looked up by in series."""
COARSE_LEVELS: Final = (8, 14)
"""Sizes of the blocks that single numbers are found in when a series is asked for."""
COARSE_MAX: Final = 600
"""Blocks that one series is looked up by."""

_FEW: Final = 10  # readings that are looked up however far they lie apart
_CLOSE: Final = 1_000  # what more of them may lie apart, so that they share blocks
_SHAPE: Final = re.compile(r"(.*?)([0-9]+)([^0-9]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series in the terms of K1.

    Attributes:
        head: What stands before the count.
        first: The first count.
        last: The last count, included.
        foot: What stands after it.
    """

    head: str
    first: int
    last: int
    foot: str

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return self.last - self.first + 1


def series_of(span: SerialSpan) -> Series | None:
    """Returns a series; None when its ends have not one form and a rising count."""
    first, last = parts_of(span.first), parts_of(span.last)
    if first is None or last is None:
        return None
    (head, low, foot), (other_head, high, other_foot) = first, last
    if (head, foot) != (other_head, other_foot) or high < low:
        return None
    return Series(head=head, first=low, last=high, foot=foot)


def parts_of(raw: str, mask: str = "") -> tuple[str, int, str] | None:
    """Splits a number into head, count and foot; None if it is not certain.

    The count is the last run of digits of K1. Zeros in front do not matter.
    """
    keys = keys_of(raw, mask).k1
    return _parts(next(iter(keys))) if len(keys) == 1 else None


def readings_of(raw: str, mask: str = "") -> list[tuple[str, int, str]]:
    """Splits every number that a reading can be.

    Nothing is returned where they are too many, or too many and scattered.
    """
    keys = keys_of(raw, mask)
    found = keys.k1 | keys.possible
    if len(found) > READINGS_MAX:
        return []
    readings = [parts for key in found if (parts := _parts(key)) is not None]
    counts = [count for _, count, _ in readings]
    scattered = len(counts) > _FEW and max(counts) - min(counts) > _CLOSE
    return [] if scattered else readings


def share_within(raw: str, mask: str, span: SerialSpan) -> float:
    """Returns for which share of what a number can be it lies within a series."""
    series, readings = series_of(span), readings_of(raw, mask)
    if series is None or not readings:
        return 0.0
    fitting = [
        count
        for head, count, foot in readings
        if (head, foot) == (series.head, series.foot)
        and series.first <= count <= series.last
    ]
    return len(fitting) / len(readings)


def _parts(key: str) -> tuple[str, int, str] | None:
    found = _SHAPE.fullmatch(key)
    return None if found is None else (found[1], int(found[2]), found[3])


def is_bare(span: SerialSpan) -> bool:
    """Tells whether a series is of digits only: those of many makers are."""
    series = series_of(span)
    return series is None or not re.search(r"[^0-9]", series.head + series.foot)


def overlap(a: SerialSpan, b: SerialSpan) -> bool:
    """Tells whether two series have numbers in common."""
    one, other = series_of(a), series_of(b)
    if one is None or other is None:
        return False
    fits = (one.head, one.foot) == (other.head, other.foot)
    return fits and one.first <= other.last and other.first <= one.last


def cover(series: Series) -> list[tuple[int, int]]:
    """Returns the fewest blocks that hold a series and nothing else.

    A block (level, index) holds the counts from index * 2**level on, 2**level of them.

    Returns:
        At most two for each level; none for a series longer than any can be.
    """
    if series.count >= 1 << (BLOCK_LEVELS - 1):
        return []  # no factory ever made so many: the ends were misread
    blocks, level = [], 0
    low, high = series.first, series.last + 1
    while low < high:
        if low & 1:
            blocks.append((level, low))
            low += 1
        if high & 1:
            high -= 1
            blocks.append((level, high))
        level, low, high = level + 1, low >> 1, high >> 1
    return blocks


def blocks_around(*counts: int) -> list[tuple[int, int]]:
    """Returns every block that holds any of some counts, smallest first."""
    blocks, indices = [], set(counts)
    for level in range(BLOCK_LEVELS):
        blocks += [(level, index) for index in sorted(indices)]
        indices = {index >> 1 for index in indices}
    return blocks


def coarse_blocks(series: Series) -> list[tuple[int, int]]:
    """Returns blocks of one size that hold a series and some counts beside it.

    Returns:
        At most `COARSE_MAX`; none for a series that is too long to be looked up.
    """
    for level in COARSE_LEVELS:
        first, last = series.first >> level, series.last >> level
        if last - first < COARSE_MAX:
            return [(level, index) for index in range(first, last + 1)]
    return []
