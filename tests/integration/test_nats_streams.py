"""Tests of `broker.infra.nats_streams` with the real server, across accounts."""

import asyncio
import json
from pathlib import Path

import pytest
from nats.aio.msg import Msg

from broker.core import subjects
from broker.core.errors import (
    AlreadyCommittedError,
    BusRefusedError,
    BusUnavailableError,
)
from broker.core.ports import Outgoing
from broker.infra.nats_admission import StreamLimits
from broker.infra.nats_bus import Bus
from broker.infra.nats_streams import MAX_BATCH, NatsLedger, NatsSource, NatsUplink
from keys.nats_jwt import Permissions
from keys.nkeys import NatsKey
from tests.bus_world import BusWorld

pytestmark = pytest.mark.integration


def item(account: NatsKey, name: str, payload: bytes = b"x") -> Outgoing:
    return Outgoing(
        subject=subjects.inbox(account.public), payload=payload, dedup_id=name
    )


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
        [item(ken, "1", b"for KEN"), item(bel, "2", b"for BEL"), item(ken, "3", b"too")]
    )
    for account, expected in ((ken, [b"for KEN", b"too"]), (bel, [b"for BEL"])):
        source = inbox_of(await bus_world.node(account), account)
        assert [m.data for m in await source.fetch(10, 5)] == expected


async def test_what_was_acknowledged_does_not_come_again(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit([item(ken, "1"), item(ken, "2")])
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
        await NatsLedger(await world.relay()).commit([item(ken, "1")])
        source = inbox_of(await world.node(ken), ken)
        (first,) = await source.fetch(1, 5)
        (again,) = await source.fetch(1, 5)
        assert again.sequence == first.sequence
        await source.acknowledge([again])


async def test_a_limit_is_kept_and_the_rest_comes_next(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit(
        [item(ken, str(n)) for n in range(5)]
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
    await NatsLedger(await bus_world.relay()).commit([item(ken, "1")])
    assert len(await source.fetch(10, 0)) == 1


async def test_a_message_that_comes_while_waiting_is_returned_at_once(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    relay = await bus_world.relay()
    source = inbox_of(await bus_world.node(ken), ken)
    waiting = asyncio.create_task(source.fetch(10, 3600))
    await until_somebody_waits(bus_world, ken)
    await NatsLedger(relay).commit([item(ken, "1")])
    assert len(await asyncio.wait_for(waiting, 5)) == 1


async def test_a_large_portion_is_cut_by_bytes(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit(
        [item(ken, str(n), bytes(4000)) for n in range(3)]
    )
    bus = await bus_world.node(ken)
    source = NatsSource(bus, subjects.LEDGER, ken.public, max_bytes=9000)
    assert len(await source.fetch(10, 5)) == 2
    assert len(await source.fetch(10, 5)) == 1


async def test_a_message_larger_than_any_portion_is_told(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await NatsLedger(await bus_world.relay()).commit([item(ken, "1", bytes(4000))])
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


async def test_an_empty_batch_is_nothing(bus_world: BusWorld) -> None:
    await NatsLedger(await bus_world.relay()).commit([])
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 0


@pytest.mark.parametrize("size", [1, 2, 3, 10, MAX_BATCH])
async def test_a_batch_is_written_once_whatever_its_size(
    bus_world: BusWorld, size: int
) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(await bus_world.relay())
    items = [item(ken, str(n)) for n in range(size)]
    await ledger.commit(items)
    with pytest.raises(AlreadyCommittedError):
        await ledger.commit(items)
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == size


async def test_a_batch_with_one_known_message_writes_nothing(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(await bus_world.relay())
    await ledger.commit([item(ken, "known")])
    with pytest.raises(AlreadyCommittedError):
        await ledger.commit([item(ken, "new"), item(ken, "known"), item(ken, "newer")])
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 1


async def test_what_was_committed_is_known_after_a_crash(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    relay = await bus_world.relay()
    ledger = NatsLedger(relay)
    items = [item(ken, "1"), item(ken, "2")]
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
    items = [item(ken, "1"), item(ken, "2")]
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
    items = [item(ken, str(n)) for n in range(MAX_BATCH + 1)]
    with pytest.raises(BusRefusedError, match="at most 1000"):
        await NatsLedger(await bus_world.relay()).commit(items)


async def test_a_batch_that_repeats_itself_is_not_taken_for_committed(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    with pytest.raises(BusRefusedError, match="same dedup_id"):
        await NatsLedger(await bus_world.relay()).commit([item(ken, "1")] * 2)


async def test_a_message_that_is_too_large_refuses_the_batch(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(await bus_world.relay())
    with pytest.raises(BusRefusedError, match="maximum payload"):
        await ledger.commit([item(ken, "1"), item(ken, "2", bytes(1024**2 + 1))])
    assert (await bus_world.stream(subjects.LEDGER))["messages"] == 0


async def test_a_subject_of_no_stream_writes_nothing(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    ledger = NatsLedger(bus_world.admin, timeout_s=1)
    astray = Outgoing(subject="nowhere", payload=b"", dedup_id="2")
    with pytest.raises(BusUnavailableError):
        await ledger.commit([astray, item(ken, "1")])
    with pytest.raises(BusUnavailableError):
        await ledger.commit([item(ken, "3"), astray])
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
        await ledger.commit([item(ken, "1", bytes(4000))])
        for items in (
            [item(ken, "2", bytes(5000))],
            [item(ken, "3"), item(ken, "4", bytes(5000))],
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
