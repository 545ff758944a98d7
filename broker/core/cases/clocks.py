"""How long each thing may take that somebody owes: policy, never a treaty's number.

The International Tracing Instrument asks for prompt answers and names no days. What is
owed, and by whom, is left to the lifecycles.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from broker.core.cases.events import Urgency

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS

ACKNOWLEDGE: Final = "acknowledge"
ANSWER: Final = "answer"
INFORM: Final = "inform"
REVIEW: Final = "review"
ACT: Final = "act"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How long one thing may take, by urgency, in ms."""

    routine_ms: int
    priority_ms: int
    immediate_ms: int

    def of(self, urgency: Urgency) -> int:
        """Returns the span for an urgency, in ms."""
        match urgency:
            case Urgency.ROUTINE:
                return self.routine_ms
            case Urgency.PRIORITY:
                return self.priority_ms
            case Urgency.IMMEDIATE:
                return self.immediate_ms


DEFAULTS: Final[Mapping[str, Span]] = MappingProxyType(
    {
        ACKNOWLEDGE: Span(
            routine_ms=3 * DAY_MS, priority_ms=3 * DAY_MS, immediate_ms=8 * HOUR_MS
        ),
        ANSWER: Span(
            routine_ms=7 * DAY_MS, priority_ms=3 * DAY_MS, immediate_ms=8 * HOUR_MS
        ),
        INFORM: Span(
            routine_ms=7 * DAY_MS, priority_ms=3 * DAY_MS, immediate_ms=8 * HOUR_MS
        ),
        REVIEW: Span(
            routine_ms=7 * DAY_MS, priority_ms=7 * DAY_MS, immediate_ms=3 * DAY_MS
        ),
        ACT: Span(
            routine_ms=7 * DAY_MS, priority_ms=3 * DAY_MS, immediate_ms=8 * HOUR_MS
        ),
    }
)
"""By name of the clock. 8 hours for what is urgent and at hand, 3 days, 7 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClocks:
    """The clocks that a party goes by.

    Attributes:
        spans: By name; every name of `DEFAULTS`.
        by_kind: The same for the opening kind named first, as ("stock-loss",
            "acknowledge"); it wins.
    """

    spans: Mapping[str, Span] = field(default_factory=lambda: DEFAULTS)
    by_kind: Mapping[tuple[str, str], Span] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def span_ms(self, kind: str, clock: str, urgency: Urgency) -> int:
        """Returns how long something may take, in ms.

        Args:
            kind: What opened the matter, without version.
            clock: Name of the clock.
            urgency: How soon it is needed.
        """
        span = self.by_kind.get((kind, clock)) or self.spans[clock]
        return span.of(urgency)


def end_of_day_ms(day: str) -> int:
    """Returns the last ms of a day such as "2026-03-09" in UTC."""
    start = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    return int(start.timestamp() * 1000) + DAY_MS - 1
