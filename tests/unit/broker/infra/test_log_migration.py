"""A log of an earlier version is taken over whole, also by a hub that is cut short."""

import sqlite3
from pathlib import Path

import pytest

from broker.core.errors import ConfigurationError, ProofError
from broker.infra import log_migration
from broker.infra.log_insert import insert_blocks
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from tests.unit.broker.infra.old_log import make_old
from tests.unit.broker.infra.sample_log import ORIGIN, append, assert_holds, tamper

SIZE = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as store:
        append(store, 1, SIZE)
    return tmp_path / "log"


def tables(folder: Path) -> set[str]:
    db = sqlite3.connect(folder / "log.sqlite3")
    try:
        rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows}
    finally:
        db.close()


@pytest.mark.parametrize("layout", [1, 2])
def test_a_log_of_an_earlier_version_is_taken_over_with_all_its_entries(
    folder: Path, layout: int
) -> None:
    with LogReader(folder) as log:
        before, entries = log.head(), list(log.records(0, SIZE))
    make_old(folder, layout)
    with pytest.raises(ConfigurationError, match="run the hub once"):
        LogReader(folder)
    with LogStore.open(folder, origin=ORIGIN) as store:
        assert store.head() == before
        assert list(store.records(0, SIZE)) == entries
        append(store, SIZE + 1, SIZE + 9)
        assert_holds(store, SIZE + 9)
    assert "entries" not in tables(folder)
    with LogReader(folder) as log:
        assert_holds(log, SIZE + 9)


def test_a_hub_that_was_cut_short_goes_on_where_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_old(folder, 2)
    monkeypatch.setattr(log_migration, "_STEP", 64)
    steps = []

    def cut(*given: object) -> None:
        steps.append(given[1])
        if len(steps) == 3:
            raise RuntimeError("killed")
        insert_blocks(*given)  # type: ignore[arg-type]  # passed on as given

    monkeypatch.setattr(log_migration, "insert_blocks", cut)
    with pytest.raises(RuntimeError, match="killed"):
        LogStore.open(folder, origin=ORIGIN)
    with pytest.raises(ConfigurationError, match="run the hub once"):
        LogReader(folder)
    with LogStore.open(folder, origin=ORIGIN) as store:
        assert_holds(store, SIZE)
    assert steps == [0, 64, 128, 128, 192, 256]


def test_a_log_that_lacks_entries_gives_up_nothing_it_holds(folder: Path) -> None:
    make_old(folder, 2)
    tamper(folder, "DROP TRIGGER entries_stay; DELETE FROM entries WHERE idx = 299")
    with pytest.raises(ProofError, match="holds 299 entries"):
        LogStore.open(folder, origin=ORIGIN)
    assert "entries" in tables(folder)
