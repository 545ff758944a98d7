"""One connection of the NATS client library, from opening to closing.

That there is always one is left to `broker.infra.nats_bus`.
"""

import asyncio
import base64
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from nats import errors as nats_errors
from nats.aio.client import Client

from broker.core.errors import BusUnavailableError
from broker.infra.nats_border import connecting
from broker.infra.nats_tls import ClientTls, tls_problem
from keys.nkeys import KeyKind, NatsKey

_CONNECT_TIMEOUT_S: Final = 10
_CLOSE_TIMEOUT_S: Final = 0.5
_PING_INTERVAL_S: Final = 15  # two unanswered pings end a dead connection


@dataclass(frozen=True, slots=True, kw_only=True)
class BusIdentity:
    """Who connects.

    Attributes:
        user_seed: The private key of the user, 32 bytes.
        user_jwt: What the account claims about that user.
    """

    user_seed: bytes = field(repr=False)
    user_jwt: str


async def open_client(
    servers: list[str],
    identity: BusIdentity,
    *,
    name: str,
    inbox_prefix: str,
    tls: ClientTls | None,
    failed: Callable[[str], None],
    closed: Callable[[], None],
) -> Client:
    """Opens a connection that lasts until it breaks.

    Args:
        servers: Their URLs; one of them is taken.
        identity: Who connects.
        name: For the operator's lists of connections.
        inbox_prefix: Where answers go.
        tls: How to check the server; no TLS if None.
        failed: Called with what no caller waits for.
        closed: Called when the connection is over.

    Raises:
        BusRefusedError: A server is there and does not admit this user.
        BusUnavailableError: No server.
    """
    key = NatsKey(KeyKind.USER, identity.user_seed)

    reasons: list[str] = []

    async def note_failed(error: Exception) -> None:
        text = _words(error)
        if client.is_connected:
            failed(text)
        else:
            reasons.append(text)

    async def note_closed() -> None:
        closed()

    client = Client()
    try:
        with connecting():
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                await client.connect(
                    servers,
                    name=name,
                    allow_reconnect=False,
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0,
                    connect_timeout=_CONNECT_TIMEOUT_S,
                    ping_interval=_PING_INTERVAL_S,
                    inbox_prefix=inbox_prefix,
                    user_jwt_cb=identity.user_jwt.encode,
                    signature_cb=lambda nonce: base64.b64encode(
                        key.sign(nonce.encode())
                    ),
                    error_cb=note_failed,
                    closed_cb=note_closed,
                    tls=None if tls is None else tls.context,
                    tls_hostname=None if tls is None else tls.server_name,
                    # Otherwise a stranger in between could strip the wish for TLS
                    # from the server's greeting, which is sent in the clear.
                    tls_handshake_first=tls is not None,
                )
        _check_open(client)
    except BaseException as error:
        await discard(client)
        # The library's last word is that it has no server left to try.
        if reasons and isinstance(error, BusUnavailableError):
            raise BusUnavailableError(f"cannot connect: {reasons[-1]}") from error
        raise
    return client


def _words(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return tls_problem(error)
    return str(error) or repr(error)


def _check_open(client: Client) -> None:
    if not client.is_connected:
        raise BusUnavailableError("the server closed the connection at once")


async def discard(client: Client) -> None:
    """Closes a connection, whatever state it is in."""
    with suppress(nats_errors.Error, OSError):
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await client.close()
