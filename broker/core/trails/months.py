"""Calendar months of UTC, as reports are made of them.

Reading the clock is left to those who ask.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Final

from broker.core.errors import ConfigurationError

_DAY: Final = timedelta(days=1)
_LATEST: Final = 9998  # the last year whose months all have a month after them


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month.

    Attributes:
        year: From 1970.
        month: From 1.
    """

    year: int
    month: int

    def __str__(self) -> str:
        """As it is written: "2026-11"."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def since_ms(self) -> int:
        """Its first millisecond, since the epoch."""
        return _ms(self.first)

    @property
    def until_ms(self) -> int:
        """The first millisecond after it, since the epoch."""
        return _ms((self.first + 31 * _DAY).replace(day=1))

    def days(self) -> Iterator[date]:
        """Yields its days."""
        later = (self.first + number * _DAY for number in range(31))
        return takewhile(lambda day: day.month == self.month, later)


def parse_month(text: str) -> Month:
    """Reads a month such as 2026-11.

    Raises:
        ConfigurationError: Not such a month.
    """
    year, _, month = text.partition("-")
    well_formed = text.isascii() and len(year) == 4 and len(month) == 2  # noqa: PLR2004 - digits
    if not (well_formed and year.isdigit() and month.isdigit()):
        raise ConfigurationError(f"{text!r} is no month such as 2026-11")
    if not (1970 <= int(year) <= _LATEST and 1 <= int(month) <= 12):  # noqa: PLR2004 - the epoch, a year's months
        raise ConfigurationError(f"{text!r} is no month such as 2026-11")
    return Month(year=int(year), month=int(month))


def month_of(at_ms: int) -> Month:
    """Returns the month of a time in ms since the epoch."""
    day = day_of(at_ms)
    return Month(year=day.year, month=day.month)


def day_of(at_ms: int) -> date:
    """Returns the day, in UTC, of a time in ms since the epoch."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()


def _ms(day: date) -> int:
    return (day - date(1970, 1, 1)) // _DAY * 86_400_000
