"""A revocation in the directory, and messages that were taken before it was known."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.reliance import REVOCATIONS_FACT, read_revocations
from broker.infra import alarm_store
from broker.infra.node_store import NodeStore
from broker.services.revocation_watch import RevocationWatch
from keys.directory.model import DirectoryView, RevocationReason
from tests import world
from tests.unit.broker.infra.stored_messages import arrival
from tests.world import KEN, MEX, NOW_MS

KEY = world.signing_key(KEN)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


def revoked(since_ms: int) -> DirectoryView:
    key = world.published(
        KEY,
        revoked_at_ms=since_ms,
        revocation_reason=RevocationReason.KEY_COMPROMISE,
    )
    new = world.published(world.signing_key("KEN/new"))
    return world.view({KEN: world.entry(KEN, signing_keys=(key, new))})


def look(store: NodeStore, view: DirectoryView) -> list[str]:
    """Looks, as after a restart; returns the alarms so far."""
    RevocationWatch(store, world.FakeClock()).look(view)
    return [alarm.text for alarm in store.alarms()]


def test_one_alarm_says_how_many_messages_are_not_to_be_relied_on(
    store: NodeStore,
) -> None:
    store.store_delivered([arrival(world.sealed(origin=KEN)) for _ in range(2)])
    store.store_delivered([arrival(world.sealed(origin=MEX))])
    assert look(store, world.view()) == []
    [text] = look(store, revoked(NOW_MS))
    assert text.startswith("KEN has revoked a key since 2027-01-15T08:00:00.000Z: 2 ")
    assert len(look(store, revoked(NOW_MS))) == 1


def test_a_revocation_that_is_brought_forward_is_another_alarm(
    store: NodeStore,
) -> None:
    store.store_delivered([arrival(world.sealed(origin=KEN))])
    assert look(store, revoked(NOW_MS + 1)) == []
    assert len(look(store, revoked(NOW_MS))) == 1
    assert len(look(store, revoked(NOW_MS - 1))) == 2


def test_a_revocation_is_remembered_when_its_party_has_left(store: NodeStore) -> None:
    look(store, revoked(NOW_MS))
    look(store, world.view({KEN: None}))
    known = read_revocations(store.fact(REVOCATIONS_FACT))
    assert known.keys() == {KEY.public.key_id}
    assert look(store, revoked(NOW_MS)) == []


def test_no_alarm_is_there_before_what_it_speaks_of_nor_after_a_crash_twice(
    store: NodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alarm sends people to the inbox, which goes by what is remembered."""
    store.store_delivered([arrival(world.sealed(origin=KEN))])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(alarm_store, "note_alarm", killed)
        with pytest.raises(KeyboardInterrupt):
            look(store, revoked(NOW_MS))
    assert store.alarms() == []
    assert store.fact(REVOCATIONS_FACT) is None
    assert len(look(store, revoked(NOW_MS))) == 1
    assert store.fact(REVOCATIONS_FACT) is not None
