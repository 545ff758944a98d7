"""Who is admitted to the message bus, on which terms, and what must change there.

Decided here, from the directory alone; done by `broker.services.doorkeeper`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from keys.directory.model import DirectoryView, PartyLimits
from keys.identity import PartyId
from keys.nats_jwt import AccountLimits

CONNECTIONS: Final = 16
"""Enough for a node, its successor during an upgrade, and some tools."""
_SUBSCRIPTIONS: Final = 1000
_MAX_PAYLOAD: Final = 1024 * 1024  # bytes; what the server takes from anybody
# Bundles of receipts and what a party publishes count as well, and must get through
# however small its messages have to be: the server cuts off whoever sends more.
_LEAST_PAYLOAD: Final = 768 * 1024  # bytes
_FRAME: Final = 64 * 1024  # bytes around a message, with room to be refused by us


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a party on the bus.

    Attributes:
        party: Whose it is.
        limits: What it may use.
        former_accounts: What still waits for these is the party's own, oldest first;
            None when its record does not hold at present, and says nothing.
    """

    party: PartyId
    limits: PartyLimits
    former_accounts: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has to be done on the bus.

    Attributes:
        cut: Accounts whose connections end, and that are admitted no more.
        admit: Accounts to admit, or to change.
    """

    cut: tuple[str, ...]
    admit: Mapping[str, Place]


def places(
    view: DirectoryView, published: Mapping[str, PartyId], now_ms: int
) -> dict[str, Place]:
    """Returns every account that belongs on the bus now.

    1. An account that a party uses: as its record says, or, where that does not hold
    at present, as it was last published: a party must be able to publish again. 2. Not
    those of suspended parties. 3. Nobody's account is anybody else's former one: such
    a record would be handed another's mail.

    Args:
        view: The directory.
        published: Which party has published which account, and not replaced it.
        now_ms: The present; a suspension may begin while nothing is published.
    """
    current = {e.record.account: party for party, e in view.parties.items()}
    current = {  # 1
        **{a: p for a, p in current.items() if p not in published.values()},
        **published,
    }
    owners = _owners(view, current)
    found = {}
    for account, party in current.items():
        suspension = view.federation.membership(party).suspension
        if suspension is not None and now_ms >= suspension.since_ms:  # 2
            continue
        entry = view.parties.get(party)
        former: tuple[str, ...] | None = None
        if entry is not None and entry.record.account == account:
            former = tuple(
                one
                for one in entry.record.former_accounts
                if owners[one] == {party}  # 3
            )
        limits = view.federation.limits(party)
        found[account] = Place(party=party, limits=limits, former_accounts=former)
    return found


def changes(
    wanted: Mapping[str, Place],
    applied: Mapping[str, Place],
    present: Collection[str],
    own: Collection[str],
) -> Changes:
    """Returns what turns the bus from how it is into how it should be.

    Args:
        wanted: How it should be.
        applied: What is known to have been done.
        present: Accounts that the server lists.
        own: Accounts that are no party's, and stay.
    """
    kept = {*wanted, *own}
    return Changes(
        cut=tuple(sorted(account for account in present if account not in kept)),
        admit={
            account: place
            for account, place in wanted.items()
            if applied.get(account) != place or account not in present
        },
    )


def account_limits(limits: PartyLimits) -> AccountLimits:
    """Returns what the server itself holds a party to; the relay does the rest.

    A message that is too large for the party is refused by the relay, with a signed
    receipt. The server only knows to cut a connection off, so that its bound lies
    above.
    """
    payload = _MAX_PAYLOAD
    if limits.message_bytes is not None:
        payload = min(_MAX_PAYLOAD, max(_LEAST_PAYLOAD, limits.message_bytes + _FRAME))
    return AccountLimits(
        connections=CONNECTIONS if limits.connections is None else limits.connections,
        subscriptions=_SUBSCRIPTIONS,
        payload=payload,
    )


def _owners(
    view: DirectoryView, current: Mapping[str, PartyId]
) -> dict[str, set[PartyId]]:
    """Returns who says of each account that it is, or was, its own."""
    owners: dict[str, set[PartyId]] = {a: {p} for a, p in current.items()}
    for party, entry in view.parties.items():
        for account in (entry.record.account, *entry.record.former_accounts):
            owners.setdefault(account, set()).add(party)
    return owners
