"""What the log finds damaged on opening, and what it makes good by itself."""

import shutil
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.verify import verify_log
from broker.core.errors import ProofError, StoreError
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from tests.unit.broker.infra.sample_log import (
    KEY,
    ORIGIN,
    append,
    tamper,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hub" / "log"


def test_lost_and_cut_tiles_are_made_again_from_the_entries(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, 65_600)
    kept = snapshot(folder / "tiles")
    assert list(kept) == ["tile/1/000"]
    (folder / "tiles/tile/1/000").write_bytes(b"cut")
    LogStore.open(folder, origin=ORIGIN).close()
    assert snapshot(folder / "tiles") == kept
    shutil.rmtree(folder / "tiles")
    LogStore.open(folder, origin=ORIGIN).close()
    assert snapshot(folder / "tiles") == kept
    lost = folder / "tiles/tile/1/000"
    with LogReader(folder) as log:
        lost.unlink()
        with pytest.raises(StoreError, match="tile/1/000"):
            log.tile("tile/1/000")
    lost.write_bytes(bytes(32) + kept["tile/1/000"][32:])
    with LogReader(folder) as log:
        checkpoint = open_checkpoint(log.head().checkpoint, KEY.verifier)
        with pytest.raises(ProofError, match="tile/1/000"):
            list(verify_log(log.leaf_hashes(65_600), checkpoint, log.tile))


def test_tiles_of_leaves_that_an_earlier_version_wrote_are_taken_away(
    folder: Path,
) -> None:
    old = folder / "tiles/tile/0/000"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    LogStore.open(folder, origin=ORIGIN).close()
    assert not old.parent.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE head SET size = size - 1",
        "UPDATE head SET root = zeroblob(32)",
        "UPDATE head SET edge = zeroblob(length(edge))",
        "UPDATE head SET edge = x''",
        "UPDATE head SET checkpoint = 'torn'",
        "DROP TRIGGER blocks_stay; DELETE FROM blocks WHERE first = 256",
        "DROP TRIGGER blocks_unchanged; UPDATE blocks SET first = 257 WHERE first>255",
    ],
)
def test_a_log_that_is_not_what_it_signed_is_not_opened(
    folder: Path, statement: str
) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, 300)
    tamper(folder, statement)
    with pytest.raises(ProofError):
        LogStore.open(folder, origin=ORIGIN)
    # The lock is free again: a repaired log can be opened.
    with pytest.raises(ProofError):
        LogStore.open(folder, origin=ORIGIN)


def test_a_checkpoint_of_another_tree_is_found_on_opening(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        older = append(store, 1, 299)
        append(store, 300, 300)
    tamper(folder, "UPDATE head SET checkpoint = ?", older)
    with pytest.raises(ProofError, match="signed last"):
        LogStore.open(folder, origin=ORIGIN)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
