"""Tells people once when a certificate may have been used more than once.

It starts nothing else. Which signs there are is left to
`broker.core.registers.double_use`.
"""

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from broker.core.ports import Clock
from broker.core.records import Alarm
from broker.core.registers.double_use import Lead
from broker.core.registers.statement import folded
from broker.services.looking import keep_looking
from keys.framing import labelled_digest

ALARMS_MAX: Final = 50
"""Alarms that are open at a time; each leads to the list, which has all."""

_LOOK_S: Final = 900.0
_NAME: Final = "double-use"
_PREFIX: Final = "double-use/"
_AGAIN: Final = "#"  # before how many times a lead has come up
_KEY: Final = b"rogatory/double-use-key/1"
_TOKEN: Final = b"rogatory/double-use/1"
_TEXT: Final = (
    "a certificate may have been used more than once: rogatory certificate list --leads"
)
_OVER: Final = "what is here now speaks for it no longer, or in other ways"


class LeadAlarms(Protocol):
    """Where alarms are kept, and what tells that something has changed."""

    def case_mark(self) -> bytes:
        """Returns what is another as soon as any message may have changed."""
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


@dataclass(slots=True)
class DoubleUseWatch:
    """Looks at the register when something has changed.

    Args:
        store: The node's.
        clock: The time.
        store_key: The node's own key: names of alarms tell nothing without it.
        leads: Returns the leads as they are now.
    """

    store: LeadAlarms
    clock: Clock
    store_key: bytes = field(repr=False)
    leads: Callable[[], Iterable[Lead]]
    _mark: bytes = field(default=b"", init=False)

    async def run(self, stop: asyncio.Event, look_s: float = _LOOK_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            look_s: Seconds between two looks.
        """

        async def look() -> None:
            if raised := await asyncio.to_thread(self.look):
                structlog.get_logger(_NAME).warning("leads", raised=raised)

        await keep_looking(
            look,
            stop,
            every_s=look_s,
            waiting="the watch over certificates waits",
            name=_NAME,
        )

    def look(self) -> int:
        """Raises and settles alarms about strong leads; returns how many are new.

        Raises:
            StoreError: The store cannot be read or written; it is due still.
            KeysError: Something was protected under another key.
        """
        mark = self.store.case_mark()
        if mark == self._mark:
            return 0
        now_ms = self.clock.now_ms()
        current = {self._named(lead) for lead in self.leads() if lead.strong}
        known = {
            one.partition(_AGAIN)[0]: one for one in self.store.open_alarms(_PREFIX)
        }
        room = ALARMS_MAX - len(known.keys() & current)
        # They all say the same: whoever makes thousands of leads drowns nothing.
        new = sorted(current - known.keys())[: max(0, room)]
        for name in new:
            self._raise(name, Alarm(at_ms=now_ms, topic="certificate", text=_TEXT))
        for name in known.keys() - current:
            self.store.settle_alarm(known[name], now_ms, _OVER)
        self._mark = mark
        return len(new)

    def _raise(self, name: str, alarm: Alarm) -> None:
        """Raises an alarm; anew, if what it was about was over in between."""
        for time in itertools.count(1):
            if self.store.raise_alarm_once(f"{name}{_AGAIN}{time}", alarm):
                return

    def _named(self, lead: Lead) -> str:
        """Returns a name of a lead that tells nothing to whoever reads the store.

        Another sign makes another name: people are told again.
        """
        papers = {
            part
            for paper in lead.certificate.papers
            for part in (folded(paper.number).encode(), paper.sha256)
            if part
        }
        signs = (each.sign.encode() for each in lead.reasons if each.strong)
        key = labelled_digest(_KEY, self.store_key)
        token = labelled_digest(_TOKEN, key, *sorted(papers), b"", *sorted(signs))
        return _PREFIX + token.hex()
