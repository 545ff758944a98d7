"""What a padded log shows of the traffic to those who see its tiles and checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.padding import PADDING_STAGE, UNPADDED, Padding
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.audit.tiles import TileName, tile_width
from broker.core.audit.verify import verify_log
from broker.core.codec.receipts import (
    AuditRecord,
    encode_audit_batch,
    encode_receipt,
)
from broker.core.codec.snapshots import encode_snapshot
from broker.core.model import Receipt, Stage, new_nonce
from broker.core.ports import LedgerEntry, Outgoing
from broker.core.subjects import AUDIT_ENTRIES, SNAPSHOTS
from broker.infra.log_store import LogStore
from broker.services import log_writer
from broker.services.log_writer import LogWriter
from keys.identity import HUB
from tests.memory_bus import MemoryLedger, MemoryLogTail
from tests.unit.broker.services.relay_world import RelayWorld
from tests.world import BEL, KEN, LOG_KEY, NOW_MS, FakeClock, sealed, submitted

BEAT_MS = 1_000
STRICT = Padding(block=16, beat_ms=BEAT_MS, strict=True)
ORIGIN = LOG_KEY.verifier.name
TICK_MS = 250


@dataclass(slots=True)
class Page:
    """A ledger that answers with so many entries at a time, as the real one does."""

    ledger: MemoryLedger
    size: int = 2
    most: int = 0

    async def after(self, sequence: int) -> Sequence[LedgerEntry]:
        """Returns the next entries."""
        found = await MemoryLogTail(self.ledger).after(sequence)
        self.most = max(self.most, len(found[: self.size]))
        return found[: self.size]


@dataclass(slots=True)
class Hub:
    """A ledger, the writer of a log, and a mirror that looks at it on every tick."""

    log: LogStore
    padding: Padding
    page: int = 128
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_MS - NOW_MS % 1000))
    seen: list[tuple[int, int]] = field(default_factory=list)
    writer: LogWriter = field(init=False)

    def __post_init__(self) -> None:
        """Starts a writer."""
        self.writer = LogWriter(
            Page(self.ledger, self.page),
            self.log,
            LOG_KEY.sign_note,
            clock=self.clock,
            padding=self.padding,
        )

    async def commit(self, subject: str, payload: bytes) -> None:
        """Writes to the ledger."""
        name = str(len(self.ledger.items))
        await self.ledger.commit(
            [Outgoing(subject=subject, payload=payload, dedup_id=name)]
        )

    async def accept(self, count: int) -> None:
        """Writes so many receipts into the ledger, as one batch."""
        if not count:
            return
        receipt = Receipt(
            stage=Stage.ACCEPTED,
            message_digest=bytes(32),
            submission_digest=bytes(32),
            by=HUB,
            to=KEN,
            at_ms=NOW_MS,
            nonce=bytes(16),
        )
        records = [
            AuditRecord(
                receipt=encode_receipt(_with_nonce(receipt)),
                proof=b"",
                submission_digest=b"",
            )
            for _ in range(count)
        ]
        await self.commit(AUDIT_ENTRIES, encode_audit_batch(records))

    async def tick(self) -> None:
        """Lets time pass, the writer work until it rests, and the mirror look."""
        self.clock.at_ms += TICK_MS
        while await self.writer.step():
            pass
        self.seen.append((self.clock.at_ms, self.log.head().size))

    def mirrored(self) -> tuple[bytes, bytes]:
        """Returns the hashes and the leaf data that a mirror holds in the end."""
        size = self.log.head().size
        hashes: list[bytes] = []
        data: list[bytes] = []
        for index in range(-(-size // 256)):
            width = tile_width(0, index, size)
            for level, into in ((0, hashes), ("entries", data)):
                name = TileName(level=level, index=index, width=width)  # type: ignore[arg-type]
                into.append(self.log.tile(name.path))
        return b"".join(hashes), b"".join(data)


def _with_nonce(receipt: Receipt) -> Receipt:
    fields = {name: getattr(receipt, name) for name in receipt.__slots__}
    return Receipt(**{**fields, "nonce": new_nonce()})


def opened(folder: Path, padding: Padding, page: int = 128) -> Hub:
    return Hub(LogStore.open(folder, origin=ORIGIN), padding, page)


def assert_looks_random(data: bytes, width: int) -> None:
    """As random bytes do: no two values alike, half of all bits set, no byte rare."""
    values = [data[at : at + width] for at in range(0, len(data), width)]
    assert len(set(values)) == len(values)
    bits = len(data) * 8
    ones = sum(byte.bit_count() for byte in data)
    # Six standard deviations: once in five hundred million runs by chance.
    assert abs(ones - bits / 2) < 6 * (bits / 4) ** 0.5
    expected = len(data) / 256
    rare = [data.count(byte) for byte in range(256)]
    chi = sum((count - expected) ** 2 / expected for count in rare)
    assert abs(chi - 255) < 6 * (2 * 255) ** 0.5


# Receipts on each tick: a day without any, a busy one, a single burst each beat.
PATTERNS = {
    "silence": [0] * 160,
    "drizzle": [1, 0, 0, 2] * 40,
    "busy": [4, 4, 4, 4] * 40,
    "bursts": [0, 16, 0, 0] * 40,
}


async def test_traffic_of_one_class_cannot_be_told_apart_by_a_mirror(
    tmp_path: Path,
) -> None:
    seen, hashes, data = {}, {}, {}
    for name, pattern in PATTERNS.items():
        hub = opened(tmp_path / name, STRICT)
        with hub.log:
            for count in pattern:
                await hub.accept(count)
                await hub.tick()
            seen[name] = hub.seen
            hashes[name], data[name] = hub.mirrored()
            checkpoint = open_checkpoint(hub.log.head().checkpoint, LOG_KEY.verifier)
            assert list(verify_log(hub.log.leaf_hashes(checkpoint.size), checkpoint)), (
                "padding is part of the tree like anything else"
            )
    silent = seen["silence"]
    assert len({size for _, size in silent}) == 41, "it grows on every beat"
    for name in PATTERNS:
        # The same sizes at the same times, and in the tiles the same number of bytes.
        assert seen[name] == silent
        assert len(hashes[name]) == len(hashes["silence"])
        assert len(data[name]) == len(data["silence"])
        assert_looks_random(hashes[name], 32)
        leaves = data[name]
        records = [leaves[at : at + 34] for at in range(0, len(leaves), 34)]
        assert all(record[:2] == b"\0\x20" for record in records)
        assert_looks_random(b"".join(record[2:] for record in records), 32)


async def test_more_than_a_block_a_beat_is_another_class(tmp_path: Path) -> None:
    hub = opened(tmp_path / "log", STRICT)
    with hub.log:
        await hub.accept(17)
        for _ in range(4):
            await hub.tick()
        assert hub.log.head().size == 32


async def test_a_strict_log_takes_all_that_waits_for_the_beat_in_one_step(
    tmp_path: Path,
) -> None:
    hub = opened(tmp_path / "log", STRICT, page=2)
    with hub.log:
        for _ in range(9):
            await hub.accept(1)
        sizes = []
        for _ in range(4):
            await hub.tick()
            sizes.append(hub.log.head().size)
        assert sizes == [0, 0, 0, 16]
        assert hub.log.head().last_sequence == 9


async def test_what_is_read_for_one_beat_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writer, "_BEAT_BYTES", 1)
    hub = opened(tmp_path / "log", STRICT, page=2)
    with hub.log:
        for _ in range(5):
            await hub.accept(1)
        for beat in (2, 4, 5):
            for _ in range(4):
                await hub.tick()
            assert hub.log.head().last_sequence == beat


async def test_a_block_hides_how_much_was_said_at_once(tmp_path: Path) -> None:
    sizes = {}
    for count in (1, 5, 8):
        hub = opened(tmp_path / str(count), Padding(block=8))
        with hub.log:
            await hub.accept(count)
            await hub.tick()
            sizes[count] = hub.log.head().size
            await hub.tick()
            assert hub.log.head().size == 8, "without traffic nothing is added"
    assert set(sizes.values()) == {8}


async def test_a_cover_without_strictness_slows_nothing(tmp_path: Path) -> None:
    hub = opened(tmp_path / "log", Padding(block=8, beat_ms=BEAT_MS))
    statement = SnapshotStatement(
        origin=ORIGIN, version=1, digest=bytes(32), signed_at_ms=NOW_MS
    )
    with hub.log:
        await hub.tick()
        await hub.commit(SNAPSHOTS, encode_snapshot(statement))
        await hub.tick()
        assert hub.log.newest_snapshot() == 1, "long before the beat"
        for _ in range(6):
            await hub.tick()
        assert [size for _, size in hub.seen] == [0, 8, 8, 16, 16, 16, 16, 24]


async def test_padding_lies_where_nobody_can_guess_it(tmp_path: Path) -> None:
    places = set()
    hub = opened(tmp_path / "log", Padding(block=64))
    with hub.log:
        for at in range(8):
            await hub.accept(1)
            await hub.tick()
            stages = [one.entry.stage for one in hub.log.records(at * 64, at * 64 + 64)]
            assert stages.count(PADDING_STAGE) == 63
            places.add(stages.index("ACCEPTED"))
    assert len(places) > 1, "all eight in one of 64 places: once in 4 * 10**12 runs"


async def test_a_log_that_was_padded_otherwise_goes_on(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    for padding, size in ((UNPADDED, 3), (Padding(block=8), 8), (Padding(block=5), 15)):
        hub = opened(tmp_path / "log", padding)
        hub.ledger = ledger
        hub.__post_init__()
        with hub.log:
            await hub.accept(3)
            await hub.tick()
            assert hub.log.head().size == size


@pytest.mark.usefixtures("every_level")
async def test_a_log_that_stood_still_for_an_hour_keeps_or_confesses_every_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Traffic goes on meanwhile; what is read afterwards comes in bounded portions."""
    relay = RelayWorld(tmp_path)
    early = [sealed() for _ in range(6)]
    late = [sealed() for _ in range(6)]
    for batch, wait_ms in ((early, 3_700_000), (late, 10_000)):
        for message in batch:
            relay.source.submit(KEN, submitted(message))
            await relay.work()
        relay.clock.at_ms += wait_ms
    arrived = relay.messages_of(BEL)
    assert arrived == [one.message_digest for one in [*early, *late]]
    page = Page(relay.ledger)
    appended = []
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as store:
        real = store.append

        def append(entries: Sequence[object], **given: object) -> str:
            appended.append(len(entries))
            return real(entries, **given)  # type: ignore[arg-type]  # passed on as given

        monkeypatch.setattr(store, "append", append)
        writer = LogWriter(page, store, LOG_KEY.sign_note, clock=relay.clock)
        with structlog.testing.capture_logs() as said:
            while await writer.step():
                pass
        assert page.most == 2
        assert max(appended) <= 4
        records = await relay.audited()
        assert store.head().size == len(records) == 12
        broken = {one.message_digest for one in store.broken_promises()}
        assert broken == {one.message_digest for one in early}
        assert store.count_broken() == 6
    confessed = [one for one in said if "promises broken" in one["event"]]
    assert sum(one["count"] for one in confessed) == 6
    assert confessed[0]["longest_s"] == 110
