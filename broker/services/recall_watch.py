"""The loop of recalls: what others take back is carried out, our own is followed up.

A recipient that could not be told is told as soon as it can be; one that does not
attest in time, does not take the notice, or keeps the content by law raises an alarm.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Final, Protocol

import structlog

from broker.core.errors import RefusedError, StoreConflictError
from broker.core.ports import Clock
from broker.core.recalls.recall import SETTLED, Compliance, Notice, SentNotice, Standing
from broker.core.records import Alarm, SentMessage
from broker.core.status import iso_time
from broker.services.looking import keep_looking
from broker.services.recall_desk import RecallDesk
from broker.services.recall_keeper import RecallKeeper
from keys.identity import PartyId

_POLL_S: Final = 1.0
_BACKOFF_S: Final = 30.0
_FOLLOW_MS: Final = 60_000
_WORDS: Final[Mapping[Standing, str]] = MappingProxyType(
    {
        Standing.OVERDUE: "has not attested in time",
        Standing.REFUSED: "has refused the notice",
        Standing.KEPT: "keeps the content by law",
    }
)


class SentNotices(Protocol):
    """The notices that this node has sent."""

    def notices_sent(self, message_digest: bytes | None = None) -> list[SentNotice]:
        """Returns notices this node sent, about one message or all, oldest first."""
        ...

    def answered_after(self, number: int) -> tuple[int, frozenset[bytes]]:
        """Returns the newest attestation's number, and what was attested of since."""
        ...

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one sent message."""
        ...

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether."""
        ...

    def settle_alarm(self, name: str, now_ms: int, text: str) -> bool:
        """Notes that what an alarm was about is over; tells whether that was new."""
        ...


class RecallWatch:
    """Keeps recalls going, ours and those of others.

    Args:
        keeper: Carries out what others take back.
        desk: Sends notices.
        store: What was sent.
        clock: The time.
        within_ms: How long a recipient has for its attestation.
    """

    def __init__(
        self,
        keeper: RecallKeeper,
        desk: RecallDesk,
        store: SentNotices,
        clock: Clock,
        within_ms: int,
    ) -> None:
        self._keeper = keeper
        self._desk = desk
        self._store = store
        self._clock = clock
        self._within_ms = within_ms
        self._settled: dict[bytes, int] = {}
        self._quiet: set[tuple[bytes, PartyId]] = set()
        self._followed_ms = 0
        self._answers = 0
        self._log = structlog.get_logger("recall")

    async def run(self, stop: asyncio.Event, poll_s: float = _POLL_S) -> None:
        """Works until `stop` is set.

        Args:
            stop: Ends it.
            poll_s: Seconds between two looks.
        """

        async def look() -> None:
            await asyncio.to_thread(self.step)

        await keep_looking(
            look,
            stop,
            every_s=poll_s,
            waiting="recalls wait",
            name="recall",
            backoff_s=_BACKOFF_S,
        )

    def step(self) -> None:
        """Does what is due now.

        Raises:
            StoreError: Something could not be stored; it is due still.
            KeysError: See `RecallKeeper.step`.
        """
        self._keeper.step()
        now_ms = self._clock.now_ms()
        # A clock that was set back is no reason to wait.
        if not 0 <= now_ms - self._followed_ms < _FOLLOW_MS:
            self.follow_up()
            self._followed_ms = now_ms

    def follow_up(self) -> None:
        """Looks who has complied with our own notices, and tells whom it could not.

        Raises:
            StoreError: It could not be stored.
            KeysError: There is no directory to go by.
        """
        notices: dict[bytes, list[Notice]] = {}
        for one in self._store.notices_sent():
            known = notices.setdefault(one.notice.message_digest, [])
            known.append(one.notice)
        self._answers, answered = self._store.answered_after(self._answers)
        for digest in answered:
            self._settled.pop(digest, None)  # who attests twice may say another thing
        for digest, about in notices.items():
            # What was settled is looked at again only when more was said about it.
            message = self._store.find_sent(digest)
            if message is not None and self._settled.get(digest) != len(about):
                self._follow(message, about)

    def _follow(self, message: SentMessage, about: list[Notice]) -> None:
        for notice in dict.fromkeys(about):
            with suppress(StoreConflictError):  # everybody was told
                try:
                    self._desk.send(message, notice)
                except RefusedError as error:
                    self._log.warning("a notice waits", reason=str(error))
        standing = self._desk.compliance(message, self._within_ms)
        for one in standing:
            if one.standing in _WORDS:
                self._alarm(message, one)
            if one.standing in SETTLED:
                self._settle(message.message_digest, one)
        if all(one.standing in SETTLED for one in standing):
            self._settled[message.message_digest] = len(about)

    def _alarm(self, message: SentMessage, one: Compliance) -> None:
        since = "" if one.since_ms is None else f", since {iso_time(one.since_ms)}"
        text = (
            f"{one.party} {_WORDS[one.standing]}: recall of "
            f"{message.message_digest.hex()[:16]}{since}"
        )
        self._quiet.discard((message.message_digest, one.party))
        name = _name(one.standing, message.message_digest, one.party)
        alarm = Alarm(at_ms=self._clock.now_ms(), topic="recall", text=text)
        if self._store.raise_alarm_once(name, alarm):
            self._log.error("alarm", topic="recall", text=text)

    def _settle(self, digest: bytes, one: Compliance) -> None:
        """Ends the alarms about a recipient that has complied after all."""
        if (digest, one.party) in self._quiet:
            return
        now_ms = self._clock.now_ms()
        for standing in _WORDS:
            name = _name(standing, digest, one.party)
            self._store.settle_alarm(name, now_ms, f"{one.party} has complied")
        self._quiet.add((digest, one.party))


def _name(standing: Standing, digest: bytes, party: PartyId) -> str:
    return f"recall/{standing.name}/{digest.hex()}/{party}"
