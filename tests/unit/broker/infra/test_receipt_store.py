"""Receipts are kept as they were signed, and what contradicts one beside it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.receipts import (
    decode_proof,
    decode_receipt,
    encode_proof,
)
from broker.core.errors import OutOfOrderError
from broker.core.model import FIRST_LINK, Decider, Receipt, Stage
from broker.core.recalls.taken_back import Destroyed
from broker.core.receipts import read_bundle, sign_together
from broker.core.reviews.statement_order import check_order
from broker.infra.erasure import erase
from broker.infra.node_store import NodeStore
from keys.identity import HUB
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, line, opened
from tests.world import BEL, NOW_MS

MESSAGE = world.sealed()
DIGEST = MESSAGE.message_digest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def sign(receipts: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
    """Signs statements as BEL's node does."""
    bundle = sign_together(receipts, signer=BEL, key=world.signing_key(BEL))
    return b"submission", [
        encode_proof(bundle, one, with_signature=True) for one in bundle.receipts
    ]


def anything(_said: Collection[Stage]) -> None:
    """Lets every statement pass."""


def acknowledged(at_ms: int = NOW_MS + 5) -> Receipt:
    return world.receipt(
        MESSAGE,
        Stage.ACKNOWLEDGED,
        at_ms=at_ms,
        authority="Firearms Centre",
        decider=Decider.PERSON,
    )


def test_the_first_receipt_of_its_kind_stays_in_the_ledger(store: NodeStore) -> None:
    first = line(world.receipt(MESSAGE, Stage.DELIVERED))
    second = line(world.receipt(MESSAGE, Stage.DELIVERED, at_ms=NOW_MS + 5))
    hubs = line(world.receipt(MESSAGE, Stage.ACCEPTED, by=HUB))
    assert store.store_receipts([first, hubs]) == 2
    assert store.store_receipts([second, first]) == 1
    assert store.ledger(DIGEST) == [hubs, first]
    assert store.ledger(bytes(32)) == []
    other = line(world.receipt(world.sealed(), Stage.OPENED, at_ms=NOW_MS - 1))
    store.store_receipts([other])
    assert store.ledger() == [other, hubs, first]


def test_a_receipt_that_contradicts_another_is_kept_as_evidence(
    store: NodeStore,
) -> None:
    first = line(world.receipt(MESSAGE, Stage.DELIVERED))
    second = replace(line(world.receipt(MESSAGE, Stage.DELIVERED)), came_ms=NOW_MS + 9)
    store.store_receipts([first, second, first, second])
    assert store.contradictions(DIGEST) == [second]
    assert store.store_receipts([second, first]) == 0
    assert store.contradictions() == [second]
    assert store.contradictions(bytes(32)) == []


def test_a_party_that_contradicts_itself_without_end_does_not_fill_the_disk(
    store: NodeStore,
) -> None:
    lies = [line(world.receipt(MESSAGE, Stage.DELIVERED)) for _ in range(9)]
    assert store.store_receipts(lies) == 5
    assert store.contradictions(DIGEST) == lies[1:5]
    others = [line(world.receipt(MESSAGE, Stage.OPENED)) for _ in range(2)]
    assert store.store_receipts(others) == 2


def test_a_receipt_that_came_again_contradicts_nothing(store: NodeStore) -> None:
    told = replace(line(world.receipt(MESSAGE, Stage.OPENED)), came_ms=NOW_MS + 1)
    store.store_receipts([told])
    store.store_receipts([replace(told, came_ms=NOW_MS + 2)])
    assert store.ledger(DIGEST) == [told]
    assert store.contradictions() == []


def test_what_was_stated_is_kept_with_what_binds_it_to_the_signature(
    store: NodeStore,
) -> None:
    store.store_delivered([arrival(MESSAGE)])
    assert store.stated(DIGEST) == []
    store.bundle_statements(10, sign, NOW_MS)
    store.settle([opened(MESSAGE, FIRST_LINK)])
    store.bundle_statements(10, sign, NOW_MS)
    found = store.stated(DIGEST)
    assert [one.receipt.stage for one in found] == [Stage.DELIVERED, Stage.OPENED]
    for one in found:
        bundle = decode_proof(one.receipt_bytes, one.proof)
        assert read_bundle(bundle, world.view()) == [one.receipt]
        assert decode_receipt(one.receipt_bytes) == one.receipt
    assert store.stated() == found
    assert store.stated(bytes(32)) == []


def test_what_is_signed_anew_takes_the_place_of_what_the_hub_never_had(
    store: NodeStore,
) -> None:
    store.store_delivered([arrival(MESSAGE)])
    store.bundle_statements(10, lambda _: (b"old", [b"old proof"]), NOW_MS)
    assert [one.proof for one in store.stated()] == [b"old proof"]
    receipt = store.stated()[0].receipt
    store.state(receipt, anything)
    store.bundle_statements(10, lambda _: (b"new", [b"new proof"]), NOW_MS)
    assert [one.proof for one in store.stated()] == [b"new proof"]


def test_what_was_said_is_known_before_and_after_it_is_signed(
    store: NodeStore,
) -> None:
    assert store.own_words(DIGEST) == {}
    store.store_delivered([arrival(MESSAGE)])
    assert store.own_words(DIGEST) == {Stage.DELIVERED: NOW_MS}
    store.settle([opened(MESSAGE, FIRST_LINK)])
    store.bundle_statements(1, sign, NOW_MS)
    store.state(acknowledged(), check_order(Stage.ACKNOWLEDGED, world.KIND))
    assert store.own_words(DIGEST) == {
        Stage.DELIVERED: NOW_MS,
        Stage.OPENED: NOW_MS + 1,
        Stage.ACKNOWLEDGED: NOW_MS + 5,
    }


def test_an_inbox_from_before_statements_were_kept_tells_what_was_said(
    store: NodeStore,
) -> None:
    store.store_delivered([arrival(MESSAGE)])
    store.settle([opened(MESSAGE, FIRST_LINK)])
    store.bundle_statements(10, sign, NOW_MS)
    with store._database.write() as db:
        db.execute("DELETE FROM stated")
    assert store.own_words(DIGEST) == {Stage.OPENED: NOW_MS + 1}
    store.state(acknowledged(), check_order(Stage.ACKNOWLEDGED, world.KIND))


def test_a_statement_out_of_order_leaves_nothing_behind(store: NodeStore) -> None:
    store.store_delivered([arrival(MESSAGE)])
    waiting = store.count_waiting()
    check = check_order(Stage.ACKNOWLEDGED, world.KIND)
    with pytest.raises(OutOfOrderError):
        store.state(acknowledged(), check, b"encrypted")
    assert store.count_waiting() == waiting
    assert store.statement_notes(DIGEST) == {}


def test_of_two_processes_that_acknowledge_at_once_one_is_told(
    store: NodeStore, tmp_path: Path
) -> None:
    store.store_delivered([arrival(MESSAGE)])
    store.settle([opened(MESSAGE, FIRST_LINK)])
    other = NodeStore(tmp_path / "node.sqlite3")
    check = check_order(Stage.ACKNOWLEDGED, world.KIND)
    store.state(acknowledged(), check, b"first")
    with pytest.raises(OutOfOrderError, match="before"):
        other.state(acknowledged(NOW_MS + 6), check, b"second")
    other.close()
    assert store.statement_notes(DIGEST) == {Stage.ACKNOWLEDGED: b"first"}


def test_what_was_noted_about_a_content_goes_with_it(store: NodeStore) -> None:
    store.store_delivered([arrival(MESSAGE)])
    store.settle([opened(MESSAGE, FIRST_LINK)])
    store.state(acknowledged(), anything, b"encrypted")
    with store._database.write() as db:
        erase(
            db,
            [Destroyed(message_digest=DIGEST, at_ms=NOW_MS, rule="recall", cause=b"")],
        )
    assert store.statement_notes(DIGEST) == {}
    assert Stage.ACKNOWLEDGED in store.own_words(DIGEST)
