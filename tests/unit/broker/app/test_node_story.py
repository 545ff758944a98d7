"""The story of a message, put together from all that a node keeps of it."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from broker.app.node_folder import Node
from broker.app.node_story import node_story
from broker.core.admitted import Admission, AdmissionState, HandedOut
from broker.core.errors import ConfigurationError
from broker.core.model import Link, Stage, message_id_text
from broker.core.protocol_kinds import RECALL
from broker.core.recalls.recall import Notice, Reason
from broker.core.recalls.taken_back import NoticeState, ReceivedNotice
from broker.core.records import Alarm
from broker.core.trails.trail import Role
from broker.infra.node_store import NodeStore
from broker.settings import NodeFolder, NodeSettings
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, line, opened, send
from tests.world import BEL, KEN, NOW_MS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def _node(store: NodeStore, party: str) -> Node:
    """Returns a node as far as stories need one: it has no federation."""
    return Node(
        folder=NodeFolder(Path("/nowhere")),
        settings=NodeSettings(party=party, name="Focal point"),
        federation=cast("Any", None),
        store=store,
    )


def test_a_sent_message_is_told_with_approvals_contradictions_and_alarms(
    store: NodeStore,
) -> None:
    message = send(store)
    digest, named = message.message_digest, message_id_text(message.header.message_id)
    said = world.receipt(message, Stage.DELIVERED)
    other = replace(said, at_ms=said.at_ms + 7, nonce=secrets.token_bytes(16))
    store.store_receipts([line(said), line(other)])
    store.raise_alarm(Alarm(at_ms=NOW_MS + 9, topic="odd", text=f"about {named}"))
    with store._database.write() as db:
        db.execute(
            "INSERT INTO pending VALUES (?, ?, ?, 'released', ?, ?, x'')",
            (bytes(16), NOW_MS - 9, NOW_MS, NOW_MS, digest),
        )
        db.execute(
            "INSERT INTO released VALUES (?, ?, ?, ?, x'')",
            (digest, bytes(16), NOW_MS, f'[["Amina", {NOW_MS - 5}]]'),
        )
    story = node_story(_node(store, KEN), named)
    assert (story.message_digest, story.role) == (digest, Role.SENT)
    assert story.header == message.header
    assert [(one.what.word, one.by) for one in story.events] == [
        ("held", KEN),
        ("approved", "Amina"),
        ("sealed", KEN),
        ("delivered", BEL),
        ("alarm", BEL),
        ("alarm", KEN),
    ]
    assert "said DELIVERED again" in story.events[4].text


def test_a_received_message_is_told_with_desks_answers_and_its_recall(
    store: NodeStore,
) -> None:
    message = world.sealed()
    digest = message.message_digest
    store.store_delivered([arrival(message)])
    admission = Admission(
        message_digest=digest,
        kind=world.KIND,
        state=AdmissionState.ADMITTED,
        routes=("customs",),
        retention_days=None,
        with_consent=False,
        policy_digest=bytes(32),
        since_ms=NOW_MS + 1,
    )
    opening = opened(message, Link(sequence=1, previous=bytes(32)))
    store.settle([replace(opening, admission=admission)])
    store.note_handed_out(
        HandedOut(
            message_digest=digest,
            desk="customs",
            agency="Border",
            purpose="",
            at_ms=NOW_MS + 2,
            file_digest=bytes(32),
        )
    )
    recall = world.sealed(kind=RECALL, in_reply_to=digest, created_ms=NOW_MS + 3)
    other = world.sealed(in_reply_to=digest, created_ms=NOW_MS + 4)
    store.store_delivered([arrival(recall), arrival(other)])
    store.note_notice(
        ReceivedNotice(
            digest=recall.message_digest,
            origin=KEN,
            notice=Notice(message_digest=digest, reason=Reason.ERROR),
            received_ms=NOW_MS + 5,
            state=NoticeState.WAITING,
        )
    )
    story = node_story(_node(store, BEL), digest.hex()[:20])
    assert story.role is Role.RECEIVED
    assert [one.what.word for one in story.events] == [
        "sealed",
        "arrived",
        "delivered",
        "admitted",
        "opened",
        "handed-out",
        # The recall is told once, as the notice that it is.
        "answered",
        "recalled",
    ]
    assert story.events[-1].text == "taken back: error"
    assert story.events[-2].message_digest == other.message_digest


def test_what_means_no_message_or_several_is_said_so(store: NodeStore) -> None:
    node = _node(store, KEN)
    send(store)
    two = [message_id_text(send(store).header.message_id) for _ in range(2)]
    for name, said in (
        ("0123", "too short"),
        ("f" * 12, "no message"),
        (two[0][:8], "means 3 messages"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            node_story(node, name)
