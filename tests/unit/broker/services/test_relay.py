"""The relay repeats and never loses: crashes, absent bus, twice the same, strangers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.receipts import AuditRecord, encode_audit_batch
from broker.core.errors import (
    AlreadyCommittedError,
    BusUnavailableError,
    StoreError,
)
from broker.core.flows.relay import Known
from broker.core.limits import Limits
from broker.core.model import Stage
from broker.core.ports import Outgoing
from broker.core.subjects import AUDIT_ENTRIES
from broker.infra.replay_index import ReplayIndex
from broker.services.relay_ports import RelayTuning
from tests import world
from tests.memory_bus import MemoryLedger
from tests.unit.broker.services.relay_world import RelayWorld, bundled
from tests.world import BEL, KEN, MEX, STRANGER

ABSENT = BusUnavailableError("nobody there")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RelayWorld]:
    made = RelayWorld(tmp_path)
    yield made
    made.index.close()


async def test_a_round_is_one_batch_and_then_acknowledged(hub: RelayWorld) -> None:
    messages = [world.sealed(to=[BEL, MEX]) for _ in range(20)]
    for message in messages:
        hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert len(hub.ledger.batches) == 1
    digests = [message.message_digest for message in messages]
    assert hub.messages_of(BEL) == hub.messages_of(MEX) == digests
    assert [one.message_digest for one in hub.receipts_of(KEN)] == digests
    assert sorted(hub.source.acknowledged) == list(range(1, 21))


async def test_no_answer_from_the_ledger_is_tried_again(hub: RelayWorld) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    hub.ledger.before.extend([ABSENT, ABSENT])
    await hub.work()
    assert hub.ledger.attempts == 3
    assert hub.messages_of(BEL) == [message.message_digest]


async def test_a_lost_answer_after_the_write_makes_no_second_copy(
    hub: RelayWorld,
) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    hub.ledger.after.append(ABSENT)
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    first, again = hub.receipts_of(KEN)
    assert first == again
    assert len(await hub.audited()) == 1


async def test_a_crash_between_commit_and_acknowledgement_repeats_the_receipt_only(
    hub: RelayWorld,
) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    hub.source.lost_acks = 1
    await hub.work(until=hub.source.acked)
    hub.source.redeliver()
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    first, again = hub.receipts_of(KEN)
    assert first == again
    assert len(await hub.audited()) == 1


async def test_a_worker_with_an_empty_index_learns_from_the_ledger_first(
    hub: RelayWorld, tmp_path: Path
) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    hub.source.submit(KEN, world.submitted(message))
    other = ReplayIndex(tmp_path / "other.sqlite3")
    await hub.work(worker=hub.worker(other))
    other.close()
    assert hub.messages_of(BEL) == [message.message_digest]
    assert len(hub.receipts_of(KEN)) == 2
    assert hub.ledger.attempts == 2


async def test_what_is_partly_written_is_told_apart_one_by_one(hub: RelayWorld) -> None:
    """Another worker got the first of three, and its audit entry comes late."""
    messages = [world.sealed() for _ in range(3)]
    hub.source.submit(KEN, world.submitted(messages[0]))
    await hub.work()
    for message in messages:
        hub.source.submit(KEN, world.submitted(message))
    hub.tail.blind = 1
    fresh = ReplayIndex(hub.folder / "fresh.sqlite3")
    await hub.work(worker=hub.worker(fresh))
    fresh.close()
    assert sorted(hub.messages_of(BEL)) == sorted(
        message.message_digest for message in messages
    )
    assert len(await hub.audited()) == 3


async def test_a_copy_that_no_audit_entry_explains_is_given_up_unacknowledged(
    hub: RelayWorld,
) -> None:
    hub.source.submit(KEN, world.submitted(world.sealed()))
    hub.ledger.before.extend([AlreadyCommittedError("duplicate")] * 5)
    hub.ledger.exhausted.clear()
    await hub.work(until=hub.ledger.exhausted)
    assert hub.ledger.attempts == 5
    assert hub.source.acknowledged == []


async def test_the_same_bytes_twice_in_one_round_give_one_copy(hub: RelayWorld) -> None:
    message = world.sealed()
    for _ in range(3):
        hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]
    assert len(await hub.audited()) == 1
    assert {one.stage for one in hub.receipts_of(KEN)} == {Stage.ACCEPTED}
    assert sorted(hub.source.acknowledged) == [1, 2, 3]


async def test_rounds_in_flight_do_not_lose_or_double_anything(tmp_path: Path) -> None:
    tuning = RelayTuning(round_size=4, rounds_in_flight=3, threads=2, chunk=2)
    hub = RelayWorld(tmp_path, tuning=tuning)
    messages = [world.sealed(to=[BEL]) for _ in range(30)]
    for message in messages:
        hub.source.submit(KEN, world.submitted(message))
    hub.source.submit(KEN, world.submitted(messages[0]))
    hub.ledger.before.extend([None, ABSENT, None, ABSENT])
    await hub.work()
    hub.index.close()
    expected = sorted(message.message_digest for message in messages)
    assert sorted(hub.messages_of(BEL)) == expected
    assert len(await hub.audited()) == 30


async def test_an_account_nobody_knows_waits_when_no_directory_can_be_had(
    hub: RelayWorld,
) -> None:
    hub.source.submit(STRANGER, world.submitted(world.sealed()))
    hub.source.publish("x.elsewhere", b"not a subject of a party")
    hub.source.submit(KEN, world.submitted(world.sealed()))
    await hub.work(until=hub.refreshed)
    assert hub.source.acknowledged == [3]
    assert len(hub.receipts_of(KEN)) == 1


async def test_a_party_that_has_just_joined_is_served_after_the_refresh(
    hub: RelayWorld,
) -> None:
    hub.newer = hub.trust
    hub.trust = world.trust({MEX: None})
    message = world.sealed(MEX, to=[BEL])
    hub.source.submit(MEX, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]


async def test_what_is_of_no_party_is_turned_away_and_holds_up_nobody(
    hub: RelayWorld,
) -> None:
    hub.newer = hub.trust
    for _ in range(3):
        hub.source.submit(STRANGER, world.submitted(world.sealed()))
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert sorted(hub.source.acknowledged) == [1, 2, 3, 4]
    assert hub.messages_of(BEL) == [message.message_digest]
    assert len(await hub.audited()) == 1


async def test_a_party_whose_record_has_lapsed_is_told_so(hub: RelayWorld) -> None:
    account = world.trust().view.record(MEX).account
    hub.trust = hub.newer = world.trust({MEX: None})
    hub.published = {account: MEX}
    hub.source.submit(MEX, world.submitted(world.sealed(MEX, to=[BEL])))
    await hub.work()
    [receipt] = hub.receipts_of(MEX)
    assert (receipt.stage, receipt.code) == (Stage.REFUSED, "unknown-party")
    assert "does not hold" in receipt.detail
    assert hub.messages_of(BEL) == []
    assert len(await hub.audited()) == 1


async def test_receipts_find_their_way_and_come_once(hub: RelayWorld) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    opened = world.receipt(message, Stage.OPENED)
    for _ in range(2):
        hub.source.submit(BEL, bundled([opened], BEL))
    await hub.work()
    data = bundled([world.receipt(message, Stage.DELIVERED)], BEL)
    for _ in range(2):
        hub.source.submit(BEL, data)
        await hub.work()
    stages = [one.stage for one in hub.receipts_of(KEN)]
    assert stages == [Stage.ACCEPTED, Stage.OPENED, Stage.OPENED, Stage.DELIVERED]
    assert not hub.receipts_of(BEL)


async def test_a_round_is_split_where_one_batch_cannot_hold_it(tmp_path: Path) -> None:
    hub = RelayWorld(tmp_path, limits=Limits(batch_outputs_max=8))
    messages = [world.sealed(to=[BEL, MEX]) for _ in range(7)]
    for message in messages:
        hub.source.submit(KEN, world.submitted(message))
    hub.source.submit(KEN, world.submitted(messages[0]))
    hub.ledger.after.append(ABSENT)  # of the first portion
    await hub.work()
    hub.index.close()
    assert max(map(len, hub.ledger.batches)) <= 8
    assert len(hub.messages_of(BEL)) == len(hub.messages_of(MEX)) == 7
    assert len(await hub.audited()) == 7


async def test_a_disk_that_fails_for_a_moment_refuses_nothing(
    hub: RelayWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    whole = hub.index.by_digest
    failures = [StoreError("disk I/O error")]

    def by_digest(digest: bytes) -> Known | None:
        if failures:
            raise failures.pop()
        return whole(digest)

    monkeypatch.setattr(hub.index, "by_digest", by_digest)
    hub.source.submit(BEL, bundled([world.receipt(message, Stage.OPENED)], BEL))
    await hub.work()
    assert [one.stage for one in hub.receipts_of(KEN)][1:] == [Stage.OPENED]
    assert not hub.receipts_of(BEL)


async def test_an_absent_bus_is_waited_for(hub: RelayWorld) -> None:
    hub.source.failures.append(ABSENT)
    hub.tail.failures.append(ABSENT)
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]


async def test_a_ledger_begun_anew_is_followed_from_its_beginning(
    hub: RelayWorld,
) -> None:
    for _ in range(3):
        hub.source.submit(KEN, world.submitted(world.sealed()))
        await hub.work()
    before = hub.index.position().sequence
    hub.ledger = MemoryLedger()
    hub.tail.ledger = hub.ledger
    messages = [world.sealed(), world.sealed()]
    for message in messages:
        hub.source.submit(KEN, world.submitted(message))
        await hub.work()
    assert 0 < hub.index.position().sequence < before
    ids = [message.header.message_id for message in messages]
    assert messages[0].message_digest in {
        known.message_digest for known in hub.index.by_ids(ids).values()
    }


async def test_an_audit_entry_nobody_can_read_does_not_stop_the_relay(
    hub: RelayWorld,
) -> None:
    await hub.ledger.commit(
        [
            Outgoing(subject=AUDIT_ENTRIES, payload=data, dedup_id=str(number))
            for number, data in enumerate((b"\xff", unreadable_batch()))
        ]
    )
    message = world.sealed()
    hub.source.submit(KEN, world.submitted(message))
    await hub.work()
    assert hub.messages_of(BEL) == [message.message_digest]


def unreadable_batch() -> bytes:
    """An audit batch that is one, with a receipt in it that is none."""
    record = AuditRecord(receipt=b"\xff", proof=b"", submission_digest=bytes(32))
    return encode_audit_batch([record])
