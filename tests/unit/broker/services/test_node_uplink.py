"""The outbox is emptied, as long as it takes, and nothing is sent that was taken."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import ReceiptsItem, decode_submission
from broker.core.codec.receipts import decode_bundle
from broker.core.errors import BusRefusedError, BusUnavailableError, StoreError
from broker.core.limits import Limits
from broker.core.model import FIRST_LINK, Stage
from broker.core.receipts import read_bundle
from broker.core.trust import Trust, build_trust
from broker.infra.node_store import NodeStore
from broker.services.node_uplink import NodeUplink
from keys.directory.model import Membership, PartyEntry, PartyLimits
from tests import world
from tests.memory_bus import MemoryUplink
from tests.unit.broker.infra.stored_messages import arrival, opened, send
from tests.world import BEL, DAY_MS, NOW_MS

HOUR_MS = 3_600_000
ROTATED = world.trust(
    {
        BEL: world.entry(
            BEL,
            signing_keys=(
                world.published(
                    world.signing_key("BEL/old"), valid_to_ms=NOW_MS - HOUR_MS
                ),
                world.published(world.signing_key(BEL), valid_from_ms=NOW_MS - HOUR_MS),
            ),
        )
    }
)
ABSENT = BusUnavailableError("nobody there")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


@pytest.fixture
def way() -> MemoryUplink:
    return MemoryUplink()


def uplink(
    store: NodeStore, way: MemoryUplink, trust: Trust | None = None
) -> NodeUplink:
    holder = replace(world.holder(BEL), older=(world.signing_key("BEL/old"),))
    known = trust or world.trust()
    return NodeUplink(holder, store, way, world.FakeClock(), Limits(), lambda: known)


async def test_what_waits_is_brought_up_once(
    store: NodeStore, way: MemoryUplink
) -> None:
    messages = [send(store) for _ in range(3)]
    up = uplink(store, way)
    assert await up.step() == 3
    assert await up.step() == 0
    assert way.taken == [world.submitted(message) for message in messages]
    assert store.count_waiting() == 0


async def test_statements_go_up_together_under_one_signature(
    store: NodeStore, way: MemoryUplink
) -> None:
    message = world.sealed()
    store.store_delivered([arrival(message)])
    store.settle([opened(message, FIRST_LINK)])
    assert await uplink(store, way).step() == 1
    item = decode_submission(way.taken[0])
    assert isinstance(item, ReceiptsItem)
    bundle = decode_bundle(item.data, Limits())
    stages = [one.stage.name for one in read_bundle(bundle, world.view())]
    assert stages == ["DELIVERED", "OPENED"]


async def test_no_more_messages_go_up_than_the_stewards_allow_in_a_minute(
    store: NodeStore, way: MemoryUplink
) -> None:
    """Receipts are not held back for it: others wait for them."""
    view = world.view()
    own = Membership(party=BEL, limits=PartyLimits(messages_per_minute=2))
    federation = replace(view.federation, memberships=(own,))
    clock = world.FakeClock()
    trust = build_trust(replace(view, federation=federation))
    up = NodeUplink(world.holder(BEL), store, way, clock, Limits(), lambda: trust)
    messages = [world.submitted(send(store)) for _ in range(5)]
    message = world.sealed()
    store.store_delivered([arrival(message)])
    assert await up.step() == 3
    assert way.taken[:2] == messages[:2]
    assert await up.step() == 0
    clock.at_ms += 60_000
    assert await up.step() == 2
    assert way.taken[3:] == messages[2:4]
    assert await up.step() == 0
    way.arrived.clear()
    stop = asyncio.Event()
    running = asyncio.create_task(up.run(stop, poll_s=0.001))
    clock.at_ms += 60_000
    await asyncio.wait_for(way.arrived.wait(), 5)
    stop.set()
    await running
    assert way.taken[5:] == messages[4:]
    assert store.count_waiting() == 0


def bundles(way: MemoryUplink) -> list[list[int]]:
    """Returns the times in each bundle that went up, each verified."""
    found = []
    for payload in way.taken:
        item = decode_submission(payload)
        assert isinstance(item, ReceiptsItem)
        bundle = decode_bundle(item.data, Limits())
        found.append([one.at_ms for one in read_bundle(bundle, ROTATED.view)])
    return found


async def test_what_was_stated_before_a_rotation_is_signed_with_the_key_of_then(
    store: NodeStore, way: MemoryUplink
) -> None:
    times = [NOW_MS - 2 * HOUR_MS, NOW_MS, NOW_MS - 3 * HOUR_MS, NOW_MS]
    for at_ms in times:
        message = world.sealed()
        receipt = world.receipt(message, Stage.DELIVERED, at_ms=at_ms)
        store.store_delivered([(arrival(message)[0], receipt)])
    up = uplink(store, way, ROTATED)
    while await up.step():
        pass
    assert bundles(way) == [[at_ms] for at_ms in times]


async def test_statements_of_one_time_stay_together_after_a_rotation(
    store: NodeStore, way: MemoryUplink
) -> None:
    for later in range(3):
        message = world.sealed()
        receipt = world.receipt(message, Stage.DELIVERED, at_ms=NOW_MS + later)
        store.store_delivered([(arrival(message)[0], receipt)])
    await uplink(store, way, ROTATED).step()
    assert bundles(way) == [[NOW_MS, NOW_MS + 1, NOW_MS + 2]]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(None, id="not in the directory"),
        pytest.param(
            world.entry(
                BEL,
                signing_keys=(
                    world.published(world.signing_key(BEL), revoked_at_ms=NOW_MS),
                ),
            ),
            id="revoked, and the new key not here yet",
        ),
    ],
)
async def test_what_nobody_would_rely_on_waits_unsigned(
    store: NodeStore, way: MemoryUplink, entry: PartyEntry | None
) -> None:
    store.store_delivered([arrival(world.sealed())])
    assert await uplink(store, way, world.trust({BEL: entry})).step() == 0
    assert store.count_waiting() == 1
    assert await uplink(store, way).step() == 1


async def test_a_statement_that_no_key_covers_holds_up_no_other(
    store: NodeStore, way: MemoryUplink
) -> None:
    for at_ms in (NOW_MS - 400 * DAY_MS, NOW_MS):
        message = world.sealed()
        receipt = world.receipt(message, Stage.DELIVERED, at_ms=at_ms)
        store.store_delivered([(arrival(message)[0], receipt)])
    up = uplink(store, way)
    while await up.step():
        pass
    assert store.count_waiting() == 0


async def test_what_failed_is_sent_again_and_what_did_not_is_not(
    store: NodeStore, way: MemoryUplink
) -> None:
    messages = [send(store) for _ in range(3)]
    up = uplink(store, way)
    way.failures.extend([None, ABSENT, None])
    with pytest.raises(BusUnavailableError):
        await up.step()
    assert store.count_waiting() == 1
    assert await up.step() == 1
    expected = [messages[0], messages[2], messages[1]]
    assert way.taken == [world.submitted(message) for message in expected]


async def test_bytes_sent_again_after_a_crash_are_the_same(
    store: NodeStore, way: MemoryUplink
) -> None:
    """A bundle is stored as signed: the hub knows it again."""
    store.store_delivered([arrival(world.sealed())])
    refused: list[bytes] = []

    class Lost(MemoryUplink):
        """Takes everything, and says that it did not."""

        async def submit(self, payload: bytes) -> None:
            refused.append(payload)
            raise ABSENT

    with pytest.raises(BusUnavailableError):
        await uplink(store, Lost()).step()
    await uplink(store, way).step()
    assert way.taken == refused


async def test_the_loop_outlasts_an_absent_hub_a_refusal_and_a_broken_disk(
    store: NodeStore, way: MemoryUplink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.services.node_uplink._BACKOFF_S", (0.01,))
    way.failures.extend([ABSENT, BusRefusedError("no room"), None])
    whole, broken = store.change_counter, asyncio.Event()

    def counter() -> int:
        if not broken.is_set():
            broken.set()
            raise StoreError("disk I/O error")
        return whole()

    monkeypatch.setattr(store, "change_counter", counter)
    send(store)
    stop = asyncio.Event()
    up = uplink(store, way)
    running = asyncio.create_task(up.run(stop, poll_s=0.01))
    await asyncio.wait_for(way.arrived.wait(), 10)
    await asyncio.wait_for(broken.wait(), 10)
    way.arrived.clear()
    send(store)
    up.wake()
    await asyncio.wait_for(way.arrived.wait(), 10)
    stop.set()
    up.wake()
    await running
    assert len(way.taken) == 2


async def test_what_another_process_puts_there_is_noticed(
    store: NodeStore,
    way: MemoryUplink,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole, looks = store.change_counter, itertools.count(1)
    stop, resting = asyncio.Event(), asyncio.Event()

    def counter() -> int:
        if next(looks) > 2:
            resting.set()
        return whole()

    monkeypatch.setattr(store, "change_counter", counter)
    running = asyncio.create_task(uplink(store, way).run(stop, poll_s=0.01))
    await asyncio.wait_for(resting.wait(), 10)
    other = NodeStore(tmp_path / "node.sqlite3")
    message = await asyncio.to_thread(send, other)
    await asyncio.wait_for(way.arrived.wait(), 10)
    stop.set()
    await running
    other.close()
    assert way.taken == [world.submitted(message)]
