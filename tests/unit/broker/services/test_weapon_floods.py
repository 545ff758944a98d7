"""Messages made to stop, to fill or to drown the search for matches do neither."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.identification.portions import PORTION, TERMS_MAX
from broker.core.identification.records import Kept, ListSort, OwnList
from broker.services import weapon_index, weapon_keeper
from broker.services.weapon_index import WeaponIndex
from broker.services.weapon_keeper import LEADS_MAX
from broker.services.weapon_lists import WeaponLists
from tests import world
from tests.unit.broker.services.recall_world import RecallWorld
from tests.unit.broker.services.weapon_world import (
    SERIAL,
    ask,
    item,
    keeper,
    leads,
    loss,
    weapon,
)
from tests.world import BEL, KEN, MEX

_LONG = 100_000


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


@pytest.mark.parametrize("number", ["7" * _LONG, "A" * _LONG, "\ufdfa" * 9_000])
async def test_a_serial_number_without_end_does_not_stop_the_search(
    parties: RecallWorld, number: str
) -> None:
    bel = parties.sides[BEL]
    ask(parties.sides[KEN], (BEL,), item(number), item())
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    assert keeper(bel).step() == 1


async def test_a_series_between_numbers_without_end_does_not_stop_the_search(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    parties.sides[KEN].send((BEL,), loss("1" * _LONG, "2" * _LONG), "stock-loss/1")
    ask(parties.sides[KEN], (BEL,), item())
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    assert keeper(bel).step() == 1


async def test_a_flaw_in_reading_one_content_does_not_stop_the_search_in_others(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel = parties.sides[BEL]
    ask(parties.sides[KEN], (BEL,), item("ZZQ-BAD"))
    ask(parties.sides[KEN], (BEL,), item())
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    sound = WeaponIndex.new_row

    def flawed(self: WeaponIndex, *told: object) -> object:
        if "ZZQ-BAD" in str(told):
            raise ValueError("a flaw")
        return sound(self, *told)  # type: ignore[arg-type]

    monkeypatch.setattr(WeaponIndex, "new_row", flawed)
    assert keeper(bel).step() == 1


async def test_masks_of_every_sign_in_a_thousand_items_keep_few_words(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel = parties.sides[BEL]
    doubt = {"raw": "?" * 9, "mask": "[012][ABC][345][678][MNP][QRT][UVW][XYC][79]"}
    masked = [item(frameSerial=doubt) for _ in range(40)]
    ask(parties.sides[KEN], (BEL,), *masked, item())
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    monkeypatch.setattr("broker.core.identification.portions.TERMS_MAX", 500)
    assert keeper(bel).step() >= 1
    assert _tokens(bel.store) < 500 + 40 * 2 * 64 + 4_000
    assert TERMS_MAX <= 250_000


async def test_one_firearm_with_hundreds_of_numbers_is_compared_in_portions(
    parties: RecallWorld,
) -> None:
    bel = parties.sides[BEL]
    others = [
        {"part": "PART_KIND_SLIDE", "serial": {"raw": f"ZZQ-9{number:04d}7"}}
        for number in range(100)
    ]
    ask(parties.sides[KEN], (BEL,), item("ZZQ-5550017", otherSerials=others))
    second = ask(parties.sides[MEX], (BEL,), item("ZZQ-900997"))
    await parties.settle()
    assert keeper(bel).step() == 1
    [lead] = leads(bel)
    mine = {
        lead.asked.message_digest: lead.asked,
        lead.found.message_digest: lead.found,
    }
    del mine[second.message_digest]
    [long] = mine.values()
    assert len(long.kept.weapon.serials) <= PORTION


async def test_one_number_said_again_and_again_does_not_hide_who_else_says_it(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel = parties.sides[BEL]
    monkeypatch.setattr(weapon_index, "_FOUND_MAX", 25)
    ask(parties.sides[KEN], (BEL,), *[item()] * 40)
    await parties.settle()
    keeper(bel).step()
    mexican = ask(parties.sides[MEX], (BEL,), item())
    third = bel.send((KEN,), loss(SERIAL, SERIAL), "stock-loss/1")
    await parties.settle()
    keeper(bel).step()
    ours = {one.message_digest for one in (mexican, third)}
    pairs = [{one.asked.message_digest, one.found.message_digest} for one in leads(bel)]
    assert ours in pairs


async def test_one_message_gives_no_end_of_leads_nor_an_alarm_for_each_portion(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel = parties.sides[BEL]
    monkeypatch.setattr(weapon_keeper, "LEADS_MAX", 60)
    ask(parties.sides[MEX], (BEL,), item())
    await parties.settle()
    keeper(bel).step()
    ask(parties.sides[KEN], (BEL,), *[item()] * 110)
    await parties.settle()
    assert keeper(bel).step() == 60
    assert keeper(bel).step() == 0
    alarms = [one.text for one in bel.store.alarms() if one.topic == "match"]
    assert len(alarms) == 2
    assert sum("only the first 60 leads" in text for text in alarms) == 1
    assert LEADS_MAX == 500


async def test_leads_to_messages_do_not_crowd_out_those_to_our_own_lists(
    parties: RecallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bel = parties.sides[BEL]
    monkeypatch.setattr(weapon_keeper, "LEADS_MAX", 3)
    ask(parties.sides[MEX], (BEL,), *[item()] * 8)
    await parties.settle()
    keeper(bel).step()
    own = OwnList(
        name="holdings",
        sort=ListSort.HOLDING,
        hashed=False,
        entries=1,
        imported_ms=bel.clock.at_ms,
    )
    index = WeaponIndex(world.holder(BEL), bel.store)
    entry = Kept(weapon=weapon("ZZQ-7788123", kind="own-list", path="line 2"))
    WeaponLists(bel.store, index).take_in(own, [entry], lambda _done, _of: None)
    ask(parties.sides[KEN], (BEL,), item(), item("ZZQ-7788123"))
    await parties.settle()
    keeper(bel).step()
    found = leads(bel)
    assert sum(bool(one.found.list_name) for one in found) == 1
    assert len(found) == 4


def _tokens(store: object) -> int:
    with store._database.read() as db:  # type: ignore[attr-defined]
        [count] = db.execute("SELECT count(*) FROM weapon_tokens").fetchone()
    return int(count)
