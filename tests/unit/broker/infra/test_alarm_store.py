"""An alarm sounds once, and is open until it is settled or somebody has looked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.records import Alarm, SoundedAlarm
from broker.infra.node_store import NodeStore
from tests.world import NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def alarm(text: str = "it rings") -> Alarm:
    return Alarm(at_ms=NOW_MS, topic="test", text=text)


def test_alarms_come_newest_first(store: NodeStore) -> None:
    alarms = [alarm(str(n)) for n in range(3)]
    for one in alarms:
        store.raise_alarm(one)
    assert store.alarms() == alarms[::-1]
    assert store.alarms(1) == alarms[2:]
    assert [one.number for one in store.sounded_alarms()] == [3, 2, 1]


def test_an_alarm_sounds_once_for_each_occasion(
    store: NodeStore, tmp_path: Path
) -> None:
    assert store.raise_alarm_once("a/1", alarm())
    assert not store.raise_alarm_once("a/1", alarm())
    other = NodeStore(tmp_path / "node.sqlite3")
    assert not other.raise_alarm_once("a/1", alarm())
    other.close()
    assert store.raise_alarm_once("a/2", alarm())
    assert store.count_alarms() == len(store.alarms()) == 2


def test_what_is_settled_is_not_open_any_more(store: NodeStore) -> None:
    store.raise_alarm_once("a/1", alarm())
    store.raise_alarm(alarm("another"))
    assert store.count_open_alarms() == 2
    assert store.settle_alarm("a/1", NOW_MS + 1, "it speaks again")
    assert not store.settle_alarm("a/1", NOW_MS + 2, "twice")
    assert not store.settle_alarm("a/2", NOW_MS + 2, "never raised")
    assert store.count_open_alarms() == 1
    assert store.find_alarm(1) == SoundedAlarm(
        number=1, alarm=alarm(), settled_ms=NOW_MS + 1, settled="it speaks again"
    )
    assert [one.number for one in store.sounded_alarms(only_open=True)] == [2]
    assert store.count_alarms() == 2


def test_who_has_looked_at_an_alarm_first_stays_on_record(store: NodeStore) -> None:
    store.raise_alarm(alarm())
    assert store.acknowledge_alarm(1, "R. Mbeki", NOW_MS + 1)
    assert store.acknowledge_alarm(1, "somebody else", NOW_MS + 2)
    assert not store.acknowledge_alarm(2, "R. Mbeki", NOW_MS + 2)
    found = store.find_alarm(1)
    assert found is not None
    assert (found.acknowledged_by, found.acknowledged_ms) == ("R. Mbeki", NOW_MS + 1)
    assert not found.is_open
    assert store.find_alarm(2) is None
    assert store.count_open_alarms() == 0
