"""Own lists are taken in whole, asked, replaced and destroyed, and survive crashes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.errors import StoreError
from broker.core.identification.records import Kept, ListSort, NotedLead, OwnList
from broker.core.identification.weapon import SerialSpan
from broker.services.weapon_index import WeaponIndex
from broker.services.weapon_lists import WeaponLists
from tests import world
from tests.unit.broker.services.recall_world import RecallWorld, Side
from tests.unit.broker.services.weapon_world import (
    PISTOL,
    SERIAL,
    ask,
    item,
    keeper,
    leads,
    weapon,
)
from tests.world import BEL, KEN, NOW_MS


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL):
        made.side(party)
    yield made
    made.close()


@pytest.fixture
def bel(parties: RecallWorld) -> Side:
    return parties.sides[BEL]


def index_of(side: Side) -> WeaponIndex:
    return WeaponIndex(world.holder(side.party), side.store)


def take_in(
    side: Side, *entries: Kept, name: str = "Stock", hashed: bool = False
) -> OwnList | None:
    own = OwnList(
        name=name,
        sort=ListSort.HOLDING,
        hashed=hashed,
        entries=len(entries),
        imported_ms=side.clock.now_ms(),
    )
    told: list[tuple[int, int]] = []
    lists = WeaponLists(side.store, index_of(side))
    before = lists.take_in(own, entries, lambda done, of: told.append((done, of)))
    assert told[-1] == (len(entries), len(entries))
    return before


def entry(serial: str = SERIAL, reference: str = "TEST-1") -> Kept:
    return Kept(
        weapon=weapon(serial, kind="own-list", path="line 2"), reference=reference
    )


def test_a_number_is_found_with_the_reference_of_the_record(bel: Side) -> None:
    take_in(bel, entry(), entry("ZZQ-9", "TEST-2"))
    [hit] = index_of(bel).hits(weapon("zzq 00417"), 0.5)
    assert hit.place.kept.reference == "TEST-1"
    assert hit.place.list_name == "Stock"
    assert hit.lead.score > 0.9


def test_a_list_that_is_imported_again_replaces_the_one_before(bel: Side) -> None:
    assert take_in(bel, entry()) is None
    before = take_in(bel, entry("ZZQ-12345"), name="STOCK")
    assert before is not None
    assert before.name == "Stock"
    assert index_of(bel).hits(PISTOL, 0.5) == []
    [own] = WeaponLists(bel.store, index_of(bel)).lists()
    assert (own.name, own.entries) == ("STOCK", 1)


def test_tokens_alone_can_be_asked_and_not_be_read(bel: Side) -> None:
    take_in(bel, entry(), hashed=True)
    [hit] = index_of(bel).hits(PISTOL, 0.5)
    assert hit.place.kept.is_hashed
    assert hit.place.kept.reference == "TEST-1"
    assert hit.place.kept.weapon.serials == ()
    assert {one.what: one.verdict.value for one in hit.lead.reasons}["make"] == "agrees"
    [other] = index_of(bel).hits(weapon(make="Glock"), 0.3)
    assert other.lead.score < hit.lead.score


def test_a_series_of_a_list_is_found(bel: Side) -> None:
    series = Kept(
        weapon=weapon(serials=(), ranges=(SerialSpan(first="ZZQ-1", last="ZZQ-999"),))
    )
    take_in(bel, series)
    [hit] = index_of(bel).hits(PISTOL, 0.5)
    assert hit.lead.reasons[0].level == "range"


def test_neighbours_of_a_number_that_is_listed_are_no_leads(bel: Side) -> None:
    take_in(bel, entry(), entry("ZZQ-00471", "TEST-2"), entry("ZZQ-0417", "TEST-3"))
    [hit] = index_of(bel).hits(PISTOL, 0.5)
    assert hit.place.kept.reference == "TEST-1"
    assert len(index_of(bel).hits(weapon("ZZQ-04170"), 0.5)) > 0


async def test_a_list_is_compared_with_messages_that_came_before(
    parties: RecallWorld, bel: Side
) -> None:
    ask(parties.sides[KEN], (BEL,), item())
    await parties.settle()
    assert keeper(bel).step() == 0
    take_in(bel, entry())
    assert keeper(bel).step() == 1
    take_in(bel, entry("ZZQ-1", "TEST-0"), entry())
    assert keeper(bel).step() == 0, "what was noted already is no news"
    [lead] = leads(bel)
    assert lead.found.list_name == "Stock"
    assert isinstance(lead, NotedLead)


async def test_a_list_that_is_removed_takes_its_rows_and_leads_with_it(
    parties: RecallWorld, bel: Side
) -> None:
    ask(parties.sides[KEN], (BEL,), item())
    await parties.settle()
    take_in(bel, entry())
    keeper(bel).step()
    lists = WeaponLists(bel.store, index_of(bel))
    assert lists.remove("stock", NOW_MS)
    assert not lists.remove("stock", NOW_MS)
    assert leads(bel) == []
    assert index_of(bel).hits(PISTOL, 0.1, but=b"") == index_of(bel).hits(PISTOL, 0.1)
    with bel.store._database.read() as db:
        listed = db.execute(
            "SELECT count(*) FROM weapons WHERE length(owner) = 16"
        ).fetchone()[0]
    assert listed == 0


def test_a_crash_half_way_changes_nothing_and_is_swept_up(
    bel: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(bel, entry())

    def fail(_row: object) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(bel.store, "use_weapon_list", fail)
        with pytest.raises(StoreError):
            take_in(bel, entry("ZZQ-55555"))
    assert index_of(bel).hits(weapon("ZZQ-55555"), 0.5) == []
    assert len(index_of(bel).hits(PISTOL, 0.5)) == 1
    assert bel.store.sweep_weapon_lists(NOW_MS) == 0, "it may still be written"
    assert bel.store.sweep_weapon_lists(NOW_MS + 7 * 3_600_000) == 1
    assert len(index_of(bel).hits(PISTOL, 0.5)) == 1


def test_nothing_of_a_list_stands_in_the_file_in_clear(bel: Side) -> None:
    take_in(bel, entry())
    bel.store._database.cut_off_log()
    data = bel.path.read_bytes()
    for told in (SERIAL, "ZZQ00417", "Stock", "TEST-1", "Example Works"):
        assert told.encode() not in data
