"""Webhooks: addresses that are told of what happens, and when they are tried again.

Calling them is left to the services, keeping them to the store.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from broker.core.feed import Event
from broker.core.happened import Audience, Happened

GIVE_UP_MS: Final = 3 * 24 * 3_600_000
"""For how long an address may fail before nothing more is sent to it, in ms."""

_WAITS_MS: Final = (5_000, 20_000, 80_000, 320_000, 1_280_000, 3_600_000)
LONGEST_WAIT_MS: Final = max(_WAITS_MS)
"""For how long an address is left alone at most after a failure, in ms."""


class WebhookState(StrEnum):
    """Whether an address is told of anything. Stable: never renamed, never reused."""

    ACTIVE = "active"
    PARKED = "parked"
    """It failed for too long, does not want any more, or may not know any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of what happens, event by event and in order.

    Attributes:
        webhook_id: 16 bytes.
        client: Who registered it.
        url: Where it is.
        audience: What it may be told of: what its client might, when it was made.
        operates: Whether it hears of alarms besides.
        events: Which of these it wants; empty: all.
        protected: What its calls are signed with, under the node's own key.
        made_ms: When it was registered, in ms since the epoch.
        state: Whether it is told of anything.
        cursor: Number of the last event that it has taken, or was not for it.
        failures: How often in a row it has not taken one.
        failing_since_ms: When the first of these was; None: it takes what it gets.
        next_ms: Not before this time is it tried again.
        problem: What the last failure was; empty when there was none.
    """

    webhook_id: bytes
    client: str
    url: str
    audience: Audience
    operates: bool
    events: frozenset[Event]
    protected: bytes = field(repr=False)
    made_ms: int
    state: WebhookState = WebhookState.ACTIVE
    cursor: int = 0
    failures: int = 0
    failing_since_ms: int | None = None
    next_ms: int = 0
    problem: str = ""

    def wants(self, happened: Happened) -> bool:
        """Tells whether it is to be told of an event."""
        event = happened.entry.event
        if self.events and event not in self.events:
            return False
        alarm = self.operates and event is Event.ALARM
        return alarm or self.audience.may_know(happened)

    def is_hopeless(self, now_ms: int) -> bool:
        """Tells whether it has failed for so long that it is given up."""
        since = self.failing_since_ms
        return since is not None and now_ms - since >= GIVE_UP_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTry:
    """One call of an address.

    Attributes:
        sequence: Number of the event; 0: a test.
        at_ms: When, in ms since the epoch.
        status: Of HTTP; None: there was no answer.
        problem: Why it does not count as taken; empty when it was.
    """

    sequence: int
    at_ms: int
    status: int | None
    problem: str


def wait_ms(failures: int) -> int:
    """Returns how long to wait after so many failures in a row, in ms; at least one.

    Five seconds, then four times as long each time, up to an hour.
    """
    return _WAITS_MS[min(failures, len(_WAITS_MS)) - 1]
