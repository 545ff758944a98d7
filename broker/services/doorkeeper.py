"""Keeps admission to the message bus in step with the directory, change by change.

Who belongs there is decided in `broker.core.admission`; how a server is told, is left
to the drivers.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import structlog

from broker.core.admission import Changes, Place, account_limits, changes, places
from keys.directory.model import DirectoryView
from keys.identity import PartyId
from keys.nats_jwt import AccountLimits


class AccountList(Protocol):
    """The server's list of accounts."""

    async def accounts(self) -> frozenset[str]:
        """Returns the public keys of all accounts the server knows."""
        ...

    async def push_party(
        self, account: str, name: str, *, now_ms: int, limits: AccountLimits
    ) -> None:
        """Admits a party, or changes what is said about it."""
        ...

    async def remove(self, account: str, *, now_ms: int) -> None:
        """Cuts all connections of an account and admits it no more."""
        ...


class Mailboxes(Protocol):
    """The durables that parties read from."""

    async def ensure_party(self, account: str, former: Sequence[str] = ()) -> None:
        """Makes the durable of a party, where there is none."""
        ...


class Doorkeeper:
    """Remembers what it has done, and does only what is missing.

    Args:
        accounts: The server's list.
        mailboxes: The durables.
        own: Accounts that are no party's, and stay.
    """

    def __init__(
        self, accounts: AccountList, mailboxes: Mailboxes, own: Collection[str]
    ) -> None:
        self._accounts = accounts
        self._mailboxes = mailboxes
        self._own = frozenset(own)
        self._applied: dict[str, Place] = {}
        self._sure = False
        self._log = structlog.get_logger("registrar")

    def doubt(self) -> None:
        """Has the next step compare with what the server says.

        Somebody may have restored it, or changed it by hand.
        """
        self._sure = False

    def forget(self) -> None:
        """Has the next step say everything again, to a server that may be another."""
        self._applied.clear()
        self._sure = False

    async def step(
        self, view: DirectoryView, published: Mapping[str, PartyId], now_ms: int
    ) -> Changes:
        """Does what the directory asks for and has not been done; returns it.

        Whatever fails in between is done by the next step.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: The server does not believe the operator.
        """
        wanted = places(view, published, now_ms)
        if self._sure and wanted == self._applied:
            return Changes(cut=(), admit={})
        present = await self._accounts.accounts()
        found = changes(wanted, self._applied, present, self._own)
        # First, since it is what somebody may be waiting for with impatience; and a
        # new account then begins where its predecessor has really stopped.
        for account in found.cut:
            await self._accounts.remove(account, now_ms=now_ms)
            known = self._applied.pop(account, None)
            party = known.party if known else published.get(account)
            self._log.warning("account cut off", account=account, party=party)
        for account, place in found.admit.items():
            await self._admit(account, place, now_ms)
        self._applied = dict(wanted)
        self._sure = True
        return found

    async def _admit(self, account: str, place: Place, now_ms: int) -> None:
        if place.former_accounts is not None:
            await self._mailboxes.ensure_party(account, place.former_accounts)
        await self._accounts.push_party(
            account, place.party, now_ms=now_ms, limits=account_limits(place.limits)
        )
        self._applied[account] = place
        self._log.info("account admitted", account=account, party=place.party)
