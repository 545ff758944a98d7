"""What a node receives: once however often it comes; gaps and forks are told."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.receipts import decode_receipt
from broker.core.envelope import Sealed
from broker.core.errors import StoreFullError
from broker.core.model import FIRST_LINK, Link, Stage
from broker.core.records import Gap, InboxState
from broker.infra.node_store import NodeStore
from keys.framing import sha256
from tests import world
from tests.unit.broker.infra.stored_messages import (
    arrival,
    fill_disk,
    free_disk,
    opened,
    send,
)
from tests.world import KEN, MEX, NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def statements(store: NodeStore) -> list[Stage]:
    """Returns what waits to be said, and takes it away."""
    found: list[Stage] = []

    def sign(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        found.extend(decode_receipt(one).stage for one in receipts)
        return b"", [b""] * len(receipts)

    store.bundle_statements(100, sign, NOW_MS)
    return found


def test_a_message_is_stored_once_however_often_it_comes(store: NodeStore) -> None:
    message = world.sealed()
    assert store.store_delivered([arrival(message), arrival(message)]) == 1
    assert store.store_delivered([arrival(message)]) == 0
    assert statements(store) == [Stage.DELIVERED]
    [found] = store.inbox()
    assert found.message_digest == message.message_digest
    assert found.header == message.header
    assert found.state is InboxState.DELIVERED
    assert store.find_received(message.message_digest) == found
    assert store.find_received(bytes(32)) is None
    assert store.unopened(10) == [found]


def test_a_message_is_opened_once_however_often_it_is_tried(store: NodeStore) -> None:
    message = world.sealed()
    store.store_delivered([arrival(message)])
    for _ in range(2):
        store.settle([opened(message, FIRST_LINK)])
    assert statements(store) == [Stage.DELIVERED, Stage.OPENED]
    found = store.find_received(message.message_digest)
    assert found is not None
    assert found.state is InboxState.OPENED
    assert found.opened_ms == NOW_MS + 1
    assert found.protected_key == b"protected"
    assert found.link == FIRST_LINK
    assert store.unopened(10) == []
    store.store_delivered([arrival(message)])
    assert store.unopened(10) == []
    assert statements(store) == []


def test_a_message_that_does_not_open_is_refused_and_is_no_gap(
    store: NodeStore,
) -> None:
    message = world.sealed()
    store.store_delivered([arrival(message)])
    store.settle([opened(message, FIRST_LINK, code="invalid-content")])
    assert statements(store) == [Stage.DELIVERED, Stage.REFUSED]
    found = store.find_received(message.message_digest)
    assert found is not None
    assert found.state is InboxState.REFUSED
    assert found.opened_ms is None
    assert found.code == "invalid-content"
    assert found.link == FIRST_LINK
    assert store.gaps() == []


def test_a_message_that_never_opened_has_no_link(store: NodeStore) -> None:
    message = world.sealed()
    store.store_delivered([arrival(message)])
    store.settle([replace(opened(message, FIRST_LINK, code="cannot-open"), link=None)])
    found = store.find_received(message.message_digest)
    assert found is not None
    assert found.link is None
    assert store.alarms() == []


def test_an_id_is_known_unless_its_message_was_refused(store: NodeStore) -> None:
    taken, refused = world.sealed(), world.sealed()
    store.store_delivered(
        [
            arrival(taken),
            arrival(refused, InboxState.REFUSED, code="bad-signature"),
        ]
    )
    assert store.digest_of_id(KEN, taken.header.message_id) == taken.message_digest
    assert store.digest_of_id(MEX, taken.header.message_id) is None
    assert store.digest_of_id(KEN, refused.header.message_id) is None
    assert statements(store) == [Stage.DELIVERED, Stage.REFUSED]
    assert store.unopened(10) != []


def test_a_full_disk_stores_nothing_and_the_same_comes_again(store: NodeStore) -> None:
    small, large = world.sealed(), world.sealed(content=b"x" * 100_000)
    fill_disk(store)
    with pytest.raises(StoreFullError):
        store.store_delivered([arrival(small), arrival(large)])
    assert store.inbox() == []
    assert statements(store) == []
    free_disk(store)
    assert store.store_delivered([arrival(small), arrival(large)]) == 2


def chain(count: int) -> list[tuple[Sealed, Link]]:
    """Returns messages of KEN to BEL, each with its place."""
    made: list[tuple[Sealed, Link]] = []
    link = FIRST_LINK
    for number in range(2, count + 2):
        message = world.sealed(link=link)
        made.append((message, link))
        link = Link(sequence=number, previous=message.message_digest)
    return made


def take(store: NodeStore, message: Sealed, link: Link) -> None:
    store.store_delivered([arrival(message)])
    store.settle([opened(message, link)])


def test_a_dropped_message_leaves_a_gap_until_it_comes(store: NodeStore) -> None:
    made = chain(4)
    for message, link in (made[0], made[3]):
        take(store, message, link)
    assert store.gaps() == [Gap(party=KEN, missing=(2, 3))]
    for message, link in (made[2], made[1]):
        take(store, message, link)
    assert store.gaps() == []
    assert store.alarms() == []


def test_an_origin_that_skips_millions_does_not_fill_the_answer(
    store: NodeStore,
) -> None:
    take(store, world.sealed(), Link(sequence=1 << 40, previous=bytes(32)))
    [gap] = store.gaps()
    assert gap.missing == tuple(range(1, 1001))


def test_a_fork_that_uses_a_number_twice_raises_an_alarm(store: NodeStore) -> None:
    take(store, *chain(1)[0])
    take(store, world.sealed(), FIRST_LINK)
    [alarm] = store.alarms()
    assert alarm.topic == "sequence"
    assert alarm.text == "KEN, number 1: two messages have the same number"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_message_that_follows_another_one_raises_an_alarm(
    store: NodeStore, order: tuple[int, int]
) -> None:
    forged = Link(sequence=2, previous=sha256(b"another history"))
    made = [chain(1)[0], (world.sealed(), forged)]
    for index in order:
        take(store, *made[index])
    [alarm] = store.alarms()
    assert "does not follow the one before it" in alarm.text


def test_sequences_of_two_origins_have_nothing_to_do_with_one_another(
    store: NodeStore,
) -> None:
    take(store, world.sealed(KEN), FIRST_LINK)
    take(store, world.sealed(MEX), FIRST_LINK)
    assert store.alarms() == []
    assert store.gaps() == []


def test_a_prefix_means_what_was_sent_and_what_was_received(store: NodeStore) -> None:
    sent, received = send(store), world.sealed(MEX)
    store.store_delivered([arrival(received)])
    for message in (sent, received):
        digest = message.message_digest
        assert store.resolve(digest.hex()[:12].upper()) == [digest]
        text = message.header.message_id.hex()
        assert digest in store.resolve(f"{text[:8]}-{text[8:12]}")
        assert store.resolve(text) == [digest]
    assert set(store.resolve("")) == {sent.message_digest, received.message_digest}


@pytest.mark.parametrize("prefix", ["%", "_", "' OR 1=1 --", "zz"])
def test_a_prefix_with_signs_of_a_query_means_nothing(
    store: NodeStore, prefix: str
) -> None:
    send(store)
    assert store.resolve(prefix) == []


def test_the_newest_value_of_a_fact_is_remembered(store: NodeStore) -> None:
    assert store.fact("checkpoint") is None
    for value in (b"old", b"new"):
        store.remember("checkpoint", value)
    assert store.fact("checkpoint") == b"new"
    assert store.fact("another") is None
