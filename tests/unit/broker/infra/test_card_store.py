"""Claims about `broker.infra.card_store`: all of a card is stored, or nothing."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from broker.core.contact_records import CardDelivery, OwnCard
from broker.core.envelope import Sealed
from broker.core.errors import StoreConflictError
from broker.core.model import Link
from broker.infra.node_store import NodeStore
from keys.identity import PartyId
from tests import world
from tests.unit.broker.infra.stored_messages import letter
from tests.world import BEL, KEN, MEX, NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    store = NodeStore(tmp_path / "node.db")
    yield store
    store.close()


def seen(party: PartyId, digest: bytes = b"") -> CardDelivery:
    return CardDelivery(
        party=party,
        attested_at_ms=NOW_MS,
        at_ms=NOW_MS,
        situation=b"s",
        message_digest=digest,
    )


def send(store: NodeStore, *parties: CardDelivery) -> Sealed:
    def seal(links: Mapping[PartyId, Link]) -> Sealed:
        return world.sealed(KEN, [*links], link=next(iter(links.values())))

    known = {one.party: one for one in parties}
    letters = [letter([*known], seal)]
    [sealed] = store.store_sealed_cards(known, letters, None, lambda _: b"key", NOW_MS)
    return sealed


def test_the_newest_card_takes_the_place_of_the_one_before(store: NodeStore) -> None:
    assert store.own_card() is None
    first = OwnCard(attested_at_ms=1, handling="TLP:AMBER", protected=b"p")
    second = OwnCard(attested_at_ms=2, handling="TLP:RED", protected=b"q")
    store.keep_own_card(first)
    store.keep_own_card(second)
    assert store.own_card() == second


def test_who_was_sent_a_card_is_known_with_the_message(store: NodeStore) -> None:
    sealed = send(store, seen(BEL), seen(MEX))
    found = store.card_deliveries(NOW_MS)
    assert {one.message_digest for one in found.values()} == {sealed.message_digest}
    assert store.count_waiting() == 1
    assert store.card_deliveries(NOW_MS + 1) == {}


def test_a_card_that_was_sent_meanwhile_is_not_sent_again(store: NodeStore) -> None:
    send(store, seen(BEL))
    with pytest.raises(StoreConflictError):
        send(store, seen(MEX), seen(BEL))
    assert set(store.card_deliveries(NOW_MS)) == {BEL}
    assert len(store.sent()) == 1


def test_a_card_that_cannot_be_sealed_is_noted_for_nobody(store: NodeStore) -> None:
    def fail(_links: Mapping[PartyId, Link]) -> Sealed:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.store_sealed_cards(
            {BEL: seen(BEL)}, [letter([BEL], fail)], None, lambda _: b"key", NOW_MS
        )
    assert store.card_deliveries(NOW_MS) == {}


def test_what_was_sent_meanwhile_is_not_noted_as_withheld(store: NodeStore) -> None:
    sealed = send(store, seen(BEL))
    store.note_withheld_cards([seen(BEL), seen(MEX)])
    found = store.card_deliveries(NOW_MS)
    assert found[BEL].message_digest == sealed.message_digest
    assert found[MEX].message_digest == b""


def test_only_opened_messages_of_the_origin_are_looked_at(store: NodeStore) -> None:
    assert store.opened_mentioning(BEL, "contact-card/1") == []
