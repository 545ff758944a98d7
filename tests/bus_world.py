"""A real nats-server with an operator, a hub and parties, for tests.

What is tested with it is left to the tests.
"""

import base64
import json
import secrets
from pathlib import Path
from typing import Any, Self

from nats.aio.client import Client

from broker.core import subjects
from broker.core.ports import Outgoing
from broker.infra.nats_admission import Admission
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_client import BusIdentity
from broker.infra.nats_config import ServerTrust
from broker.infra.nats_embedded import EmbeddedServer
from broker.infra.nats_provisioning import BusProvisioning, StreamLimits
from keys.nats_jwt import (
    UNRESTRICTED,
    AccountClaim,
    AccountLimits,
    Permissions,
    account_jwt,
    operator_jwt,
    user_jwt,
)
from keys.nkeys import KeyKind, NatsKey

NOW_MS = 1_800_000_000_000
LIMITS = StreamLimits(in_max_bytes=64 * 1024**2, ledger_max_bytes=256 * 1024**2)


def new_key(kind: KeyKind) -> NatsKey:
    """Makes a key that nobody has."""
    return NatsKey(kind, secrets.token_bytes(32))


def system_trust(operator: NatsKey, system: NatsKey) -> ServerTrust:
    """Returns what a server of this operator is told."""
    claim = AccountClaim(
        account=system.public, name="system", limits=AccountLimits(connections=-1)
    )
    now_s = NOW_MS // 1000
    return ServerTrust(
        operator_jwt=operator_jwt(
            operator, name="federation", system_account=system.public, now_s=now_s
        ),
        system_account=system.public,
        system_account_jwt=account_jwt(operator, claim, now_s=now_s),
    )


def user_of(
    account: NatsKey, permissions: Permissions = UNRESTRICTED, name: str = "user"
) -> BusIdentity:
    """Makes a user as whoever holds the seed of the account can."""
    user = new_key(KeyKind.USER)
    jwt = user_jwt(
        account,
        user.public,
        name=name,
        permissions=permissions,
        now_s=NOW_MS // 1000,
    )
    return BusIdentity(user_seed=user.seed, user_jwt=jwt)


def letter(account: NatsKey, name: str, payload: bytes | None = None) -> Outgoing:
    """Makes what the relay would write for `account`; it says its name if nothing."""
    return Outgoing(
        subject=subjects.inbox(account.public),
        payload=name.encode() if payload is None else payload,
        dedup_id=name,
    )


class BusWorld:
    """A server, the hub's account provisioned, and whoever connects.

    Attributes:
        server: The server.
        operator: Key of the operator.
        system: Key of the system account.
        hub: Key of the hub's account.
        problems: What connections reported.
        last_user: Public key of the user that connected last.
        admin: A connection of the hub without restrictions.
        admission: Admits parties.
        provisioning: Makes streams and durables.
    """

    def __init__(self, folder: Path, limits: StreamLimits = LIMITS) -> None:
        self.operator = new_key(KeyKind.OPERATOR)
        self.system = new_key(KeyKind.ACCOUNT)
        self.hub = new_key(KeyKind.ACCOUNT)
        self.server = EmbeddedServer(folder, system_trust(self.operator, self.system))
        self.problems: list[str] = []
        self.last_user = ""
        self._limits = limits
        self._buses: list[Bus] = []
        self._clients: list[Client] = []
        self.admin: Bus
        self.admission: Admission
        self.provisioning: BusProvisioning

    async def __aenter__(self) -> Self:
        """Starts the server and makes the hub's account and its streams."""
        await self.server.start()
        system = await self.connect(self.system)
        self.admission = Admission(system, self.operator, self.hub.public)
        await self.admission.push_hub(now_ms=NOW_MS)
        self.admin = await self.connect(self.hub, name="admin")
        self.provisioning = BusProvisioning(self.admin, self._limits)
        await self.provisioning.ensure_streams()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes all that was opened and stops the server."""
        for bus in self._buses:
            await bus.close()
        for client in self._clients:
            await client.close()
        await self.server.stop()

    async def admit(self, name: str) -> NatsKey:
        """Admits a party and returns the key of its account."""
        account = new_key(KeyKind.ACCOUNT)
        await self.admission.push_party(account.public, name, now_ms=NOW_MS)
        await self.provisioning.ensure_party(account.public)
        return account

    async def connect(
        self,
        account: NatsKey,
        permissions: Permissions = UNRESTRICTED,
        name: str = "user",
        wait_s: float = 5.0,
    ) -> Bus:
        """Connects as a new user of `account`."""
        bus = await connect(
            self.server.url,
            self._user_of(account, permissions, name),
            name=name,
            inbox_prefix=subjects.inbox_prefix(name),
            on_problem=self.problems.append,
            wait_s=wait_s,
        )
        self._buses.append(bus)
        return bus

    async def node(self, account: NatsKey) -> Bus:
        """Connects as the node of a party does."""
        prefix = subjects.inbox_prefix("node")
        permissions = subjects.node_permissions(account.public, prefix)
        return await self.connect(account, permissions, "node")

    async def relay(self) -> Bus:
        """Connects as a relay worker does."""
        permissions = subjects.relay_permissions(subjects.inbox_prefix("relay"))
        return await self.connect(self.hub, permissions, "relay")

    async def raw(
        self, account: NatsKey, permissions: Permissions = UNRESTRICTED
    ) -> Client:
        """Connects with the bare client library, as a stranger's program would."""
        identity = self._user_of(account, permissions, "raw")
        key = NatsKey(KeyKind.USER, identity.user_seed)

        async def note(error: Exception) -> None:
            self.problems.append(str(error))

        client = Client()
        self._clients.append(client)
        await client.connect(
            self.server.url,
            error_cb=note,
            allow_reconnect=False,
            user_jwt_cb=identity.user_jwt.encode,
            signature_cb=lambda nonce: base64.b64encode(key.sign(nonce.encode())),
        )
        return client

    async def stream(self, name: str) -> dict[str, Any]:
        """Returns the state of a stream, with the number of messages by subject."""
        question = json.dumps({"subjects_filter": ">"}).encode()
        answer = await self.admin.request(f"$JS.API.STREAM.INFO.{name}", question, 5)
        state: dict[str, Any] = json.loads(answer)["state"]
        return state

    async def durable(self, stream: str, name: str) -> dict[str, Any]:
        """Returns the state of a durable."""
        subject = f"$JS.API.CONSUMER.INFO.{stream}.{name}"
        info: dict[str, Any] = json.loads(await self.admin.request(subject, b"", 5))
        return info

    def _user_of(
        self, account: NatsKey, permissions: Permissions, name: str
    ) -> BusIdentity:
        identity = user_of(account, permissions, name)
        self.last_user = NatsKey(KeyKind.USER, identity.user_seed).public
        return identity
