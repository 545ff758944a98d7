"""Keeps links: asks for what is missing, greets who hears nothing, notices silence.

What others send for that is left to `link_desk`; when something is due, to
`broker.core.links`.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from broker.core.link_records import Asked
from broker.core.links import (
    Heard,
    is_silent,
    numbers_to_ask,
    parties_to_greet,
)
from broker.core.records import Alarm
from broker.core.status import iso_time
from broker.core.trust import Trust
from broker.services.link_desk import LinkDesk
from broker.services.link_ports import LinkPorts
from broker.services.link_post import LinkPost
from broker.services.looking import keep_looking
from keys.errors import DirectoryError
from keys.identity import PartyId

SILENT: Final = "silent"
UNANSWERED: Final = "unanswered"
_POLL_S: Final = 1.0
_LOOK_MS: Final = 10_000  # between two looks at what is missing or due
_HOUR_MS: Final = 3_600_000
_ASKED_ANEW: Final = "it answers, was asked anew, or nothing is missing any more"


class LinkKeeper:
    """Keeps the links of one party.

    Args:
        ports: What it works with.
    """

    def __init__(self, ports: LinkPorts) -> None:
        self._ports = ports
        self._post = LinkPost(ports)
        self._desk = LinkDesk(ports, self._post)
        self._looked_ms: int | None = None
        self._connected_ms: int | None = None

    async def run(self, stop: asyncio.Event, poll_s: float = _POLL_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            poll_s: Seconds between two looks whether something has come.
        """

        async def look() -> None:
            await asyncio.to_thread(self._look)

        await keep_looking(
            look, stop, every_s=poll_s, waiting="keeping links waits", name="links"
        )

    def step(self) -> None:
        """Does all that is due at the moment.

        Raises:
            RefusedError: Nothing of ours would be taken at present.
            DirectoryError: We have no place in the directory.
            StoreError: It cannot be noted; it is due still.
        """
        while self._desk.work():
            pass
        now_ms = self._ports.clock.now_ms()
        self._ports.store.note_gaps(now_ms)
        self._watch_silence(now_ms)
        self._watch_answers(now_ms)
        self._ask(now_ms)
        self._greet(now_ms)

    def _look(self) -> None:
        now_ms = self._ports.clock.now_ms()
        looked_ms = self._looked_ms
        # A clock that was set back is no reason to wait.
        if looked_ms is None or not 0 <= now_ms - looked_ms < _LOOK_MS:
            self.step()
            self._looked_ms = now_ms
        else:
            self._desk.work()

    def _ask(self, now_ms: int) -> None:
        store, tuning = self._ports.store, self._ports.tuning
        for party in self._reachable(store.incomplete(), now_ms):
            numbers = numbers_to_ask(
                store.missing_numbers(party), store.asking(party), now_ms, tuning
            )
            if numbers:
                self._post.request(Asked(party=party, numbers=numbers))

    def _greet(self, now_ms: int) -> None:
        last_sent = self._ports.store.last_sent()
        reachable = self._reachable(last_sent, now_ms)
        tuning = self._ports.tuning
        parties = parties_to_greet(
            {party: last_sent[party][1] for party in reachable}, now_ms, tuning
        )
        if parties:
            self._post.heartbeat(parties, tuning.heartbeat_every_ms)

    def _watch_answers(self, now_ms: int) -> None:
        """Says once that a party answers nothing, and that it does again."""
        store = self._ports.store
        most = self._ports.tuning.requests_max
        incomplete = set(store.incomplete())
        for party in store.last_sent():
            asking = store.asking(party)
            name = f"{UNANSWERED}/{party}/{asking.requested_ms}"
            text = (
                f"{party} was asked {asking.unanswered} times for messages that are "
                "missing, and does not answer; it is not asked any more. Ask its focal "
                f"point, then: rogatory links repair {party}"
            )
            over = party in incomplete and asking.unanswered >= most
            alarm = Alarm(at_ms=now_ms, topic=UNANSWERED, text=text) if over else None
            self._sound(party, UNANSWERED, name, alarm, _ASKED_ANEW)

    def _watch_silence(self, now_ms: int) -> None:
        """Says once that a party has fallen silent, and that it speaks again.

        Only after we have been in touch with the hub for as long as a message may be
        late: what we miss because we are away ourselves is nobody's silence.
        """
        if not self._ports.connected():
            self._connected_ms = None
            return
        if self._connected_ms is None:
            self._connected_ms = now_ms
        if now_ms - self._connected_ms < self._ports.tuning.grace_ms:
            return
        heard = self._ports.store.heard()
        for party in self._reachable(heard, now_ms):
            last = heard[party]
            alarm = _silence(party, last, now_ms) if is_silent(last, now_ms) else None
            name = f"{SILENT}/{party}/{last.number}"
            self._sound(party, SILENT, name, alarm, "it has spoken again")

    def _sound(
        self, party: PartyId, topic: str, name: str, alarm: Alarm | None, over: str
    ) -> None:
        """Raises an alarm about a party once, or settles the one that is open."""
        store = self._ports.store
        open_name = store.link_alarm(party, topic)
        if alarm is not None and not open_name:
            # Noted first: cut off in between, it is raised at the next look.
            store.note_link_alarm(party, topic, name)
            open_name = name
        if alarm is not None:
            store.raise_alarm_once(open_name, alarm)
        elif open_name:
            store.settle_alarm(open_name, self._ports.clock.now_ms(), over)
            store.note_link_alarm(party, topic, "")

    def _reachable(self, parties: Iterable[PartyId], now_ms: int) -> list[PartyId]:
        trust = self._ports.trust()
        return sorted(party for party in parties if _takes_part(trust, party, now_ms))


def _takes_part(trust: Trust, party: PartyId, now_ms: int) -> bool:
    try:
        trust.view.record(party)
        trust.view.check_standing(party, now_ms)
    except DirectoryError:
        return False
    return True


def _silence(party: PartyId, last: Heard, now_ms: int) -> Alarm:
    text = (
        f"nothing was heard from {party} since {iso_time(last.sealed_ms)}, although it "
        f"had said that it would speak every {last.next_within_ms // _HOUR_MS} h: its "
        "node is down, or its messages are kept back. Ask its focal point"
    )
    return Alarm(at_ms=now_ms, topic=SILENT, text=text)
