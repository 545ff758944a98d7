"""Weapons of messages are kept, compared, and noted as leads: once, and forgotten."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.errors import StoreError
from tests.unit.broker.infra.stored_messages import fill_disk, free_disk
from tests.unit.broker.services.recall_world import GREEN, RecallWorld, forward
from tests.unit.broker.services.weapon_world import (
    SERIAL,
    ask,
    item,
    keeper,
    leads,
    loss,
)
from tests.world import BEL, KEN, MEX


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


async def test_two_states_that_ask_about_one_weapon_give_one_lead(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    first = ask(parties.sides[KEN], (BEL,), item())
    second = ask(parties.sides[MEX], (BEL,), item("zzq 00417", model="17"))
    await parties.settle()
    assert keeper(bel).step() == 1
    assert keeper(bel).step() == 0
    [lead] = leads(bel)
    digests = {lead.asked.message_digest, lead.found.message_digest}
    assert digests == {first.message_digest, second.message_digest}
    assert lead.lead.score > 0.7
    assert lead.lead.reasons[0].level == "k0"
    [alarm] = [one for one in bel.store.alarms() if one.topic == "match"]
    assert "rogatory matches list" in alarm.text
    assert SERIAL not in alarm.text


async def test_nothing_is_noted_within_one_case_exchange_or_document(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    request = ask(ken, (BEL,), item())
    await parties.settle()
    answer = bel.send(
        (KEN,), _loss_like(), "stock-loss/1", GREEN, request.message_digest
    )
    await parties.settle()
    for side in (ken, bel):
        assert keeper(side).step() == 0
        assert len(side.store.weapons_of(answer.message_digest)) == 1


def _loss_like() -> bytes:
    return loss("ZZQ-00400", "ZZQ-00499")


async def test_a_number_is_found_within_a_series_that_was_lost(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    parties.sides[MEX].send((BEL,), _loss_like(), "stock-loss/1", GREEN)
    await parties.settle()
    keeper(bel).step()
    ask(parties.sides[KEN], (BEL,), item())
    await parties.settle()
    assert keeper(bel).step() == 1
    [lead] = leads(bel)
    assert lead.lead.reasons[0].level == "range"


async def test_a_series_finds_numbers_and_series_that_came_before(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    ask(parties.sides[KEN], (BEL,), item())
    parties.sides[MEX].send(
        (BEL,), loss("ZZQ-00450", "ZZQ-00800"), "stock-loss/1", GREEN
    )
    await parties.settle()
    keeper(bel).step()
    parties.clock.at_ms += 1
    parties.sides[MEX].send((BEL,), _loss_like(), "stock-loss/1", GREEN)
    await parties.settle()
    keeper(bel).step()
    found = {
        (one.lead.reasons[0].level, len(one.found.kept.weapon.ranges))
        for one in leads(bel)
    }
    assert ("range", 0) in found


async def test_what_is_taken_back_takes_its_leads_with_it(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    request = ask(ken, (BEL,), item())
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    keeper(bel).step()
    assert leads(bel)
    ken.recall(request)
    await parties.settle()
    assert not leads(bel)
    assert not bel.store.weapons_of(request.message_digest)
    [alarm] = [one for one in bel.store.sounded_alarms() if one.alarm.topic == "match"]
    assert alarm.settled_ms is not None
    assert keeper(bel).step() == 0


async def test_a_copy_that_was_passed_on_is_no_news_beside_its_original(
    parties: RecallWorld,
) -> None:
    bel, mex = parties.sides[BEL], parties.sides[MEX]
    request = ask(parties.sides[KEN], (BEL, MEX), item())
    await parties.settle()
    forward(bel, request.message_digest, (MEX,))
    await parties.settle()
    assert keeper(mex).step() == 0
    assert len(mex.store.unmatched_weapons(9)) == 0


async def test_a_full_disk_loses_nothing(parties: RecallWorld) -> None:
    bel = parties.sides[BEL]
    many = [item(f"ZZQ-1{number:05d}") for number in range(40)]
    ask(parties.sides[KEN], (BEL,), item(), *many)
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    fill_disk(bel.store)
    with pytest.raises(StoreError):
        keeper(bel).step()
    free_disk(bel.store)
    assert keeper(bel).step() == 1


async def test_nothing_of_a_weapon_stands_in_the_file_in_clear(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    ask(parties.sides[KEN], (BEL,), item())
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    keeper(bel).step()
    bel.store._database.cut_off_log()
    data = bel.path.read_bytes()
    for told in (SERIAL, "ZZQ00417", "Example Works", "Model 17", "9mm Luger"):
        assert told.encode() not in data


async def test_the_loop_notices_what_comes_and_ends(parties: RecallWorld) -> None:
    bel = parties.sides[BEL]
    stop = asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(keeper(bel).run(stop, look_s=0.01))
        ask(parties.sides[KEN], (BEL,), item())
        ask(parties.sides[MEX], (BEL,), item())
        await parties.settle()
        while not leads(bel):  # noqa: ASYNC110 - a store tells nobody
            await asyncio.sleep(0.01)
        stop.set()
