"""A server for other systems: which connections it takes, and how it begins and ends.

What one connection may take is left to `broker.web.guarded_protocol`, TLS to
`broker.web.tls`; who may do what, to the application.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import structlog
import uvicorn
from uvicorn.config import Config

from broker.core.errors import ConfigurationError
from broker.web.guarded_protocol import PEER, Bounds, GuardedProtocol
from broker.web.tls import is_loopback, server_context

Scope = MutableMapping[str, Any]
Application = Callable[
    [
        Scope,
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
"""What ASGI calls an application."""

_BACKLOG: Final = 128
_NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_REST_S: Final = 0.5
"""How long no connection is taken when the machine has no room for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """How other systems are served.

    Attributes:
        host: Name or address to listen on; without TLS, of the loopback only.
        port: 0 for any that is free.
        certificate: The server's, with its chain, PEM; None: no TLS.
        key: Its private key, PEM, in the clear.
        client_authorities: Who may have signed certificates of clients, PEM; empty:
            clients are not asked for any.
        require_client: Whether a client without a certificate is turned away.
        body_max_size: Bytes of a body.
        body_limits: The same for single paths, which differ.
        head_max_size: Bytes of a request's line and header fields.
        head_wait_s: Seconds within which TLS is agreed, and again the head is there.
        body_wait_s: Seconds within which a body has to come further.
        write_wait_s: Seconds for which a client may leave an answer unread.
        linger_s: Seconds for which a refused client is heard out, so that it reads
            why, before the connection is cut.
        idle_wait_s: Seconds for which a connection is kept on which nothing is asked.
        stop_wait_s: Seconds that answers have to end when the server does.
        connections_max: How many at a time; further ones are closed at once.
        headers: Fields that every answer has, refusals of this server's own included.
    """

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    client_authorities: bytes = b""
    require_client: bool = False
    body_max_size: int = 1_048_576
    body_limits: Mapping[str, int] = field(default_factory=dict)
    head_max_size: int = 32_768
    head_wait_s: float = 10.0
    body_wait_s: float = 20.0
    write_wait_s: float = 30.0
    linger_s: float = 2.0
    idle_wait_s: int = 30
    stop_wait_s: int = 3
    connections_max: int = 512
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def bounds(self) -> Bounds:
        """What one connection may take."""
        return Bounds(
            head_max_size=self.head_max_size,
            body_max_size=self.body_max_size,
            body_limits=self.body_limits,
            head_wait_s=self.head_wait_s,
            body_wait_s=self.body_wait_s,
            write_wait_s=self.write_wait_s,
            linger_s=self.linger_s,
        )


async def serve(
    app: Application,
    plan: ServerPlan,
    stop: asyncio.Event,
    ready: Callable[[int], None] = lambda _port: None,
) -> None:
    """Serves an application until `stop` is set; answers under way are ended first.

    Args:
        app: What answers.
        plan: How it is served.
        stop: Set to end it.
        ready: Told the port, once clients can connect.

    Raises:
        ConfigurationError: The address cannot be had, is served without TLS though it
            leaves this machine, or TLS cannot be spoken as planned; or the application
            does not begin.
    """
    context = _context(plan)
    with _listening(plan) as listening:
        config = Config(
            cast("Any", app),  # uvicorn has types of its own for the same
            loop="none",
            ws="none",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=list(plan.headers.items()),
            timeout_keep_alive=plan.idle_wait_s,
            timeout_graceful_shutdown=plan.stop_wait_s,
        )
        server = _Server(config, plan, context, listening, ready)
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(_watch(stop, server))
            try:
                await server.serve()
            finally:
                watch.cancel()


def peer_certificate(scope: Scope) -> bytes | None:
    """Returns the certificate, DER, that the client of a request has shown.

    Whether one of our authorities has signed it, and whether the client holds its key,
    was checked when TLS was agreed. None when it has shown none.
    """
    extension = scope.get("extensions", {}).get(PEER)
    return None if extension is None else extension["certificate"]


async def _watch(stop: asyncio.Event, server: uvicorn.Server) -> None:
    await stop.wait()
    server.should_exit = True


def _context(plan: ServerPlan) -> ssl.SSLContext | None:
    if plan.certificate is None or plan.key is None:
        if not is_loopback(plan.host):
            raise ConfigurationError(
                f"{plan.host} would be served without TLS over a network; name a "
                "certificate and its key, or listen on 127.0.0.1"
            )
        if plan.require_client:
            raise ConfigurationError("without TLS, clients show no certificates")
        return None
    return server_context(
        plan.certificate,
        plan.key,
        plan.client_authorities,
        require_client=plan.require_client,
    )


def _listening(plan: ServerPlan) -> socket.socket:
    try:
        [(family, *_, address), *_] = socket.getaddrinfo(
            plan.host, plan.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        made = socket.create_server(
            (str(address[0]), plan.port), family=family, backlog=_BACKLOG
        )
    except OSError as error:
        raise ConfigurationError(
            f"{plan.host}:{plan.port} cannot be listened on: {error.strerror}; set "
            "another host or port, or end what listens there"
        ) from error
    made.settimeout(0)
    return made


class _Server(uvicorn.Server):
    """uvicorn's server, which takes any number of connections, with a bound on them."""

    def __init__(
        self,
        config: Config,
        plan: ServerPlan,
        context: ssl.SSLContext | None,
        listening: socket.socket,
        ready: Callable[[int], None],
    ) -> None:
        super().__init__(config)
        self._plan = plan
        self._context = context
        self._listening = listening
        self._ready = ready

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves; signals are left to whoever runs this process."""
        await self._serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's
        """Begins to take connections."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise ConfigurationError("the interface could not be started")
        door = _Door(self._listening, self._enter, self._has_room)
        self.servers = [cast("asyncio.base_events.Server", door)]
        self.started = True
        self._ready(int(self._listening.getsockname()[1]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends what is under way, and then whatever has not ended by itself."""
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()

    def _has_room(self, entering: int) -> bool:
        open_now = len(self.server_state.connections) + entering
        return open_now < self._plan.connections_max

    async def _enter(self, accepted: socket.socket) -> None:
        wait_s = self._plan.head_wait_s if self._context else None
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: GuardedProtocol(
                self.config, self.server_state, self.lifespan.state, self._plan.bounds
            ),
            accepted,
            ssl=self._context,
            ssl_handshake_timeout=wait_s,
            ssl_shutdown_timeout=wait_s,
        )


class _Door:
    """Takes connections one by one; those that still agree on TLS are counted too.

    The loop's own server would hand them over only afterwards: whoever never ends to
    agree would hold as many as the process may have open.
    """

    def __init__(
        self,
        listening: socket.socket,
        enter: Callable[[socket.socket], Awaitable[None]],
        has_room: Callable[[int], bool],
    ) -> None:
        self._listening = listening
        self._enter = enter
        self._has_room = has_room
        self._entering: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept())

    def close(self) -> None:
        """Takes no further connection."""
        self._accepting.cancel()
        self._listening.close()

    async def wait_closed(self) -> None:
        """Returns once nobody is in the door any more."""
        for one in self._entering:
            one.cancel()
        await asyncio.gather(self._accepting, *self._entering, return_exceptions=True)

    async def _accept(self) -> None:
        loop, log = asyncio.get_running_loop(), structlog.get_logger("web")
        full = False
        while True:
            try:
                accepted, _ = await loop.sock_accept(self._listening)
            except OSError as error:
                # The client is gone already, or there is no room for it just now.
                if error.errno in _NO_ROOM:
                    log.warning("no-room", problem=error.strerror)
                    await asyncio.sleep(_REST_S)
                continue
            if not self._has_room(len(self._entering)):
                accepted.close()
                if not full:
                    log.warning("too-many-connections")
                full = True
                continue
            full = False
            task = asyncio.create_task(self._let_in(accepted))
            self._entering.add(task)
            task.add_done_callback(self._entering.discard)

    async def _let_in(self, accepted: socket.socket) -> None:
        accepted.settimeout(0)
        with suppress(OSError, ConnectionError):
            # Small answers go at once: nothing follows that they could wait for.
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # No TLS, none that we speak, or none in time: that is the client's matter.
            await self._enter(accepted)
