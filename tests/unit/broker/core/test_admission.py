"""Who belongs on the bus, decided from the directory alone."""

from dataclasses import replace

import pytest

from broker.core.admission import Place, account_limits, changes, places
from keys.directory.model import (
    DirectoryView,
    Membership,
    PartyEntry,
    PartyLimits,
    Suspension,
)
from keys.identity import PartyId
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS, XPO, account

PUBLISHED = {account(party): party for party in world.PARTIES}


def decided(view: DirectoryView, *memberships: Membership) -> DirectoryView:
    federation = replace(view.federation, memberships=memberships)
    return replace(view, federation=federation)


def suspended(party: PartyId, since_ms: int = NOW_MS) -> Membership:
    return Membership(party=party, suspension=Suspension(since_ms=since_ms, reason="?"))


def parties(wanted: dict[str, Place]) -> set[str]:
    return {place.party for place in wanted.values()}


def test_every_party_has_its_place() -> None:
    wanted = places(world.view(), PUBLISHED, NOW_MS)
    assert wanted.keys() == PUBLISHED.keys()
    assert wanted[account(KEN)] == Place(
        party=KEN, limits=PartyLimits(), former_accounts=()
    )


def test_a_suspension_counts_from_its_moment_on() -> None:
    view = decided(world.view(), suspended(KEN))
    assert KEN in parties(places(view, PUBLISHED, NOW_MS - 1))
    assert parties(places(view, PUBLISHED, NOW_MS)) == {BEL, MEX, XPO}


def test_a_party_whose_record_has_expired_keeps_its_place_and_its_mail() -> None:
    view = world.view({KEN: None})
    place = places(view, PUBLISHED, NOW_MS)[account(KEN)]
    assert (place.party, place.former_accounts) == (KEN, None)
    both = decided(view, suspended(KEN))
    assert KEN not in parties(places(both, PUBLISHED, NOW_MS))


def test_a_party_that_is_none_any_more_has_no_place() -> None:
    others = {a: p for a, p in PUBLISHED.items() if p != KEN}
    assert KEN not in parties(places(world.view({KEN: None}), others, NOW_MS))


def test_an_account_that_was_replaced_has_no_place() -> None:
    """Also while the view is a moment older than what was published."""
    published = {**PUBLISHED, account("new"): KEN}
    del published[account(KEN)]
    wanted = places(world.view(), published, NOW_MS)
    assert account(KEN) not in wanted
    assert wanted[account("new")].former_accounts is None
    later = world.view({KEN: moved()})
    assert places(later, published, NOW_MS)[account("new")].former_accounts == (
        account(KEN),
    )


def test_the_account_of_another_is_nobodys_former_one() -> None:
    """An attack: a record that names another's account as its own of before."""
    entry = world.entry(KEN, former_accounts=(account("old"), account(BEL)))
    wanted = places(world.view({KEN: entry}), PUBLISHED, NOW_MS)
    assert wanted[account(KEN)].former_accounts == (account("old"),)


def test_limits_are_those_of_the_directory() -> None:
    own = PartyLimits(connections=2)
    view = decided(world.view(), Membership(party=KEN, limits=own))
    wanted = places(view, PUBLISHED, NOW_MS)
    assert wanted[account(KEN)].limits == own
    assert wanted[account(BEL)].limits == PartyLimits()


@pytest.mark.parametrize(
    ("limits", "connections", "payload"),
    [
        (PartyLimits(), 16, 1 << 20),
        (PartyLimits(connections=0), 0, 1 << 20),
        (PartyLimits(connections=3, message_bytes=1000), 3, 768 << 10),
        (PartyLimits(message_bytes=800_000), 16, 800_000 + 65_536),
        (PartyLimits(message_bytes=10**9), 16, 1 << 20),
    ],
)
def test_what_the_server_holds_a_party_to(
    limits: PartyLimits, connections: int, payload: int
) -> None:
    found = account_limits(limits)
    assert (found.connections, found.payload) == (connections, payload)
    assert (found.disk, found.streams, found.leaf_connections) == (0, 0, 0)


def test_only_what_differs_is_changed() -> None:
    wanted = places(world.view(), PUBLISHED, NOW_MS)
    before = {**wanted}
    del before[account(KEN)]
    before[account(BEL)] = replace(
        before[account(BEL)], limits=PartyLimits(connections=0)
    )
    found = changes(wanted, before, [*wanted, "HUB", "X"], ["HUB"])
    assert found.cut == ("X",)
    assert found.admit.keys() == {account(KEN), account(BEL)}


def test_what_the_server_has_lost_is_said_again() -> None:
    wanted = places(world.view(), PUBLISHED, NOW_MS)
    present = set(wanted) - {account(MEX)}
    found = changes(wanted, wanted, present, [])
    assert found.cut == ()
    assert set(found.admit) == {account(MEX)}


def moved() -> PartyEntry:
    return world.entry(KEN, account=account("new"), former_accounts=(account(KEN),))
