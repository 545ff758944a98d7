"""What is looked up in the log is found, however far the index behind it has come."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.audit.entry import EntryFilter, LogEntry
from broker.core.audit.padding import PADDING_STAGE
from broker.core.codec.envelope import decode_envelope
from broker.core.errors import StoreError
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from tests import world
from tests.unit.broker.infra.sample_log import KEY, ORIGIN, entry, fill, varied

SIZE = 700


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def store(folder: Path) -> Iterator[LogStore]:
    with LogStore.open(folder, origin=ORIGIN) as opened:
        yield opened


def index_all(store: LogStore) -> None:
    while store.index():
        pass


def found(log: LogReader, wanted: EntryFilter) -> list[int]:
    return [one.index for one in log.entries(wanted)]


def expected(wanted: EntryFilter) -> list[int]:
    """What a filter lets through of the varied entries, by its definition."""

    def fits(index: int) -> bool:
        one = varied(index)
        return (
            index > wanted.after
            and (wanted.before is None or index < wanted.before)
            and wanted.message_digest in {None, one.message_digest}
            and (wanted.party is None or wanted.party in {one.by, one.to})
            and wanted.stage in {None, one.stage}
            and wanted.code in {None, one.code}
            and (wanted.since_ms is None or one.at_ms >= wanted.since_ms)
            and (wanted.until_ms is None or one.at_ms < wanted.until_ms)
        )

    every = [index for index in range(SIZE) if fits(index)]
    limit = max(0, wanted.limit)
    return every[max(0, len(every) - limit) :] if wanted.newest else every[:limit]


FILTERS = [
    EntryFilter(limit=SIZE),
    EntryFilter(newest=True, limit=30),
    EntryFilter(newest=True, limit=30, before=350),
    EntryFilter(newest=True, limit=0),
    EntryFilter(party="KEN", limit=40),
    EntryFilter(party="KEN", limit=40, newest=True),
    EntryFilter(message_digest=varied(301).message_digest),
    EntryFilter(code="expired"),
    EntryFilter(code="expired", newest=True, limit=2),
    EntryFilter(code="quota"),
    EntryFilter(stage="REFUSED", party="BEL"),
    EntryFilter(since_ms=10_280, until_ms=10_320),
    EntryFilter(since_ms=10_280, code="expired", after=300),
    EntryFilter(since_ms=10_280, newest=True, limit=5, before=500),
]


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, LogReader]]:
    """The same log, with so many of its entries in the index."""
    made = {}
    for reached in (0, 300, SIZE):
        folder = tmp_path_factory.mktemp("log") / "log"
        with LogStore.open(folder, origin=ORIGIN) as store:
            fill(store, 0, 300)
            if reached:
                index_all(store)
            fill(store, 300, SIZE)
            if reached == SIZE:
                index_all(store)
        made[reached] = LogReader(folder)
    yield made
    for log in made.values():
        log.close()


@pytest.mark.parametrize("reached", [0, 300, SIZE])
@pytest.mark.parametrize("wanted", FILTERS)
def test_a_filter_finds_the_same_however_far_the_index_is(
    logs: dict[int, LogReader], reached: int, wanted: EntryFilter
) -> None:
    assert found(logs[reached], wanted) == expected(wanted)


@pytest.mark.parametrize("reached", [0, 300, SIZE])
def test_a_leaf_is_found_however_far_the_index_is(
    logs: dict[int, LogReader], reached: int
) -> None:
    for index in (0, 299, 300, SIZE - 1):
        assert logs[reached].find(varied(index).leaf_hash) == index
    assert logs[reached].find(bytes(32)) is None
    # Hashes that lie across two others are none of them.
    across = varied(400).leaf_hash[16:] + varied(401).leaf_hash[:16]
    assert logs[reached].find(across) is None


def messages(store: LogStore) -> dict[str, bytes]:
    """Logs two messages: each accepted, with its header, and delivered, without."""
    digests = {}
    number = store.head().last_sequence
    for case in ("KEN/1", "KEN/2"):
        sealed = world.sealed(case_reference=case)
        header = decode_envelope(sealed.envelope).signed_header
        accepted = replace(
            entry(number + 1, case.encode()),
            message_digest=sealed.message_digest,
            signed_header=header,
        )
        delivered = replace(
            accepted,
            receipt=b"delivered " + case.encode(),
            signed_header=b"",
            stage="DELIVERED",
            stream_sequence=number + 2,
        )
        number += 2
        store.append([accepted, delivered], last_sequence=number, sign=KEY.sign_note)
        digests[case] = sealed.message_digest
    return digests


@pytest.mark.parametrize("indexed", [0, 2, 4])
def test_receipts_are_found_by_kind_and_case_of_their_message(
    store: LogStore, indexed: int
) -> None:
    messages(store)
    if indexed:
        store._behind.add(store.records(0, indexed))
    kind = world.header().kind
    assert found(store, EntryFilter(kind=kind)) == [0, 1, 2, 3]
    assert found(store, EntryFilter(kind="another/1")) == []
    assert found(store, EntryFilter(case="KEN/2")) == [2, 3]
    assert found(store, EntryFilter(case="KEN/2", stage="DELIVERED")) == [3]
    assert found(store, EntryFilter(case="KEN/1", kind=kind, newest=True)) == [0, 1]


def test_what_came_after_its_message_was_indexed_is_found_by_its_case(
    store: LogStore,
) -> None:
    digests = messages(store)
    index_all(store)
    late = replace(
        entry(9, b"opened"), message_digest=digests["KEN/2"], signed_header=b""
    )
    store.append([late], last_sequence=9, sign=KEY.sign_note)
    assert found(store, EntryFilter(case="KEN/2")) == [2, 3, 4]
    index_all(store)
    assert found(store, EntryFilter(case="KEN/2")) == [2, 3, 4]


@pytest.mark.parametrize("indexed", [False, True])
def test_padding_is_not_listed_unless_it_is_asked_for(
    store: LogStore, *, indexed: bool
) -> None:
    store.append([entry(1), entry(2)], last_sequence=2, sign=KEY.sign_note, block=8)
    if indexed:
        index_all(store)
    assert len(found(store, EntryFilter())) == 2
    assert len(found(store, EntryFilter(stage=PADDING_STAGE))) == 6
    assert found(store, EntryFilter(padding=True)) == list(range(8))
    assert [one.index for one in store.records(0, 8)] == list(range(8))


def test_a_reader_sees_an_index_that_comes_to_be(folder: Path, store: LogStore) -> None:
    fill(store, 0, 100)
    with LogReader(folder) as log:
        assert log._index.reached() == 0
        index_all(store)
        assert log._index.reached() == 100
        fill(store, 100, 130)
        assert found(log, EntryFilter(limit=SIZE)) == list(range(130))


def test_an_index_that_was_deleted_is_made_again(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        fill(store, 0, 100)
        index_all(store)
    for one in folder.glob("index.sqlite3*"):
        one.unlink()
    with LogReader(folder) as log:
        assert log.find(varied(99).leaf_hash) == 99
        assert not (folder / "index.sqlite3").exists()
    with LogStore.open(folder, origin=ORIGIN) as store:
        index_all(store)
        assert store._index.reached() == 100


def test_a_damaged_index_is_made_again_by_the_writer(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        fill(store, 0, 100)
        index_all(store)
    (folder / "index.sqlite3").write_bytes(b"not a database, but long enough" * 99)
    with LogReader(folder) as log, pytest.raises(StoreError, match="index"):
        log.find(bytes(32))
    with LogStore.open(folder, origin=ORIGIN) as store:
        index_all(store)
        assert store.find(varied(99).leaf_hash) == 99


@pytest.mark.parametrize("size", [50, 200])
def test_the_index_of_another_history_is_begun_anew(folder: Path, size: int) -> None:
    """The log was restored from an older copy, and went on otherwise."""
    with LogStore.open(folder, origin=ORIGIN) as store:
        fill(store, 0, 100)
        index_all(store)
    kept = (folder / "index.sqlite3").read_bytes()
    for one in folder.glob("log.sqlite3*"):
        one.unlink()
    with LogStore.open(folder, origin=ORIGIN) as store:
        store.append(
            [varied(index) for index in range(1, size + 1)],
            last_sequence=size + 1,
            sign=KEY.sign_note,
        )
    (folder / "index.sqlite3").write_bytes(kept)
    with LogStore.open(folder, origin=ORIGIN) as store:
        assert store.find(varied(40).leaf_hash) == 39
        assert store.find(varied(0).leaf_hash) is None
        index_all(store)
        assert found(store, EntryFilter(limit=SIZE)) == list(range(size))


def test_an_index_of_another_version_counts_for_nothing(
    folder: Path, store: LogStore
) -> None:
    fill(store, 0, 20)
    index_all(store)
    db = sqlite3.connect(folder / "index.sqlite3", isolation_level=None)
    db.execute("UPDATE reached SET version = version + 1")
    db.execute("DELETE FROM entries")
    db.close()
    assert found(store, EntryFilter(limit=SIZE)) == list(range(20))
    index_all(store)
    assert store._index.reached() == 20


def test_a_promise_that_was_broken_is_noted_with_the_clock_that_ran_out(
    store: LogStore,
) -> None:
    given: list[LogEntry] = [
        replace(entry(1), logged_by_ms=500),
        replace(entry(2), logged_by_ms=1_000),
        entry(3),
    ]
    store.append(given, last_sequence=3, sign=KEY.sign_note, now_ms=1_000)
    (broken,) = store.broken_promises()
    assert (broken.index, broken.message_digest) == (0, entry(1).message_digest)
    assert (broken.logged_by_ms, broken.logged_ms) == (500, 1_000)
    assert store.broken_promises(after=0) == []
    assert store.count_broken() == 1
    assert store.entry(1).entry == given[1]
