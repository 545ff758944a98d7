"""The log follows the ledger, in order, exactly once, whatever fails meanwhile."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.entry import LogEntry, receipt_leaf_hash
from broker.core.audit.padding import UNPADDED, Padding
from broker.core.codec.receipts import (
    AuditRecord,
    encode_audit_batch,
    encode_receipt,
)
from broker.core.errors import BusUnavailableError, ProofError, StoreError
from broker.core.model import Stage
from broker.core.ports import Outgoing
from broker.core.subjects import AUDIT_ENTRIES
from broker.infra.log_store import LogStore
from broker.services.log_writer import LogWriter
from keys.identity import HUB
from keys.notes import NoteKey
from tests import world
from tests.memory_bus import MemoryLedger, MemoryLogTail
from tests.world import LOG_KEY, NOW_MS, FakeClock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    with LogStore.open(tmp_path / "log", origin=LOG_KEY.verifier.name) as opened:
        yield opened


def batch(count: int) -> tuple[bytes, list[bytes]]:
    """Returns an audit batch and the receipts in it."""
    receipts = [
        encode_receipt(world.receipt(world.sealed(), Stage.ACCEPTED, by=HUB))
        for _ in range(count)
    ]
    records = [
        AuditRecord(receipt=one, proof=b"proof", submission_digest=b"")
        for one in receipts
    ]
    return encode_audit_batch(records), receipts


async def commit(ledger: MemoryLedger, payload: bytes) -> None:
    name = f"{len(ledger.items)}"
    item = Outgoing(subject=AUDIT_ENTRIES, payload=payload, dedup_id=name)
    await ledger.commit([item])


def writer(
    store: LogStore,
    tail: MemoryLogTail,
    *,
    clock: FakeClock | None = None,
    padding: Padding = UNPADDED,
) -> LogWriter:
    return LogWriter(
        tail, store, LOG_KEY.sign_note, clock=clock or FakeClock(), padding=padding
    )


async def test_entries_enter_in_the_order_of_the_ledger(store: LogStore) -> None:
    ledger = MemoryLedger()
    log = writer(store, MemoryLogTail(ledger))
    assert not await log.step()
    expected = []
    for count in (3, 1, 2):
        payload, receipts = batch(count)
        await commit(ledger, payload)
        expected += receipts
    assert await log.step()
    assert not await log.step()
    found = [store.find(receipt_leaf_hash(one)) for one in expected]
    assert found == list(range(6))
    head = store.head()
    assert head.last_sequence == 3
    assert open_checkpoint(head.checkpoint, LOG_KEY.verifier).size == 6


async def test_a_writer_goes_on_where_the_last_one_was(
    store: LogStore,
) -> None:
    ledger = MemoryLedger()
    for _ in range(2):
        await commit(ledger, batch(2)[0])
        await writer(store, MemoryLogTail(ledger)).step()
    assert store.head().size == 4


async def test_a_log_that_got_another_key_is_signed_anew_before_anything_happens(
    store: LogStore,
) -> None:
    ledger = MemoryLedger()
    await commit(ledger, batch(2)[0])
    await writer(store, MemoryLogTail(ledger)).step()
    newer = NoteKey(LOG_KEY.verifier.name, secrets.token_bytes(32))
    log = LogWriter(MemoryLogTail(ledger), store, newer.sign_note, clock=FakeClock())
    assert not await log.step()
    assert open_checkpoint(store.head().checkpoint, newer.verifier).size == 2


async def test_an_entry_that_cannot_be_read_does_not_stop_the_log(
    store: LogStore,
) -> None:
    ledger = MemoryLedger()
    payload, receipts = batch(1)
    broken = AuditRecord(receipt=b"\xff", proof=b"", submission_digest=b"")
    for data in (b"\xff", encode_audit_batch([broken]), payload):
        await commit(ledger, data)
    await writer(store, MemoryLogTail(ledger)).step()
    assert store.find(receipt_leaf_hash(receipts[0])) == 0
    assert store.head().last_sequence == 3


async def test_the_loop_waits_out_an_absent_bus_and_a_full_disk(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.services.log_writer._BACKOFF_S", 0.01)
    monkeypatch.setattr("broker.services.log_writer._IDLE_S", 0.01)
    monkeypatch.setattr("broker.services.log_writer._INDEX_S", 0.01)
    ledger = MemoryLedger()
    await commit(ledger, batch(2)[0])
    absent = BusUnavailableError("nobody there")
    tail = MemoryLogTail(ledger, deque([absent]))
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    full = [StoreError("no room left")]
    stuck = [StoreError("no room for the index either")]

    class Filling:
        """The log, on a disk that is full once."""

        head = staticmethod(store.head)
        find = staticmethod(store.find)
        sign_head = staticmethod(store.sign_head)

        @staticmethod
        def index() -> bool:
            if stuck:
                raise stuck.pop()
            more = store.index()
            if store._index.reached() == 3:
                loop.call_soon_threadsafe(indexed.set)
            return more

        @staticmethod
        def append(
            entries: Sequence[LogEntry],
            *,
            last_sequence: int,
            sign: Callable[[str], str],
            now_ms: int,
            block: int,
            cover: bool,
        ) -> str:
            assert (now_ms, block, cover) == (NOW_MS, 1, False)
            if full:
                raise full.pop()
            note = store.append(entries, last_sequence=last_sequence, sign=sign)
            loop.call_soon_threadsafe(written.set)
            return note

    written, indexed = asyncio.Event(), asyncio.Event()
    log = LogWriter(tail, Filling(), LOG_KEY.sign_note, clock=FakeClock())
    running = asyncio.create_task(log.run(stop))
    await asyncio.wait_for(written.wait(), 10)
    written.clear()
    await commit(ledger, batch(1)[0])
    await asyncio.wait_for(written.wait(), 10)
    await asyncio.wait_for(indexed.wait(), 10)
    stop.set()
    await running
    assert store.head().size == 3
    assert not stuck


async def test_a_log_goes_on_with_the_ledger_it_was_written_from(
    store: LogStore,
) -> None:
    ledger = MemoryLedger()
    await commit(ledger, batch(2)[0])
    await writer(store, MemoryLogTail(ledger)).step()
    await commit(ledger, batch(1)[0])
    assert await writer(store, MemoryLogTail(ledger)).step()
    assert store.head().size == 3


@pytest.mark.parametrize("entries", [0, 1, 2, 5])
async def test_a_log_refuses_a_ledger_that_was_lost_and_begun_anew(
    store: LogStore, entries: int
) -> None:
    old, new = MemoryLedger(), MemoryLedger()
    for _ in range(2):
        await commit(old, batch(1)[0])
    await writer(store, MemoryLogTail(old)).step()
    for _ in range(entries):
        await commit(new, batch(1)[0])
    with pytest.raises(ProofError, match="not the one"):
        await writer(store, MemoryLogTail(new)).step()
    assert store.head().size == 2
