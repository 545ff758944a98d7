"""Admission in step with the directory: what is missing is done, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from broker.core.errors import BusUnavailableError
from broker.services.doorkeeper import Doorkeeper
from keys.directory.model import (
    DirectoryView,
    Membership,
    PartyLimits,
    Suspension,
)
from keys.identity import PartyId
from keys.nats_jwt import AccountLimits
from tests import world
from tests.world import BEL, KEN, NOW_MS, account

PUBLISHED = {account(party): party for party in world.PARTIES}
HUB = "HUB"


@dataclass
class Server:
    """A server that remembers what it was told, and may fail."""

    known: dict[str, AccountLimits] = field(default_factory=dict)
    pushed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    mailboxes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: int = 0
    fails_at: str = ""

    async def accounts(self) -> frozenset[str]:
        self.asked += 1
        return frozenset({*self.known, HUB})

    async def push_party(
        self, account: str, name: str, *, now_ms: int, limits: AccountLimits
    ) -> None:
        assert (name, now_ms) != ("", 0)
        if account == self.fails_at:
            raise BusUnavailableError("for this test")
        self.known[account] = limits
        self.pushed.append(account)

    async def remove(self, account: str, *, now_ms: int) -> None:
        assert now_ms
        del self.known[account]
        self.removed.append(account)

    async def ensure_party(self, account: str, former: Sequence[str] = ()) -> None:
        self.mailboxes.setdefault(account, tuple(former))


def keeper(server: Server) -> Doorkeeper:
    return Doorkeeper(server, server, own=[HUB])


def changed(view: DirectoryView, *memberships: Membership) -> DirectoryView:
    federation = replace(view.federation, memberships=memberships)
    return replace(view, federation=federation)


def suspension(party: PartyId, since_ms: int = NOW_MS) -> Membership:
    return Membership(party=party, suspension=Suspension(since_ms=since_ms, reason="?"))


async def test_the_same_directory_costs_nothing_the_second_time() -> None:
    server = Server()
    door = keeper(server)
    await door.step(world.view(), PUBLISHED, NOW_MS)
    assert set(server.pushed) == set(PUBLISHED) == set(server.mailboxes)
    for _ in range(3):
        done = await door.step(world.view(), PUBLISHED, NOW_MS)
        assert not done.admit
    assert (server.asked, len(server.pushed)) == (1, 4)


async def test_one_change_among_two_hundred_parties_is_one_push() -> None:
    codes = [PartyId(f"{a}{b}X") for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJKLMNOPQRST"]
    view = replace(world.view(), parties={code: world.entry(code) for code in codes})
    published = {account(code): code for code in codes}
    server = Server()
    door = keeper(server)
    await door.step(view, published, NOW_MS)
    assert len(server.pushed) == 200
    own = Membership(party=codes[7], limits=PartyLimits(connections=1))
    await door.step(changed(view, own), published, NOW_MS)
    assert server.pushed[200:] == [account(codes[7])]
    assert server.known[account(codes[7])].connections == 1
    assert server.removed == []


async def test_a_suspended_party_is_cut_and_reinstated_and_nobody_else() -> None:
    server = Server()
    door = keeper(server)
    view = changed(world.view(), suspension(KEN, NOW_MS + 5))
    await door.step(view, PUBLISHED, NOW_MS)
    assert account(KEN) in server.known
    await door.step(view, PUBLISHED, NOW_MS + 5)
    assert server.removed == [account(KEN)]
    await door.step(world.view(), PUBLISHED, NOW_MS + 9)
    assert server.pushed[4:] == [account(KEN)]
    assert server.removed == [account(KEN)]


async def test_a_restarted_registrar_cuts_whoever_does_not_belong() -> None:
    server = Server()
    await keeper(server).step(world.view(), PUBLISHED, NOW_MS)
    again = keeper(server)
    await again.step(changed(world.view(), suspension(KEN)), PUBLISHED, NOW_MS)
    assert server.removed == [account(KEN)]
    assert len(server.pushed) == 4 + 3


async def test_what_failed_half_way_is_finished_by_the_next_step() -> None:
    server = Server(fails_at=account(BEL))
    door = keeper(server)
    with pytest.raises(BusUnavailableError):
        await door.step(world.view(), PUBLISHED, NOW_MS)
    before = list(server.pushed)
    server.fails_at = ""
    await door.step(world.view(), PUBLISHED, NOW_MS)
    assert sorted(server.pushed) == sorted(PUBLISHED)
    assert server.pushed[: len(before)] == before


async def test_an_account_that_came_back_by_a_restored_server_is_cut_again() -> None:
    server = Server()
    door = keeper(server)
    await door.step(world.view(), PUBLISHED, NOW_MS)
    server.known["THIEF"] = AccountLimits()
    await door.step(world.view(), PUBLISHED, NOW_MS)
    assert server.removed == []
    door.doubt()
    await door.step(world.view(), PUBLISHED, NOW_MS)
    assert server.removed == ["THIEF"]
    assert len(server.pushed) == 4


async def test_a_server_that_may_be_another_is_told_everything() -> None:
    server = Server()
    door = keeper(server)
    await door.step(world.view(), PUBLISHED, NOW_MS)
    door.forget()
    await door.step(world.view(), PUBLISHED, NOW_MS)
    assert sorted(server.pushed) == sorted([*PUBLISHED, *PUBLISHED])


async def test_a_replaced_account_is_cut_before_its_successor_begins() -> None:
    server = Server()
    door = keeper(server)
    await door.step(world.view(), PUBLISHED, NOW_MS)
    entry = world.entry(KEN, account=account("new"), former_accounts=(account(KEN),))
    published = {**PUBLISHED, account("new"): KEN}
    del published[account(KEN)]
    await door.step(world.view({KEN: entry}), published, NOW_MS)
    assert server.removed == [account(KEN)]
    assert server.mailboxes[account("new")] == (account(KEN),)
    assert account("new") in server.known


async def test_a_party_whose_record_has_expired_gets_no_new_mailbox() -> None:
    server = Server()
    await keeper(server).step(world.view({KEN: None}), PUBLISHED, NOW_MS)
    assert account(KEN) in server.known
    assert account(KEN) not in server.mailboxes
