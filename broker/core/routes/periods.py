"""Spans of days, from dates that are known as far as they are known.

What happened in them is left to the callers.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Self

from broker.core.errors import Code, RefusedError

_YEAR, _MONTH = 4, 7  # characters of a date that is known to the year, or the month


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from the first to the last, both included.

    Attributes:
        ongoing: Whether no end was told: the last day is then that of the report.
    """

    first: dt.date
    last: dt.date
    ongoing: bool = False

    @classmethod
    def of(cls, start: str, end: str, told_on: dt.date) -> Self:
        """Reads a period, each date as far as it is known: "2026" or "2026-03".

        Without an end it goes on until the day of the report, and no further: nobody
        has seen more. Without a beginning it begins with the unit of its end.

        Args:
            start: First date, or empty.
            end: Last date, or empty.
            told_on: The day of the report.

        Raises:
            RefusedError: INVALID_CONTENT: it is no date.
        """
        first = _edge(start or end, last=False) if start or end else told_on
        if end:
            return cls(first=first, last=max(first, _edge(end, last=True)))
        return cls(first=first, last=max(first, told_on), ongoing=True)

    def gap_days(self, other: Self) -> int:
        """Returns how many days lie between two spans; 0 when they touch."""
        if other.first > self.last:
            return (other.first - self.last).days - 1
        if self.first > other.last:
            return (self.first - other.last).days - 1
        return 0

    def covers(self, other: Self) -> bool:
        """Tells whether any day is in both."""
        return self.first <= other.last and other.first <= self.last


def _edge(text: str, *, last: bool) -> dt.date:
    try:
        if len(text) == _YEAR:
            return dt.date(int(text), 12, 31) if last else dt.date(int(text), 1, 1)
        if len(text) == _MONTH:
            year, month = int(text[:4]), int(text[5:])
            day = calendar.monthrange(year, month)[1] if last else 1
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text)
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, f"{text!r} is no date") from None


def day_of(at_ms: int) -> dt.date:
    """Returns the day (UTC) on which a moment is, in ms since the epoch."""
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).date()
