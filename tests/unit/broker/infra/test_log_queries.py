"""Which entries a filter lets through, and in which pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.audit.entry import (
    MAX_LISTED,
    EntryFilter,
)
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from tests.unit.broker.infra.sample_log import ORIGIN, fill, varied as entry

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


def indices(log: LogReader, wanted: EntryFilter) -> list[int]:
    return [logged.index for logged in log.entries(wanted)]


FILTERS = [
    EntryFilter(limit=SIZE),
    EntryFilter(message_digest=entry(41).message_digest),
    EntryFilter(message_digest=b"\xff" * 32),
    EntryFilter(message_digest=entry(41).message_digest, since_ms=10_041),
    EntryFilter(party="KEN", limit=SIZE),
    EntryFilter(party="HUB", stage="REFUSED"),
    EntryFilter(party="BEL", since_ms=10_300, until_ms=10_350),
    EntryFilter(party="NOR"),
    EntryFilter(stage="REFUSED"),
    EntryFilter(stage="REFUSED", after=299, limit=2),
    EntryFilter(since_ms=10_690),
    EntryFilter(until_ms=10_005),
    EntryFilter(since_ms=10_100, until_ms=10_110, stage="ACCEPTED"),
    EntryFilter(since_ms=10_100, after=400, limit=7),
    EntryFilter(party="MEX", after=350, limit=9),
    EntryFilter(after=SIZE - 2),
    EntryFilter(after=SIZE),
    EntryFilter(limit=0),
    EntryFilter(limit=-5),
    EntryFilter(since_ms=10_500, until_ms=10_500),
]


@pytest.mark.parametrize("wanted", FILTERS)
def test_a_filter_lets_through_what_it_says(
    log: LogReader, wanted: EntryFilter
) -> None:
    def fits(index: int) -> bool:
        one = entry(index)
        return (
            index > wanted.after
            and wanted.message_digest in {None, one.message_digest}
            and (wanted.party is None or wanted.party in {one.by, one.to})
            and wanted.stage in {None, one.stage}
            and (wanted.since_ms is None or one.at_ms >= wanted.since_ms)
            and (wanted.until_ms is None or one.at_ms < wanted.until_ms)
        )

    expected = [index for index in range(SIZE) if fits(index)]
    assert indices(log, wanted) == expected[: max(0, wanted.limit)]
    assert [logged.entry for logged in log.entries(wanted)] == [
        entry(index) for index in indices(log, wanted)
    ]


def test_paging_comes_to_every_entry_once(log: LogReader) -> None:
    seen: list[int] = []
    after = -1
    while page := indices(log, EntryFilter(party="KEN", after=after, limit=50)):
        seen += page
        after = page[-1]
    assert seen == indices(log, EntryFilter(party="KEN", limit=SIZE))


def test_one_query_returns_no_more_than_the_bound(folder: Path) -> None:
    with LogStore.open(folder, origin=ORIGIN) as store:
        fill(store, SIZE, MAX_LISTED + 10)
        assert len(store.entries(EntryFilter(limit=10**9))) == MAX_LISTED
