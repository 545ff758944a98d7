"""How often a corridor was told of, and how often it was in use, by month or quarter.

Counting says how much was reported, not how much moves: what a trend means is left to
people.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.routes.corridor import Corridor
from broker.core.routes.periods import Span, day_of

_MONTHS: Final = 12
_TWO_WHOLE: Final = 3  # parts, the last of which is not over yet


class Unit(StrEnum):
    """How long a part of a trend is."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """Its length in months."""
        return 1 if self is Unit.MONTH else 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One month or quarter of a trend.

    Attributes:
        label: "2026-03" or "2026-Q1".
        told: How many reports were sealed in it.
        in_use: How many reports say that the way was in use at some time in it.
    """

    label: str
    told: int
    in_use: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """What was told of a corridor over time.

    Attributes:
        corridor: Which.
        parts: Consecutive, the oldest first, the last one holding the present day.
        stated: How many reports say where it is heading, by what they say.
    """

    corridor: Corridor
    parts: tuple[Part, ...]
    stated: Mapping[str, int]

    @property
    def change(self) -> str:
        """The last whole part beside the one before, as a word about reports alone."""
        if len(self.parts) < _TWO_WHOLE:
            return ""
        before, last = self.parts[-3].in_use, self.parts[-2].in_use
        if before == last:
            return "as many"
        return "more" if last > before else "fewer"


def trend_of(corridor: Corridor, unit: Unit, today: dt.date, most: int) -> Trend:
    """Returns the trend of a corridor.

    Args:
        corridor: Which.
        unit: By month or by quarter.
        today: The present day (UTC); the part that it is in is not over yet.
        most: How many parts to return at most.
    """
    first = min(corridor.first, *_told_on(corridor))
    spans = _parts(max(first, _back(today, unit, most - 1)), today, unit)
    return Trend(
        corridor=corridor,
        parts=tuple(_counted(corridor, span, unit) for span in spans),
        stated=corridor.trends,
    )


def _told_on(corridor: Corridor) -> list[dt.date]:
    return [day_of(report.bearing.at_ms) for report in corridor.reports]


def _counted(corridor: Corridor, span: Span, unit: Unit) -> Part:
    told = sum(span.first <= day <= span.last for day in _told_on(corridor))
    in_use = sum(span.covers(report.span) for report in corridor.reports)
    return Part(label=_label(span.first, unit), told=told, in_use=in_use)


def _parts(first: dt.date, today: dt.date, unit: Unit) -> Iterator[Span]:
    start = _start(first, unit)
    while start <= today:
        following = _moved(start, unit.months)
        yield Span(first=start, last=following - dt.timedelta(days=1))
        start = following


def _back(today: dt.date, unit: Unit, parts: int) -> dt.date:
    start = _start(today, unit)
    months = min(parts * unit.months, (start.year - 1) * _MONTHS)
    return _moved(start, -months)


def _start(day: dt.date, unit: Unit) -> dt.date:
    month = (day.month - 1) // unit.months * unit.months + 1
    return day.replace(month=month, day=1)


def _moved(start: dt.date, months: int) -> dt.date:
    number = start.year * _MONTHS + start.month - 1 + months
    return dt.date(number // _MONTHS, number % _MONTHS + 1, 1)


def _label(start: dt.date, unit: Unit) -> str:
    if unit is Unit.MONTH:
        return start.isoformat()[:7]
    return f"{start.year}-Q{(start.month + 2) // unit.months}"
