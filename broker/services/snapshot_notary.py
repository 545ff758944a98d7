"""Has every snapshot of the directory logged, in clear, and tells the parties of it.

What a node makes of that is left to `snapshot_prover`, writing the log to its writer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from broker.core import subjects
from broker.core.audit.entry import LoggedEntry, LogHead
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.codec.snapshots import decode_snapshot, encode_snapshot
from broker.core.errors import (
    AlreadyCommittedError,
    BusError,
    ProofError,
    RefusedError,
    StoreError,
)
from broker.core.ports import Ledger, LogTail, Outgoing
from keys.directory.archive import PublishedSnapshot
from keys.errors import DirectoryError

_POLL_S: Final = 0.2
_LOOK_S: Final = 0.02
_LOOKS: Final = 50
_BACKOFF_S: Final = 1.0


class Snapshots(Protocol):
    """The hub's directory, as far as its snapshots go."""

    def version(self) -> int:
        """Returns the version of the snapshot in force."""
        ...

    def published(self, version: int) -> PublishedSnapshot:
        """Returns what there is to say about a snapshot that is or was in force."""
        ...


class SnapshotLog(Protocol):
    """The log, as far as snapshots go."""

    def head(self) -> LogHead:
        """Returns how far the log has come."""
        ...

    def newest_snapshot(self) -> int:
        """Returns the highest version of the directory in the log; 0 for none."""
        ...

    def snapshots_of(self, version: int) -> Sequence[LoggedEntry]:
        """Returns the statements about one version of the directory."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NotaryPorts:
    """What the notary works with.

    Attributes:
        snapshots: The hub's directory.
        log: Opens the log for reading; None while there is none.
        tail: What stands in the ledger about snapshots.
        ledger: Where more is written.
        origin: Returns the name of the log.
        tell: Tells every party the version that is in the log.
    """

    snapshots: Snapshots
    log: Callable[[], SnapshotLog | None]
    tail: LogTail
    ledger: Ledger
    origin: Callable[[], str]
    tell: Callable[[int], Awaitable[None]]


class SnapshotNotary:
    """Follows the directory, and hands each of its versions to the log, in order.

    Also those that were made while nobody looked. Which of them the log has is asked
    at the start; saying it twice would change nothing but the length of the log.

    Args:
        ports: What it works with.
        poll_s: Seconds between two looks.
    """

    def __init__(self, ports: NotaryPorts, *, poll_s: float = _POLL_S) -> None:
        self._ports = ports
        self._poll_s = poll_s
        self._done: int | None = None
        self._told = 0
        self._log = structlog.get_logger("notary")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set.

        A directory that does not fit its log is for a person to look at: nothing more
        is logged of it, so that no node goes by it.
        """
        while not stop.is_set():
            wait_s = self._poll_s
            try:
                await self.step()
            except ProofError as error:
                self._log.error("the directory is not logged", reason=str(error))
                await stop.wait()
            except (BusError, StoreError, DirectoryError) as error:
                self._log.warning("the directory is not logged", reason=str(error))
                wait_s = _BACKOFF_S
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait_s)

    async def step(self) -> None:
        """Hands to the log what it lacks, and tells the parties what it has.

        Raises:
            BusError: The ledger cannot be read or written.
            StoreError: The log cannot be read.
            DirectoryError: The directory cannot be read.
            ProofError: The log holds another directory than this.
        """
        newest = await asyncio.to_thread(self._ports.snapshots.version)
        if self._done is None:
            self._done = await self._find_done(newest)
        if newest < self._done:
            raise ProofError(
                f"the log holds version {self._done} of the directory, and the "
                f"directory is at {newest}: was one restored without the other?"
            )
        for version in range(self._done + 1, newest + 1):
            await self._publish(version)
            self._done = version
        await self._announce()

    async def _find_done(self, newest: int) -> int:
        """Returns the version up to which the ledger has everything."""
        logged, sequence = 0, 0
        log = self._ports.log()
        if log is not None:
            # In this order: what enters the log in between is met twice.
            sequence = (await asyncio.to_thread(log.head)).last_sequence
            logged = await asyncio.to_thread(log.newest_snapshot)
            await asyncio.to_thread(self._check_logged, log, min(logged, newest))
        while found := await self._ports.tail.after(sequence):
            sequence = found[-1].sequence
            for entry in found:
                with suppress(RefusedError):
                    logged = max(logged, decode_snapshot(entry.data).version)
        return logged

    def _check_logged(self, log: SnapshotLog, version: int) -> None:
        """Refuses a directory that is not the one in the log."""
        for logged in log.snapshots_of(version):
            here = self._ports.snapshots.published(version).digest
            if logged.entry.message_digest != here:
                raise ProofError(
                    f"version {version} of the directory, {here.hex()[:16]}, is in the "
                    f"log as {logged.entry.message_digest.hex()[:16]}, entry "
                    f"{logged.index}: was one restored without the other?"
                )

    async def _publish(self, version: int) -> None:
        snapshot = await asyncio.to_thread(self._ports.snapshots.published, version)
        statement = SnapshotStatement(
            origin=self._ports.origin(),
            version=version,
            digest=snapshot.digest,
            signed_at_ms=snapshot.signed_at_ms,
        )
        item = Outgoing(
            subject=subjects.SNAPSHOTS,
            payload=encode_snapshot(statement),
            dedup_id=f"snapshot.{version}.{snapshot.digest.hex()}",
        )
        with suppress(AlreadyCommittedError):
            await self._ports.ledger.commit([item])
        self._log.info("handed to the log", version=version)

    async def _announce(self) -> None:
        """Tells the parties once the log has it: before, they could not use it."""
        version = self._done
        if not version or version == self._told:
            return
        for _ in range(_LOOKS):
            if await asyncio.to_thread(self._is_logged, version):
                await self._ports.tell(version)
                self._told = version
                return
            await asyncio.sleep(_LOOK_S)

    def _is_logged(self, version: int) -> bool:
        """Tells whether the log holds this version as it is here."""
        log = self._ports.log()
        if log is None:
            return False
        digest = self._ports.snapshots.published(version).digest
        logged = [one.entry.message_digest for one in log.snapshots_of(version)]
        return digest in logged
