"""What is for us is stored before it is acknowledged; what is not raises an alarm."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.envelope import VerifiedEnvelope
from broker.core.errors import BusUnavailableError, StoreError, StoreFullError
from broker.core.model import Stage
from broker.core.opening import open_envelope
from broker.core.records import InboxState
from broker.infra.node_store import NodeStore
from keys.identity import HUB
from tests import world
from tests.memory_bus import MemorySource
from tests.unit.broker.infra.stored_messages import fill_disk, free_disk, send
from tests.unit.broker.services.node_world import NodeWorld
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS


@pytest.fixture
def node(tmp_path: Path) -> Iterator[NodeWorld]:
    made = NodeWorld(NodeStore(tmp_path / "bel.sqlite3"))
    yield made
    made.store.close()


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[NodeWorld]:
    made = NodeWorld(NodeStore(tmp_path / "ken.sqlite3"), KEN)
    yield made
    made.store.close()


async def test_a_delivery_is_stored_acknowledged_and_opened(node: NodeWorld) -> None:
    message = world.sealed()
    node.deliver(message)
    assert await node.intake.take_in() == 1
    assert node.source.acknowledged == [1]
    assert node.state(message) == ("delivered", "")
    assert await node.opening.open_some() == 1
    assert node.state(message) == ("opened", "")
    assert await node.opening.open_some() == 0
    assert node.answered == 2


async def test_nothing_there_is_nothing_done(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_limit: int, _wait_s: float) -> Sequence[object]:
        return ()

    monkeypatch.setattr(MemorySource, "fetch", lambda *_: nothing(0, 0))
    assert await node.intake.take_in() == 0
    assert node.answered == 0


async def test_a_delivery_that_comes_again_is_opened_once(node: NodeWorld) -> None:
    message = world.sealed()
    for _ in range(2):
        node.deliver(message)
        await node.intake.take_in()
        await node.opening.open_some()
    assert len(node.store.inbox()) == 1
    assert node.source.acknowledged == [1, 2]
    await node.opening.open_some()
    assert node.opening._verified == {}  # nothing piles up in memory


async def test_a_full_disk_acknowledges_nothing(node: NodeWorld) -> None:
    message = world.sealed(content=world.body("?" * 50_000))
    node.deliver(message)
    fill_disk(node.store)
    with pytest.raises(StoreFullError):
        await node.intake.take_in()
    assert node.source.acknowledged == []
    free_disk(node.store)
    node.source.redeliver()
    await node.intake.take_in()
    assert node.state(message) == ("delivered", "")


async def test_a_message_is_verified_again_after_a_restart(node: NodeWorld) -> None:
    message = world.sealed()
    node.deliver(message)
    await node.intake.take_in()
    node.restart()
    await node.opening.open_some()
    assert node.state(message) == ("opened", "")


async def test_a_message_that_expired_before_it_was_opened_is_refused(
    node: NodeWorld,
) -> None:
    message = world.sealed()
    node.deliver(message)
    await node.intake.take_in()
    node.restart()
    node.clock.at_ms = NOW_MS + 2 * DAY_MS
    await node.opening.open_some()
    assert node.state(message) == ("refused", "expired")


async def test_a_forged_message_from_the_hub_is_refused_and_told(
    node: NodeWorld,
) -> None:
    message = world.sealed(signer=world.signing_key(MEX))
    node.deliver(message)
    await node.intake.take_in()
    assert node.state(message) == ("refused", "bad-signature")
    assert await node.opening.open_some() == 0
    assert node.store.count_waiting() == 1


async def test_two_messages_under_one_id_let_the_first_stay(node: NodeWorld) -> None:
    first = world.sealed()
    second = world.sealed(message_id=first.header.message_id)
    for message in (first, second):
        node.deliver(message)
        await node.intake.take_in()
    assert node.state(first) == ("delivered", "")
    assert node.state(second) == ("refused", "replayed-id")


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x0a\x00"])
async def test_a_delivery_that_cannot_be_read_raises_an_alarm_and_is_passed_over(
    node: NodeWorld, data: bytes
) -> None:
    message = world.sealed()
    node.source.publish("inbox", data)
    node.deliver(message)
    await node.intake.take_in()
    assert node.topics() == ["delivery"]
    assert node.state(message) == ("delivered", "")
    assert node.source.acknowledged == [1, 2]


async def test_an_origin_that_has_just_joined_is_looked_up(node: NodeWorld) -> None:
    node.newer, node.trust = node.trust, world.trust({KEN: None})
    message = world.sealed(KEN)
    node.deliver(message)
    await node.intake.take_in()
    assert node.state(message) == ("delivered", "")


async def test_an_origin_that_nobody_knows_is_refused_after_a_look(
    node: NodeWorld,
) -> None:
    node.newer = node.trust = world.trust({KEN: None})
    message = world.sealed(KEN)
    node.deliver(message)
    await node.intake.take_in()
    assert node.state(message) == ("refused", "unknown-party")


async def test_without_a_newer_directory_nothing_is_refused_for_good(
    node: NodeWorld,
) -> None:
    node.trust = world.trust({KEN: None})
    node.deliver(world.sealed(KEN))
    node.tell(world.receipt(world.sealed(BEL), Stage.OPENED, by=KEN), by=KEN)
    with pytest.raises(BusUnavailableError):
        await node.intake.take_in()
    assert node.store.inbox() == []
    assert node.source.acknowledged == []


async def test_receipts_of_a_key_nobody_knows_raise_an_alarm_after_a_look(
    origin: NodeWorld,
) -> None:
    origin.newer = origin.trust = world.trust({BEL: None})
    message = send(origin.store)
    origin.tell(world.receipt(message, Stage.OPENED), by=BEL)
    await origin.intake.take_in()
    assert origin.topics() == ["delivery"]
    assert origin.store.ledger() == []


async def test_content_our_policy_does_not_take_is_refused_after_opening(
    node: NodeWorld,
) -> None:
    message = world.sealed()
    node.deliver(message)
    await node.intake.take_in()
    closed = world.closed_policy(BEL, against=KEN)
    node.trust = world.trust({BEL: world.entry(BEL, closed)})
    await node.opening.open_some()
    assert node.state(message) == ("refused", "import-policy")
    found = node.store.find_received(message.message_digest)
    assert found is not None
    assert found.link is not None
    assert found.protected_key == b""


async def test_receipts_about_our_messages_are_kept_with_their_proof(
    origin: NodeWorld,
) -> None:
    message = send(origin.store)
    accepted = world.receipt(message, Stage.ACCEPTED, by=HUB)
    opened = world.receipt(message, Stage.OPENED, at_ms=NOW_MS + 1)
    origin.tell(accepted)
    origin.tell(opened, by=BEL)
    await origin.intake.take_in()
    kept = [line.receipt for line in origin.store.ledger(message.message_digest)]
    assert kept == [accepted, opened]
    assert origin.topics() == []


@pytest.mark.parametrize(
    ("receipt", "by", "topic"),
    [
        pytest.param(
            {"stage": Stage.REFUSED, "message_digest": b"", "code": "malformed"},
            HUB,
            "refusal",
            id="a refusal of what could not be read",
        ),
        pytest.param(
            {"stage": Stage.ACCEPTED, "message_digest": bytes(32)},
            HUB,
            "receipt",
            id="about no message of ours",
        ),
        pytest.param(
            {"stage": Stage.OPENED, "to": MEX}, BEL, "receipt", id="to another"
        ),
        pytest.param({"stage": Stage.OPENED}, MEX, "receipt", id="by no recipient"),
        pytest.param(
            {"stage": Stage.OPENED}, HUB, "receipt", id="by the hub, for a recipient"
        ),
        pytest.param(
            {"stage": Stage.ACCEPTED}, BEL, "receipt", id="by a recipient, for the hub"
        ),
    ],
)
async def test_a_receipt_that_its_author_cannot_give_raises_an_alarm(
    origin: NodeWorld, receipt: dict[str, object], by: str, topic: str
) -> None:
    message = send(origin.store)
    base = world.receipt(message, Stage.DELIVERED, by=by)
    origin.tell(replace(base, **receipt), by=by)  # type: ignore[arg-type]
    await origin.intake.take_in()
    assert origin.topics() == [topic]
    assert origin.store.ledger() == []
    assert origin.source.acknowledged == [1]


async def test_the_loops_wait_out_an_absent_hub_and_a_broken_disk(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.services.node_intake._BACKOFF_S", 0.01)
    monkeypatch.setattr("broker.services.node_opening._BACKOFF_S", 0.01)
    node.source.failures.append(BusUnavailableError("nobody there"))
    whole, failures = node.store.unopened, [StoreError("disk I/O error")]

    def unopened(limit: int) -> object:
        if failures:
            raise failures.pop()
        return whole(limit)

    monkeypatch.setattr(node.store, "unopened", unopened)
    stop, opened = asyncio.Event(), asyncio.Event()
    settle = node.store.settle

    def settled(openings: Sequence[object]) -> None:
        settle(openings)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(opened.set)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(node.store, "settle", settled)
    message = world.sealed()
    node.deliver(message)
    async with asyncio.TaskGroup() as loops:
        loops.create_task(node.intake.run(stop))
        loops.create_task(node.opening.run(stop))
        await asyncio.wait_for(opened.wait(), 10)
        stop.set()
        node.source.wake()
        node.opening.arrived({})
    assert node.state(message) == (InboxState.OPENED.value, "")


async def test_a_flaw_met_in_one_message_sets_that_one_aside_alone(
    node: NodeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, good = world.sealed(), world.sealed()
    for message in (poison, good):
        node.deliver(message)
    await node.intake.take_in()

    def flawed(verified: VerifiedEnvelope, *rest: object) -> object:
        if verified.digest == poison.message_digest:
            raise ZeroDivisionError
        return open_envelope(verified, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("broker.services.node_opening.open_envelope", flawed)
    assert await node.opening.open_some() == 2
    assert await node.opening.open_some() == 0
    states = {one.message_digest: one.state for one in node.store.inbox()}
    assert states == {
        poison.message_digest: InboxState.DELIVERED,
        good.message_digest: InboxState.OPENED,
    }


@pytest.mark.parametrize("at_ms", [(1 << 64) - 1, 1 << 53])
async def test_a_time_that_no_store_can_hold_stops_nothing(
    node: NodeWorld, at_ms: int
) -> None:
    hostile = world.sealed(created_ms=at_ms, expires_ms=at_ms)
    good = world.sealed()
    node.deliver(hostile)
    node.tell(world.receipt(good, Stage.ACCEPTED, HUB, at_ms=at_ms))
    node.deliver(good)
    await node.intake.take_in()
    assert node.state(good) == ("delivered", "")
    assert node.topics() == ["delivery", "delivery"]
