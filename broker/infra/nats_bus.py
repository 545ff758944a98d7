"""One user's connection to the message bus: it comes back by itself, for ever.

Streams are left to `broker.infra.nats_streams`, answering the parties' questions to
`broker.infra.nats_services`, admission to `broker.infra.nats_admission`.

Every connection is a client of its own, thrown away when it breaks: nothing that was
buffered for a server that went away is sent to it later, unasked.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final, TypeVar

from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from broker.core.errors import BusRefusedError, BusUnavailableError
from broker.infra.nats_border import foreign_errors, raise_service_error
from broker.infra.nats_client import BusIdentity, discard, open_client
from broker.infra.nats_tls import ClientTls

__all__ = ["Bus", "BusIdentity", "connect"]

_CHECK_S: Final = 0.5
_FIRST_DELAY_S: Final = 0.05
_LONGEST_DELAY_S: Final = 5.0
_Result = TypeVar("_Result")


class Bus:
    """A connection that is opened again whenever it breaks. See `connect`."""

    def __init__(
        self,
        url: str,
        identity: BusIdentity,
        *,
        name: str,
        inbox_prefix: str,
        on_problem: Callable[[str], None],
        tls: ClientTls | None = None,
    ) -> None:
        self._url = url
        self._name = name
        self._on_problem = on_problem
        self._open = partial(
            open_client,
            url.split(","),
            identity,
            name=name,
            inbox_prefix=inbox_prefix,
            tls=tls,
        )
        self._problem = ""
        self._client: Client | None = None
        self._lost: asyncio.Future[None] | None = None
        self._changed = asyncio.Event()
        self._refusal: BusRefusedError | None = None
        self._on_connected: list[Callable[[], Awaitable[None]]] = []
        self._keeper: asyncio.Task[None] | None = None
        self._ending = False

    @property
    def connected(self) -> bool:
        """Whether a server is there at this moment."""
        return self._client is not None and self._client.is_connected

    def start(self) -> None:
        """Begins to connect, in the background."""
        self._keeper = asyncio.create_task(self._keep(), name=f"bus {self._name}")

    async def wait_connected(self, wait_s: float) -> None:
        """Returns once a server is there.

        Raises:
            BusRefusedError: A server is there and does not admit this user.
            BusUnavailableError: No server within `wait_s` seconds.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not self.connected and self._refusal is None:
                    self._changed.clear()
                    await self._changed.wait()
        if not self.connected:
            raise self._refusal or self._unavailable()

    async def close(self) -> None:
        """Ends the connection and does not come back."""
        self._ending = True
        # Not once: the library takes a cancellation that meets it for its own.
        while self._keeper is not None and not self._keeper.done():
            self._keeper.cancel()
            await asyncio.wait({self._keeper}, timeout=_CHECK_S)

    def problem(self, text: str) -> None:
        """Reports something that no caller waits for; the same only once in a row."""
        if text != self._problem:
            self._problem = text
            self._on_problem(text)

    async def on_connected(self, attach: Callable[[], Awaitable[None]]) -> None:
        """Has `attach` called now, if connected, and after every reconnection."""
        self._on_connected.append(attach)
        if self.connected:
            await attach()

    async def request(
        self,
        subject: str,
        payload: bytes,
        timeout_s: float,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """Asks and returns the answer.

        Raises:
            BusUnavailableError: Nobody there, or no answer within `timeout_s` seconds.
            BusRefusedError: The answer is a refusal, or the question cannot be sent.
        """
        with foreign_errors(f"no answer to {subject}"):
            answer = await self._unless_lost(
                self._current().request(
                    subject, payload, timeout=timeout_s, headers=headers
                )
            )
        raise_service_error(answer)
        return answer.data

    async def publish(
        self,
        subject: str,
        payload: bytes,
        headers: dict[str, str] | None = None,
        reply: str = "",
    ) -> None:
        """Sends without waiting for anybody to take it.

        Raises:
            BusUnavailableError: Nobody there.
            BusRefusedError: It cannot be sent: too large, or not a subject.
        """
        with foreign_errors(f"cannot publish to {subject}"):
            await self._current().publish(
                subject, payload, reply=reply, headers=headers
            )

    async def flush(self, timeout_s: int) -> None:
        """Returns once the server has seen all that was published.

        Raises:
            BusUnavailableError: Nobody there, or no sign within `timeout_s` seconds.
        """
        with foreign_errors("the server did not confirm in time"):
            await self._unless_lost(self._current().flush(timeout_s))

    async def subscribe(
        self, subject: str, take: Callable[[Msg], Awaitable[None]], queue: str = ""
    ) -> None:
        """Has `take` called for what arrives, until the connection breaks.

        Raises:
            BusUnavailableError: Nobody there.
        """
        with foreign_errors(f"cannot subscribe to {subject}"):
            await self._current().subscribe(subject, queue, take)

    @asynccontextmanager
    async def answers(
        self, take: Callable[[Msg], None], lost: Callable[[], None]
    ) -> AsyncIterator[str]:
        """Gives a subject for the answers to one question, valid inside the block.

        The subscription is ended with the block. That matters: for every question
        that may have several answers the server keeps an entry until nobody
        listens to its answers any more.

        Args:
            take: Called with each answer.
            lost: Called if the connection breaks.

        Raises:
            BusUnavailableError: Nobody there.
        """

        async def take_one(message: Msg) -> None:
            take(message)

        def tell(_: "asyncio.Future[None]") -> None:
            lost()

        client, end = self._current(), self._end()
        inbox = client.new_inbox()
        with foreign_errors("cannot subscribe"):
            subscription = await client.subscribe(inbox, cb=take_one)
        end.add_done_callback(tell)
        try:
            yield inbox
        finally:
            end.remove_done_callback(tell)
            with suppress(nats_errors.Error, OSError):
                await subscription.unsubscribe()

    def _current(self) -> Client:
        if self._client is None:
            raise self._unavailable()
        return self._client

    def _end(self) -> "asyncio.Future[None]":
        if self._lost is None:
            raise self._unavailable()
        return self._lost

    def _unavailable(self) -> BusUnavailableError:
        return BusUnavailableError(
            f"no message bus at {self._url}"
            + (f": {self._problem}" if self._problem else "")
        )

    async def _unless_lost(self, action: Coroutine[Any, Any, _Result]) -> _Result:
        # Otherwise whoever waits for an answer would wait out the whole time
        # although nobody is left to answer.
        end, task = self._end(), asyncio.ensure_future(action)
        either: set[asyncio.Future[Any]] = {end, task}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise BusUnavailableError("the connection to the message bus broke")
        finally:
            task.cancel()

    async def _keep(self) -> None:
        delay_s, clock = _FIRST_DELAY_S, asyncio.get_running_loop().time
        while not self._ending:
            began_s = clock()
            try:
                await self._hold()
            except Exception as error:  # noqa: BLE001 - or it would never come back
                self._refusal = error if isinstance(error, BusRefusedError) else None
                self._changed.set()
                self.problem(str(error) or repr(error))
            if clock() - began_s > _LONGEST_DELAY_S:
                delay_s = _FIRST_DELAY_S
            await asyncio.sleep(delay_s * (1 + secrets.randbelow(100) / 100))
            delay_s = min(delay_s * 2, _LONGEST_DELAY_S)

    async def _hold(self) -> None:
        """Opens a connection and returns when it has broken."""
        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def closed() -> None:
            if not lost.done():
                lost.set_result(None)

        client = await self._open(failed=self.problem, closed=closed)
        try:
            self._client, self._lost = client, lost
            for attach in self._on_connected:
                await attach()
            self._problem, self._refusal = "", None
            self._changed.set()
            # Under load the library can fail to say that a connection is over.
            while not lost.done() and client.is_connected:
                await asyncio.wait({lost}, timeout=_CHECK_S)
            self.problem(f"the connection broke: {client.last_error or 'closed'}")
        finally:
            self._client, self._lost = None, None
            closed()
            await discard(client)


async def connect(
    url: str,
    identity: BusIdentity,
    *,
    name: str,
    inbox_prefix: str,
    on_problem: Callable[[str], None],
    tls: ClientTls | None = None,
    wait_s: float = 5.0,
) -> Bus:
    """Connects to the message bus and stays connected.

    Args:
        url: Of a server, such as "nats://127.0.0.1:4222"; or several, separated by
            commas.
        identity: Who connects.
        name: For the operator's lists of connections.
        inbox_prefix: Where answers to this user go; no other may read there.
        on_problem: Called with a sentence for what no caller waits for: a broken
            connection, something published or subscribed to without permission.
        tls: How to check the server. It must then be set to speak TLS from the first
            byte. No TLS if None: see `nats_tls.client_tls`.
        wait_s: How long to wait for the first connection, in seconds; 0 to go on
            at once and connect in the background.

    Raises:
        BusRefusedError: A server is there and does not admit this user.
        BusUnavailableError: No server within `wait_s` seconds.
    """
    bus = Bus(
        url,
        identity,
        name=name,
        inbox_prefix=inbox_prefix,
        on_problem=on_problem,
        tls=tls,
    )
    bus.start()
    if wait_s:
        try:
            await bus.wait_connected(wait_s)
        except BaseException:
            await bus.close()
            raise
    return bus
