"""The stewards' limits and suspensions at the relay: refused, signed, no one else."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.envelope import decode_envelope
from broker.core.errors import BusUnavailableError, Code
from broker.core.flows.usage import stored_bytes
from broker.core.model import Receipt, Stage
from broker.core.trust import Trust, build_trust
from broker.infra.replay_index import ReplayIndex
from keys.directory.model import Membership, PartyEntry, PartyLimits, Suspension
from keys.identity import PartyId
from tests import world
from tests.unit.broker.services.relay_world import RelayWorld, bundled
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, account

AGE_MS = 400 * DAY_MS


@pytest.fixture
def hub(tmp_path: Path) -> RelayWorld:
    return RelayWorld(tmp_path)


def decided(
    *memberships: Membership, changed: dict[PartyId, PartyEntry | None] | None = None
) -> Trust:
    view = world.view(changed)
    federation = replace(view.federation, memberships=memberships)
    return build_trust(replace(view, federation=federation))


def limited(**limits: int) -> Trust:
    return decided(Membership(party=KEN, limits=PartyLimits(**limits)))


def suspended(since_ms: int = NOW_MS) -> Membership:
    suspension = Suspension(since_ms=since_ms, reason="keys were stolen")
    return Membership(party=KEN, suspension=suspension)


async def send(hub: RelayWorld, origin: PartyId, count: int = 1) -> list[Receipt]:
    """Submits new messages, all at once; returns the hub's receipts in their order."""
    messages = [world.sealed(origin=origin, to=[MEX]) for _ in range(count)]
    before = len(hub.receipts_of(origin))
    for message in messages:
        hub.source.submit(origin, world.submitted(message))
    await hub.work()
    found = {one.message_digest: one for one in hub.receipts_of(origin)[before:]}
    return [found[message.message_digest] for message in messages]


def outcomes(receipts: list[Receipt]) -> list[str]:
    return [one.code or one.stage.name.lower() for one in receipts]


async def test_who_sends_too_fast_is_refused_and_nobody_else(hub: RelayWorld) -> None:
    hub.trust = limited(messages_per_minute=3)
    found = outcomes(await send(hub, KEN, 5))
    assert sorted(found) == ["accepted"] * 3 + ["rate-limit"] * 2
    assert outcomes(await send(hub, KEN)) == ["rate-limit"]
    assert outcomes(await send(hub, BEL, 5)) == ["accepted"] * 5
    hub.source.now_ms = NOW_MS + 61_000
    assert outcomes(await send(hub, KEN)) == ["accepted"]


async def test_a_burst_over_many_rounds_is_counted_as_one(hub: RelayWorld) -> None:
    """Rounds overlap: what one has let pass, the next does not find on record yet."""
    hub.trust = limited(messages_per_minute=5)
    hub.tuning = replace(hub.tuning, round_size=4, small_round=0, rounds_in_flight=3)
    found = outcomes(await send(hub, KEN, 40))
    assert found.count("accepted") == 5
    assert found.count("rate-limit") == 35


async def test_what_waited_for_the_relay_counts_when_it_arrived(
    hub: RelayWorld,
) -> None:
    """A party that kept to its limit while no relay ran is refused nothing."""
    hub.trust = limited(messages_per_minute=2)
    messages = []
    for minute in range(3):
        hub.source.now_ms = NOW_MS + minute * 61_000
        for _ in range(2):
            message = world.sealed(to=[MEX])
            messages.append(message.message_digest)
            hub.source.submit(KEN, world.submitted(message))
    hub.clock.at_ms = NOW_MS + 10 * 61_000
    await hub.work()
    assert set(hub.messages_of(MEX)) == set(messages)


async def test_who_has_filled_its_part_of_the_store_is_refused(
    hub: RelayWorld,
) -> None:
    message = world.sealed(to=[BEL, MEX])
    size = stored_bytes(decode_envelope(message.envelope))
    hub.trust = limited(stored_bytes=size)
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert outcomes(await send(hub, KEN)) == ["quota"]
    assert outcomes(await send(hub, BEL)) == ["accepted"]
    hub.index.prune(NOW_MS + AGE_MS + 2 * DAY_MS, AGE_MS)
    assert outcomes(await send(hub, KEN)) == ["accepted"]


async def test_a_message_larger_than_its_origins_are_allowed_is_refused(
    hub: RelayWorld,
) -> None:
    message = world.sealed(to=[MEX])
    hub.trust = limited(message_bytes=len(message.envelope) - 1)
    hub.source.submit(KEN, world.submitted(message))
    hub.source.submit(BEL, world.submitted(world.sealed(origin=BEL, to=[MEX])))
    await hub.work()
    [refused] = hub.receipts_of(KEN)
    assert refused.code == Code.OVERSIZE
    assert len(hub.messages_of(MEX)) == 1


async def test_limits_are_for_messages_and_never_for_receipts(hub: RelayWorld) -> None:
    message = world.sealed(origin=BEL, to=[KEN])
    hub.source.submit(BEL, world.submitted(message))
    await hub.work()
    hub.trust = limited(messages_per_minute=0, message_bytes=0, stored_bytes=0)
    receipt = world.receipt(message, Stage.OPENED, by=KEN, to=BEL)
    hub.source.submit(KEN, bundled([receipt], KEN))
    await hub.work()
    assert Stage.OPENED in {one.stage for one in hub.receipts_of(BEL)}


async def test_a_round_that_was_not_written_uses_nothing_up(hub: RelayWorld) -> None:
    hub.trust = limited(messages_per_minute=1)
    hub.ledger.before.append(BusUnavailableError("for this test"))
    assert outcomes(await send(hub, KEN)) == ["accepted"]


async def test_another_worker_learns_what_was_taken(
    hub: RelayWorld, tmp_path: Path
) -> None:
    hub.trust = limited(messages_per_minute=1)
    await send(hub, KEN)
    hub.source.submit(KEN, world.submitted(world.sealed(to=[MEX])))
    other = ReplayIndex(tmp_path / "other.sqlite3")
    await hub.work(worker=hub.worker(other))
    assert hub.receipts_of(KEN)[-1].code == Code.RATE_LIMIT
    other.close()


async def test_an_index_of_before_counts_from_the_beginning(hub: RelayWorld) -> None:
    """An upgrade: its file knows what was decided, and not how much that was."""
    await send(hub, KEN, 2)
    await send(hub, BEL)  # so that what went before is learnt
    with hub.index._database.write() as db:
        db.execute("DROP TABLE arrivals")
        db.execute("DROP TABLE stored")
        db.execute("PRAGMA user_version = 0")
    hub.index.close()
    again = ReplayIndex(hub.folder / "replay.sqlite3")
    hub.trust = limited(messages_per_minute=2)
    hub.source.submit(KEN, world.submitted(world.sealed(to=[MEX])))
    await hub.work(worker=hub.worker(again))
    assert hub.receipts_of(KEN)[-1].code == Code.RATE_LIMIT
    assert again.usage(KEN, NOW_MS).messages == 2
    again.close()


async def test_what_a_suspended_party_left_behind_is_refused_and_signed(
    hub: RelayWorld,
) -> None:
    """Messages and receipts alike; what others send meanwhile goes its way."""
    earlier = world.sealed(origin=BEL, to=[KEN])
    hub.source.submit(BEL, world.submitted(earlier))
    await hub.work()
    hub.trust = decided(suspended())
    receipt = world.receipt(earlier, Stage.OPENED, by=KEN, to=BEL)
    hub.source.submit(KEN, world.submitted(world.sealed(to=[MEX])))
    hub.source.submit(KEN, bundled([receipt], KEN))
    assert outcomes(await send(hub, BEL)) == ["accepted"]
    codes = [one.code for one in hub.receipts_of(KEN)]
    assert codes == [Code.PARTY_SUSPENDED, Code.PARTY_SUSPENDED]
    assert {one.stage for one in hub.receipts_of(BEL)} == {Stage.ACCEPTED}


async def test_a_suspended_party_whose_record_has_expired_is_refused_as_such(
    hub: RelayWorld,
) -> None:
    hub.trust = decided(suspended(), changed={KEN: None})
    hub.newer = hub.trust
    hub.published = {account(KEN): KEN}
    hub.source.submit(KEN, world.submitted(world.sealed(to=[MEX])))
    await hub.work()
    hub.trust = world.trust()
    assert [one.code for one in hub.receipts_of(KEN)] == [Code.PARTY_SUSPENDED]


async def test_a_suspension_in_the_future_hinders_nobody_yet(hub: RelayWorld) -> None:
    hub.trust = decided(suspended(NOW_MS + 1))
    assert outcomes(await send(hub, KEN)) == ["accepted"]


async def test_what_was_submitted_over_an_account_since_replaced_is_relayed(
    hub: RelayWorld,
) -> None:
    message = world.sealed(to=[MEX])
    hub.source.submit(KEN, world.submitted(message))
    entry = world.entry(KEN, account=account("new"), former_accounts=(account(KEN),))
    hub.trust = world.trust({KEN: entry})
    await asyncio.wait_for(hub.work(), 20)
    assert hub.messages_of(MEX) == [message.message_digest]


async def test_the_account_of_another_cannot_be_claimed_as_a_former_one(
    hub: RelayWorld,
) -> None:
    """An attack: a record that names another's account as its own of before."""
    entry = world.entry(KEN, former_accounts=(account(BEL),))
    hub.trust = world.trust({KEN: entry})
    assert outcomes(await send(hub, BEL)) == ["accepted"]
