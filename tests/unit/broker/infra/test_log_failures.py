"""Whatever fails, and whenever: an append has happened, or it has not."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.proof import verify_inclusion
from broker.core.audit.verify import verify_log
from broker.core.errors import (
    StoreError,
    StoreFullError,
)
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from keys.notes import NoteKey
from tests.unit.broker.infra.sample_log import (
    KEY,
    ORIGIN,
    append,
    assert_holds,
    entry,
    root_of,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "hub" / "log"


@pytest.fixture
def store(folder: Path) -> Iterator[LogStore]:
    with LogStore.open(folder, origin=ORIGIN) as opened:
        yield opened


class Steps:
    """Counts the steps of an append that touch the disk, and acts at one of them.

    The steps are every fsync, every rename and every commit, before and after.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = -1
        self.action: Callable[[], object] = lambda: None
        self.count = 0
        for name in ("fsync", "replace"):
            monkeypatch.setattr(os, name, self._watched(getattr(os, name)))
        connect, step = sqlite3.connect, self.step

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
                if sql != "COMMIT":
                    return super().execute(sql, *values)  # type: ignore[arg-type]  # passed on as given
                step()
                cursor = super().execute(sql)
                step()
                return cursor

        monkeypatch.setattr(
            sqlite3,
            "connect",
            lambda *given, **named: connect(*given, **named, factory=Connection),
        )

    def arm(self, at: int, action: Callable[[], object]) -> None:
        self.at, self.action, self.count = at, action, 0

    def step(self) -> None:
        self.count += 1
        if self.count - 1 == self.at:
            self.action()

    def _watched(self, real: Callable[..., None]) -> Callable[..., None]:
        def watched(*given: object) -> None:
            self.step()
            real(*given)

        return watched


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


def failing(number: int) -> Callable[[], None]:
    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail


BEFORE, AFTER = 65_500, 65_600
"""Between them, 256 tiles of leaves are full: the first tile that is a file."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grown") / "log"
    with LogStore.open(folder, origin=ORIGIN) as store:
        append(store, 1, BEFORE)
    return folder


@pytest.fixture(scope="module")
def roots() -> dict[int, bytes]:
    return {size: root_of(size) for size in (BEFORE, AFTER)}


def assert_stands(log: LogReader, roots: dict[int, bytes]) -> int:
    """The log is one of the two, signed, and proves what needs its tiles."""
    head = log.head()
    checkpoint = open_checkpoint(head.checkpoint, KEY.verifier)
    assert checkpoint.root == head.root == roots[checkpoint.size]
    for index in (0, 40_000, head.size - 1):
        leaf = log.entry(index).leaf_hash
        path = log.inclusion(index, head.size)
        verify_inclusion(leaf, index, head.size, path, head.root)
    return head.size


def test_a_power_cut_at_any_step_leaves_the_old_log_or_the_new_one(
    tmp_path: Path, steps: Steps, grown: Path, roots: dict[int, bytes]
) -> None:
    seen = set()
    for at in range(1000):
        folder, image = tmp_path / f"log-{at}", tmp_path / f"image-{at}"
        shutil.copytree(grown, folder)
        with LogStore.open(folder, origin=ORIGIN) as store:
            # The image is what another process would find: files as they are now,
            # with the lock free and nothing closed in order.
            steps.arm(at, partial(shutil.copytree, folder, image))
            append(store, BEFORE + 1, AFTER)
            steps.arm(-1, lambda: None)
        shutil.rmtree(folder)
        if not image.exists():
            break
        # A reader repairs nothing: what is signed has its tiles already.
        with LogStore.open_reader(image) as reader:
            assert_stands(reader, roots)
        with LogStore.open(image, origin=ORIGIN) as restarted:
            seen.add(assert_stands(restarted, roots))
            append(restarted, BEFORE + 1, AFTER)  # the stream delivers it again
            assert assert_stands(restarted, roots) == AFTER
        shutil.rmtree(image)
    assert at >= 6, "two syncs and a rename for the tile, and the commit"
    assert seen == {BEFORE, AFTER}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_at_any_step_leaves_the_log_as_it_was(
    tmp_path: Path, steps: Steps, grown: Path, roots: dict[int, bytes], number: int
) -> None:
    folder = tmp_path / "log"
    shutil.copytree(grown, folder)
    with LogStore.open(folder, origin=ORIGIN) as store:
        for at in range(1000):
            steps.arm(at, failing(number))
            with pytest.raises(StoreFullError):
                append(store, BEFORE + 1, AFTER)
            committed = store.head().size == AFTER
            assert not list(folder.rglob("*.tmp")), "the remains take no room"
            if committed:
                break
            assert assert_stands(store, roots) == BEFORE
        steps.arm(-1, lambda: None)
        append(store, BEFORE + 1, AFTER)
        assert assert_stands(store, roots) == AFTER
    assert at >= 4


def test_a_failing_disk_is_a_store_error_and_not_a_full_one(
    steps: Steps, store: LogStore
) -> None:
    steps.arm(0, failing(errno.EIO))
    with pytest.raises(StoreError) as caught:
        append(store, 1, 300)
    assert not isinstance(caught.value, StoreFullError)
    steps.arm(-1, lambda: None)
    append(store, 1, 300)
    assert_holds(store, 300)


def test_a_full_database_is_told_apart_and_takes_nothing(store: LogStore) -> None:
    append(store, 1, 10)
    with store._database.write() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFullError):
        append(store, 11, 3000)
    assert_holds(store, 10)
    with store._database.write() as db:
        db.execute("PRAGMA max_page_count = 1000000")
    append(store, 11, 3000)
    assert_holds(store, 3000)


def test_another_history_after_a_failed_append_replaces_its_tiles(
    store: LogStore,
) -> None:
    def unplugged(_: str) -> str:
        raise RuntimeError("token removed")

    wrong = [entry(number, b"wrong %d" % number) for number in range(1, 601)]
    with pytest.raises(RuntimeError):
        store.append(wrong, last_sequence=600, sign=unplugged)
    append(store, 1, 600)
    assert_holds(store, 600)


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from broker.core.audit.entry import LogEntry
from broker.infra.log_store import LogStore
from keys.notes import NoteKey

key = NoteKey("hub.example/log", bytes(32))
store = LogStore.open(Path(sys.argv[1]), origin="hub.example/log")
number = 0
while True:
    batch = [
        LogEntry(receipt=b"receipt %d" % n, signed_header=b"", stage="ACCEPTED",
                 message_digest=bytes(32), by="HUB", to="KEN", code="", at_ms=n,
                 proof=b"", stream_sequence=n)
        for n in range(number + 1, number + 98)
    ]
    number += 97
    store.append(batch, last_sequence=number, sign=key.sign_note)
    store.index()
    print(number, flush=True)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603  the program above
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(12)][-1]
        writer.send_signal(signal.SIGKILL)
    with LogStore.open(tmp_path / "log", origin=ORIGIN) as store:
        head = store.head()
        assert head.size >= acknowledged
        verifier = NoteKey(ORIGIN, bytes(32)).verifier
        checkpoint = open_checkpoint(head.checkpoint, verifier)
        assert checkpoint.root == head.root == root_of(head.size)
        list(verify_log(store.leaf_hashes(head.size), checkpoint, store.tile))
        assert store._index.reached() >= acknowledged
        while store.index():
            pass
        assert store.find(entry(head.size).leaf_hash) == head.size - 1
