"""Time-stamps and outages, kept over restarts."""

from pathlib import Path

from broker.core.audit.stamps import Outage, Stamp
from broker.infra.stamp_store import StampStore


def stamp(size: int, token: bytes = b"token") -> Stamp:
    return Stamp(
        size=size, at_ms=size * 1000, taken_ms=size * 1001, note="note", token=token
    )


def test_time_stamps_are_found_by_what_they_cover(tmp_path: Path) -> None:
    store = StampStore(tmp_path / "stamps.sqlite3")
    assert store.newest() is None
    assert store.first_covering(0) is None
    for size in (5, 9, 7):
        store.add(stamp(size))
    store.close()
    store = StampStore(tmp_path / "stamps.sqlite3")
    assert store.newest() == stamp(9)
    assert store.first_covering(4) == stamp(5)
    assert store.first_covering(5) == stamp(7)
    assert store.first_covering(9) is None
    store.close()


def test_of_two_for_one_state_the_first_stays(tmp_path: Path) -> None:
    store = StampStore(tmp_path / "stamps.sqlite3")
    store.add(stamp(5))
    store.add(stamp(5, b"another"))
    assert store.newest() == stamp(5)
    store.close()


def test_an_outage_is_news_once_and_ends_with_a_time_stamp(tmp_path: Path) -> None:
    path = tmp_path / "stamps.sqlite3"
    store = StampStore(path)
    assert store.outage() is None
    assert store.note_outage(Outage(since_ms=10, reason="away"))
    store.close()
    store = StampStore(path)
    assert not store.note_outage(Outage(since_ms=20, reason="away still"))
    assert store.outage() == Outage(since_ms=10, reason="away still")
    store.add(stamp(5))
    assert store.outage() is None
    assert store.note_outage(Outage(since_ms=30, reason="again"))
    store.close()
