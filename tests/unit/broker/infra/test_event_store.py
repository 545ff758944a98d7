"""What happened at a node, with what decides about who may be told of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.admitted import AdmissionState, HandedOut, Settlement, admission_under
from broker.core.feed import Event, FeedEntry, Once
from broker.core.happened import Audience, Happened
from broker.core.listing import Wanted
from broker.core.model import FIRST_LINK, Stage
from broker.core.pending import Pending, PendingState
from broker.core.policy.decision import Terms
from broker.core.recalls.taken_back import Destroyed
from broker.core.records import Alarm
from broker.infra.erasure import erase
from broker.infra.node_store import NodeStore
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, letter, opened, send
from tests.world import BEL, KEN, NOW_MS

ONCE = Once(
    token=b"t" * 32, request=b"r" * 32, submitter="api:customs", agency="customs"
)


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


def last(store: NodeStore, event: Event) -> Happened:
    return [one for one in store.happened_after(0) if one.entry.event is event][-1]


def test_what_arrives_is_known_with_its_message_and_its_desks(store: NodeStore) -> None:
    digest = take_in(store, "police", "customs").admission.message_digest
    found = last(store, Event.RECEIVED)
    message = store.find_received(digest)
    assert message is not None
    assert found.message_id == message.header.message_id
    assert (found.kind, found.origin, found.sent) == (world.KIND, KEN, False)
    assert found.desks == {"police", "customs"}
    assert found.agency == ""


def test_what_waits_for_a_person_is_known_to_no_desk(store: NodeStore) -> None:
    release = take_in(store, "police", waits=True)
    assert last(store, Event.WAITING).desks == frozenset()
    store.end_quarantine(release)
    assert last(store, Event.RECEIVED).desks == {"police"}


def test_what_was_destroyed_is_known_to_whom_it_was_given_only(
    store: NodeStore,
) -> None:
    digest = take_in(store, "police", "customs").admission.message_digest
    given = HandedOut(
        message_digest=digest,
        desk="police",
        agency="police",
        purpose="",
        at_ms=NOW_MS,
        file_digest=b"f" * 32,
    )
    store.note_handed_out(given)
    gone = Destroyed(message_digest=digest, at_ms=NOW_MS, rule="notice", cause=b"")
    with store._database.write() as db:
        erase(db, [gone])
    assert last(store, Event.DESTROYED).desks == {"police"}
    assert last(store, Event.RECEIVED).desks == {"police"}
    for event in (Event.DESTROYED, Event.RECEIVED):
        told = last(store, event)
        desk = Audience(desks=frozenset({"police"}), reader="police")
        assert desk.may_know(told)
        # Others at the same desk were not given it.
        assert not replace(desk, reader="customs").may_know(told)


def test_what_a_system_submitted_is_known_with_its_agency(store: NodeStore) -> None:
    header = world.header(KEN, (BEL,))
    [sealed] = store.store_sealed(
        [
            letter(
                header.parties,
                lambda links: world.sealed(
                    KEN, (BEL,), link=links[BEL], message_id=header.message_id
                ),
            )
        ],
        None,
        lambda _: b"protected",
        NOW_MS,
        ONCE,
    )
    found = last(store, Event.SENT)
    assert (found.entry.subject, found.sent) == (sealed.message_digest, True)
    assert (found.agency, found.desks) == ("customs", frozenset())


def test_what_officers_released_is_known_with_the_agency_that_asked(
    store: NodeStore,
) -> None:
    held = Pending(
        pending_id=b"i" * 16,
        held_ms=NOW_MS,
        lapses_ms=NOW_MS + 1,
        state=PendingState.WAITING,
        changed_ms=NOW_MS,
        digest=b"d" * 32,
        protected=b"x",
    )
    store.hold(held, ONCE)
    assert last(store, Event.DOCUMENT_WAITING).agency == "customs"
    sent = send(store)
    assert last(store, Event.SENT).agency == ""
    with store._database.write() as db:
        db.execute(
            "INSERT INTO released VALUES (?, ?, 0, '', x'')",
            (sent.message_digest, held.pending_id),
        )
    assert last(store, Event.SENT).agency == "customs"
    store.raise_alarm(Alarm(at_ms=0, topic="t", text="x"))
    assert last(store, Event.ALARM).agency == ""


def test_what_a_person_sent_is_nobodys(store: NodeStore) -> None:
    send(store)
    assert last(store, Event.SENT).agency == ""


def test_events_come_in_order_and_after_where_one_was(store: NodeStore) -> None:
    for number in range(3):
        store.raise_alarm(Alarm(at_ms=number, topic="t", text="x"))
    first, second, third = store.happened_after(0)
    assert store.happened_after(first.entry.sequence) == [second, third]
    assert store.happened_after(0, 1) == [first]
    assert third.entry.sequence == store.feed_end()


def test_an_audience_knows_what_is_its_own_and_nothing_else() -> None:
    entry = an_entry()
    of_police = Happened(entry=entry, desks=frozenset({"police"}))
    of_customs = Happened(entry=entry, agency="customs")
    of_nobody = Happened(entry=entry)
    police = Audience(desks=frozenset({"police"}))
    customs = Audience(agency="customs")
    assert [police.may_know(one) for one in (of_police, of_customs, of_nobody)] == [
        True,
        False,
        False,
    ]
    assert [customs.may_know(one) for one in (of_police, of_customs, of_nobody)] == [
        False,
        True,
        False,
    ]
    assert not Audience().may_know(of_nobody)
    assert Audience(everything=True).may_know(of_nobody)


def an_entry() -> FeedEntry:
    return FeedEntry(
        sequence=1, event=Event.RECEIVED, subject=b"", party="", detail="", at_ms=0
    )


def test_what_was_let_in_and_is_gone_is_listed_once(store: NodeStore) -> None:
    release = take_in(store, "police", waits=True)
    digest = release.admission.message_digest
    wanted = Wanted(after=0, limit=10)
    assert [one.message_digest for one in store.list_received(wanted)] == [digest]
    store.end_quarantine(release)
    gone = Destroyed(message_digest=digest, at_ms=NOW_MS, rule="notice", cause=b"")
    with store._database.write() as db:
        erase(db, [gone])
    assert [one.message_digest for one in store.list_received(wanted)] == [digest]
