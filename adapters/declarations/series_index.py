"""Finds, for a serial number, every entry one of whose series it lies in.

How much such a meeting is worth is left to `adapters.declarations.screening`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from adapters.customs.terms import serial_term
from broker.core.identification.ranges import Series
from broker.core.identification.serials import exact_key, shape_key

_COUNT: Final = re.compile(r"([0-9]+)([^0-9]*)\Z")
_UNREADABLE: Final = "?"
_REMEMBERED: Final = 100_000  # words; a manifest repeats its marks


class SeriesIndex:
    """Series of serial numbers, cut into pieces in each of which the same entries lie.

    Args:
        series: Each with the bit of its entry.
    """

    def __init__(self, series: Iterable[tuple[Series, int]]) -> None:
        grouped: dict[tuple[str, str], list[tuple[Series, int]]] = {}
        for one, bit in series:
            grouped.setdefault((one.head, one.foot), []).append((one, bit))
        self._pieces = {key: _pieces(held) for key, held in grouped.items()}

    def declared(self, raw: str) -> int:
        """Returns the entries that a number lies in, as bits.

        Args:
            raw: As declared; "?" for what could not be read.
        """
        if not self._pieces:
            return 0
        if _UNREADABLE in raw:
            # Only a number that is certain lies anywhere.
            term = serial_term(raw)
            return 0 if term is None else self._at(term.head, term.first, term.foot)
        parts = number_of(raw)
        return 0 if parts is None else self._at(*parts)

    def marked(self, word: str) -> int:
        """Returns the entries that a word of marks or a description lies in.

        Words of digits only lie in no series: prices, dates and article numbers are
        among them.
        """
        if not self._pieces:
            return 0
        parts = number_of(word)
        if parts is None or not (parts[0] or parts[2]):
            return 0
        return self._at(*parts)

    def _at(self, head: str, count: int, foot: str) -> int:
        pieces = self._pieces.get((head, foot))
        if pieces is None:
            return 0
        starts, entries = pieces
        at = bisect_right(starts, count) - 1
        return 0 if at < 0 else entries[at]


@lru_cache(maxsize=_REMEMBERED)
def number_of(raw: str) -> tuple[str, int, str] | None:
    """Returns head, count and foot of a number that was read for certain.

    The same as `serial_term`, but sooner; None where there is no count.
    """
    key = shape_key(exact_key(raw))
    found = _COUNT.search(key)
    return None if found is None else (key[: found.start()], int(found[1]), found[2])


def _pieces(held: list[tuple[Series, int]]) -> tuple[list[int], list[int]]:
    """Returns where each piece begins, and the entries that lie in it."""
    turns: dict[int, tuple[list[int], list[int]]] = {}
    for series, bit in held:
        turns.setdefault(series.first, ([], []))[0].append(bit)
        turns.setdefault(series.last + 1, ([], []))[1].append(bit)
    starts, entries = [], []
    open_now: dict[int, int] = {}
    mask = 0
    for start in sorted(turns):
        begun, ended = turns[start]
        for bit in begun:
            open_now[bit] = open_now.get(bit, 0) + 1
            mask |= 1 << bit
        for bit in ended:
            open_now[bit] -= 1
            if not open_now[bit]:
                mask &= ~(1 << bit)
        starts.append(start)
        entries.append(mask)
    return starts, entries
