"""What the log finds damaged on opening, and what it makes good by itself."""

import shutil
from pathlib import Path

import pytest

from broker.core.errors import (
    ProofError,
)
from broker.infra.log_store import LogStore
from tests.unit.broker.infra.sample_log import (
    ORIGIN,
    append,
    tamper,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hub" / "log"


@pytest.mark.parametrize(("size", "tiles"), [(0, 0), (256, 1), (65_536, 257)])
def test_lost_tiles_are_made_again_from_the_entries(
    folder: Path, size: int, tiles: int
) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, size)
    kept = snapshot(folder / "tiles")
    assert len(kept) == tiles
    shutil.rmtree(folder / "tiles", ignore_errors=True)
    LogStore.open(folder, origin=ORIGIN).close()
    assert snapshot(folder / "tiles") == kept


def test_a_cut_tile_is_made_again(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, 600)
    kept = snapshot(folder / "tiles")
    (folder / "tiles/tile/0/001").write_bytes(b"cut")
    LogStore.open(folder, origin=ORIGIN).close()
    assert snapshot(folder / "tiles") == kept


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE head SET size = size - 1",
        "UPDATE head SET root = zeroblob(32)",
        "UPDATE head SET edge = zeroblob(length(edge))",
        "UPDATE head SET edge = x''",
        "UPDATE head SET checkpoint = 'torn'",
        "DROP TRIGGER entries_stay; DELETE FROM entries WHERE idx = 299",
        "DROP TRIGGER entries_unchanged; UPDATE entries SET idx = 300 WHERE idx = 299",
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
