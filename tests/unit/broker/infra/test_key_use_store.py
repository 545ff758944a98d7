"""Which messages a key has to do with, and statements that are to be signed again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import ReceiptsItem, encode_submission
from broker.core.codec.receipts import encode_bundle, encode_proof
from broker.core.model import Stage
from broker.core.receipts import sign_together
from broker.infra import key_use_store
from broker.infra.node_store import NodeStore
from keys.framing import sha256
from keys.identity import KeyId
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, send
from tests.world import BEL, KEN, MEX, NOW_MS

KEY, OTHER = world.signing_key(BEL), world.signing_key("BEL/other")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NodeStore]:
    monkeypatch.setattr(key_use_store, "_PORTION", 2)
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def test_everything_that_came_is_given_with_its_time(store: NodeStore) -> None:
    messages = [
        world.sealed(origin=origin, to=[BEL]) for origin in (KEN, MEX, KEN, KEN, MEX)
    ]
    store.store_delivered([arrival(message) for message in messages])
    assert [header for header, _ in store.received()] == [m.header for m in messages]
    assert [header.origin for header, _ in store.received(MEX)] == [MEX, MEX]
    assert {at_ms for _, at_ms in store.received()} == {NOW_MS}


def test_what_was_sent_under_a_key_is_told_from_what_still_waits(
    store: NodeStore,
) -> None:
    sent = [send(store) for _ in range(5)]
    store.mark_submitted([store.waiting(1)[0].sequence], NOW_MS)
    key_id = sent[0].header.signer_key_id
    found = list(store.sent_under({key_id}))
    assert [one.header for one in found] == [message.header for message in sent]
    assert [one.waiting for one in found] == [False, True, True, True, True]
    assert list(store.sent_under({KeyId(bytes(32))})) == []


def bundle_with(store: NodeStore, key_id: KeyId) -> int:
    def sign(receipts: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        key = KEY if key_id == KEY.public.key_id else OTHER
        bundle = sign_together(receipts, signer=BEL, key=key)
        proofs = [
            encode_proof(bundle, one, with_signature=True) for one in bundle.receipts
        ]
        return encode_submission(ReceiptsItem(encode_bundle(bundle))), proofs

    return store.bundle_statements(100, sign, NOW_MS)


def test_waiting_statements_under_a_revoked_key_are_signed_again(
    store: NodeStore,
) -> None:
    send(store)
    store.store_delivered([arrival(world.sealed()) for _ in range(3)])
    assert bundle_with(store, KEY.public.key_id) == 3
    store.store_delivered([arrival(world.sealed())])
    assert bundle_with(store, OTHER.public.key_id) == 1
    assert store.unbundle({KEY.public.key_id}) == 3
    assert store.unbundle({KEY.public.key_id}) == 0
    # The message and the other bundle wait as before; three statements besides.
    assert len(store.waiting(10)) == 2
    assert store.count_waiting() == 5
    assert bundle_with(store, OTHER.public.key_id) == 3


def test_what_the_hub_has_already_is_not_signed_again(store: NodeStore) -> None:
    store.store_delivered([arrival(world.sealed())])
    bundle_with(store, KEY.public.key_id)
    store.mark_submitted([store.waiting(1)[0].sequence], NOW_MS)
    assert store.unbundle({KEY.public.key_id}) == 0


def test_a_bundle_that_cannot_be_read_is_left(store: NodeStore) -> None:
    store.store_delivered([arrival(world.sealed())])
    store.bundle_statements(
        10, lambda receipts: (b"junk", [b""] * len(receipts)), NOW_MS
    )
    assert store.unbundle({KEY.public.key_id}) == 0
    assert [one.payload for one in store.waiting(10)] == [b"junk"]


def test_a_statement_that_was_made_anew_meanwhile_is_not_doubled(
    store: NodeStore,
) -> None:
    message = world.sealed()
    store.store_delivered([arrival(message)])
    bundle_with(store, KEY.public.key_id)
    receipt = world.receipt(message, Stage.DELIVERED)
    other = replace(arrival(message)[0], message_digest=sha256(b"another"))
    store.store_delivered([(other, receipt)])
    assert store.unbundle({KEY.public.key_id}) == 1
    assert store.count_waiting() == 1
