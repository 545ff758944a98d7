"""Tests of `broker.infra.nats_admission` with the real server."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from broker.core import subjects
from broker.core.errors import BusRefusedError, BusUnavailableError, RefusedError
from broker.core.ports import Outgoing
from broker.infra.nats_admission import Admission
from broker.infra.nats_bus import Bus
from broker.infra.nats_provisioning import BusProvisioning
from broker.infra.nats_streams import NatsLedger, NatsSource, NatsUplink
from keys.nats_jwt import AccountLimits
from keys.nkeys import KeyKind, NatsKey, decode_public
from tests.bus_world import LIMITS, NOW_MS, BusWorld, new_key

pytestmark = pytest.mark.integration


async def until_cut(bus: Bus) -> None:
    """Returns when the server has ended the present connection of `bus`."""
    cut = asyncio.Event()
    async with bus.answers(lambda _: None, cut.set):
        await asyncio.wait_for(cut.wait(), 5)


async def config_of(world: BusWorld, stream: str) -> dict[str, Any]:
    answer = await world.admin.request(f"$JS.API.STREAM.INFO.{stream}", b"", 5)
    config: dict[str, Any] = json.loads(answer)["config"]
    return config


async def test_a_party_joins_and_nobody_else_is_disturbed(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    relay, node = await bus_world.relay(), await bus_world.node(ken)
    bel = await bus_world.admit("BEL")
    await NatsUplink(await bus_world.node(bel)).submit(b"x")
    await NatsUplink(node).submit(b"x")
    source = NatsSource(relay, subjects.IN, subjects.RELAY)
    assert len(await source.fetch(10, 5)) == 2
    assert bus_world.problems == []


async def test_admitting_again_changes_nothing(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    node = await bus_world.node(ken)
    await bus_world.admission.push_hub(now_ms=NOW_MS)
    for _ in range(2):
        await bus_world.admission.push_party(ken.public, "KEN", now_ms=NOW_MS)
        await bus_world.provisioning.ensure_party(ken.public)
    await NatsUplink(node).submit(b"x")
    assert bus_world.problems == []


async def test_all_accounts_are_listed(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    assert await bus_world.admission.accounts() == {
        ken.public,
        bus_world.hub.public,
        bus_world.system.public,
    }


async def test_a_removed_party_is_cut_and_refused_and_nobody_else(
    bus_world: BusWorld,
) -> None:
    ken, bel = await bus_world.admit("KEN"), await bus_world.admit("BEL")
    node, other = await bus_world.node(ken), await bus_world.node(bel)
    cut = asyncio.create_task(until_cut(node))
    await asyncio.sleep(0)
    await bus_world.admission.remove(ken.public, now_ms=NOW_MS)
    await cut
    with pytest.raises(BusUnavailableError):
        await NatsUplink(node).submit(b"x")
    with pytest.raises(BusRefusedError):
        await bus_world.node(ken)
    await NatsUplink(other).submit(b"x")
    assert ken.public not in await bus_world.admission.accounts()
    assert (await bus_world.stream(subjects.IN))["messages"] == 1


async def test_a_party_that_is_admitted_again_comes_back_by_itself(
    bus_world: BusWorld,
) -> None:
    """And finds what was written for it in the meantime."""
    ken = await bus_world.admit("KEN")
    node = await bus_world.node(ken)
    cut = asyncio.create_task(until_cut(node))
    await asyncio.sleep(0)
    await bus_world.admission.remove(ken.public, now_ms=NOW_MS)
    await cut
    letter = Outgoing(
        subject=subjects.inbox(ken.public), payload=b"letter", dedup_id="1"
    )
    await NatsLedger(await bus_world.relay()).commit([letter])
    await bus_world.admission.push_party(ken.public, "KEN", now_ms=NOW_MS + 1000)
    await bus_world.provisioning.ensure_party(ken.public)
    async with asyncio.timeout(20):
        while not node.connected:
            try:
                await node.wait_connected(20)
            except BusRefusedError:
                await asyncio.sleep(0.05)
    source = NatsSource(node, subjects.LEDGER, ken.public)
    assert [m.data for m in await source.fetch(1, 5)] == [b"letter"]


async def test_removing_a_stranger_is_no_mistake(bus_world: BusWorld) -> None:
    stranger = new_key(KeyKind.ACCOUNT).public
    await bus_world.admission.remove(stranger, now_ms=NOW_MS)
    assert stranger not in await bus_world.admission.accounts()


async def test_the_hub_cannot_be_removed_or_made_a_party(bus_world: BusWorld) -> None:
    hub = bus_world.hub.public
    with pytest.raises(BusRefusedError):
        await bus_world.admission.remove(hub, now_ms=NOW_MS)
    with pytest.raises(BusRefusedError):
        await bus_world.admission.push_party(hub, "KEN", now_ms=NOW_MS)
    assert hub in await bus_world.admission.accounts()


async def test_a_revoked_user_is_cut_and_the_next_is_admitted(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    lost = await bus_world.node(ken)
    user = bus_world.last_user
    cut = asyncio.create_task(until_cut(lost))
    await asyncio.sleep(0)
    await bus_world.admission.push_party(
        ken.public, "KEN", now_ms=NOW_MS + 1000, revoked={user: NOW_MS // 1000 + 1}
    )
    await cut
    with pytest.raises(BusRefusedError):
        await lost.wait_connected(10)
    await NatsUplink(await bus_world.node(ken)).submit(b"x")


async def test_another_operator_admits_nobody(bus_world: BusWorld) -> None:
    """Even with the system account's key; the server stores the claim, no more."""
    system = await bus_world.connect(bus_world.system)
    other = Admission(system, new_key(KeyKind.OPERATOR), bus_world.hub.public)
    stranger = new_key(KeyKind.ACCOUNT)
    await other.push_party(stranger.public, "XXX", now_ms=NOW_MS)
    with pytest.raises(BusRefusedError):
        await bus_world.node(stranger)


async def test_another_operator_removes_nobody(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    system = await bus_world.connect(bus_world.system)
    other = Admission(system, new_key(KeyKind.OPERATOR), bus_world.hub.public)
    with pytest.raises(BusRefusedError):
        await other.remove(ken.public, now_ms=NOW_MS)
    await NatsUplink(await bus_world.node(ken)).submit(b"x")


async def test_a_party_keeps_to_its_limits(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    await bus_world.admission.push_party(
        ken.public,
        "KEN",
        now_ms=NOW_MS + 1000,
        limits=AccountLimits(connections=1, payload=1000),
    )
    node = await bus_world.node(ken)
    with pytest.raises(BusRefusedError, match="maximum account active connections"):
        await bus_world.node(ken)
    with pytest.raises(BusUnavailableError):
        await NatsUplink(node, timeout_s=1).submit(bytes(2000))
    assert (await bus_world.stream(subjects.IN))["messages"] == 0


@pytest.mark.parametrize("forged", ["", "*", ">", "A.>"])
async def test_a_forged_account_is_admitted_nowhere(
    bus_world: BusWorld, forged: str
) -> None:
    with pytest.raises(RefusedError):
        await bus_world.admission.push_party(forged, "KEN", now_ms=NOW_MS)
    with pytest.raises(RefusedError):
        await bus_world.provisioning.ensure_party(forged)


async def test_streams_are_as_durable_as_promised(bus_world: BusWorld) -> None:
    ledger = await config_of(bus_world, subjects.LEDGER)
    submissions = await config_of(bus_world, subjects.IN)
    for config in (ledger, submissions):
        assert config["storage"] == "file"
        assert config["retention"] == "limits"
        assert config["discard"] == "new"
        assert config["deny_delete"]
        assert not config.get("allow_rollup_hdrs")
        assert not config.get("allow_msg_ttl")
    assert ledger["allow_atomic"]
    assert ledger["deny_purge"]
    assert ledger["duplicate_window"] == 600 * 10**9
    assert ledger["max_age"] == 400 * 86_400 * 10**9
    assert not submissions.get("allow_atomic")


async def test_streams_follow_changed_limits(bus_world: BusWorld) -> None:
    ken = await bus_world.admit("KEN")
    changed = replace(
        LIMITS, ledger_max_bytes=2**20, ack_wait_ms=5000, duplicate_window_ms=1000
    )
    provisioning = BusProvisioning(bus_world.admin, changed)
    await provisioning.ensure_streams()
    await provisioning.ensure_party(ken.public)
    ledger = await config_of(bus_world, subjects.LEDGER)
    assert ledger["max_bytes"] == 2**20
    assert ledger["duplicate_window"] == 10**9
    for stream, durable in (
        (subjects.IN, subjects.RELAY),
        (subjects.LEDGER, ken.public),
    ):
        state = await bus_world.durable(stream, durable)
        assert state["config"]["ack_wait"] == 5 * 10**9


async def test_what_the_server_cannot_change_is_told(bus_world: BusWorld) -> None:
    changed = replace(LIMITS, replicas=3)
    with pytest.raises(BusRefusedError, match=r"STREAM\.UPDATE\.IN: .*replicas"):
        await BusProvisioning(bus_world.admin, changed).ensure_streams()


async def test_a_ledger_larger_than_the_disk_allows_is_told(
    bus_world: BusWorld,
) -> None:
    changed = replace(LIMITS, ledger_max_bytes=2**60)
    with pytest.raises(BusRefusedError, match=r"STREAM\.UPDATE\.LEDGER"):
        await BusProvisioning(bus_world.admin, changed).ensure_streams()


async def test_trimming_drops_what_was_relayed_and_nothing_else(
    bus_world: BusWorld,
) -> None:
    ken = await bus_world.admit("KEN")
    uplink = NatsUplink(await bus_world.node(ken))
    await bus_world.provisioning.trim_in()
    for _ in range(3):
        await uplink.submit(b"x")
    source = NatsSource(await bus_world.relay(), subjects.IN, subjects.RELAY)
    first, second, _third = await source.fetch(3, 5)
    await source.acknowledge([first, second])
    await bus_world.provisioning.trim_in()
    state = await bus_world.stream(subjects.IN)
    assert (state["messages"], state["first_seq"]) == (1, 3)


async def test_two_hundred_parties_join_within_seconds(bus_world: BusWorld) -> None:
    async with asyncio.timeout(20):
        parties = [await bus_world.admit(f"P{n}") for n in range(200)]
    last: NatsKey = parties[-1]
    assert decode_public(last.public, KeyKind.ACCOUNT)
    await NatsUplink(await bus_world.node(last)).submit(b"x")


async def read_all(world: BusWorld, party: NatsKey, count: int) -> list[bytes]:
    """Reads and acknowledges what waits for a party."""
    source = NatsSource(await world.node(party), subjects.LEDGER, party.public)
    found = await source.fetch(count, 5)
    await source.acknowledge(found)
    return [message.data for message in found]


async def write(world: BusWorld, account: str, *texts: bytes) -> None:
    """Writes letters for an account, as the relay does."""
    await NatsLedger(await world.relay()).commit(
        [
            Outgoing(
                subject=subjects.inbox(account), payload=text, dedup_id=text.decode()
            )
            for text in texts
        ]
    )


async def succeed(
    world: BusWorld, party: NatsKey, *former: str, now_ms: int = NOW_MS + 1000
) -> None:
    """Admits an account in the place of others."""
    await world.provisioning.ensure_party(party.public, former)
    await world.admission.push_party(party.public, "KEN", now_ms=now_ms)


async def test_a_new_account_goes_on_where_the_old_one_had_stopped(
    bus_world: BusWorld,
) -> None:
    """What was read is not read again, and nothing that waited is lost."""
    old, new, newest = (
        await bus_world.admit("KEN"),
        new_key(KeyKind.ACCOUNT),
        new_key(KeyKind.ACCOUNT),
    )
    bel = await bus_world.admit("BEL")
    await write(bus_world, old.public, b"1", b"2")
    assert await read_all(bus_world, old, 2) == [b"1", b"2"]
    await write(bus_world, old.public, b"3")
    await write(bus_world, bel.public, b"for another")
    await bus_world.admission.remove(old.public, now_ms=NOW_MS)
    for _ in range(2):
        await succeed(bus_world, new, old.public)
    await write(bus_world, old.public, b"4, by a worker that had not heard yet")
    await write(bus_world, new.public, b"5")
    assert await read_all(bus_world, new, 2) == [
        b"3",
        b"4, by a worker that had not heard yet",
    ]
    await bus_world.admission.remove(new.public, now_ms=NOW_MS)
    await succeed(bus_world, newest, old.public, new.public)
    await write(bus_world, newest.public, b"6")
    assert await read_all(bus_world, newest, 9) == [b"5", b"6"]
    assert await read_all(bus_world, bel, 9) == [b"for another"]


async def test_a_durable_that_is_there_keeps_its_place(bus_world: BusWorld) -> None:
    """However often it is made again, with whatever limits."""
    old, new = await bus_world.admit("KEN"), new_key(KeyKind.ACCOUNT)
    await write(bus_world, old.public, b"1")
    await succeed(bus_world, new, old.public)
    assert await read_all(bus_world, new, 9) == [b"1"]
    changed = BusProvisioning(bus_world.admin, replace(LIMITS, ack_wait_ms=5000))
    await changed.ensure_party(new.public, (old.public,))
    await changed.ensure_party(new.public)
    state = await bus_world.durable(subjects.LEDGER, new.public)
    assert state["config"]["ack_wait"] == 5 * 10**9
    assert len(state["config"]["filter_subjects"]) == 2
    await write(bus_world, new.public, b"2")
    assert await read_all(bus_world, new, 9) == [b"2"]


async def test_an_account_whose_predecessor_never_read_begins_at_the_beginning(
    bus_world: BusWorld,
) -> None:
    old, new = new_key(KeyKind.ACCOUNT), new_key(KeyKind.ACCOUNT)
    await write(bus_world, old.public, b"1")
    await succeed(bus_world, new, old.public)
    assert await read_all(bus_world, new, 9) == [b"1"]
