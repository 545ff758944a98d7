"""The log writer: the one hand on the log, which follows the ledger's audit entries.

Receipts come from the relay, snapshots of the directory from the registrar; each is
taken only where nobody else may write.

What a tree is, and how it is stored, is left to the log store.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol

import structlog

from broker.core import subjects
from broker.core.audit.entry import LogEntry, LogHead, snapshot_entry
from broker.core.audit.padding import UNPADDED, Padding
from broker.core.codec.receipts import decode_audit_batch, decode_receipt
from broker.core.codec.snapshots import decode_snapshot
from broker.core.errors import BusError, ProofError, RefusedError, StoreError
from broker.core.ports import Clock, LedgerEntry, LogTail

_IDLE_S: Final = 0.1
_BACKOFF_S: Final = 1.0
_INDEX_S: Final = 1.0  # many entries at once cost the index half as much each
_BEAT_BYTES: Final = 32 * 1024 * 1024  # read for one beat, at most, and one answer more


class AppendableLog(Protocol):
    """The log, as its writer needs it."""

    def head(self) -> LogHead:
        """Returns how far the log has come."""
        ...

    def find(self, leaf_hash: bytes) -> int | None:
        """Returns where a leaf is."""
        ...

    def append(
        self,
        entries: Sequence[LogEntry],
        *,
        last_sequence: int,
        sign: Callable[[str], str],
        now_ms: int,
        block: int,
        cover: bool,
    ) -> str:
        """Appends durably; returns the signed checkpoint. Repeating changes nothing.

        Padding is added until the size is a multiple of `block`, and a block of it
        where `cover` asks for one and there is nothing else.

        Raises:
            StoreError: Nothing was appended.
        """
        ...

    def index(self) -> bool:
        """Makes what was appended quick to find; tells whether there is more of it.

        Raises:
            StoreError: It takes longer to find.
        """
        ...

    def sign_head(self, sign: Callable[[str], str]) -> str:
        """Signs the newest checkpoint again, where another key signed it last.

        Raises:
            StoreError: The old checkpoint stands.
        """
        ...


class LogWriter:
    """Moves audit entries from the ledger into the log, in their order.

    How far it has come is part of the log itself, so that after a crash it goes on
    exactly where it was.

    Args:
        tail: The ledger's audit entries.
        log: The log.
        sign: Makes the signed note of a checkpoint's text.
        clock: The time: by it the beat of the padding goes, and promises are kept.
        padding: What the log is to show of the traffic.
    """

    def __init__(
        self,
        tail: LogTail,
        log: AppendableLog,
        sign: Callable[[str], str],
        *,
        clock: Clock,
        padding: Padding = UNPADDED,
    ) -> None:
        self._tail = tail
        self._store = log
        self._sign = sign
        self._clock = clock
        self._padding = padding
        self._beat = self._beat_at(clock.now_ms())
        self._continues = False
        self._log = structlog.get_logger("log-writer")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set: appends, and makes findable behind it."""
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self._append(stop))
            loops.create_task(self._index(stop))

    async def _append(self, stop: asyncio.Event) -> None:
        """Appends until `stop` is set.

        A full disk or an absent server is waited out: the ledger keeps what is not in
        the log yet. A ledger that is not the one that the log was written from is for
        a person to look at: the log stands still, and the traffic does not.
        """
        while not stop.is_set():
            wait_s = 0.0
            try:
                if not await self.step():
                    wait_s = _IDLE_S
            except ProofError as error:
                self._log.error("the log cannot go on", reason=str(error))
                await stop.wait()
            except (BusError, StoreError) as error:
                self._log.warning("the log stands still", reason=str(error))
                wait_s = _BACKOFF_S
            if wait_s:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait_s)

    async def step(self) -> bool:
        """Appends what is there; tells whether there was anything.

        Raises:
            BusError: The ledger cannot be read.
            StoreError: The log cannot be written; nothing was appended.
            ProofError: The ledger is not the one that the log was written from.
        """
        head = await asyncio.to_thread(self._store.head)
        if not self._continues:
            await self._check_ledger(head.last_sequence)
            # The log may have got another key while nobody wrote.
            await asyncio.to_thread(self._store.sign_head, self._sign)
            self._continues = True
        now_ms = self._clock.now_ms()
        beat = self._beat_at(now_ms)
        if self._padding.strict and beat == self._beat:
            return False
        found = await self._read(head.last_sequence)
        cover = beat != self._beat
        if not found and not cover:
            return False
        entries = [entry for one in found for entry in self._entries(one)]
        await asyncio.to_thread(
            self._store.append,
            entries,
            last_sequence=found[-1].sequence if found else head.last_sequence,
            sign=self._sign,
            now_ms=now_ms,
            block=self._padding.block,
            cover=cover,
        )
        self._beat = beat
        self._confess(entries, now_ms)
        return bool(found)

    async def _read(self, last: int) -> Sequence[LedgerEntry]:
        """Returns what comes next: one answer of the ledger, or all there is on a beat.

        What is held in memory is bounded: the ledger keeps what is not read yet.
        """
        found = [*await self._tail.after(last)]
        more = self._padding.strict and bool(found)
        while more and sum(len(one.data) for one in found) < _BEAT_BYTES:
            further = await self._tail.after(found[-1].sequence)
            found += further
            more = bool(further)
        return found

    def _beat_at(self, now_ms: int) -> int:
        """Returns the number of the beat; of the clock, so that no traffic moves it."""
        return now_ms // self._padding.beat_ms if self._padding.beat_ms else 0

    def _confess(self, entries: Sequence[LogEntry], now_ms: int) -> None:
        """Says that promises were broken: each party that holds one can prove it."""
        late = [one for one in entries if 0 < one.logged_by_ms < now_ms]
        if late:
            worst = min(late, key=lambda one: one.logged_by_ms)
            self._log.error(
                "promises broken: entries went into the log after their deadline",
                count=len(late),
                longest_s=(now_ms - worst.logged_by_ms) // 1000,
                message=worst.message_digest.hex()[:16],
            )

    async def _index(self, stop: asyncio.Event) -> None:
        """Makes findable what was appended, behind it and beside it."""
        while not stop.is_set():
            wait_s = 0.0
            try:
                if not await asyncio.to_thread(self._store.index):
                    wait_s = _INDEX_S
            except (StoreError, ProofError) as error:
                self._log.warning("the log's index stands still", reason=str(error))
                wait_s = _BACKOFF_S
            if wait_s:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait_s)

    async def _check_ledger(self, last: int) -> None:
        """Refuses a ledger that was lost and begun anew: its numbers mean others."""
        if not last:
            return
        found = await self._tail.after(last - 1)
        # What is that old may have been dropped by age; what is newer is there.
        if found and (found[0].sequence > last or await self._is_logged(found[0])):
            return
        raise ProofError(
            f"the ledger holds no entry {last} as it is in the log: it is not the one "
            "that this log was written from; see docs/operations.md, “Backup”"
        )

    async def _is_logged(self, found: LedgerEntry) -> bool:
        for entry in self._entries(found):
            if await asyncio.to_thread(self._store.find, entry.leaf_hash) is None:
                return False
        return True

    def _entries(self, found: LedgerEntry) -> list[LogEntry]:
        try:
            if found.subject == subjects.SNAPSHOTS:
                statement = decode_snapshot(found.data)
                return [snapshot_entry(statement, found.sequence)]
            return _receipts(found)
        except RefusedError:
            # Only the hub can write here; what it wrote must not stop the log.
            self._log.exception("audit entry cannot be read", number=found.sequence)
            return []


def _receipts(found: LedgerEntry) -> list[LogEntry]:
    records = decode_audit_batch(found.data)
    receipts = [decode_receipt(record.receipt) for record in records]
    return [
        LogEntry(
            receipt=record.receipt,
            signed_header=record.signed_header,
            stage=receipt.stage.name,
            message_digest=receipt.message_digest,
            by=receipt.by,
            to=receipt.to,
            code=receipt.code,
            at_ms=receipt.at_ms,
            proof=record.proof,
            stream_sequence=found.sequence,
            logged_by_ms=receipt.logged_by_ms,
        )
        for record, receipt in zip(records, receipts, strict=True)
    ]
