"""What a node notes of files beside messages, until nothing is to be noted of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.attachments.records import Draft, DueFile
from broker.core.envelope import Sealed
from broker.core.recalls.recall import Notice, Reason
from broker.core.recalls.taken_back import Destroyed
from broker.infra.node_store import NodeStore
from keys.framing import sha256
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, letter, send
from tests.world import BEL, KIND, NOW_MS

ONE, TWO = sha256(b"one"), sha256(b"two")
LATER = NOW_MS + world.DAY_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    opened = NodeStore(tmp_path / "node.sqlite3")
    yield opened
    opened.close()


def draft(blob: bytes = ONE, made_ms: int = NOW_MS) -> Draft:
    return Draft(
        token=sha256(b"token" + blob), blob=blob, made_ms=made_ms, protected=b"sealed"
    )


def note(
    store: NodeStore, message: Sealed, *blobs: bytes, due: int | None = None
) -> None:
    store.note_attachments(message.message_digest, blobs, until_ms=LATER, due_ms=due)


def destroy(store: NodeStore, message: Sealed) -> None:
    gone = Destroyed(
        message_digest=message.message_digest, at_ms=NOW_MS, rule="time", cause=ONE
    )
    store.erase_batch([gone])


def take_back(store: NodeStore, message: Sealed) -> None:
    notice = Notice(
        message_digest=message.message_digest,
        replacement=b"",
        reason=Reason.ERROR,
        destroy=True,
    )
    header = world.header(world.KEN, (BEL,), kind="recall-notice/1")

    def seal(links: object) -> Sealed:
        assert isinstance(links, dict)
        return world.sealed(
            world.KEN, (BEL,), link=links[BEL], message_id=header.message_id
        )

    store.store_notice(notice, [letter((BEL,), seal)], None, lambda _: b"p", NOW_MS)


def test_a_draft_is_found_by_its_token_until_it_is_sent(store: NodeStore) -> None:
    assert store.attachment_draft(draft().token) is None
    store.keep_attachment_draft(draft())
    assert store.attachment_draft(draft().token) == draft()
    assert store.blob_held_until(ONE) == 0
    store.note_blob_held(ONE, LATER)
    assert store.blob_held_until(ONE) == LATER
    store.end_attachment_drafts([ONE])
    assert store.attachment_draft(draft().token) is None
    assert store.blobs_known() == {ONE}


def test_keys_of_files_that_nobody_sends_are_forgotten(store: NodeStore) -> None:
    store.keep_attachment_draft(draft())
    store.end_attachment_drafts_before(NOW_MS)
    assert store.attachment_draft(draft().token) is not None
    store.end_attachment_drafts_before(NOW_MS + 1)
    assert store.attachment_draft(draft().token) is None
    store.end_attachment_drafts_before(NOW_MS + 1)


def test_each_message_is_looked_into_once(store: NodeStore) -> None:
    first, second = send(store), send(store)
    unseen = {first.message_digest, second.message_digest}
    assert set(store.attachments_unseen([KIND])) == unseen
    assert store.attachments_unseen(["trace-request/1"]) == []
    note(store, first, ONE)
    note(store, first, ONE)
    note(store, second)
    assert store.attachments_unseen([KIND]) == []


def test_what_waits_for_a_person_is_not_asked_for_again_and_again(
    store: NodeStore,
) -> None:
    """Thousands that wait would be opened every two seconds."""
    message = send(store)
    with store._database.write() as db:
        db.execute(
            "INSERT INTO admissions VALUES (?, ?, 'quarantined', '', NULL, 0, x'', 0,"
            " x'')",
            (message.message_digest, KIND),
        )
    assert store.attachments_unseen([KIND]) == []
    with store._database.write() as db:
        db.execute("UPDATE admissions SET state = 'released'")
    assert store.attachments_unseen([KIND]) == [message.message_digest]


def test_a_file_that_a_message_names_is_no_draft_any_more(store: NodeStore) -> None:
    """Also after a crash between the message and what follows it."""
    store.keep_attachment_draft(draft())
    note(store, send(store), ONE)
    assert store.attachment_draft(draft().token) is None
    assert store.blobs_to_keep_longer(NOW_MS) == [(ONE, LATER)]
    store.note_blob_held(ONE, LATER)
    assert store.blobs_to_keep_longer(NOW_MS) == []
    assert store.blobs_to_keep_longer(LATER) == []


def test_files_that_are_due_are_told_until_they_are_not(store: NodeStore) -> None:
    message = send(store)
    note(store, message, ONE, TWO, due=NOW_MS)
    due = [
        DueFile(message_digest=message.message_digest, blob=blob)
        for blob in sorted((ONE, TWO))
    ]
    assert store.attachments_due(NOW_MS - 1) == []
    assert store.attachments_due(NOW_MS) == due
    store.put_off_attachment(due[0], LATER)
    store.put_off_attachment(due[1], None)
    assert store.attachments_due(NOW_MS) == []
    assert store.attachments_due(LATER) == [due[0]]


def test_what_is_destroyed_is_forgotten_in_the_same_stroke(store: NodeStore) -> None:
    message = send(store)
    note(store, message, ONE)
    assert store.blobs_known() == {ONE}
    destroy(store, message)
    assert store.blobs_known() == frozenset()
    # Whoever looked into it just before notes nothing any more.
    note(store, message, ONE)
    assert store.blobs_known() == frozenset()


def test_our_file_is_over_when_no_message_may_have_it(store: NodeStore) -> None:
    store.keep_attachment_draft(draft())
    first, second = send(store), send(store)
    note(store, first, ONE)
    note(store, second, ONE)
    assert store.blobs_over(NOW_MS) == []
    take_back(store, first)
    assert store.blobs_over(NOW_MS) == []
    destroy(store, second)
    assert store.blobs_over(NOW_MS) == [ONE]
    store.forget_blob(ONE)
    assert store.blobs_over(NOW_MS) == []


def test_our_file_that_nobody_sent_is_over_after_a_while(store: NodeStore) -> None:
    store.keep_attachment_draft(draft())
    assert store.blobs_over(NOW_MS + 1) == []  # it may be sent still
    store.end_attachment_drafts([ONE])
    assert store.blobs_over(NOW_MS) == []  # it may wait for officers
    assert store.blobs_over(NOW_MS + 1) == [ONE]


def test_who_sends_our_file_back_does_not_keep_it_at_the_hub(store: NodeStore) -> None:
    """A recipient could otherwise undo what a recall does there."""
    store.keep_attachment_draft(draft())
    ours = send(store)
    note(store, ours, ONE)
    store.note_blob_held(ONE, LATER)
    hostile = world.sealed(BEL, (world.KEN,))
    store.store_delivered([arrival(hostile)])
    store.note_attachments(
        hostile.message_digest, [ONE], until_ms=LATER + world.DAY_MS, due_ms=None
    )
    assert store.blobs_to_keep_longer(NOW_MS) == []
    destroy(store, ours)
    assert store.blobs_over(NOW_MS) == [ONE]
    assert store.blobs_known() == {ONE}  # the message of others still names it


def test_a_file_is_not_taken_for_sent_because_others_name_it(store: NodeStore) -> None:
    store.keep_attachment_draft(draft())
    hostile = world.sealed(BEL, (world.KEN,))
    store.store_delivered([arrival(hostile)])
    note(store, hostile, ONE)
    assert store.attachment_draft(draft().token) == draft()
    assert store.blobs_over(NOW_MS + 1) == []
