"""Tests of `NatsLedger` and `NatsUplink` with the real server."""

import asyncio
import json
from pathlib import Path

import pytest

from broker.core import subjects
from broker.core.errors import (
    AlreadyCommittedError,
    BusRefusedError,
    BusUnavailableError,
)
from broker.core.ports import Outgoing
from broker.infra.nats_provisioning import StreamLimits
from broker.infra.nats_streams import MAX_BATCH, NatsLedger, NatsUplink
from tests.bus_world import BusWorld, letter

pytestmark = pytest.mark.integration


async def test_an_empty_batch_is_nothing(bus_world: BusWorld) -> None:
    await NatsLedger(await bus_world.relay()).commit([])
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 0


@pytest.mark.parametrize("size", [1, 2, 3, 10, MAX_BATCH])
async def test_a_batch_is_written_once_whatever_its_size(
    bus_world: BusWorld, size: int
) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(await bus_world.relay())
    items = [letter(ken, str(n)) for n in range(size)]
    await ledger.commit(items)
    with pytest.raises(AlreadyCommittedError):
        await ledger.commit(items)
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == size


async def test_a_batch_with_one_known_message_writes_nothing(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(await bus_world.relay())
    await ledger.commit([letter(ken, "known")])
    with pytest.raises(AlreadyCommittedError):
        await ledger.commit(
            [letter(ken, "new"), letter(ken, "known"), letter(ken, "newer")]
        )
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 1


async def test_what_was_committed_is_known_after_a_crash(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    relay = await bus_world.relay()
    ledger = NatsLedger(relay)
    items = [letter(ken, "1"), letter(ken, "2")]
    await ledger.commit(items)
    bus_world.server.kill()
    await bus_world.server.start()
    async with asyncio.timeout(10):
        while True:
            try:
                await relay.wait_connected(10)
                await ledger.commit(items)
            except BusUnavailableError:
                await asyncio.sleep(0.01)
            except AlreadyCommittedError:
                break
    await bus_world.admin.wait_connected(10)
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 2


async def test_a_batch_that_was_left_half_sent_does_not_count(
    bus_world: BusWorld,
) -> None:
    """The sender crashed before the last message, then sends all again."""
    ken = await bus_world.admit("KEN")
    relay = await bus_world.relay()
    items = [letter(ken, "1"), letter(ken, "2")]
    headers = {
        "Nats-Batch-Id": "half",
        "Nats-Batch-Sequence": "1",
        "Nats-Msg-Id": items[0].dedup_id,
    }
    await relay.publish(items[0].subject, items[0].payload, headers)
    await relay.flush(5)
    await NatsLedger(relay).commit(items)
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 2


async def test_a_batch_that_is_too_long_is_refused(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    items = [letter(ken, str(n)) for n in range(MAX_BATCH + 1)]
    with pytest.raises(BusRefusedError, match="at most 1000"):
        await NatsLedger(await bus_world.relay()).commit(items)


async def test_a_batch_that_repeats_itself_is_not_taken_for_committed(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    with pytest.raises(BusRefusedError, match="same dedup_id"):
        await NatsLedger(await bus_world.relay()).commit([letter(ken, "1")] * 2)


async def test_a_message_that_is_too_large_refuses_the_batch(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(await bus_world.relay())
    with pytest.raises(BusRefusedError, match="maximum payload"):
        await ledger.commit([letter(ken, "1"), letter(ken, "2", bytes(1024**2 + 1))])
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 0


async def test_a_subject_of_no_stream_writes_nothing(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(bus_world.admin, timeout_s=1)
    astray = Outgoing(subject="nowhere", payload=b"", dedup_id="2")
    with pytest.raises(BusUnavailableError):
        await ledger.commit([astray, letter(ken, "1")])
    with pytest.raises(BusUnavailableError):
        await ledger.commit([letter(ken, "3"), astray])
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 0


async def test_a_subject_of_another_stream_is_told(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    astray = Outgoing(
        subject=subjects.submission(ken.public), payload=b"", dedup_id="1"
    )
    with pytest.raises(BusRefusedError, match="another stream"):
        await NatsLedger(bus_world.admin).commit([astray])


async def test_a_full_ledger_says_no_and_loses_nothing(tmp_path: Path) -> None:
    limits = StreamLimits(in_max_bytes=2**20, ledger_max_bytes=8192)
    async with BusWorld(tmp_path, limits) as world:
        ken = await world.admit("KEN")
        ledger = NatsLedger(await world.relay())
        await ledger.commit([letter(ken, "1", bytes(4000))])
        for items in (
            [letter(ken, "2", bytes(5000))],
            [letter(ken, "3"), letter(ken, "4", bytes(5000))],
        ):
            with pytest.raises(BusRefusedError, match="maximum bytes"):
                await ledger.commit(items)
        assert (await world.stream(subjects.LEDGER))["messages"] == 1


async def test_one_party_cannot_fill_the_stream_of_submissions(
    tmp_path: Path,
) -> None:
    limits = StreamLimits(
        in_max_bytes=2**20, ledger_max_bytes=2**20, in_max_messages_per_party=3
    )
    async with BusWorld(tmp_path, limits) as world:
        ken, bel = await world.admit("KEN"), await world.admit("BEL")
        flooding = NatsUplink(await world.node(ken))
        for _ in range(3):
            await flooding.submit(b"x")
        with pytest.raises(BusRefusedError, match="maximum messages per subject"):
            await flooding.submit(b"x")
        await NatsUplink(await world.node(bel)).submit(b"x")


async def test_a_node_without_hub_is_told(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    uplink = NatsUplink(await bus_world.node(ken))
    await bus_world.admin.request("$JS.API.STREAM.DELETE.IN", b"", 5)
    with pytest.raises(BusUnavailableError, match="no responders"):
        await uplink.submit(b"x")


async def test_an_uplink_that_leads_elsewhere_is_told(bus_world: BusWorld) -> None:
    """The hub's own connection has no `x.out`: something else answers there."""
    config = {"name": "ELSEWHERE", "subjects": [subjects.OUT]}
    await bus_world.admin.request(
        "$JS.API.STREAM.CREATE.ELSEWHERE", json.dumps(config).encode(), 5
    )
    with pytest.raises(BusRefusedError, match="another stream"):
        await NatsUplink(bus_world.admin).submit(b"x")
