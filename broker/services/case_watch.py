"""Watches what is owed in cases: reminds people here, and sends notices to others.

At both ends: what others owe us, and what we owe others. What is due is left to
`broker.core.cases.review`.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from broker.core.cases.duties import Duty, Pressure
from broker.core.cases.review import CaseReview, Concern, DueNotice, review
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.core.status import iso_time
from broker.services.looking import keep_looking
from keys.identity import PartyId

_LOOK_S: Final = 15.0
_NAME: Final = "cases"
_PREFIX: Final = "case/"
_NOTICES_MAX: Final = 20  # in one look: what there is more goes out in the next


class CaseAlarms(Protocol):
    """Where alarms are kept, and what tells that something has changed."""

    def case_mark(self) -> bytes:
        """Returns what is another as soon as any case may have changed."""
        ...

    def open_alarms(self, prefix: str) -> list[str]:
        """Returns the names of alarms that nothing has settled."""
        ...

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether."""
        ...

    def settle_alarm(self, name: str, now_ms: int, text: str) -> bool:
        """Notes that what an alarm was about is over; tells whether that was new."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPorts:
    """What the watch works with.

    Attributes:
        store: The node's.
        clock: The time.
        duties: Returns all that is owed now.
        heard_ms: Returns until when everything has been taken in that came for us; 0
            before the first time. A node that was off must not call overdue what waits
            for it at the hub.
        send: Sends a notice; tells whether it could.
    """

    store: CaseAlarms
    clock: Clock
    duties: Callable[[], Iterable[Duty]]
    heard_ms: Callable[[], int]
    send: Callable[[DueNotice], bool]


@dataclass(slots=True)
class CaseWatch:
    """Looks at what has changed, and at what has become due.

    Args:
        party: Whose node it is.
        ports: What it works with.
    """

    party: PartyId
    ports: WatchPorts
    _mark: bytes = field(default=b"", init=False)
    _next_ms: int | None = field(default=None, init=False)

    async def run(self, stop: asyncio.Event, look_s: float = _LOOK_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            look_s: Seconds between two looks.
        """

        async def look() -> None:
            if raised := await asyncio.to_thread(self.look):
                structlog.get_logger(_NAME).warning("owed", raised=raised)

        await keep_looking(
            look,
            stop,
            every_s=look_s,
            waiting="the watch over cases waits",
            name=_NAME,
        )

    def look(self) -> int:
        """Raises and settles alarms, and sends notices; returns how many alarms.

        Nothing is looked at while nothing has changed and no clock has run on to where
        something is due.

        Raises:
            StoreError: The store cannot be read or written; it is due still.
            KeysError: Something was protected under another key, or there is no
                directory to go by.
        """
        now_ms = min(self.ports.heard_ms(), self.ports.clock.now_ms())
        if not now_ms:
            return 0
        mark = self.ports.store.case_mark()
        due = self._next_ms is not None and self._next_ms <= now_ms
        if mark == self._mark and not due:
            return 0
        found = review(self.ports.duties(), self.party, now_ms)
        raised = self._raise(found.concerns)
        self._settle(found.concerns)
        left = self._send(found)
        # Reading made notes of its own; what others wrote meanwhile is seen next time.
        self._mark = b"" if left else mark
        self._next_ms = found.next_ms
        return raised

    def _raise(self, concerns: Iterable[Concern]) -> int:
        now_ms = self.ports.clock.now_ms()
        return sum(
            self.ports.store.raise_alarm_once(
                _PREFIX + one.name,
                Alarm(at_ms=now_ms, topic="case", text=sentence(one)),
            )
            for one in concerns
        )

    def _settle(self, concerns: Iterable[Concern]) -> None:
        standing = {_PREFIX + one.name for one in concerns}
        for name in self.ports.store.open_alarms(_PREFIX):
            if name not in standing:
                now_ms = self.ports.clock.now_ms()
                self.ports.store.settle_alarm(name, now_ms, "not so any more")

    def _send(self, found: CaseReview) -> bool:
        """Sends what is due; tells whether anything is left to be sent soon."""
        sent = [self.ports.send(one) for one in found.notices[:_NOTICES_MAX]]
        return any(sent) and len(found.notices) > _NOTICES_MAX


def sentence(concern: Concern) -> str:
    """Returns what to tell people; alarms are kept in clear, and it tells nothing."""
    duty, owed = concern.duty, concern.duty.owed
    due = "" if owed.due_ms is None else iso_time(owed.due_ms)
    to = ", ".join(duty.to)
    see = f"see: rogatory case show {duty.case}"
    if concern.pressure is not Pressure.OVERDUE:
        part = "half" if concern.pressure is Pressure.HALF else "nine tenths"
        return f"{part} of the time is over to answer {to}, until {due}; {see}"
    if concern.ours:
        return f"overdue since {due}: {to} waits for an answer from here; {see}"
    return f"overdue since {due}: {owed.by} owes an answer; {see}"
