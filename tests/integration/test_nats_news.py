"""What only the registrar may say: news to every party, and snapshots to the log."""

import asyncio

import pytest

from broker.core import subjects
from broker.core.errors import BusUnavailableError
from broker.core.ports import Outgoing
from broker.infra.nats_audit_tail import NatsAuditTail, NatsLogTail
from broker.infra.nats_news import follow_news, tell_version
from broker.infra.nats_streams import NatsLedger
from tests.bus_world import BusWorld
from tests.siege import Siege

pytestmark = pytest.mark.integration


def entry(subject: str, name: str) -> Outgoing:
    return Outgoing(subject=subject, payload=name.encode(), dedup_id=name)


async def test_every_party_hears_what_the_hub_tells(bus_world: BusWorld) -> None:
    heard = [asyncio.Event(), asyncio.Event()]
    for name, event in zip(("KEN", "BEL"), heard, strict=True):
        node = await bus_world.node(await bus_world.admit(name))
        await follow_news(node, event.set)
        assert event.is_set()  # whoever was away may have missed something
        event.clear()
        await node.flush(5)
    await tell_version(bus_world.admin, 7)
    for event in heard:
        await asyncio.wait_for(event.wait(), 10)


async def test_a_relay_hears_it_too(bus_world: BusWorld) -> None:
    relay, heard = await bus_world.relay(), asyncio.Event()
    await follow_news(relay, heard.set)
    heard.clear()
    await relay.flush(5)
    await tell_version(bus_world.admin, 7)
    await asyncio.wait_for(heard.wait(), 10)


async def test_a_party_that_tells_news_is_heard_by_nobody(siege: Siege) -> None:
    heard = asyncio.Event()
    victim = await siege.world.node(siege.ken)
    for bus in (victim, siege.world.admin):
        await follow_news(bus, heard.set)
        await bus.flush(5)
    heard.clear()
    await siege.send(subjects.NEWS, b"1000")
    # Whatever it set off has gone through the same server before this.
    for bus in (siege.world.admin, victim):
        await bus.flush(5)
    assert not heard.is_set()


async def test_the_relay_cannot_write_snapshots(bus_world: BusWorld) -> None:
    relay = NatsLedger(await bus_world.relay(), timeout_s=0.5)
    with pytest.raises(BusUnavailableError):
        await relay.commit([entry(subjects.SNAPSHOTS, "forged")])
    assert await NatsLogTail(bus_world.admin).after(0) == []


async def test_the_log_follows_both_and_the_relay_its_own(bus_world: BusWorld) -> None:
    ledger = NatsLedger(bus_world.admin)
    kinds = [subjects.AUDIT_ENTRIES, subjects.SNAPSHOTS, subjects.AUDIT_ENTRIES]
    for number, subject in enumerate(kinds):
        await ledger.commit([entry(subject, str(number))])
    found = await NatsLogTail(bus_world.admin).after(0)
    assert [(one.subject, one.data) for one in found] == [
        (subject, b"%d" % number) for number, subject in enumerate(kinds)
    ]
    snapshots = NatsLogTail(bus_world.admin, subject=subjects.SNAPSHOTS)
    assert [one.data for one in await snapshots.after(0)] == [b"1"]
    relay = NatsAuditTail(await bus_world.relay())
    assert [data for _, data in await relay.after(0)] == [b"0", b"2"]
