"""Requests that are carried out once, in the transaction of what they ask for."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.envelope import Sealed
from broker.core.errors import RepeatedError
from broker.core.feed import Once
from broker.core.model import Link
from broker.core.pending import Pending, PendingState
from broker.infra.node_store import NodeStore
from keys.identity import PartyId
from tests import world
from tests.unit.broker.infra.stored_messages import letter, send
from tests.world import BEL, KEN, NOW_MS

ONCE = Once(token=b"t" * 32, request=b"r" * 32, submitter="api:x", agency="Police")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def submit(store: NodeStore, once: Once) -> Sealed:
    """Seals and stores a message of KEN for a request."""
    header = world.header(KEN, [BEL])

    def seal(links: Mapping[PartyId, Link]) -> Sealed:
        [link] = links.values()
        return world.sealed(KEN, [BEL], link=link, message_id=header.message_id)

    one = letter(header.parties, seal)
    [sealed] = store.store_sealed([one], None, lambda _: b"key", NOW_MS, once)
    return sealed


def waiting() -> Pending:
    return Pending(
        pending_id=b"i" * 16,
        held_ms=NOW_MS,
        lapses_ms=NOW_MS + 1,
        state=PendingState.WAITING,
        changed_ms=NOW_MS,
        digest=b"d" * 32,
        protected=b"x",
    )


def test_a_request_is_remembered_with_its_messages_and_who_made_it(
    store: NodeStore,
) -> None:
    sealed = submit(store, ONCE)
    done = store.done_before(ONCE.token)
    assert done is not None
    assert (done.once, done.messages) == (ONCE, (sealed.message_digest,))
    assert (done.pending_id, done.at_ms) == (b"", NOW_MS)
    assert store.submitted_by(sealed.message_digest) == ONCE


def test_the_same_request_seals_nothing_again_and_uses_no_number(
    store: NodeStore,
) -> None:
    submit(store, ONCE)
    with pytest.raises(RepeatedError):
        submit(store, ONCE)
    assert len(store.sent()) == 1
    after = submit(store, replace(ONCE, token=b"u" * 32))
    assert next(one.message_digest for one in store.sent()) == after.message_digest
    rows = store._database._connection.execute("SELECT sequence FROM links_out")
    assert rows.fetchall() == [(2,)]  # two messages, two numbers: none was lost


def test_what_nobody_asked_for_by_a_system_is_nobody_s(store: NodeStore) -> None:
    assert store.submitted_by(send(store).message_digest) is None
    assert store.done_before(ONCE.token) is None


def test_a_document_that_waits_is_the_request_s_and_not_held_twice(
    store: NodeStore,
) -> None:
    held = waiting()
    store.hold(held, ONCE)
    with pytest.raises(RepeatedError):
        store.hold(replace(held, pending_id=b"j" * 16), ONCE)
    assert [one.pending_id for one in store.pending()] == [held.pending_id]
    assert store.submitted_by(held.pending_id) == ONCE
    done = store.done_before(ONCE.token)
    assert done is not None
    assert (done.messages, done.pending_id) == ((), held.pending_id)
    assert store.submitted_by(b"") is None
