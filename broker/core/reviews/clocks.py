"""How long each stage of a message may take, and of which kinds somebody has to act.

What follows when a clock has run out is left to `broker.core.reviews.review`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS

URGENT_KINDS: Final = frozenset({"diversion-alert/1"})
"""Kinds that need somebody within hours, whatever they say."""

ASKING_KINDS: Final = URGENT_KINDS | {
    "trace-request/1",
    "trace-info-request/1",
    "permission-request/1",
}
"""Kinds that ask something of an authority, which is to acknowledge them.

International Tracing Instrument, paragraph 19. Others may be acknowledged.
"""


class Clock(StrEnum):
    """A clock that runs, by the stage that stops it."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    TOLD = "told"


BEGINS: Final[Mapping[Clock, str]] = MappingProxyType(
    {
        Clock.ACCEPTED: "the hub's stream took the message",
        Clock.DELIVERED: "the hub says ACCEPTED",
        Clock.OPENED: "the recipient says DELIVERED",
        Clock.ACKNOWLEDGED: "the recipient says OPENED",
        Clock.TOLD: "the time that stands in a receipt",
    }
)
"""When each clock begins, as the end of a sentence that says "after"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptClocks:
    """How long everything may take, in ms; each party sets its own.

    Attributes:
        accepted_ms: From submission until the hub has said ACCEPTED or REFUSED.
        delivered_ms: From then until the recipient's node has said DELIVERED.
        opened_ms: From then until it is opened, or was refused.
        acknowledged_ms: From then until an authority has acknowledged it.
        urgent_ms: The same, of an urgent kind.
        told_ms: From the time in a receipt until it has come.
        skew_ms: By how much the clocks of two parties may differ.
    """

    accepted_ms: int = 10 * MINUTE_MS
    delivered_ms: int = 24 * HOUR_MS
    opened_ms: int = 24 * HOUR_MS
    acknowledged_ms: int = 72 * HOUR_MS
    urgent_ms: int = 8 * HOUR_MS
    told_ms: int = 24 * HOUR_MS
    skew_ms: int = 5 * MINUTE_MS

    def until_acknowledged_ms(self, kind: str) -> int | None:
        """Returns how long an authority may take; None where none need answer.

        Args:
            kind: Of the message, with version.
        """
        if kind in URGENT_KINDS:
            return min(self.urgent_ms, self.acknowledged_ms)
        return self.acknowledged_ms if kind in ASKING_KINDS else None
