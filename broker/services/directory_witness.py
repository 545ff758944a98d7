"""Notices when a peer goes by another directory than we do, off everybody's way.

The log is the arbiter, and asking it is left to `snapshot_prover`. No message is
refused for what is found here: its keys were checked against a directory that is
proven, and to refuse would let a hub that forks also stop the traffic that tells.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from broker.core.codec.desk import SnapshotLike
from broker.core.errors import BusError, ProofError, StoreError
from broker.core.model import Header
from broker.core.trust import Trust
from broker.services.snapshot_prover import SnapshotProver
from keys.errors import DirectoryError
from keys.framing import DIGEST_SIZE
from keys.identity import PartyId

_WATCH_S: Final = 60.0
_WAITS_S: Final = (1.0, 4.0, 15.0)
_MOST_SEEN: Final = 1000  # digests; an honest federation has one or two at a time


class DirectoryWitness:
    """Looks every snapshot up that a message was sealed under, once.

    Args:
        prover: Asks the log.
        trust: Returns the directory to go by now.
        watch_s: Seconds between two looks at what the log says of our own.
        waits_s: How long to wait before asking again for what the log lacks.
    """

    def __init__(
        self,
        prover: SnapshotProver,
        trust: Callable[[], Trust],
        *,
        watch_s: float = _WATCH_S,
        waits_s: tuple[float, ...] = _WAITS_S,
    ) -> None:
        self._prover = prover
        self._trust = trust
        self._watch_s = watch_s
        self._waits_s = waits_s
        # How often each that waits has been asked for, and who named it.
        self._waiting: dict[bytes, tuple[PartyId, int]] = {}
        self._seen: set[bytes] = set()
        self._arrived = asyncio.Event()
        self._log = structlog.get_logger("directory")

    def saw(self, headers: Iterable[Header]) -> None:
        """Takes note of messages that arrived, all of them verified; costs nothing."""
        for header in headers:
            digest = header.directory_version
            if len(digest) != DIGEST_SIZE or digest in self._seen:
                continue
            if len(self._seen) >= _MOST_SEEN:
                # What is forgotten here is met again with the next message.
                self._seen = set(self._waiting)
            if len(self._waiting) < _MOST_SEEN:
                self._seen.add(digest)
                self._waiting[digest] = (header.origin, 0)
                self._arrived.set()

    def nudge(self) -> None:
        """Has `run` look at once."""
        self._arrived.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        ending = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._arrived.clear()
                wait_s = await self._look()
                arriving = asyncio.create_task(self._arrived.wait())
                await asyncio.wait(
                    {ending, arriving},
                    timeout=wait_s,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                arriving.cancel()
        finally:
            ending.cancel()

    async def _look(self) -> float:
        """Looks everything up; returns after how many seconds to look again."""
        try:
            await self._prover.watch(self._trust().view)
            for digest, (peer, asked) in list(self._waiting.items()):
                if await self._is_known(peer, digest):
                    del self._waiting[digest]
                elif asked >= len(self._waits_s):
                    self._prover.suspect(peer, digest)
                    del self._waiting[digest]
                else:
                    self._waiting[digest] = (peer, asked + 1)
        except (BusError, DirectoryError, ProofError, StoreError) as error:
            # What waits goes on waiting.
            self._log.warning("the log could not be asked", reason=str(error))
            return self._watch_s
        counts = [asked for _, asked in self._waiting.values()]
        return self._waits_s[min(counts) - 1] if counts else self._watch_s

    async def _is_known(self, peer: PartyId, digest: bytes) -> bool:
        if self._prover.version_of(digest) is not None:
            return True
        federation = self._trust().view.federation
        return await self._prover.confirm(peer, SnapshotLike(digest=digest), federation)
