"""What is missing is known whatever came first, and what is settled stays settled."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.link_records import Asked, Closed, Standing
from broker.core.links import Asking, Closure, MissingNumber
from broker.core.model import Link
from broker.core.protocol_kinds import HEARTBEAT
from broker.core.records import Alarm, Gap
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, opened, send
from tests.world import BEL, KEN, MEX, NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def take(store: NodeStore, number: int) -> None:
    """Takes in and opens a message of KEN under a number."""
    message = world.sealed()
    store.store_delivered([arrival(message)])
    store.settle([opened(message, Link(sequence=number, previous=bytes(32)))])


def numbers(store: NodeStore) -> list[int]:
    """Returns what is noted as missing of KEN."""
    return [one.number for one in store.missing_numbers(KEN)]


def closed(number: int, closure: Closure = Closure.EXPIRED) -> Closed:
    return Closed(
        origin=KEN,
        number=number,
        closure=closure,
        at_ms=NOW_MS,
        message_digest=bytes(32),
    )


def test_what_is_missing_is_noted_once_and_forgotten_when_it_comes(
    store: NodeStore,
) -> None:
    take(store, 4)
    store.note_gaps(NOW_MS)
    take(store, 6)
    take(store, 2)
    store.note_gaps(NOW_MS + 1)
    assert store.missing_numbers(KEN) == [
        MissingNumber(number=1, since_ms=NOW_MS),
        MissingNumber(number=3, since_ms=NOW_MS),
        MissingNumber(number=5, since_ms=NOW_MS + 1),
    ]
    assert store.gaps() == [Gap(party=KEN, missing=(1, 3, 5))]
    assert store.incomplete() == [KEN]
    for number in (1, 3, 5):
        take(store, number)
    assert store.gaps() == []
    store.note_gaps(NOW_MS + 2)
    assert store.incomplete() == []


def test_looking_again_writes_nothing(store: NodeStore) -> None:
    take(store, 3)
    store.note_gaps(NOW_MS)
    before = store.change_counter()
    store.note_gaps(NOW_MS + 1)
    assert store.change_counter() == before


def test_gaps_are_told_by_a_node_that_has_not_noted_them(store: NodeStore) -> None:
    take(store, 3)
    assert store.gaps() == [Gap(party=KEN, missing=(1, 2))]
    store.note_gaps(NOW_MS)
    take(store, 5)
    assert store.gaps() == [Gap(party=KEN, missing=(1, 2, 4))]


def test_origin_that_skips_millions_is_noted_a_thousand_at_a_time(
    store: NodeStore,
) -> None:
    take(store, 1 << 40)
    store.note_gaps(NOW_MS)
    assert numbers(store) == [*range(1, 1001)]
    store.close_number(closed(1))
    store.note_gaps(NOW_MS)
    assert numbers(store) == [*range(2, 1002)]


def test_a_number_that_is_accounted_for_is_missing_no_more(store: NodeStore) -> None:
    take(store, 3)
    store.note_gaps(NOW_MS)
    store.close_number(closed(1))
    store.close_number(
        closed(2, Closure.UNKNOWN), Alarm(at_ms=NOW_MS, topic="lost", text="gone")
    )
    assert store.gaps() == []
    assert [one.topic for one in store.alarms()] == ["lost"]
    take(store, 4)
    store.note_gaps(NOW_MS)
    assert store.gaps() == []
    assert [one.number for one in store.closed_numbers(KEN)] == [1, 2]


def ask(store: NodeStore, at_ms: int, *asked: int) -> None:
    store.store_sealed_request(
        Asked(party=KEN, numbers=asked), [], lambda _: b"protected", at_ms
    )


def test_what_was_asked_for_is_known_until_it_is_settled(store: NodeStore) -> None:
    take(store, 3)
    store.note_gaps(NOW_MS)
    assert store.standing(KEN, 1) is Standing.NOT_ASKED_FOR
    ask(store, NOW_MS + 1, 1)
    ask(store, NOW_MS + 2, 1)
    assert store.standing(KEN, 1) is Standing.WANTED
    assert store.standing(KEN, 2) is Standing.NOT_ASKED_FOR
    assert store.standing(KEN, 3) is Standing.SETTLED
    assert store.missing_numbers(KEN)[0] == MissingNumber(
        number=1, since_ms=NOW_MS, asked_ms=NOW_MS + 2, times=2
    )
    assert store.asking(KEN) == Asking(requested_ms=NOW_MS + 2, unanswered=2)
    store.answered(KEN)
    assert store.asking(KEN) == Asking(requested_ms=NOW_MS + 2)
    store.close_number(closed(1))
    assert store.standing(KEN, 1) is Standing.SETTLED
    assert store.asking(MEX) == Asking()


def test_who_was_given_up_and_sends_all_in_the_end_is_asked_the_next_time(
    store: NodeStore,
) -> None:
    take(store, 2)
    store.note_gaps(NOW_MS)
    ask(store, NOW_MS + 1, 1)
    take(store, 1)
    store.note_gaps(NOW_MS + 2)
    assert store.asking(KEN) == Asking()


def test_asking_again_begins_anew(store: NodeStore) -> None:
    take(store, 2)
    store.note_gaps(NOW_MS)
    ask(store, NOW_MS + 1, 1)
    store.ask_again(KEN)
    assert store.asking(KEN) == Asking()
    [one] = store.missing_numbers(KEN)
    assert (one.since_ms, one.asked_ms) == (0, None)
    assert store.standing(KEN, 1) is Standing.WANTED


def test_what_was_sent_is_found_by_its_number(store: NodeStore) -> None:
    first, second = send(store), send(store)
    for number, message in ((1, first), (2, second)):
        original = store.original(BEL, number)
        assert original is not None
        assert original.sent.message_digest == message.message_digest
        assert original.by_hub == []
        assert not original.taken_back
    assert store.original(BEL, 3) is None
    assert store.original(MEX, 1) is None
    assert store.last_sent() == {BEL: (2, NOW_MS)}


def test_what_was_sent_before_numbers_were_kept_is_not_known(tmp_path: Path) -> None:
    """The database of an earlier release: the tables are made, the past is not."""
    path = tmp_path / "node.sqlite3"
    store = NodeStore(path)
    send(store)
    store.close()
    with sqlite3.connect(path) as old:
        old.execute("DROP TRIGGER first_link_sent")
        old.execute("DROP TRIGGER next_link_sent")
        old.execute("DROP TABLE sent_links")
    old.close()
    store = NodeStore(path)
    send(store)
    assert store.original(BEL, 1) is None
    assert store.original(BEL, 2) is not None
    store.close()


def test_a_party_that_only_ever_sent_is_known_since_its_first_message(
    store: NodeStore,
) -> None:
    take(store, 1)
    take(store, 2)
    assert store.last_sent() == {KEN: (0, NOW_MS)}
    assert store.heard()[KEN].number == 2


def test_what_was_not_opened_is_no_sign_of_life(store: NodeStore) -> None:
    """Anybody can write a party's name on what does not verify."""
    forged = world.sealed()
    store.store_delivered([arrival(forged, code="bad-signature")])
    assert store.heard() == {}


def test_lists_can_leave_out_what_keeps_the_exchange_in_order(
    store: NodeStore,
) -> None:
    for kind in (world.KIND, HEARTBEAT):
        store.store_delivered([arrival(world.sealed(kind=kind))])
    assert len(store.inbox()) == 2
    assert [one.header.kind for one in store.inbox(protocol=False)] == [world.KIND]
