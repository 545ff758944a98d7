"""What waits for a person is decided once, by a person or by the time."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.admitted import AdmissionState
from broker.core.errors import Code, RefusedError, StoreConflictError, StoreError
from broker.core.model import Stage
from broker.core.records import InboxMessage
from broker.infra.node_store import NodeStore
from broker.services.holdings import Holdings
from broker.services.quarantine import QuarantineDesk, QuarantineWatch
from tests import world
from tests.unit.broker.services.node_world import NodeWorld
from tests.unit.broker.services.test_node_opening import policy, said, taken, under
from tests.world import BEL, DAY_MS, KEN, NOW_MS


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeWorld]:
    made = NodeWorld(NodeStore(tmp_path / "bel.sqlite3"))
    under(made, policy(quarantine=True, routes=frozenset({"police"})))
    yield made
    made.store.close()


def desk(node: NodeWorld) -> QuarantineDesk:
    return QuarantineDesk(world.holder(BEL), node.store, lambda: node.trust, node.clock)


async def waiting(node: NodeWorld) -> InboxMessage:
    """Has a message wait, and forgets what was said about it so far."""
    digest = await taken(node, content=world.body("Do they know CANARY?"))
    said(node.store)
    found = node.store.find_received(digest)
    assert found is not None
    return found


async def test_a_released_message_is_opened_and_its_origin_told(
    node: NodeWorld,
) -> None:
    message = await waiting(node)
    admission = desk(node).release(message)
    assert (admission.state, admission.routes) == (AdmissionState.RELEASED, ("police",))
    found = node.store.find_received(message.message_digest)
    assert found is not None
    assert (found.state.value, found.opened_ms) == ("opened", NOW_MS)
    assert node.store.admission(message.message_digest) == admission
    assert said(node.store) == [(Stage.OPENED, "")]
    content = Holdings(world.holder(BEL), node.store).content(found)
    assert b"CANARY" in content


async def test_a_person_can_say_which_desks_get_it(node: NodeWorld) -> None:
    admission = desk(node).release(await waiting(node), ["customs", "coast-guard"])
    assert admission.routes == ("coast-guard", "customs")


async def test_a_declined_message_is_refused_without_a_word_of_why(
    node: NodeWorld,
) -> None:
    message = await waiting(node)
    admission = desk(node).decline(message, "Asks about CANARY")
    found = node.store.find_received(message.message_digest)
    assert found is not None
    assert (found.state.value, found.code) == ("refused", "declined")
    assert found.protected_key == b""
    assert said(node.store) == [(Stage.REFUSED, "a person looked at it")]
    assert b"CANARY" not in admission.note
    assert desk(node).note(admission) == "Asks about CANARY"
    with pytest.raises(RefusedError) as refused:
        Holdings(world.holder(BEL), node.store).content(found)
    assert refused.value.code is Code.CANNOT_OPEN


async def test_two_officers_at_once_do_not_both_decide(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await waiting(node)
    stale = node.store.admission(message.message_digest)
    desk(node).decline(message, "no")
    with pytest.raises(StoreConflictError, match="it is declined"):
        desk(node).release(message)
    # The other one looked just before.
    monkeypatch.setattr(NodeStore, "admission", lambda *_: stale)
    with pytest.raises(StoreConflictError, match="somebody else"):
        desk(node).release(message)
    assert [stage for stage, _ in said(node.store)] == [Stage.REFUSED]


async def test_what_does_not_wait_is_not_decided(node: NodeWorld) -> None:
    under(node, policy())
    message = await waiting(node)
    with pytest.raises(StoreConflictError, match="it is admitted"):
        desk(node).decline(message, "no")
    unknown = replace(message, message_digest=bytes(32))
    with pytest.raises(StoreConflictError, match="it is opened"):
        desk(node).release(unknown)


async def test_a_policy_that_has_changed_since_has_the_last_word(
    node: NodeWorld,
) -> None:
    message = await waiting(node)
    under(node, world.closed_policy(BEL, against=KEN))
    with pytest.raises(RefusedError, match="not-from-them"):
        desk(node).release(message)
    assert len(node.store.quarantined()) == 1
    under(node, policy(routes=frozenset({"customs"}), retention_days=7))
    admission = desk(node).release(message)
    assert (admission.routes, admission.retention_days) == (("customs",), 7)
    assert admission.policy_digest == node.trust.policy_digests[BEL]
    records = node.store.decisions_about(message.message_digest)
    assert [one.verdict.value for one in records] == ["allow", "deny", "allow"]


async def test_what_waited_for_too_long_is_refused_by_the_time(node: NodeWorld) -> None:
    message = await waiting(node)
    assert desk(node).expire() == 0
    node.clock.at_ms = NOW_MS + DAY_MS + 1
    with pytest.raises(RefusedError) as refused:
        desk(node).release(message)
    assert refused.value.code is Code.EXPIRED
    assert desk(node).expire() == 1
    assert desk(node).expire() == 0
    found = node.store.find_received(message.message_digest)
    assert found is not None
    assert (found.state.value, found.code) == ("refused", "expired")


async def test_a_decision_can_be_repeated_after_a_crash(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await waiting(node)
    with monkeypatch.context() as broken:
        broken.setattr(
            "broker.infra.admission_store.queue_statement", _raise_store_error
        )
        with pytest.raises(StoreError):
            desk(node).release(message)
    assert len(node.store.quarantined()) == 1
    assert desk(node).release(message).state is AdmissionState.RELEASED


def _raise_store_error(*_: object) -> None:
    raise StoreError("power cut")


async def test_the_watch_ends_what_waited_and_survives_a_broken_disk(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await waiting(node)
    node.clock.at_ms = NOW_MS + DAY_MS + 1
    stop, calls = asyncio.Event(), 0
    expire = QuarantineDesk.expire

    def first_broken(this: QuarantineDesk) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StoreError("disk")
        return expire(this)

    monkeypatch.setattr(QuarantineDesk, "expire", first_broken)
    watch = QuarantineWatch(desk(node), stop.set)
    await asyncio.wait_for(watch.run(stop, look_s=0.01), 5)
    assert node.store.quarantined() == []
