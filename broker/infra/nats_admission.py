"""Admission to the message bus: which accounts the server knows, live.

Who is to be admitted is left to the registrar, streams and durables to
`nats_provisioning`. Nothing here needs a server to be
restarted, and nobody else's connection is touched.
"""

from collections.abc import Mapping
from typing import Final

from broker.core import subjects
from broker.core.admission import account_limits
from broker.core.errors import BusRefusedError, BusUnavailableError
from broker.infra.nats_border import jetstream_answer
from broker.infra.nats_bus import Bus
from keys.directory.model import PartyLimits
from keys.nats_jwt import (
    UNLIMITED,
    AccountClaim,
    AccountLimits,
    account_jwt,
    deletion_jwt,
)
from keys.nkeys import NatsKey

PARTY_LIMITS: Final = account_limits(PartyLimits())
"""Of a party that the directory says nothing special about. No storage."""
HUB_LIMITS: Final = AccountLimits(
    connections=UNLIMITED, disk=UNLIMITED, streams=UNLIMITED, consumers=UNLIMITED
)

_OK: Final = 200


class Admission:
    """Tells the server which accounts there are.

    Every method may be called again with the same effect.

    Args:
        bus: A connection as a user of the system account.
        operator: Whose claims the server believes.
        hub_account: Public key of the hub's account.
        timeout_s: For the server to answer.
    """

    def __init__(
        self, bus: Bus, operator: NatsKey, hub_account: str, *, timeout_s: float = 10.0
    ) -> None:
        self._bus = bus
        self._operator = operator
        self._hub_account = hub_account
        self._timeout_s = timeout_s

    async def push_hub(self, *, now_ms: int) -> None:
        """Makes the hub's account, with all that it offers to parties.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: The server does not believe the operator.
        """
        claim = AccountClaim(
            account=self._hub_account,
            name="hub",
            limits=HUB_LIMITS,
            exports=subjects.hub_exports(),
        )
        await self._push(claim, now_ms)

    async def push_party(
        self,
        account: str,
        name: str,
        *,
        now_ms: int,
        limits: AccountLimits = PARTY_LIMITS,
        revoked: Mapping[str, int] | None = None,
    ) -> None:
        """Admits a party, or changes what is said about it.

        Args:
            account: Public key of the party's account.
            name: Of the party.
            now_ms: The time, in milliseconds since the epoch.
            limits: What it may use.
            revoked: Public keys of users whose connections are cut, each with the
                time, in seconds since the epoch, up to which claims are void.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: The server does not believe the operator, or the account
                is the hub's.
            RefusedError: Not the key of an account.
        """
        self._check_party(account)
        claim = AccountClaim(
            account=account,
            name=name,
            limits=limits,
            imports=subjects.party_imports(account, self._hub_account),
            revoked=revoked or {},
        )
        await self._push(claim, now_ms)

    async def remove(self, account: str, *, now_ms: int) -> None:
        """Cuts all connections of a party and admits it no more.

        What waits for it in the ledger stays there: a party that is admitted again
        finds it.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: The server does not believe the operator, or the account
                is the hub's.
        """
        self._check_party(account)
        if account not in await self.accounts():
            return
        claim = deletion_jwt(self._operator, [account], now_s=now_ms // 1000)
        await self._ask("$SYS.REQ.CLAIMS.DELETE", claim)

    async def accounts(self) -> frozenset[str]:
        """Returns the public keys of all accounts the server knows.

        Raises:
            BusUnavailableError: No answer in time.
        """
        known = await self._ask("$SYS.REQ.CLAIMS.LIST", "")
        if not isinstance(known, list):
            raise BusUnavailableError("the server does not list accounts")
        return frozenset(str(account) for account in known)

    async def _push(self, claim: AccountClaim, now_ms: int) -> None:
        jwt = account_jwt(self._operator, claim, now_s=now_ms // 1000)
        await self._ask("$SYS.REQ.CLAIMS.UPDATE", jwt)

    async def _ask(self, subject: str, payload: str) -> object:
        answer = jetstream_answer(
            await self._bus.request(subject, payload.encode(), self._timeout_s)
        )
        data = answer.get("data")
        if isinstance(data, dict) and data.get("code") != _OK:
            raise BusRefusedError(str(data.get("message")))
        return data

    def _check_party(self, account: str) -> None:
        if account == self._hub_account:
            raise BusRefusedError("the hub's account is not that of a party")
