"""Claims about a card keeper that runs: it sends by itself, and sounds the alarm."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.errors import StoreError
from broker.infra.node_store import NodeStore
from keys.identity import encryption_key_id
from tests import world
from tests.unit.broker.services.card_world import CardWorld, without
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[CardWorld]:
    store = NodeStore(tmp_path / "node.db")
    yield CardWorld(store=store)
    store.close()


async def once(cards: CardWorld, rounds: int = 1) -> None:
    """Lets a keeper run until it has looked so often."""
    stop, looked = asyncio.Event(), 0
    loop = asyncio.get_running_loop()
    keeper = cards.keeper
    look = keeper._look

    def counted() -> None:
        nonlocal looked
        try:
            look()
        finally:
            looked += 1
            if looked == rounds:
                loop.call_soon_threadsafe(stop.set)

    keeper._look = counted  # type: ignore[method-assign]  # only to count
    await asyncio.wait_for(keeper.run(stop, 0.001), 10)


async def test_a_running_node_sends_the_card_by_itself(cards: CardWorld) -> None:
    cards.keep()
    await once(cards, 3)
    assert cards.sent() == [(BEL, MEX, XPO)]


async def test_a_card_that_cannot_be_sent_does_not_end_the_node(
    cards: CardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise StoreError("disk")

    monkeypatch.setattr(cards.store, "own_card", full)
    await once(cards)
    assert cards.sent() == []


async def test_a_key_that_nothing_can_be_sealed_to_stops_nobody_elses_card(
    cards: CardWorld,
) -> None:
    good = world.published(world.encryption_key(MEX))
    raw = good.key[:1184] + bytes(32)
    bad = replace(good, key=raw, key_id=encryption_key_id(raw))
    cards.trust = world.trust({MEX: world.entry(MEX, encryption_keys=(bad,))})
    cards.keep()
    await once(cards)
    assert cards.sent() == [(BEL, XPO)]


async def test_contacts_left_alone_for_180_days_raise_one_alarm(
    cards: CardWorld,
) -> None:
    attested = world.entry(KEN, attested_at_ms=NOW_MS)
    cards.trust = world.trust({KEN: attested})
    cards.clock.at_ms = NOW_MS + 180 * DAY_MS - 1
    await once(cards)
    assert cards.store.alarms() == []
    cards.clock.at_ms += 1
    await once(cards)
    cards.clock.at_ms += DAY_MS
    await once(cards)
    (alarm,) = cards.store.alarms()
    assert alarm.topic == "attestation"
    assert "180 days" in alarm.text


async def test_a_party_that_never_attested_is_alarmed_180_days_after_it_joined(
    cards: CardWorld,
) -> None:
    joined = cards.trust.view.record(KEN).signing_keys[0].valid_from_ms
    cards.clock.at_ms = joined + 180 * DAY_MS
    await once(cards)
    assert len(cards.store.alarms()) == 1


async def test_a_party_that_is_not_in_the_directory_is_not_alarmed(
    cards: CardWorld,
) -> None:
    cards.trust = without(KEN)
    cards.clock.at_ms += 500 * DAY_MS
    await once(cards)
    assert cards.store.alarms() == []
