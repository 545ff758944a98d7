"""Border posts at a real broker: the list out, reports in, and nothing twice."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.memory_desk import MemoryDesk
from adapters.values import Proposal
from broker.core.errors import StoreError
from tests.adapter_world import withdrawal_of
from tests.brokers import Broker, started
from tests.customs_world import (
    DAY_MS,
    OTHER_POST,
    POST,
    adapter_at,
    customs_desk,
    post_at,
    report_of,
    running,
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.customs.mqtt_outlet._QUIET_S", 0.3)


@pytest.fixture(params=["5", "3.1.1"], ids=["mosquitto", "nats-gateway"])
def broker(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Broker]:
    with started(tmp_path / "broker", request.param) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> MemoryDesk:
    return customs_desk(tmp_path)


async def test_a_post_gets_the_whole_list_signed_and_marked(
    broker: Broker, desk: MemoryDesk
) -> None:
    made, there = adapter_at(broker, desk), post_at(broker, desk)
    alert, _, loss, _ = desk.deliveries
    for one in (alert, loss):
        consumed = await made.deliver(one)
        assert [emission.handling for emission in consumed.emissions] == [one.handling]
    await there.visit()
    assert there.is_whole()
    assert len(there.entries) == 2
    assert {one["handling"] for one in there.entries.values()} == {"TLP:AMBER"}
    assert any(
        "CSQU3054383" in one["criteria"].get("containers", ())
        for one in there.entries.values()
    )


async def test_a_post_that_was_offline_for_a_day_gets_everything_once(
    broker: Broker, desk: MemoryDesk
) -> None:
    made, there = adapter_at(broker, desk), post_at(broker, desk)
    alert, update, loss, other_loss = desk.deliveries
    await made.deliver(alert)
    await made.deliver(loss)
    await there.visit()
    before = list(there.applied)
    desk.time_ms += DAY_MS
    await made.deliver(update)
    await made.deliver(other_loss)
    await made.withdraw(withdrawal_of(loss))
    await there.visit(subscribe=False)
    assert sorted(there.applied[len(before) :]) == sorted(
        [
            (name, 2)
            for name, version in before  # the alert was updated, the loss withdrawn
            if version == 1
        ]
        + [(name, 1) for name in there.entries if name not in dict(before)]
    )
    assert there.is_whole()
    assert len(there.entries) == 2
    heard = there.heard
    await there.visit(subscribe=False)
    assert there.heard == heard


async def test_what_is_withdrawn_leaves_nothing_at_the_broker(
    broker: Broker, desk: MemoryDesk
) -> None:
    made, late = adapter_at(broker, desk), post_at(broker, desk)
    alert = desk.deliveries[0]
    await made.deliver(alert)
    await made.withdraw(withdrawal_of(alert))
    await late.visit()
    assert (late.applied, late.entries) == ([], {})
    assert late.is_whole()


async def test_what_is_over_leaves_the_broker_without_being_told(
    broker: Broker, desk: MemoryDesk
) -> None:
    made, watching = adapter_at(broker, desk), post_at(broker, desk)
    await made.deliver(desk.deliveries[0])
    desk.time_ms += 400 * DAY_MS
    async with running(made):
        while watching.state.get("count") != 0:
            await watching.visit()
    late = post_at(broker, desk, OTHER_POST)
    await late.visit()
    assert (late.entries, late.is_whole()) == ({}, True)


async def test_a_broker_that_lost_everything_is_given_it_again(
    broker: Broker, desk: MemoryDesk
) -> None:
    made, there = adapter_at(broker, desk), post_at(broker, desk)
    await made.deliver(desk.deliveries[0])
    broker.forget()
    async with running(made):
        while not there.entries:
            await there.visit()
    assert there.is_whole()


async def test_an_adapter_that_lost_its_folder_clears_what_it_does_not_know(
    broker: Broker, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.customs.mqtt_outlet._QUIET_S", 1.0)
    await adapter_at(broker, desk).deliver(desk.deliveries[0])
    shutil.rmtree(desk.folder)
    desk.folder.mkdir()
    await adapter_at(broker, desk).deliver(desk.deliveries[2])
    there = post_at(broker, desk)
    await there.visit()
    assert len(there.entries) == 1
    assert there.is_whole()


async def test_a_report_becomes_a_proposal_based_on_the_entry_that_led_to_it(
    broker: Broker, desk: MemoryDesk
) -> None:
    made, there = adapter_at(broker, desk), post_at(broker, desk)
    consumed = await made.deliver(desk.deliveries[0])
    hit = {"entry_id": consumed.emissions[0].target.split()[2], "version": 1}
    async with running(made):
        await there.send("r-1", report_of(hit=hit))
    assert there.answers["r-1"]["state"] == "kept"
    (proposal,) = desk.proposed.values()
    assert proposal.submission.kind == "recovery-record/1"
    assert proposal.submission.based_on == (desk.deliveries[0].message_digest,)
    assert proposal.submission.to == ("BEL",)


async def test_a_report_is_acknowledged_only_after_the_durable_write(
    broker: Broker, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, tried = post_at(broker, desk), asyncio.Event()
    with monkeypatch.context() as no_room:

        async def propose(_: MemoryDesk, __: Proposal) -> str:
            tried.set()
            raise StoreError("no room")

        no_room.setattr(MemoryDesk, "propose", propose)
        killed = asyncio.create_task(adapter_at(broker, desk).run(asyncio.Event()))
        sending = asyncio.create_task(there.send("r-1", report_of()))
        await asyncio.wait_for(tried.wait(), 20)
        for task in (sending, killed):
            task.cancel()
        await asyncio.gather(killed, sending, return_exceptions=True)
    assert (desk.proposed, there.answers) == ({}, {})
    # The post is silent from now on: it is the broker that still has the report.
    async with running(adapter_at(broker, desk)):
        while not there.answers:
            await there.visit()
    assert len(desk.proposed) == 1


async def test_a_report_that_cannot_be_used_is_answered_and_kept_for_a_person(
    broker: Broker, desk: MemoryDesk
) -> None:
    there = post_at(broker, desk)
    async with running(adapter_at(broker, desk)):
        await there.send("r-1", b"{")
    assert there.answers["r-1"]["state"] == "refused"
    assert there.answers["r-1"]["code"] == "bad-form"
    ((received, _),) = desk.letters.values()
    assert (received.data, received.source) == (b"{", f"post {POST}")
    assert not desk.proposed
