"""Admission to the message bus: accounts, streams and durables, live.

Who is to be admitted is left to the registrar. Nothing here needs a server to be
restarted, and nobody else's connection is touched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from broker.core import subjects
from broker.core.errors import BusRefusedError, BusUnavailableError
from broker.infra.nats_border import jetstream_answer
from broker.infra.nats_bus import Bus
from keys.nats_jwt import (
    UNLIMITED,
    AccountClaim,
    AccountLimits,
    account_jwt,
    deletion_jwt,
)
from keys.nkeys import NatsKey

PARTY_LIMITS: Final = AccountLimits(
    connections=16, subscriptions=1000, payload=1024 * 1024
)
"""Enough for a node, its successor during an upgrade and some tools. No storage."""
HUB_LIMITS: Final = AccountLimits(
    connections=UNLIMITED, disk=UNLIMITED, streams=UNLIMITED, consumers=UNLIMITED
)

_NANOSECONDS: Final = 1_000_000  # in a millisecond
_DAY_MS: Final = 24 * 60 * 60 * 1000
_OK: Final = 200
_SHORTEST_WINDOW_MS: Final = 100


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """How much the streams hold, and for how long.

    A full stream refuses what is new; nothing old is ever dropped for it. If `LEDGER`
    is full the relay waits, submissions wait in `IN`, and if that is full too they
    wait in the nodes.

    Attributes:
        in_max_bytes: Of `IN`.
        in_max_messages_per_party: In `IN` until trimmed: one party alone cannot fill
            the stream for all others.
        ledger_max_bytes: Of `LEDGER`.
        ledger_max_age_ms: A party that stays away for longer misses messages.
        duplicate_window_ms: For which the ledger remembers what was written.
        replicas: Servers that hold each message: 1, or 3 in a cluster.
        ack_wait_ms: After which a message that was not acknowledged comes again.
        relay_max_pending: Messages that relay workers have in hand.
        party_max_pending: Messages that a party's node has in hand.
    """

    in_max_bytes: int = 8 * 1024**3
    in_max_messages_per_party: int = 100_000
    ledger_max_bytes: int = 48 * 1024**3
    ledger_max_age_ms: int = 400 * _DAY_MS
    duplicate_window_ms: int = 10 * 60 * 1000
    replicas: int = 1
    ack_wait_ms: int = 60_000
    relay_max_pending: int = 10_000
    party_max_pending: int = 1_000


class BusProvisioning:
    """Makes the streams and durables, and changes them where the server lets it.

    Every method may be called again with the same effect.

    Args:
        bus: A connection as a user of the hub's account without restrictions.
        limits: How much, and for how long.
        timeout_s: For the server to answer.
    """

    def __init__(
        self, bus: Bus, limits: StreamLimits, *, timeout_s: float = 10.0
    ) -> None:
        self._bus = bus
        self._limits = limits
        self._timeout_s = timeout_s

    async def ensure_streams(self) -> None:
        """Makes `IN` with its durable, and `LEDGER`.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: No room; or what is there cannot be changed to what is
                asked for.
        """
        there = (await self._ask("STREAM.NAMES", {})).get("streams") or ()
        for config in (_in_config(self._limits), _ledger_config(self._limits)):
            name = config["name"]
            verb = "UPDATE" if name in there else "CREATE"
            await self._ask(f"STREAM.{verb}.{name}", config)
        await self._ensure_durable(
            subjects.IN,
            subjects.RELAY,
            subjects.SUBMISSIONS,
            self._limits.relay_max_pending,
        )

    async def ensure_party(self, account: str) -> None:
        """Makes the durable of a party. It begins with all that waits for the party.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: What is there cannot be changed to what is asked for.
            RefusedError: Not the key of an account.
        """
        await self._ensure_durable(
            subjects.LEDGER,
            account,
            subjects.inbox_filter(account),
            self._limits.party_max_pending,
        )

    async def trim_in(self) -> None:
        """Drops from `IN` what the relay has acknowledged.

        The stream would hold it for ever: a stream that drops at acknowledgement has
        half the rate, since every message costs a second write to the disk.

        Raises:
            BusUnavailableError: No answer in time.
            BusRefusedError: There is no such stream.
        """
        state = await self._ask(f"CONSUMER.INFO.{subjects.IN}.{subjects.RELAY}", {})
        done = int(state["ack_floor"]["stream_seq"])
        if done:
            await self._ask(f"STREAM.PURGE.{subjects.IN}", {"seq": done + 1})

    async def _ensure_durable(
        self, stream: str, durable: str, filter_subject: str, max_pending: int
    ) -> None:
        config = {
            "name": durable,
            "durable_name": durable,
            "filter_subject": filter_subject,
            "deliver_policy": "all",
            "ack_policy": "explicit",
            "ack_wait": self._limits.ack_wait_ms * _NANOSECONDS,
            "max_ack_pending": max_pending,
        }
        await self._ask(
            f"CONSUMER.CREATE.{stream}.{durable}.{filter_subject}",
            {"stream_name": stream, "config": config},
        )

    async def _ask(self, verb: str, question: Mapping[str, Any]) -> dict[str, Any]:
        payload = json.dumps(question).encode()
        answer = await self._bus.request(f"$JS.API.{verb}", payload, self._timeout_s)
        try:
            return jetstream_answer(answer)
        except BusRefusedError as error:
            raise BusRefusedError(f"{verb}: {error}") from error


def _in_config(limits: StreamLimits) -> dict[str, Any]:
    return {
        "name": subjects.IN,
        "subjects": [subjects.SUBMISSIONS],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "discard_new_per_subject": True,
        "max_msgs_per_subject": limits.in_max_messages_per_party,
        "max_bytes": limits.in_max_bytes,
        "num_replicas": limits.replicas,
        # We use no message ids here; those of strangers shall cost no memory.
        "duplicate_window": _SHORTEST_WINDOW_MS * _NANOSECONDS,
        "deny_delete": True,
    }


def _ledger_config(limits: StreamLimits) -> dict[str, Any]:
    return {
        "name": subjects.LEDGER,
        "subjects": [subjects.INBOXES, subjects.AUDIT],
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "max_bytes": limits.ledger_max_bytes,
        "max_age": limits.ledger_max_age_ms * _NANOSECONDS,
        "num_replicas": limits.replicas,
        "duplicate_window": limits.duplicate_window_ms * _NANOSECONDS,
        "allow_atomic": True,
        "allow_direct": True,
        "deny_delete": True,
        "deny_purge": True,
    }
