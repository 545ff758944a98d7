"""Spans of days, from dates that say by their length how precise they are.

What is valid in a span is left to the registers.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Final, Self

from broker.core.registers.statement import Fields, text

_YEAR: Final = 4  # signs of "2026"
_MONTH: Final = 7  # signs of "2026-03"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from a first to a last one, both included; None leaves an end open."""

    first: dt.date | None = None
    last: dt.date | None = None

    @classmethod
    def of(cls, period: Fields) -> Self:
        """Returns the days of a `Period`."""
        first, last = text(period, "from"), text(period, "to")
        return cls(
            first=first_day(first) if first else None,
            last=last_day(last) if last else None,
        )

    def before(self, day: dt.date) -> bool:
        """Tells whether it is over on a day."""
        return self.last is not None and self.last < day

    def after(self, day: dt.date) -> bool:
        """Tells whether it has not begun on a day."""
        return self.first is not None and day < self.first

    def holds(self, day: dt.date) -> bool:
        """Tells whether a day lies within."""
        return not self.before(day) and not self.after(day)

    def __str__(self) -> str:
        """Returns "2026-01-01 to 2026-12-31"; an open end is left out."""
        first = "" if self.first is None else f"{self.first} "
        return f"{first}to {self.last}" if self.last else first.strip()


def first_day(date: str) -> dt.date:
    """Returns the first day of "2026", "2026-03" or "2026-03-09"."""
    if len(date) == _YEAR:
        date = f"{date}-01"
    if len(date) == _MONTH:
        date = f"{date}-01"
    return dt.date.fromisoformat(date)


def last_day(date: str) -> dt.date:
    """Returns the last day of "2026", "2026-03" or "2026-03-09"."""
    if len(date) == _YEAR:
        date = f"{date}-12"
    if len(date) == _MONTH:
        year, month = int(date[:_YEAR]), int(date[_YEAR + 1 :])
        return dt.date(year, month, calendar.monthrange(year, month)[1])
    return dt.date.fromisoformat(date)


def day_of(at_ms: int) -> dt.date:
    """Returns the day (UTC) of a moment in ms since the epoch."""
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).date()
