"""Claims about `broker.services.card_keeper`: who gets the card, and how often."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.core.codec.contacts import decode_card
from broker.core.contact_records import CardDelivery
from broker.core.errors import RefusedError, StoreConflictError
from broker.core.limits import Limits
from broker.core.trust import Trust
from broker.infra.node_store import NodeStore
from broker.services.card_keeper import open_card
from keys.directory.model import Membership, Suspension
from keys.errors import ContentError, DirectoryError
from keys.identity import HUB, PartyId
from tests import world
from tests.unit.broker.services.card_world import CARD, CardWorld, without
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[CardWorld]:
    store = NodeStore(tmp_path / "node.db")
    yield CardWorld(store=store)
    store.close()


def denying(*parties: PartyId) -> Trust:
    """A directory in which some parties take nothing of KEN."""
    return world.trust(
        {
            party: world.entry(party, world.closed_policy(party, against=KEN))
            for party in parties
        }
    )


def suspended(party: PartyId) -> Trust:
    trust = world.trust()
    federation = replace(
        trust.view.federation,
        memberships=(
            Membership(
                party=party, suspension=Suspension(since_ms=NOW_MS, reason="unpaid")
            ),
        ),
    )
    return replace(trust, view=replace(trust.view, federation=federation))


def test_without_a_card_nothing_is_sent(cards: CardWorld) -> None:
    assert cards.keeper.step() == {}
    assert cards.sent() == []


def test_the_card_goes_to_everybody_once_and_survives_a_restart(
    cards: CardWorld,
) -> None:
    cards.keep()
    deliveries = cards.keeper.step()
    assert cards.sent() == [(BEL, MEX, XPO)]
    assert all(one.message_digest for one in deliveries.values())
    assert cards.keeper.step() == deliveries
    assert cards.sent() == [(BEL, MEX, XPO)]


def test_the_card_lives_until_it_is_stale(cards: CardWorld) -> None:
    cards.keep()
    cards.keeper.step()
    (message,) = cards.store.sent()
    assert message.header.expires_ms - message.header.created_ms == 180 * DAY_MS
    assert str(message.header.handling) == "TLP:AMBER"


def test_a_party_that_joins_later_gets_it_and_nobody_gets_it_twice(
    cards: CardWorld,
) -> None:
    cards.keep()
    cards.trust = without(MEX)
    cards.keeper.step()
    cards.trust = world.trust()
    cards.keeper.step()
    assert cards.sent() == [(BEL, XPO), (MEX,)]


def test_a_newer_card_goes_to_everybody_again(cards: CardWorld) -> None:
    cards.keep()
    cards.keeper.step()
    cards.keep(replace(CARD, attested_at_ms=NOW_MS + 1))
    cards.keeper.step()
    assert cards.sent() == [(BEL, MEX, XPO)] * 2


def test_a_denial_is_recorded_once_and_not_retried(cards: CardWorld) -> None:
    cards.keep()
    cards.trust = denying(BEL)
    for _ in range(3):
        cards.keeper.step()
    assert cards.sent() == [(MEX, XPO)]
    (withheld,) = cards.store.withheld()
    assert withheld.recipients == (BEL,)
    assert cards.store.card_deliveries(NOW_MS)[BEL].code == "import-policy"


def test_denied_by_everybody_is_recorded_once(cards: CardWorld) -> None:
    cards.keep()
    cards.trust = denying(BEL, MEX, XPO)
    cards.keeper.step()
    cards.keeper.step()
    assert cards.sent() == []
    assert len(cards.store.withheld()) == 1


def test_a_changed_policy_is_asked_again(cards: CardWorld) -> None:
    cards.keep()
    cards.trust = denying(BEL)
    cards.keeper.step()
    cards.trust = world.trust()
    deliveries = cards.keeper.step()
    assert cards.sent() == [(MEX, XPO), (BEL,)]
    assert deliveries[BEL].code == ""


def test_a_card_that_own_policy_keeps_back_is_withheld(cards: CardWorld) -> None:
    cards.keep(handling="TLP:RED")
    cards.keeper.step()
    assert cards.sent() == []
    assert cards.store.card_deliveries(NOW_MS)[BEL].code == "export-policy"


def test_whom_nothing_can_be_sealed_to_gets_it_when_it_can(cards: CardWorld) -> None:
    expired = world.published(world.encryption_key(BEL), valid_to_ms=NOW_MS - 1)
    cards.keep()
    cards.trust = world.trust({BEL: world.entry(BEL, encryption_keys=(expired,))})
    deliveries = cards.keeper.step()
    assert deliveries[BEL].code == "key-not-valid"
    assert cards.store.withheld() == []  # nobody denied anything
    cards.keeper.step()
    cards.trust = world.trust()
    cards.keeper.step()
    assert cards.sent() == [(MEX, XPO), (BEL,)]


def test_a_suspended_party_gets_it_once_it_is_back(cards: CardWorld) -> None:
    cards.keep()
    cards.trust = suspended(BEL)
    assert cards.keeper.step()[BEL].code == "party-suspended"
    cards.trust = world.trust()
    cards.keeper.step()
    assert cards.sent() == [(MEX, XPO), (BEL,)]


@pytest.mark.parametrize("trust", [suspended(KEN), without(KEN)])
def test_a_party_that_takes_no_part_withholds_nothing_from_anybody(
    cards: CardWorld, trust: Trust
) -> None:
    cards.keep()
    cards.trust = trust
    with pytest.raises(DirectoryError):
        cards.keeper.step()
    assert cards.store.withheld() == []
    assert cards.store.card_deliveries(NOW_MS) == {}


def test_a_party_without_a_policy_withholds_nothing_from_anybody(
    cards: CardWorld,
) -> None:
    cards.keep()
    entry = replace(world.entry(KEN), policy=None)
    cards.trust = world.trust({KEN: entry})
    with pytest.raises(RefusedError):
        cards.keeper.step()
    assert cards.store.withheld() == []


def test_what_a_party_refused_is_sent_again_when_things_have_changed(
    cards: CardWorld,
) -> None:
    cards.keep()
    cards.keeper.step()
    cards.refuse(BEL, BEL)
    cards.clock.at_ms += 2 * DAY_MS
    cards.keeper.step()
    assert len(cards.sent()) == 1
    cards.trust = denying(BEL)
    cards.keeper.step()
    cards.keeper.step()
    assert len(cards.store.withheld()) == 1
    cards.trust = world.trust()
    cards.keeper.step()
    assert cards.sent() == [(BEL, MEX, XPO), (BEL,)]


def test_what_the_hub_refused_is_sent_again_the_next_day(cards: CardWorld) -> None:
    cards.keep()
    cards.keeper.step()
    cards.refuse(HUB, BEL)
    cards.keeper.step()
    assert len(cards.sent()) == 1
    cards.clock.at_ms += DAY_MS
    cards.keeper.step()
    assert cards.sent() == [(BEL, MEX, XPO)] * 2


def test_more_parties_than_one_message_takes_get_several(cards: CardWorld) -> None:
    cards.keep()
    cards.limits = Limits(recipients_max=2)
    cards.keeper.step()
    assert cards.sent() == [(BEL, MEX), (XPO,)]


def test_two_processes_together_send_it_once(
    cards: CardWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards.keep()
    other = CardWorld(store=NodeStore(tmp_path / "node.db"))
    real, looks = cards.store.card_deliveries, 0

    def overtaken(attested_at_ms: int) -> dict[PartyId, CardDelivery]:
        nonlocal looks
        found = real(attested_at_ms)
        looks += 1
        if looks == 1:
            other.keeper.step()  # between our look and our store
        return found

    monkeypatch.setattr(cards.store, "card_deliveries", overtaken)
    cards.keeper.step()
    assert len(cards.sent()) == 1
    other.store.close()


def test_a_conflict_that_does_not_end_is_raised(
    cards: CardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conflict(*_: object) -> None:
        raise StoreConflictError("always")

    cards.keep()
    monkeypatch.setattr(cards.store, "store_sealed_cards", conflict)
    with pytest.raises(StoreConflictError):
        cards.keeper.step()


def test_the_card_is_stored_encrypted(cards: CardWorld, tmp_path: Path) -> None:
    cards.keep()
    cards.keeper.step()
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not any(b"Officer" in data for data in files)
    own = cards.store.own_card()
    assert own is not None
    assert decode_card(open_card(world.holder(KEN), own)) == CARD
    with pytest.raises(ContentError):
        open_card(world.holder(BEL), own)
