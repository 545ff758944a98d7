"""The watch-list by MQTT: one retained message for each entry, and one for the whole.

Whoever subscribes gets every entry as it is now; whoever was away in a session that is
kept gets what has changed, once. How a post puts that together: docs/customs.md.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing
from hashlib import sha256
from itertools import islice
from typing import Final

import aiomqtt

from adapters.customs.mqtt_connection import (
    PENDING_MAX,
    Connection,
    connected,
    trusted_context,
)
from adapters.customs.outlet import Whole
from adapters.customs.settings import MqttSettings
from adapters.customs.signing import ListSigner
from adapters.customs.watchlist import Change, Entry, Gone, Watchlist
from adapters.customs.wire import FORMAT, encoded, entry_json, gone_json, instant
from adapters.errors import SystemAwayError
from adapters.values import Finding

_QUIET_S: Final = 1.0  # without a retained message: there are no more of them
_ALL: Final = "all"

_Saying = Callable[[], Awaitable[None]]


class MqttOutlet:
    """A broker that posts are connected to.

    Args:
        settings: Which, and for whom.
        signer: What entries are signed with.
        identifier: What the broker knows us by.
        now_ms: Returns the present, in ms since the epoch.
        last_place: Returns where the outlet of a name has led to so far.

    Raises:
        ConfigurationError: A certificate is not what it should be.
    """

    def __init__(
        self,
        settings: MqttSettings,
        signer: ListSigner,
        identifier: str,
        now_ms: Callable[[], int],
        last_place: Callable[[str], str],
    ) -> None:
        self._settings = settings
        self._signer = signer
        self._identifier = identifier
        self._now_ms = now_ms
        self._last_place = last_place
        self._context = trusted_context(settings)
        self._roots = tuple(
            f"{settings.root}/watchlist/{post}" for post in settings.posts or (_ALL,)
        )

    @property
    def name(self) -> str:
        """What it is."""
        return "mqtt"

    @property
    def place(self) -> str:
        """Which broker, and under which topics."""
        return " ".join((self._host, *self._roots))

    async def check(self) -> Finding:
        """Looks whether the broker lets us in, and read what we publish."""
        what = f"MQTT {self._settings.version} {self._settings.host}"
        try:
            async with self._connected() as connection:
                for root in self._roots:
                    await connection.hear(f"{root}/state")
        except SystemAwayError as error:
            return Finding(ok=False, what=f"{what}: {error}", advice="see its log")
        return Finding(ok=True, what=what)

    async def give(self, change: Change, whole: Whole) -> None:
        """Publishes what has changed, then what the whole comes to.

        Raises:
            SystemAwayError: The broker is away, or denies us a topic.
        """
        listed = await whole()
        async with self._connected() as connection:
            if change.after == 0:
                await self._clear_former(connection)
                await self._clear_others(connection, listed)
            work = (
                *(self._listing(connection, one, listed) for one in change.entries),
                *(self._removal(connection, one, listed) for one in change.gone),
            )
            for some in _in_batches(work):
                await asyncio.gather(*(one() for one in some))
            state = self._signer.sign(_state(listed))
            for root in self._roots:
                await connection.say(f"{root}/state", state, retained=True)
            # MQTT 5 says what is denied; before, there is nothing but looking.
            denied = connection.denied or (
                self._settings.version != "5"
                and not await self._shows(connection, state, self._settings.timeout_s)
            )
            if denied:
                raise SystemAwayError(
                    "mqtt: the broker does not publish what we say; "
                    f"give us the right to write {self._settings.root}/#"
                )

    async def holds(self, listed: Watchlist) -> bool:
        """Tells whether the broker still has the list: it may have lost what it kept.

        Raises:
            SystemAwayError: It cannot be asked.
        """
        async with self._connected() as connection:
            state = self._signer.sign(_state(listed))
            return await self._shows(connection, state, _QUIET_S)

    @property
    def _host(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _connected(self) -> AbstractAsyncContextManager[Connection]:
        return connected(
            Connection(
                self._settings, self._context, self._identifier, keeps_session=False
            )
        )

    def _listing(
        self, connection: Connection, entry: Entry, listed: Watchlist
    ) -> _Saying:
        async def say() -> None:
            payload = self._signer.sign(encoded(_of(listed) | entry_json(entry)))
            left_s = max(1, (entry.valid_until_ms - self._now_ms()) // 1000)
            for root in self._roots:
                topic = f"{root}/entries/{entry.entry_id}"
                await connection.say(topic, payload, retained=True, lasts_s=left_s)

        return say

    def _removal(
        self, connection: Connection, gone: Gone, listed: Watchlist
    ) -> _Saying:
        async def say() -> None:
            payload = self._signer.sign(encoded(_of(listed) | gone_json(gone)))
            left_s = (gone.until_ms - self._now_ms()) // 1000
            for root in self._roots:
                topic = f"{root}/entries/{gone.entry_id}"
                # For whoever has it: signed, and kept for those who are away. What is
                # over already, everybody drops without being told.
                if left_s > 0:
                    await connection.say(topic, payload, lasts_s=left_s)
                await connection.say(topic, b"", retained=True)

        return say

    async def _clear_former(self, connection: Connection) -> None:
        """Takes away what stands under topics that we do not write any more.

        Otherwise it would stand there unchanged, whatever is recalled.
        """
        host, *roots = self._last_place(self.name).split() or [""]
        for root in roots if host == self._host else ():
            if root not in self._roots and root.startswith(f"{self._settings.root}/"):
                for topic in (f"{root}/entries/+", f"{root}/state"):
                    for one in await self._retained(connection, topic):
                        await connection.say(one, b"", retained=True)

    async def _clear_others(self, connection: Connection, listed: Watchlist) -> None:
        """Takes away what is retained there, and is not on the list."""
        for root in self._roots:
            kept = {f"{root}/entries/{name}" for name in listed.entries}
            found = await self._retained(connection, f"{root}/entries/+")
            for topic in sorted({*found} - kept):
                await connection.say(topic, b"", retained=True)

    async def _shows(
        self, connection: Connection, state: bytes, patience_s: float
    ) -> bool:
        """Tells whether whoever connects now is told this state, within that time."""
        for root in self._roots:
            async with aclosing(
                self._heard(connection, f"{root}/state", patience_s)
            ) as heard:
                async for message in heard:
                    if message.payload == state:
                        break
                else:
                    return False
        return True

    async def _retained(self, connection: Connection, topic: str) -> list[str]:
        return [
            message.topic.value
            async for message in self._heard(connection, topic, _QUIET_S)
            if message.retain
        ]

    async def _heard(
        self, connection: Connection, topic: str, quiet_s: float
    ) -> AsyncGenerator[aiomqtt.Message, None]:
        """Yields what comes on a topic until nothing does: no broker says when."""
        await connection.hear(topic)
        try:
            while True:
                async with asyncio.timeout(quiet_s):
                    message = await anext(connection.messages)
                connection.acknowledge(message)
                yield message
        except TimeoutError:
            return
        finally:
            await connection.unsubscribe(topic)


def _of(listed: Watchlist) -> dict[str, object]:
    """Returns which list something is of."""
    return {"format": FORMAT, "began_at": instant(listed.began_ms)}


def _state(listed: Watchlist) -> bytes:
    """Returns what a post knows by that it has everything, and nothing else."""
    lines = (f"{one} {listed.entries[one].version}\n" for one in sorted(listed.entries))
    return encoded(
        _of(listed)
        | {
            "revision": listed.revision,
            "changed_at": instant(listed.changed_ms),
            "count": len(listed.entries),
            "digest": sha256("".join(lines).encode()).hexdigest(),
        }
    )


def _in_batches(work: Iterable[_Saying]) -> Iterator[list[_Saying]]:
    rest = iter(work)
    while some := list(islice(rest, PENDING_MAX)):
        yield some
