"""What happened at a node: each event once, in the transaction of what happened."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.admitted import AdmissionState, Settlement, admission_under
from broker.core.feed import Event
from broker.core.model import FIRST_LINK, Stage
from broker.core.pending import Pending, PendingState
from broker.core.policy.decision import Terms
from broker.core.recalls.taken_back import Destroyed
from broker.core.records import Alarm
from broker.infra.erasure import erase
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, opened, send
from tests.world import KEN, NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def take_in(store: NodeStore, *desks: str, waits: bool = False) -> Settlement:
    """Has a message arrive for some desks; returns what would release it."""
    message = world.sealed()
    store.store_delivered([arrival(message)])
    admission = admission_under(
        message.message_digest,
        world.KIND,
        Terms(quarantine=waits, routes=frozenset(desks)),
        policy_digest=b"p" * 32,
        now_ms=NOW_MS,
    )
    opening = replace(opened(message, FIRST_LINK), admission=admission)
    store.settle([replace(opening, receipt=None) if waits else opening])
    return Settlement(
        admission=replace(admission, state=AdmissionState.RELEASED),
        receipt=world.receipt(message, Stage.OPENED, at_ms=NOW_MS),
    )


def events(store: NodeStore) -> list[Event]:
    return [one.event for one in store.feed_after(0)]


def test_what_arrives_is_told_with_its_origin_and_kind(store: NodeStore) -> None:
    taken = take_in(store, "police").admission
    [entry] = store.feed_after(0)
    assert (entry.event, entry.subject) == (Event.RECEIVED, taken.message_digest)
    assert (entry.party, entry.detail, entry.at_ms) == (KEN, world.KIND, NOW_MS)
    assert store.feed_end() == entry.sequence


def test_what_waits_is_told_as_waiting_and_when_it_is_released(
    store: NodeStore,
) -> None:
    release = take_in(store, "police", waits=True)
    assert events(store) == [Event.WAITING]
    assert store.routed_after("police", 0) == []
    store.end_quarantine(release)
    assert events(store) == [Event.WAITING, Event.RECEIVED]
    [routed] = store.routed_after("police", 0)
    assert routed.subject == release.admission.message_digest


def test_a_desk_is_told_only_of_what_goes_to_it(store: NodeStore) -> None:
    first, _, third = (
        take_in(store, *desks).admission.message_digest
        for desks in (("police", "customs"), ("policemen",), ("police",))
    )
    routed = store.routed_after("police", 0)
    assert [one.subject for one in routed] == [first, third]
    assert store.routed_after("police", routed[0].sequence, 1) == routed[1:]
    assert store.routed_after("poli", 0) == []


def test_what_was_destroyed_is_told_and_not_given_to_its_desk_again(
    store: NodeStore,
) -> None:
    digest = take_in(store, "police").admission.message_digest
    gone = Destroyed(message_digest=digest, at_ms=NOW_MS, rule="test", cause=b"")
    with store._database.write() as db:
        erase(db, [gone])
    assert events(store) == [Event.RECEIVED, Event.DESTROYED]
    assert store.routed_after("police", 0) == []


def test_what_is_sent_what_waits_for_officers_and_alarms_are_told(
    store: NodeStore,
) -> None:
    sealed = send(store)
    held = Pending(
        pending_id=b"i" * 16,
        held_ms=NOW_MS,
        lapses_ms=NOW_MS + 1,
        state=PendingState.WAITING,
        changed_ms=NOW_MS,
        digest=b"d" * 32,
        protected=b"x",
    )
    store.hold(held)
    store.settle_pending(held.pending_id, PendingState.WITHDRAWN, NOW_MS)
    store.raise_alarm(Alarm(at_ms=NOW_MS, topic="clock", text="slow"))
    told = store.feed_after(0)
    assert [one.event for one in told] == [
        Event.SENT,
        Event.DOCUMENT_WAITING,
        Event.DOCUMENT_SETTLED,
        Event.ALARM,
    ]
    assert told[0].subject == sealed.message_digest
    assert (told[2].subject, told[2].detail) == (held.pending_id, "withdrawn")
    assert (told[3].detail, store.feed_after(told[2].sequence)) == ("clock", told[3:])


def test_what_was_there_before_there_was_a_feed_is_put_into_it_once(
    store: NodeStore,
) -> None:
    digests = [take_in(store, "police").admission.message_digest for _ in range(2)]
    with store._database.write() as db:
        db.execute("DELETE FROM feed")
    store.fill_feed()
    store.fill_feed()
    assert [one.subject for one in store.routed_after("police", 0)] == digests
    take_in(store, "police")
    assert len(store.feed_after(0)) == 3
