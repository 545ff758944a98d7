"""Tests of `NatsSource` with the real server, across accounts."""

import asyncio
import json
from pathlib import Path

import pytest
from nats.aio.msg import Msg

from broker.core import subjects
from broker.core.errors import (
    BusUnavailableError,
)
from broker.infra.nats_bus import Bus
from broker.infra.nats_provisioning import StreamLimits
from broker.infra.nats_streams import NatsLedger, NatsSource, NatsUplink
from keys.nats_jwt import Permissions
from keys.nkeys import NatsKey
from tests.bus_world import BusWorld, letter

pytestmark = pytest.mark.integration


def inbox_of(bus: Bus, account: NatsKey) -> NatsSource:
    return NatsSource(bus, subjects.LEDGER, account.public)


async def until_somebody_waits(world: BusWorld, account: NatsKey) -> None:
    async with asyncio.timeout(10):
        waiting = 0
        while not waiting:
            state = await world.durable(subjects.LEDGER, account.public)
            waiting = state["num_waiting"]


async def test_a_submission_arrives_under_the_account_of_its_sender(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    await NatsUplink(await bus_world.node(ken)).submit(b"sealed")
    source = NatsSource(await bus_world.relay(), subjects.IN, subjects.RELAY)
    (message,) = await source.fetch(10, 5)
    assert message.data == b"sealed"
    assert message.sequence == 1
    assert subjects.account_of(message.subject) == ken.public


async def test_what_is_committed_reaches_each_inbox_and_no_other(
    bus_world: BusWorld,
) -> None:
    ken, bel = await bus_world.admit("KEN"), await bus_world.admit("BEL")
    await NatsLedger(await bus_world.relay()).commit(
        [
            letter(ken, "1", b"for KEN"),
            letter(bel, "2", b"for BEL"),
            letter(ken, "3", b"too"),
        ]
    )
    for account, expected in ((ken, [b"for KEN", b"too"]), (bel, [b"for BEL"])):
        source = inbox_of(await bus_world.node(account), account)
        assert [m.data for m in await source.fetch(10, 5)] == expected


async def test_what_was_acknowledged_does_not_come_again(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit(
        [letter(ken, "1"), letter(ken, "2")]
    )
    source = inbox_of(await bus_world.node(ken), ken)
    await source.acknowledge(await source.fetch(10, 5))
    await source.acknowledge([])
    info = await bus_world.durable(subjects.LEDGER, ken.public)
    assert info["num_ack_pending"] == 0
    assert info["ack_floor"]["stream_seq"] == 2


async def test_what_was_not_acknowledged_comes_again(tmp_path: Path) -> None:
    limits = StreamLimits(in_max_bytes=2**20, ledger_max_bytes=2**20, ack_wait_ms=100)
    async with BusWorld(tmp_path, limits) as world:
        ken = await world.admit("KEN")
        await NatsLedger(await world.relay()).commit([letter(ken, "1")])
        source = inbox_of(await world.node(ken), ken)
        (first,) = await source.fetch(1, 5)
        (again,) = await source.fetch(1, 5)
        assert again.sequence == first.sequence
        await source.acknowledge([again])


async def test_a_limit_is_kept_and_the_rest_comes_next(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit(
        [letter(ken, str(n)) for n in range(5)]
    )
    source = inbox_of(await bus_world.node(ken), ken)
    assert [m.sequence for m in await source.fetch(3, 5)] == [1, 2, 3]
    assert [m.sequence for m in await source.fetch(3, 5)] == [4, 5]


async def test_silence_gives_nothing(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    assert await inbox_of(await bus_world.node(ken), ken).fetch(10, 0.05) == []


async def test_without_waiting_the_answer_is_immediate(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    source = inbox_of(await bus_world.node(ken), ken)
    assert await source.fetch(10, 0) == []
    await NatsLedger(await bus_world.relay()).commit([letter(ken, "1")])
    # The server tells its durables a moment after it has confirmed the batch.
    async with asyncio.timeout(5):
        while not (found := await source.fetch(10, 0)):
            pass
    assert len(found) == 1


async def test_a_message_that_comes_while_waiting_is_returned_at_once(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    relay = await bus_world.relay()
    source = inbox_of(await bus_world.node(ken), ken)
    waiting = asyncio.create_task(source.fetch(10, 3600))
    await until_somebody_waits(bus_world, ken)
    await NatsLedger(relay).commit([letter(ken, "1")])
    assert len(await asyncio.wait_for(waiting, 5)) == 1


async def test_a_large_portion_is_cut_by_bytes(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit(
        [letter(ken, str(n), bytes(4000)) for n in range(3)]
    )
    bus = await bus_world.node(ken)
    source = NatsSource(bus, subjects.LEDGER, ken.public, max_bytes=9000)
    assert len(await source.fetch(10, 5)) == 2
    assert len(await source.fetch(10, 5)) == 1


async def test_a_message_larger_than_any_portion_is_told(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit([letter(ken, "1", bytes(4000))])
    bus = await bus_world.node(ken)
    source = NatsSource(bus, subjects.LEDGER, ken.public, max_bytes=1000)
    with pytest.raises(BusUnavailableError, match="Exceeds MaxBytes"):
        await source.fetch(10, 5)


async def test_a_durable_that_is_not_there_is_told(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    subject = f"$JS.API.CONSUMER.DELETE.LEDGER.{ken.public}"
    await bus_world.admin.request(subject, b"", 5)
    source = inbox_of(await bus_world.node(ken), ken)
    with pytest.raises(BusUnavailableError, match="no such durable"):
        await source.fetch(10, 60)


async def test_a_durable_that_goes_away_while_waiting_is_told(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    source = inbox_of(await bus_world.node(ken), ken)
    waiting = asyncio.create_task(source.fetch(10, 60))
    await until_somebody_waits(bus_world, ken)
    subject = f"$JS.API.CONSUMER.DELETE.LEDGER.{ken.public}"
    await bus_world.admin.request(subject, b"", 5)
    with pytest.raises(BusUnavailableError, match="Consumer Deleted"):
        await waiting


async def test_a_server_that_says_nothing_is_an_absence(
    bus_world: BusWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.infra.nats_streams._GRACE_S", 0.05)
    prefix = subjects.inbox_prefix("mute")
    permissions = Permissions(subscribe=(f"{prefix}.>",))
    mute = await bus_world.connect(bus_world.hub, permissions, "mute")
    source = NatsSource(mute, subjects.IN, subjects.RELAY)
    with pytest.raises(BusUnavailableError, match="no sign"):
        await source.fetch(10, 0.05)


async def test_a_crash_while_waiting_is_told_at_once(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    source = inbox_of(await bus_world.node(ken), ken)
    waiting = asyncio.create_task(source.fetch(10, 3600))
    await until_somebody_waits(bus_world, ken)
    bus_world.server.kill()
    with pytest.raises(BusUnavailableError):
        await asyncio.wait_for(waiting, 5)


async def test_idle_waiting_shows_signs_of_life(
    bus_world: BusWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.infra.nats_streams._HEARTBEAT_S", 0.1)
    monkeypatch.setattr("broker.infra.nats_streams._GRACE_S", 0.1)
    ken = await bus_world.admit("KEN")
    source = inbox_of(await bus_world.node(ken), ken)
    assert await source.fetch(10, 0.8) == []


async def test_the_server_remembers_no_question_that_is_over(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    node = await bus_world.node(ken)
    for _ in range(20):
        await inbox_of(node, ken).fetch(10, 0.01)
    await node.flush(5)
    system = await bus_world.connect(bus_world.system)
    subject = f"$SYS.REQ.ACCOUNT.{bus_world.hub.public}.INFO"
    info = json.loads(await system.request(subject, b"", 5))
    assert not info["data"].get("responses")


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "x.in.someone",
        "$JS.ACK.OTHER.relay.1.1.1.1.0",
        "$JS.ACK.IN.relay.1.x.1.1.0",
        "$JS.ACK.IN.relay.1",
    ],
)
async def test_a_forged_delivery_is_not_taken_for_a_message(
    bus_world: BusWorld, reply: str
) -> None:
    """Somebody in the hub's own account answers in the place of the server."""

    async def forge(question: Msg) -> None:
        await bus_world.admin.publish(question.reply, b"forged", reply=reply)

    await bus_world.admin.subscribe(subjects.pull(subjects.IN, subjects.RELAY), forge)
    await bus_world.admin.flush(5)
    source = NatsSource(await bus_world.relay(), subjects.IN, subjects.RELAY)
    assert await source.fetch(1, 0.3) == []
