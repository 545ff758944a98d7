"""What a collection shows stays true while much is taken back, and cheaply so."""

from pathlib import Path

import pytest

from adapters.errors import SystemAwayError
from adapters.memory_desk import MemoryDesk
from adapters.stix.ledger import Ledger
from adapters.stix.shelf import Shelf
from tests.adapter_world import example_delivery, withdrawal_of
from tests.taxii_world import AMBER, GREEN, TaxiiWorld

MANY = 300


@pytest.fixture
def world(desk: MemoryDesk, tmp_path: Path) -> TaxiiWorld:
    return TaxiiWorld(desk, tmp_path)


def everything(world: TaxiiWorld, title: str = AMBER) -> list[tuple[int, str, str]]:
    """Returns what is shown, as a client could see it."""
    [collection] = [one for one in world.adapter._collections if one.title == title]
    return [
        (one.added_us, str(one.object["id"]), one.version)
        for one in world.adapter._shelf.view(collection)
    ]


def anew(world: TaxiiWorld) -> None:
    """Has every view built from what there is."""
    world.adapter._shelf._views.clear()


async def test_after_each_withdrawal_the_view_is_what_it_would_be_if_built_anew(
    world: TaxiiWorld,
) -> None:
    # All are about one weapon, and bind their readers differently.
    labels = ["TLP:GREEN", "TLP:AMBER", "TLP:GREEN", "TLP:AMBER H2", "TLP:CLEAR"]
    deliveries = [
        example_delivery("stock-loss", number, handling=label)
        for number, label in enumerate(labels)
    ]
    for title in (GREEN, AMBER):
        everything(world, title)
    for one in deliveries:
        await world.adapter.deliver(one)
    for number in (3, 0, 1, 1, 4, 2):
        await world.adapter.withdraw(withdrawal_of(deliveries[number]))
        for title in (GREEN, AMBER):
            kept = everything(world, title)
            anew(world)
            assert everything(world, title) == kept
            assert kept == sorted(kept)
    assert "ZZQ-70013" not in str(world.get(AMBER))


async def test_a_recall_of_many_builds_no_collection_anew(
    world: TaxiiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = [example_delivery("stock-loss", number) for number in range(MANY)]
    for one in deliveries:
        await world.adapter.deliver(one)
    before = everything(world)
    read = []

    def all_of_them(self: Ledger) -> list[object]:
        read.append(self)
        return []

    monkeypatch.setattr(Ledger, "all", all_of_them)
    for one in deliveries[: MANY // 2]:
        await world.adapter.withdraw(withdrawal_of(one))
        assert len(everything(world)) <= len(before)
    assert read == []
    shown = world.get(AMBER, "manifest/", limit=1)
    assert shown["more"] is True


async def test_while_the_ledger_cannot_be_read_nothing_taken_back_is_shown(
    world: TaxiiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = example_delivery("stock-loss")
    await world.adapter.deliver(delivery)
    everything(world)
    find = Ledger.find

    def unreadable(_self: Ledger, _digest: bytes) -> None:
        raise SystemAwayError("no disk")

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "find", unreadable)
        with pytest.raises(SystemAwayError):
            await world.adapter.withdraw(withdrawal_of(delivery))
        assert "ZZQ-70013" not in str(world.get(AMBER))
    assert Ledger.find is find
    await world.adapter.withdraw(withdrawal_of(delivery))
    assert all(one["revoked"] for one in world.get(AMBER)["objects"])


def test_a_shelf_without_that_export_drops_it_without_harm(
    desk: MemoryDesk, tmp_path: Path
) -> None:
    shelf = Shelf(Ledger(tmp_path / "ledger"), desk.party)
    shelf.drop(bytes(32))
    assert shelf._views == {}
