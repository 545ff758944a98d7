"""Keeps the directory fresh: asks for it now and then, and hands out the newest.

How it is fetched and verified is left to the directory client.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

import structlog

from broker.core.ports import Clock
from broker.core.trust import Trust, build_trust
from keys.directory.model import DirectoryView
from keys.errors import DirectoryError, UnreachableError

_POLL_S: Final = 60.0


class DirectorySource(Protocol):
    """A directory client; it blocks, so that it is called on a thread."""

    def refresh(self, now_ms: int) -> DirectoryView:
        """Returns the newest directory.

        Raises:
            RefreshError: It does not verify, or has expired.
            UnreachableError: Nobody answered.
        """
        ...

    def cached_view(self, now_ms: int) -> DirectoryView:
        """Returns the directory as last verified, without asking anybody.

        Raises:
            RefreshError: There is none, or it has expired.
        """
        ...


class TrustKeeper:
    """The directory that a process goes by.

    Args:
        source: Where it comes from.
        clock: The time.
        poll_s: Seconds between two looks.
    """

    def __init__(
        self, source: DirectorySource, clock: Clock, *, poll_s: float = _POLL_S
    ) -> None:
        self._source = source
        self._clock = clock
        self._poll_s = poll_s
        self._trust: Trust | None = None
        self._refreshing = asyncio.Lock()
        self._log = structlog.get_logger("directory")

    def current(self) -> Trust:
        """Returns the newest directory that was verified.

        Raises:
            UnreachableError: None was, yet.
        """
        if self._trust is None:
            raise UnreachableError("no directory has been fetched yet")
        return self._trust

    async def start(self) -> Trust:
        """Takes the cached directory, and a fresh one if it is to be had.

        Raises:
            DirectoryError: Neither.
        """
        with suppress(DirectoryError):
            self._take(await self._ask(self._source.cached_view))
        try:
            await self.refresh()
        except DirectoryError as error:
            if self._trust is None:
                raise
            self._log.warning("going by the stored directory", reason=str(error))
        return self.current()

    async def refresh(self) -> Trust:
        """Fetches the newest directory.

        Raises:
            DirectoryError: It cannot be had, or does not verify; the old one stays.
        """
        async with self._refreshing:
            self._take(await self._ask(self._source.refresh))
        return self.current()

    async def try_refresh(self) -> bool:
        """Fetches the newest directory; tells whether it could be had."""
        try:
            await self.refresh()
        except DirectoryError as error:
            self._log.warning("directory not refreshed", reason=str(error))
            return False
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """Refreshes every poll until `stop` is set."""
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._poll_s)
            if not stop.is_set():
                await self.try_refresh()

    async def _ask(self, question: Callable[[int], DirectoryView]) -> DirectoryView:
        return await asyncio.to_thread(question, self._clock.now_ms())

    def _take(self, view: DirectoryView) -> None:
        if self._trust is not None and self._trust.view == view:
            return
        self._trust = build_trust(view)
        problems = [*view.failed.items(), *self._trust.problems.items()]
        for party, problem in problems:
            self._log.warning("party cannot be relied on", party=party, reason=problem)
        self._log.info("directory", version=view.version, parties=sorted(view.parties))
