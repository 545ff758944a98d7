"""One reader of the store for everybody who follows what happens.

The newest events are kept here, each turned into bytes once; whoever is further behind
reads the store. So nobody has a queue that could overflow, and a slow reader costs
nothing but its own connection. Who may be told what is left to the routes.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.api.models_events import stream_block
from broker.core.errors import StoreError
from broker.core.happened import Happened

_PAGE: Final = 500  # events that are read at once
_KEPT: Final = 4096  # events
_LOOK_S: Final = 0.05
_REST_S: Final = 1.0  # after the store could not be read


class EventSource(Protocol):
    """Where what happened is kept."""

    def happened_after(self, sequence: int, limit: int = ...) -> list[Happened]:
        """Returns what happened after an event, in order."""
        ...

    def feed_end(self) -> int:
        """Returns the number of the last event."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and the block of a stream that tells it."""

    happened: Happened
    block: bytes

    @property
    def sequence(self) -> int:
        """Its number."""
        return self.happened.entry.sequence


class EventTap:
    """What everybody who follows the events of a node reads.

    It looks into the store only while somebody reads.

    Args:
        source: The node's store.
        look_s: How often to look whether anything has happened, in seconds.
        kept: How many events are kept here.
    """

    def __init__(
        self, source: EventSource, *, look_s: float = _LOOK_S, kept: int = _KEPT
    ) -> None:
        self._source = source
        self._look_s = look_s
        self._kept = kept
        self._readers = 0
        self._following: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()
        self._news = asyncio.Event()
        self._told: list[Told] = []
        self._from = 0  # the number of the event before the first that is kept
        self._end = 0

    @property
    def readers(self) -> int:
        """How many read just now."""
        return self._readers

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Lets `after` be used, as long as the block lasts."""
        self._readers += 1
        if self._following is None:
            self._begun, self._news = asyncio.Event(), asyncio.Event()
            self._following = asyncio.create_task(self._follow())
            self._following.add_done_callback(self._wake)
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                following, self._following = self._following, None
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following

    async def after(self, sequence: int) -> Sequence[Told]:
        """Returns what happened after an event, in order; waits until anything has.

        Args:
            sequence: Number of the event.

        Raises:
            StoreError: It cannot be read.
        """
        await self._begun.wait()
        while True:
            news = self._news
            if sequence < self._from:
                found = await asyncio.to_thread(self._read, sequence)
                if found:
                    return found
                # Only numbers that were never used lie between.
                sequence = self._from
            if sequence < self._end:
                first = bisect_right(self._told, sequence, key=_sequence)
                return self._told[first : first + _PAGE]
            if self._following is not None and self._following.done():
                self._following.result()
            await news.wait()

    async def _follow(self) -> None:
        """Reads on and on; from where the feed ends now, what happens is kept."""
        log = structlog.get_logger("events")
        while True:
            try:
                if not self._begun.is_set():
                    self._from = await asyncio.to_thread(self._source.feed_end)
                    self._told, self._end = [], self._from
                    self._begun.set()
                found = await asyncio.to_thread(self._read, self._end)
            except StoreError as error:
                log.warning("events-wait", problem=str(error))
                await asyncio.sleep(_REST_S)
                continue
            if found:
                self._keep(found)
            if len(found) < _PAGE:
                await asyncio.sleep(self._look_s)

    def _wake(self, following: asyncio.Task[None]) -> None:
        """Lets nobody wait for one that reads no more.

        One that was stopped because everybody had gone tells nobody: whoever came in
        that very moment follows another one, and would take this for news for ever.
        """
        if following is self._following:
            self._begun.set()
            self._news.set()

    def _keep(self, found: Sequence[Told]) -> None:
        kept = [*self._told, *found]
        over = len(kept) - self._kept
        if over > 0:
            self._from = kept[over - 1].sequence
            kept = kept[over:]
        self._told, self._end = kept, found[-1].sequence
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _read(self, sequence: int) -> list[Told]:
        found = self._source.happened_after(sequence, _PAGE)
        return [Told(one, stream_block(one)) for one in found]


def _sequence(told: Told) -> int:
    return told.sequence
