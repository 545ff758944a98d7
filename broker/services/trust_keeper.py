"""Keeps the directory fresh: asks for it now and then, and hands out the newest.

How it is fetched and verified is left to the directory client.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

import structlog

from broker.core.ports import Clock
from broker.core.trust import Trust, build_trust
from keys.directory.model import DirectoryView
from keys.errors import DirectoryError, UnreachableError

_POLL_S: Final = 60.0
_RETRY_S: Final = 2.0  # doubled with each failure, up to a poll
_SPREAD_S: Final = 0.2
_SHARES: Final = 1000  # of the spread


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
        spread_s: How long to wait at most after a nudge, at random: every node gets
            it at the same moment, and the hub answers them all.
        failed: Called whenever the directory could not be had.
    """

    def __init__(
        self,
        source: DirectorySource,
        clock: Clock,
        *,
        poll_s: float = _POLL_S,
        spread_s: float = _SPREAD_S,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._poll_s = poll_s
        self._spread_s = spread_s
        self._failed = failed
        self._nudged = asyncio.Event()
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
            self._failed()
            return False
        return True

    def nudge(self) -> None:
        """Has `run` look at once; what is known already costs two small questions."""
        self._nudged.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Refreshes every poll, and when nudged, until `stop` is set.

        Sooner after a failure: what is new may wait for the log, or for witnesses.
        """
        ending = asyncio.create_task(stop.wait())
        wait_s, retry_s = self._poll_s, _RETRY_S
        try:
            while not stop.is_set():
                nudge = asyncio.create_task(self._nudged.wait())
                await asyncio.wait(
                    {ending, nudge},
                    timeout=wait_s,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                nudge.cancel()
                if self._nudged.is_set():
                    share = secrets.randbelow(_SHARES) / _SHARES
                    await asyncio.wait({ending}, timeout=self._spread_s * share)
                    self._nudged.clear()
                if stop.is_set():
                    return
                if await self.try_refresh():
                    wait_s, retry_s = self._poll_s, _RETRY_S
                else:
                    wait_s, retry_s = min(retry_s, self._poll_s), 2 * retry_s
        finally:
            ending.cancel()

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
