"""Tests of `NatsAuditTail` with the real server."""

import asyncio

import pytest

from broker.core import subjects
from broker.core.errors import BusUnavailableError
from broker.core.ports import Outgoing
from broker.infra.nats_audit_tail import NatsAuditTail
from broker.infra.nats_streams import NatsLedger
from tests.bus_world import BusWorld, letter

pytestmark = pytest.mark.integration


def entry(number: int, size: int = 0) -> Outgoing:
    return Outgoing(
        subject=subjects.AUDIT_ENTRIES,
        payload=f"entry {number}".encode().ljust(size),
        dedup_id=f"audit.{number}",
    )


async def read_all(tail: NatsAuditTail) -> list[bytes]:
    found: list[bytes] = []
    position = 0
    while entries := await tail.after(position):
        found += [data for _, data in entries]
        position = entries[-1][0]
    return found


async def test_an_empty_ledger_has_no_entries(bus_world: BusWorld) -> None:
    assert await NatsAuditTail(await bus_world.relay()).after(0) == []


async def test_entries_come_in_order_and_without_the_letters_between(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    relay = await bus_world.relay()
    for number in range(5):
        await NatsLedger(relay).commit([letter(ken, str(number)), entry(number)])
    assert await read_all(NatsAuditTail(relay)) == [
        f"entry {number}".encode() for number in range(5)
    ]


async def test_more_entries_than_one_answer_holds_are_read_in_portions(
    bus_world: BusWorld,
) -> None:
    relay = await bus_world.relay()
    await NatsLedger(relay).commit([entry(number) for number in range(400)])
    found = await read_all(NatsAuditTail(relay))
    assert found == [f"entry {number}".encode() for number in range(400)]


async def test_more_bytes_than_one_answer_holds_are_read_in_portions(
    bus_world: BusWorld,
) -> None:
    relay = await bus_world.relay()
    for number in range(24):
        await NatsLedger(relay).commit([entry(number, 900_000)])
    found = await read_all(NatsAuditTail(relay))
    assert [len(data) for data in found] == [900_000] * 24


async def test_reading_begins_after_the_number_that_is_known(
    bus_world: BusWorld,
) -> None:
    relay = await bus_world.relay()
    tail = NatsAuditTail(relay)
    await NatsLedger(relay).commit([entry(1), entry(2), entry(3)])
    numbers = [number for number, _ in await tail.after(0)]
    assert [n for n, _ in await tail.after(numbers[0])] == numbers[1:]
    assert await tail.after(numbers[-1]) == []


async def test_what_was_read_before_a_crash_is_read_again_after_it(
    bus_world: BusWorld,
) -> None:
    relay = await bus_world.relay()
    await NatsLedger(relay).commit([entry(1), entry(2)])
    tail = NatsAuditTail(relay)
    before = await tail.after(0)
    bus_world.server.kill()
    with pytest.raises(BusUnavailableError):
        await tail.after(0)
    await bus_world.server.start()
    async with asyncio.timeout(20):
        await relay.wait_connected(20)
    assert await tail.after(0) == before
