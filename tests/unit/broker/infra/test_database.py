"""One file: private, all or nothing, and every trouble a `StoreError`."""

import asyncio
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.errors import StoreError, StoreFullError
from broker.infra.database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS things (name TEXT NOT NULL UNIQUE) STRICT;"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a file.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = Database(path, SCHEMA)
    yield opened
    opened.close()


def add(database: Database, name: str) -> None:
    with database.write() as db:
        db.execute("INSERT INTO things VALUES (?)", (name,))


def names(database: Database) -> list[str]:
    with database.read() as db:
        return [row[0] for row in db.execute("SELECT name FROM things ORDER BY 1")]


def pragma(database: Database, name: str) -> object:
    with database.read() as db:
        return db.execute(f"PRAGMA {name}").fetchone()[0]


def test_what_was_written_is_there_after_opening_again(
    path: Path, database: Database
) -> None:
    add(database, "one")
    database.close()
    again = Database(path, SCHEMA)
    assert names(again) == ["one"]
    again.close()


def test_every_commit_is_synced_unless_it_can_be_rebuilt(
    database: Database, tmp_path: Path
) -> None:
    full, normal = 2, 1
    assert pragma(database, "synchronous") == full
    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "foreign_keys") == 1
    cache = Database(tmp_path / "cache", SCHEMA, rebuildable=True)
    assert pragma(cache, "synchronous") == normal
    cache.close()


def test_nobody_else_can_read_the_file_nor_what_lies_beside_it(
    path: Path, tmp_path: Path
) -> None:
    before = os.umask(0o022)
    try:
        database = Database(path, SCHEMA)
        add(database, "secret")
        files = list(tmp_path.iterdir())
        assert len(files) == 3
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        database.close()
    finally:
        os.umask(before)


def test_an_error_half_way_leaves_nothing(database: Database) -> None:
    def half() -> None:
        with database.write() as db:
            db.execute("INSERT INTO things VALUES ('half')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert names(database) == []
    add(database, "next")
    assert names(database) == ["next"]


def test_a_cancelled_task_leaves_nothing(database: Database) -> None:
    def cancelled() -> None:
        with database.write() as db:
            db.execute("INSERT INTO things VALUES ('half')")
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        cancelled()
    assert names(database) == []


def test_a_broken_rule_of_the_schema_is_a_store_error(database: Database) -> None:
    add(database, "one")
    with pytest.raises(StoreError, match="UNIQUE"):
        add(database, "one")
    with pytest.raises(StoreError), database.read() as db:
        db.execute("SELECT nonsense")
    assert names(database) == ["one"]


def test_a_full_disk_is_told_apart_and_writes_nothing(database: Database) -> None:
    with database.read() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 1}")
    rows = [(f"{number}" * 100,) for number in range(1000)]
    with pytest.raises(StoreFullError), database.write() as db:
        db.executemany("INSERT INTO things VALUES (?)", rows)
    assert names(database) == []


def test_two_connections_take_turns(path: Path, database: Database) -> None:
    """As the node and the command line do: neither loses a write."""
    other = Database(path, SCHEMA)

    def work(store: Database, prefix: str) -> None:
        for number in range(25):
            add(store, f"{prefix}{number}")

    threads = [
        threading.Thread(target=work, args=(store, prefix))
        for store, prefix in ((database, "a"), (other, "b"), (database, "c"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == len(names(other)) == 75
    other.close()


def test_the_counter_moves_when_anybody_has_written(
    path: Path, database: Database
) -> None:
    other = Database(path, SCHEMA)
    seen = [database.change_counter()]
    assert database.change_counter() == seen[0]
    add(other, "theirs")
    seen.append(database.change_counter())
    add(database, "ours")
    seen.append(database.change_counter())
    assert len(set(seen)) == 3
    other.close()


def test_a_file_that_is_no_database_is_refused(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        Database(path, SCHEMA)
    with pytest.raises(StoreError):
        Database(tmp_path / "no folder" / "file", SCHEMA)


def test_a_closed_file_answers_with_a_store_error(path: Path) -> None:
    database = Database(path, SCHEMA)
    database.close()
    with pytest.raises(StoreError):
        names(database)
    with pytest.raises(StoreError):
        add(database, "late")


def test_a_writer_that_never_ends_is_a_store_error(
    path: Path, database: Database
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with database.read() as db:
        db.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(StoreError, match="locked"):
        add(database, "never")
    other.close()
    add(database, "now")


def test_what_can_be_left_undone_waits_for_nobody_who_writes(tmp_path: Path) -> None:
    ours = Database(tmp_path / "a.sqlite3", "CREATE TABLE IF NOT EXISTS t (n INTEGER)")
    other = Database(tmp_path / "a.sqlite3", "")
    begun = time.monotonic()
    with other.write(), pytest.raises(StoreError), ours.write(wait=False):
        pytest.fail("two write at a time")
    assert time.monotonic() - begun < 10
    # Whatever has to be written waits as long as before.
    with ours.read() as db:
        assert db.execute("PRAGMA busy_timeout").fetchone() == (30_000,)
    with ours.write(wait=False) as db:
        db.execute("INSERT INTO t VALUES (1)")
    ours.close()
    other.close()
