"""What can be read of the log, while it is being written and by whom."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.entry import (
    LogEntry,
    leaf_data,
    receipt_leaf_hash,
)
from broker.core.audit.merkle import HASH_SIZE, leaf_hash
from broker.core.audit.proof import verify_consistency, verify_inclusion
from broker.core.audit.tiles import TileReader
from broker.core.errors import ConfigurationError, ProofError, StoreError
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from tests.unit.broker.infra.sample_log import (
    KEY,
    ORIGIN,
    fill,
    forge,
    varied as entry,
)

SIZE = 700


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as store:
        fill(store, 0, 256)
        fill(store, 256, SIZE)
    return tmp_path / "log"


@pytest.fixture
def log(folder: Path) -> Iterator[LogReader]:
    with LogReader(folder) as reader:
        yield reader


def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no log"):
        LogReader(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite3").write_bytes(b"not a database, but long enough" * 40)
    with pytest.raises(StoreError):
        LogReader(tmp_path)


def test_a_log_that_was_never_begun_is_refused(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "log.sqlite3")
    db.executescript(
        "CREATE TABLE head "
        "(layout, origin, size, root, last_sequence, checkpoint, edge)"
    )
    db.close()
    with pytest.raises(ConfigurationError):
        LogReader(tmp_path)


def test_a_reader_cannot_write(log: LogReader) -> None:
    with pytest.raises(StoreError, match="readonly"):
        log._rows("DELETE FROM head")


def test_a_reader_sees_what_the_writer_has_committed(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store, LogReader(folder) as reader:
        assert reader.head().size == SIZE
        note = fill(store, SIZE, SIZE + 1)
        assert reader.head().checkpoint == note
        size = reader.head().size
        root = open_checkpoint(note, KEY.verifier).root
        path = reader.inclusion(SIZE, size)
        leaf = receipt_leaf_hash(entry(SIZE).receipt)
        verify_inclusion(leaf, SIZE, size, path, root)


def test_a_reader_does_not_see_an_append_under_way(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:

        def look(body: str) -> str:
            assert store.head().size == SIZE
            assert store.find(receipt_leaf_hash(entry(SIZE).receipt)) is None
            with pytest.raises(StoreError):
                store.entry(SIZE)
            return KEY.sign_note(body)

        store.append([entry(SIZE)], last_sequence=SIZE + 1, sign=look)
        assert store.head().size == SIZE + 1


def test_an_entry_comes_back_whole(log: LogReader) -> None:
    logged = log.entry(99)
    assert logged.index == 99
    assert logged.entry == entry(99)
    assert logged.leaf_hash == receipt_leaf_hash(entry(99).receipt)


@pytest.mark.parametrize("index", [-1, SIZE])
def test_an_entry_that_is_not_there_is_a_store_error(
    log: LogReader, index: int
) -> None:
    with pytest.raises(StoreError, match="no entry"):
        log.entry(index)


def test_a_leaf_is_found_by_its_hash(log: LogReader) -> None:
    assert log.find(receipt_leaf_hash(entry(123).receipt)) == 123
    assert log.find(bytes(32)) is None


def test_a_leaf_is_not_found_by_the_beginning_of_its_hash(log: LogReader) -> None:
    similar = receipt_leaf_hash(entry(123).receipt)[:31] + b"\0"
    assert log.find(similar) is None


def test_of_equal_leaves_the_first_is_found(folder: Path) -> None:
    again = entry(5)
    with LogStore.open(folder, origin=ORIGIN) as store:
        later = LogEntry(
            **{
                **{name: getattr(again, name) for name in again.__slots__},
                "stream_sequence": SIZE + 1,
            }
        )
        store.append([later], last_sequence=SIZE + 1, sign=KEY.sign_note)
        assert store.find(receipt_leaf_hash(again.receipt)) == 5


@pytest.mark.parametrize("size", [1, 255, 256, 257, SIZE])
def test_inclusion_is_proven_at_every_size_reached(log: LogReader, size: int) -> None:
    leaves = list(log.leaf_hashes(size))
    root = TileReader(log.tile, SIZE).root(size)
    for index in {0, size // 2, size - 1}:
        path = log.inclusion(index, size)
        verify_inclusion(leaves[index], index, size, path, root)


@pytest.mark.parametrize("m", [0, 1, 255, 256, 300, SIZE])
def test_consistency_is_proven_from_every_size_reached(log: LogReader, m: int) -> None:
    tree = TileReader(log.tile, SIZE)
    path = log.consistency(m, SIZE)
    verify_consistency(m, SIZE, tree.root(m), log.head().root, path)


@pytest.mark.parametrize(("index", "size"), [(SIZE, SIZE), (0, SIZE + 1), (-1, 5)])
def test_what_the_log_has_not_reached_cannot_be_proven(
    log: LogReader, index: int, size: int
) -> None:
    with pytest.raises(ProofError):
        log.inclusion(index, size)


def test_a_mirror_gets_tiles_full_and_partial(log: LogReader) -> None:
    leaves = b"".join(log.leaf_hashes(SIZE))
    tile = 256 * HASH_SIZE
    assert log.tile("tile/0/000") == leaves[:tile]
    assert log.tile("tile/0/002.p/188") == leaves[2 * tile :]
    assert log.tile("tile/1/000.p/2") == b"".join(
        [TileReader(log.tile, SIZE).root(256), log.tile("tile/1/000.p/2")[HASH_SIZE:]]
    )


def test_a_mirror_that_is_behind_gets_the_partial_tiles_of_its_size(
    log: LogReader,
) -> None:
    leaves = b"".join(log.leaf_hashes(SIZE))
    assert log.tile("tile/0/000.p/8") == leaves[: 8 * HASH_SIZE]
    assert log.tile("tile/0/002.p/1") == leaves[512 * HASH_SIZE : 513 * HASH_SIZE]


def test_a_mirror_gets_the_data_of_the_leaves(log: LogReader) -> None:
    for path, start, count in (
        ("tile/entries/000", 0, 256),
        ("tile/entries/002.p/188", 512, 188),
    ):
        bundle = log.tile(path)
        assert len(bundle) == count * 34
        for at in range(count):
            length, data = bundle[at * 34 : at * 34 + 2], bundle[at * 34 + 2 :][:32]
            assert length == b"\0\x20"
            assert data == leaf_data(entry(start + at).receipt)
            assert leaf_hash(data) == log.entry(start + at).leaf_hash


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/003",
        "tile/0/002",
        "tile/0/002.p/189",
        "tile/1/000.p/3",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/entries/002.p/189",
        "tile/entries/003.p/1",
        "tile/63/x999/999",
    ],
)
def test_a_tile_that_the_log_has_not_reached_is_not_there(
    log: LogReader, path: str
) -> None:
    with pytest.raises(StoreError, match="has no tile"):
        log.tile(path)


@pytest.mark.parametrize(
    "path",
    [
        "../log.sqlite3",
        "tile/../../log.sqlite3",
        "/etc/passwd",
        "tile/0/000/../000",
        "",
    ],
)
def test_a_path_out_of_the_folder_is_refused(log: LogReader, path: str) -> None:
    with pytest.raises(ProofError):
        log.tile(path)


def test_a_changed_receipt_is_noticed_by_verification(folder: Path) -> None:
    forge(folder, 300, receipt=b"\0")
    with (
        LogReader(folder) as log,
        pytest.raises(ProofError, match="entry 300 is not what was logged"),
    ):
        list(log.leaf_hashes(SIZE))


def test_proofs_follow_the_log_as_it_grows(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        for size in range(SIZE + 1, SIZE + 90, 30):
            fill(store, store.head().size, size)
            leaf = receipt_leaf_hash(entry(size - 1).receipt)
            path = store.inclusion(size - 1, size)
            verify_inclusion(leaf, size - 1, size, path, store.head().root)
