"""What a node keeps for its cases is there once, and goes with the content."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.model import FIRST_LINK, Stage
from broker.core.recalls.taken_back import Destroyed
from broker.core.records import Alarm
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, opened
from tests.world import BEL, KEN, NOW_MS

MESSAGE = world.sealed(case_reference="A", in_reply_to=bytes(32))
DIGEST = MESSAGE.message_digest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    made.store_delivered([arrival(MESSAGE)])
    made.settle([opened(MESSAGE, FIRST_LINK)])
    yield made
    made.close()


def gone() -> Destroyed:
    return Destroyed(
        message_digest=DIGEST, at_ms=NOW_MS, rule="record", cause=bytes(32)
    )


def test_what_is_open_is_to_be_told_until_it_is(store: NodeStore) -> None:
    assert store.untold((0, b""), 10) == [(NOW_MS, DIGEST)]
    assert store.untold((NOW_MS, DIGEST), 10) == []
    store.store_told({DIGEST: b"told"})
    assert store.untold((0, b""), 10) == []
    assert store.told() == store.told(DIGEST) == {DIGEST: b"told"}
    assert store.told(bytes([1] * 32)) == {}


def test_what_is_not_open_yet_is_not_to_be_told(tmp_path: Path) -> None:
    store = NodeStore(tmp_path / "other.sqlite3")
    store.store_delivered([arrival(MESSAGE)])
    assert store.untold((0, b""), 10) == []
    [head] = store.headlines()
    assert not head.told
    store.close()


def test_the_first_that_is_kept_stays(store: NodeStore) -> None:
    store.store_told({DIGEST: b"told"})
    store.store_told({DIGEST: b"something else"})
    assert store.told() == {DIGEST: b"told"}


def test_what_is_destroyed_is_told_no_more_and_never_again(store: NodeStore) -> None:
    store.store_told({DIGEST: b"told"})
    store.erase_batch([gone()])
    assert store.told() == {}
    # Somebody who had read it before comes too late.
    store.store_told({DIGEST: b"told"})
    assert store.told() == {}
    assert store.untold((0, b""), 10) == []
    [head] = store.headlines()
    assert (head.told, head.destroyed, head.taken_back) == (False, True, False)


def test_headlines_are_what_headers_say(store: NodeStore) -> None:
    store.store_told({DIGEST: b"told"})
    [head] = store.headlines()
    assert (head.origin, head.parties) == (KEN, (BEL,))
    assert (head.case_reference, head.in_reply_to) == ("A", bytes(32))
    assert head.message_id == MESSAGE.header.message_id
    assert head.told


def test_what_was_stated_is_there_without_being_decoded(store: NodeStore) -> None:
    [said] = store.said()
    assert (said.stage, said.by, said.to) == (Stage.DELIVERED, BEL, KEN)
    assert said.digest == DIGEST


def test_the_mark_changes_with_everything_that_bears_on_a_case(
    store: NodeStore,
) -> None:
    marks = [store.case_mark()]
    store.store_told({DIGEST: b"told"})
    marks.append(store.case_mark())
    store.erase_batch([gone()])
    marks.append(store.case_mark())
    other = world.sealed(case_reference="B")
    store.store_delivered([arrival(other)])
    marks.append(store.case_mark())
    assert len(set(marks)) == len(marks)
    assert store.case_mark() == marks[-1]


def test_alarms_that_are_open_are_found_by_how_their_names_begin(
    store: NodeStore,
) -> None:
    for name in ("case/b", "case/a", "receipt/a"):
        store.raise_alarm_once(name, Alarm(at_ms=NOW_MS, topic="case", text=name))
    store.settle_alarm("case/b", NOW_MS, "over")
    assert store.open_alarms("case/") == ["case/a"]
