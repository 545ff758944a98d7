"""The outbox is emptied, as long as it takes, and nothing is sent that was taken."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.envelope import ReceiptsItem, decode_submission
from broker.core.codec.receipts import decode_bundle
from broker.core.errors import BusRefusedError, BusUnavailableError, StoreError
from broker.core.limits import Limits
from broker.core.model import FIRST_LINK
from broker.core.receipts import read_bundle
from broker.infra.node_store import NodeStore
from broker.services.node_uplink import NodeUplink
from tests import world
from tests.memory_bus import MemoryUplink
from tests.unit.broker.infra.stored_messages import arrival, opened, send
from tests.world import BEL

ABSENT = BusUnavailableError("nobody there")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NodeStore]:
    made = NodeStore(tmp_path / "node.sqlite3")
    yield made
    made.close()


@pytest.fixture
def way() -> MemoryUplink:
    return MemoryUplink()


def uplink(store: NodeStore, way: MemoryUplink) -> NodeUplink:
    return NodeUplink(world.holder(BEL), store, way, world.FakeClock(), Limits())


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
