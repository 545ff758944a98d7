"""What an authority says is taken down as it said it, and its notes for nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.errors import OutOfOrderError
from broker.core.model import FIRST_LINK, Decider, Stage
from broker.core.records import InboxMessage
from broker.infra.node_store import NodeStore
from broker.services.authority_desk import AuthorityDesk, Saying
from keys.errors import ContentError
from tests import world
from tests.unit.broker.infra.stored_messages import arrival, opened
from tests.world import BEL, KEN, NOW_MS

MESSAGE = world.sealed()
DIGEST = MESSAGE.message_digest
CENTRE = "National Firearms Centre"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    made.store_delivered([arrival(MESSAGE)])
    made.settle([opened(MESSAGE, FIRST_LINK)])
    yield made
    made.close()


def desk(store: NodeStore) -> AuthorityDesk:
    return AuthorityDesk(world.holder(BEL), store, world.FakeClock())


def received(store: NodeStore) -> InboxMessage:
    found = store.find_received(DIGEST)
    assert found is not None
    return found


def saying(stage: Stage, decider: Decider = Decider.PERSON, note: str = "") -> Saying:
    return Saying(stage=stage, authority=CENTRE, decider=decider, note=note)


@pytest.mark.parametrize("decider", [Decider.PERSON, Decider.SYSTEM])
def test_a_statement_names_the_office_and_who_has_decided_there(
    store: NodeStore, decider: Decider
) -> None:
    said = desk(store).say(received(store), saying(Stage.ACKNOWLEDGED, decider))
    assert (said.stage, said.by, said.to, said.at_ms) == (
        Stage.ACKNOWLEDGED,
        BEL,
        KEN,
        NOW_MS,
    )
    assert (said.authority, said.decider) == (CENTRE, decider)
    assert store.own_words(DIGEST)[Stage.ACKNOWLEDGED] == NOW_MS


@pytest.mark.parametrize(
    ("decider", "words"),
    [(Decider.PERSON, "by a person of "), (Decider.SYSTEM, "by a system of ")],
)
def test_a_refusal_names_the_office_and_never_the_reason(
    store: NodeStore, decider: Decider, words: str
) -> None:
    said = desk(store).say(received(store), saying(Stage.REFUSED, decider, "CANARY"))
    assert (said.code, said.detail) == ("declined", words + CENTRE)
    assert (said.authority, said.decider) == ("", Decider.NODE)


def test_to_try_says_nothing(store: NodeStore) -> None:
    desk(store).check(received(store), saying(Stage.ACKNOWLEDGED))
    with pytest.raises(OutOfOrderError):
        desk(store).check(received(store), saying(Stage.ACTED))
    assert Stage.ACKNOWLEDGED not in store.own_words(DIGEST)


def test_notes_are_read_again_where_they_were_written_and_nowhere_else(
    store: NodeStore,
) -> None:
    desk(store).say(received(store), saying(Stage.ACKNOWLEDGED, note="file 4711"))
    desk(store).say(received(store), saying(Stage.ACTED))
    assert desk(store).notes(DIGEST) == {Stage.ACKNOWLEDGED: "file 4711"}
    with store._database.write() as db:
        db.execute("UPDATE statement_notes SET stage = ?", (Stage.ACTED.value,))
    with pytest.raises(ContentError):
        desk(store).notes(DIGEST)
