"""Watches what is owed in cases: reminds people here, and sends notices to others.

At both ends: what others owe us, and what we owe others. What is due is left to
`broker.core.cases.review`.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from broker.core.cases.duties import Duty
from broker.core.cases.review import Concern, DueNotice, review
from broker.core.cases.told_alarms import alarm_texts
from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.services.looking import keep_looking
from keys.identity import PartyId

_LOOK_S: Final = 15.0
_REST: Final = 20  # times as long as a look took: it reads everything
_NAME: Final = "cases"
_PREFIX: Final = "case/"
_NOTICES_MAX: Final = 20  # in one look: what there is more goes out in the next
_AGAIN_MS: Final = 3_600_000  # to the next try of a notice that could not be sent


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
        store_key: The node's own: names of alarms tell nothing without it.
    """

    store: CaseAlarms
    clock: Clock
    duties: Callable[[], Iterable[Duty]]
    heard_ms: Callable[[], int]
    send: Callable[[DueNotice], bool]
    store_key: bytes = field(repr=False)


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
    _waits: dict[str, int] = field(default_factory=dict, init=False)

    async def run(self, stop: asyncio.Event, look_s: float = _LOOK_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            look_s: Seconds between two looks.
        """
        loop = asyncio.get_running_loop()
        rested_s = loop.time()

        async def look() -> None:
            nonlocal rested_s
            began_s = loop.time()
            if began_s < rested_s:
                return
            raised = await asyncio.to_thread(self.look)
            # With a long history and much traffic it must not take the traffic's time.
            rested_s = loop.time() + _REST * (loop.time() - began_s)
            if raised:
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
        raised = self._tell(found.concerns)
        left = self._send(found.notices, now_ms)
        # Reading made notes of its own; what others wrote meanwhile is seen next time.
        self._mark = b"" if left else mark
        times = [*self._waits.values(), *([found.next_ms] if found.next_ms else [])]
        self._next_ms = min(times, default=None)
        return raised

    def _tell(self, concerns: Sequence[Concern]) -> int:
        """Raises and settles alarms; returns how many are new."""
        store, now_ms = self.ports.store, self.ports.clock.now_ms()
        standing = {name.removeprefix(_PREFIX) for name in store.open_alarms(_PREFIX)}
        texts = alarm_texts(concerns, standing, self.ports.store_key)
        raised = sum(
            store.raise_alarm_once(
                _PREFIX + name, Alarm(at_ms=now_ms, topic="case", text=text)
            )
            for name, text in texts.items()
            if name not in standing
        )
        for name in standing - texts.keys():
            store.settle_alarm(_PREFIX + name, now_ms, "not so any more")
        return raised

    def _send(self, notices: Iterable[DueNotice], now_ms: int) -> bool:
        """Sends what is due; tells whether anything is left to be sent soon.

        What cannot be sent now is tried again later: it must neither be tried all the
        time nor keep the others back.
        """
        due = {f"{one.duty.name}/{one.sequence}": one for one in notices}
        self._waits = {
            name: until_ms
            for name, until_ms in self._waits.items()
            if name in due and until_ms > now_ms
        }
        ready = [name for name in due if name not in self._waits]
        for name in ready[:_NOTICES_MAX]:
            if not self.ports.send(due[name]):
                self._waits[name] = now_ms + _AGAIN_MS
        return len(ready) > _NOTICES_MAX
