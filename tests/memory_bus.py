"""The bus in memory, made to fail on demand: every port that the services need.

The ports are those of `broker.core.ports`; what travels is left to `tests.world`.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from broker.core.errors import AlreadyCommittedError, BusUnavailableError
from broker.core.ports import Incoming, LedgerEntry, Outgoing
from broker.core.subjects import AUDIT_ENTRIES, SNAPSHOTS, inbox, submission
from keys.identity import PartyId
from tests.world import NOW_MS, account


@dataclass(slots=True)
class MemorySource:
    """A durable consumer: what was not acknowledged can come again (`ports.Source`).

    Attributes:
        failures: Raised by the next fetches, one by one.
        acknowledged: Numbers of what was acknowledged, in order.
        lost_acks: How many of the next acknowledgements never arrive.
        acked: Set when an acknowledgement was sent, be it lost or not.
        drained: Set as soon as everything published is acknowledged.
        now_ms: When what is published next arrives.
    """

    failures: deque[Exception] = field(default_factory=deque)
    acknowledged: list[int] = field(default_factory=list)
    lost_acks: int = 0
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    now_ms: int = NOW_MS
    _pending: deque[Incoming] = field(default_factory=deque)
    _unacked: dict[int, Incoming] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def publish(self, subject: str, data: bytes) -> int:
        """Takes a message; returns its number."""
        number = next(self._numbers)
        self._pending.append(
            Incoming(
                subject=subject,
                data=data,
                sequence=number,
                reply=f"ack.{number}",
                arrived_ms=self.now_ms,
            )
        )
        self.drained.clear()
        self._arrived.set()
        return number

    def submit(self, party: PartyId, data: bytes) -> int:
        """Takes what `party` submits."""
        return self.publish(submission(account(party)), data)

    def redeliver(self) -> None:
        """Delivers again what was not acknowledged, as after a crash."""
        self._pending.extendleft(reversed(self._unacked.values()))
        self._unacked.clear()
        self._arrived.set()

    def wake(self) -> None:
        """Ends a fetch that waits."""
        self._arrived.set()

    async def fetch(self, limit: int, wait_s: float) -> Sequence[Incoming]:
        """Returns up to `limit` messages."""
        if self.failures:
            raise self.failures.popleft()
        if not self._pending:
            self._arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), wait_s)
        count = min(limit, len(self._pending))
        portion = [self._pending.popleft() for _ in range(count)]
        self._unacked.update({one.sequence: one for one in portion})
        return portion

    async def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Never delivers these again."""
        self.acked.set()
        for message in messages:
            if self.lost_acks:
                self.lost_acks -= 1
                continue
            self._unacked.pop(message.sequence, None)
            self.acknowledged.append(message.sequence)
        if not self._unacked and not self._pending:
            self.drained.set()


@dataclass(slots=True)
class MemoryLedger:
    """The ledger: all of a batch or nothing, no id twice (`Ledger`, `AuditTail`).

    Attributes:
        before: Raised by the next commits, which write nothing.
        after: Raised by the next commits after they wrote: the answer got lost.
        max_payload: Bytes of one message, as the server has it.
        batches: What was committed, batch by batch.
        attempts: How often a commit was tried.
        exhausted: Set when the last of `before` was raised.
    """

    before: deque[Exception | None] = field(default_factory=deque)
    after: deque[Exception] = field(default_factory=deque)
    max_payload: int = 1024**2
    batches: list[list[Outgoing]] = field(default_factory=list)
    attempts: int = 0
    exhausted: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: set[str] = field(default_factory=set)

    async def commit(self, items: Sequence[Outgoing]) -> None:
        """Writes all of `items` or none."""
        self.attempts += 1
        await asyncio.sleep(0)
        failure = self.before.popleft() if self.before else None
        if not self.before:
            self.exhausted.set()
        if failure is not None:
            raise failure
        if any(len(item.payload) > self.max_payload for item in items):
            raise BusUnavailableError("maximum payload exceeded")
        ids = {item.dedup_id for item in items}
        assert len(ids) == len(items), "a batch that repeats an id is refused"
        if ids & self._ids:
            raise AlreadyCommittedError("duplicate")
        self._ids |= ids
        self.batches.append(list(items))
        if self.after:
            raise self.after.popleft()

    async def after_sequence(self, sequence: int) -> Sequence[tuple[int, bytes]]:
        """Returns audit entries with a greater number."""
        await asyncio.sleep(0)
        return [
            (number, item.payload)
            for number, item in enumerate(self.items, 1)
            if item.subject == AUDIT_ENTRIES and number > sequence
        ]

    @property
    def items(self) -> list[Outgoing]:
        """Everything that was written, in order."""
        return [item for batch in self.batches for item in batch]

    def inbox_of(self, party: PartyId) -> list[bytes]:
        """Returns what was written for `party`."""
        subject = inbox(account(party))
        return [item.payload for item in self.items if item.subject == subject]


@dataclass(slots=True)
class MemoryTail:
    """The audit entries of a ledger by number (`ports.AuditTail`).

    Attributes:
        failures: Raised by the next questions, one by one.
        blind: How many of the next questions find nothing: entries come late.
    """

    ledger: MemoryLedger
    failures: deque[Exception] = field(default_factory=deque)
    blind: int = 0

    async def after(self, sequence: int) -> Sequence[tuple[int, bytes]]:
        """Returns entries with a greater number, in order."""
        if self.failures:
            raise self.failures.popleft()
        if self.blind:
            self.blind -= 1
            return []
        return await self.ledger.after_sequence(sequence)


@dataclass(slots=True)
class MemoryLogTail:
    """All of a ledger that the log is made of (`ports.LogTail`).

    Attributes:
        failures: Raised by the next questions, one by one.
    """

    ledger: MemoryLedger
    failures: deque[Exception] = field(default_factory=deque)

    async def after(self, sequence: int) -> Sequence[LedgerEntry]:
        """Returns entries with a greater number, in order."""
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.popleft()
        return [
            LedgerEntry(sequence=number, subject=item.subject, data=item.payload)
            for number, item in enumerate(self.ledger.items, 1)
            if item.subject in {AUDIT_ENTRIES, SNAPSHOTS} and number > sequence
        ]


@dataclass(slots=True)
class MemoryUplink:
    """A way to the hub that keeps what it took (`ports.Uplink`).

    Attributes:
        failures: Raised by the next submissions, one by one; None lets one pass.
        taken: What arrived.
    """

    failures: deque[Exception | None] = field(default_factory=deque)
    taken: list[bytes] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, payload: bytes) -> None:
        """Takes `payload`."""
        failure = self.failures.popleft() if self.failures else None
        await asyncio.sleep(0)
        if failure is not None:
            raise failure
        self.taken.append(payload)
        self.arrived.set()
