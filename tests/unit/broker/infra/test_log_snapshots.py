"""The log holds snapshots of the directory in clear, and finds them again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.entry import EntryFilter, snapshot_entry
from broker.core.audit.proof import verify_inclusion
from broker.core.audit.snapshot import SNAPSHOT_STAGE, SnapshotStatement
from broker.core.audit.verify import verify_log
from broker.core.errors import ProofError
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from keys.framing import sha256
from tests.unit.broker.infra.sample_log import KEY, ORIGIN, append, entry, forge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def store(folder: Path) -> Iterator[LogStore]:
    with LogStore.open(folder, origin=ORIGIN) as opened:
        yield opened


def statement(version: int, name: str = "") -> SnapshotStatement:
    return SnapshotStatement(
        origin=ORIGIN,
        version=version,
        digest=sha256(f"{version}{name}".encode()),
        signed_at_ms=version * 1000,
    )


def add(store: LogStore, *statements: SnapshotStatement) -> None:
    for one in statements:
        number = store.head().last_sequence + 1
        store.append(
            [snapshot_entry(one, number)], last_sequence=number, sign=KEY.sign_note
        )


def found(log: LogReader, *, version: int) -> list[SnapshotStatement]:
    entries = log.snapshots_of(version)
    return [SnapshotStatement.from_bytes(one.entry.leaf_data) for one in entries]


def test_a_snapshot_is_found_by_version_by_digest_and_by_time(store: LogStore) -> None:
    append(store, 1, 3)
    add(store, *map(statement, (1, 2, 3)))
    append(store, 7, 8)
    assert store.newest_snapshot() == 3
    assert found(store, version=2) == [statement(2)]
    for at_ms in (2000, 2999):
        assert store.snapshots_at(at_ms) == store.snapshots_of(2)
    assert store.snapshots_like(statement(2).digest) == store.snapshots_of(2)
    (logged,) = store.snapshots_of(2)
    assert store.find(logged.leaf_hash) == logged.index == 4
    listed = store.entries(EntryFilter(stage=SNAPSHOT_STAGE))
    assert [one.index for one in listed] == [3, 4, 5]


def test_what_was_never_published_is_not_found(store: LogStore) -> None:
    assert store.newest_snapshot() == 0
    add(store, statement(5))
    assert store.snapshots_of(4) == []
    assert store.snapshots_like(bytes(32)) == []
    assert store.snapshots_at(4999) == []


def test_both_snapshots_of_a_fork_are_found_by_whichever_digest(
    store: LogStore,
) -> None:
    add(store, statement(1), statement(2), statement(2, "'"))
    both = [statement(2), statement(2, "'")]
    assert found(store, version=2) == both
    for one in both:
        assert store.snapshots_like(one.digest) == store.snapshots_of(2)
    assert store.snapshots_at(2000) == store.snapshots_of(2)


def test_a_log_of_receipts_and_snapshots_verifies_and_proves_both(
    store: LogStore,
) -> None:
    append(store, 1, 300)
    add(store, *(statement(version) for version in range(1, 20)))
    append(store, 320, 600)
    head = store.head()
    checkpoint = open_checkpoint(head.checkpoint, KEY.verifier)
    assert list(verify_log(store.leaf_hashes(head.size), checkpoint, store.tile))
    (logged,) = store.snapshots_of(7)
    path = store.inclusion(logged.index, head.size)
    verify_inclusion(logged.leaf_hash, logged.index, head.size, path, head.root)


def test_a_mirror_gets_snapshots_in_clear(store: LogStore) -> None:
    append(store, 1, 1)
    add(store, statement(1))
    bundle = store.tile("tile/entries/000.p/2")
    assert bundle.endswith(statement(1).to_bytes())


def test_a_receipt_made_a_snapshot_is_noticed(store: LogStore, folder: Path) -> None:
    append(store, 1, 2)
    size = store.head().size
    forge(folder, 1, stage=SNAPSHOT_STAGE)
    with pytest.raises(ProofError, match="entry 1 is not what was logged"):
        list(store.leaf_hashes(size))


def test_an_entry_that_says_nothing_of_a_snapshot_is_not_appended(
    store: LogStore,
) -> None:
    bad = replace(entry(1), stage=SNAPSHOT_STAGE)
    with pytest.raises(ProofError):
        store.append([bad], last_sequence=1, sign=KEY.sign_note)
    assert store.head().size == 0
