"""Sealed files at the hub: who has them kept, until when, and how much room they take.

What a question may ask is left to `broker.services.blob_desk`. The hub has ciphertext
and no key; whoever knows the name of a file, which stands in a sealed message, gets it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.core.attachments.limits import ATTACHMENT_LIMITS, MIB
from broker.core.attachments.manifest import Manifest
from broker.core.errors import Code, RefusedError, StoreFullError
from broker.infra.chunk_files import ChunkFiles
from broker.infra.database import Database
from keys.identity import PartyId

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS holds (
  blob BLOB NOT NULL,
  party TEXT NOT NULL,
  size INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (blob, party)
) STRICT;
CREATE INDEX IF NOT EXISTS holds_party ON holds (party);
CREATE INDEX IF NOT EXISTS holds_until ON holds (until_ms);
"""
_INDEX: Final = "index.sqlite3"
_FILES: Final = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobLimits:
    """How much a hub keeps, in bytes.

    Attributes:
        file_max_size: Of one file, sealed.
        party_max_size: For one party.
        all_max_size: For all of them.
        free_min_size: Left on the disk for what matters more: the log and the bus.
        file_least_size: What the smallest file counts for: it takes a folder and two
            files of the disk, of which there are not endless many.
        chunk_least_size: What the smallest chunk counts for, likewise: it takes a file
            of the disk, however few bytes are in it.
    """

    file_max_size: int = 64 * MIB
    party_max_size: int = 2048 * MIB
    all_max_size: int = 20 * 1024 * MIB
    free_min_size: int = 1024 * MIB
    file_least_size: int = 64 * 1024
    chunk_least_size: int = 16 * 1024


class BlobStore:
    """The hub's folder of sealed files.

    A file is kept as long as anybody has it kept; each party that does is counted the
    whole of it, and can end its own keeping only.

    Args:
        folder: Where; made when missing.
        limits: How much.

    Raises:
        StoreError: The folder cannot be used.
    """

    def __init__(self, folder: Path, limits: BlobLimits) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = ChunkFiles(folder / _FILES)
        self._database = Database(folder / _INDEX, _SCHEMA)
        self._limits = limits

    def hold(
        self, party: PartyId, manifest: Manifest, until_ms: int, now_ms: int
    ) -> int:
        """Keeps a file for a party until a time; durable on return.

        Asked for again, it is kept until the later of the times.

        Returns:
            Until when it is kept, in ms since the epoch.

        Raises:
            RefusedError: QUOTA or OVERSIZE: there is no room for it.
            StoreFullError: The disk is full.
            StoreError: It cannot be written.
        """
        blob = manifest.blob
        size = self._counted(manifest)
        until_ms = min(until_ms, now_ms + ATTACHMENT_LIMITS.hold_max_ms)
        if size > self._limits.file_max_size:
            raise RefusedError(Code.OVERSIZE, "the hub keeps no file as large as that")
        with self._database.write() as db:
            row = db.execute(
                "SELECT until_ms FROM holds WHERE blob = ? AND party = ?", (blob, party)
            ).fetchone()
            if row is None:
                self._check_room(party, blob, size)
            until_ms = max(until_ms, row[0] if row else 0)
            db.execute(
                "REPLACE INTO holds VALUES (?, ?, ?, ?)", (blob, party, size, until_ms)
            )
            # Inside the transaction: what has no keeper is removed at any time.
            self._files.begin(blob, manifest.to_bytes())
        return until_ms

    def put(self, party: PartyId, blob: bytes, number: int, sealed: bytes) -> None:
        """Stores a chunk of a file that is kept for this party.

        Durable once `missing` says that nothing is missing.

        Raises:
            RefusedError: INVALID_ATTACHMENT: it is not kept for this party, or not
                such a chunk; QUOTA: the disk is needed for what matters more.
            StoreFullError: The disk is full.
            StoreError: It cannot be written.
        """
        if not self.held_until(party, blob):
            raise RefusedError(Code.INVALID_ATTACHMENT, "nobody asked to keep it")
        if self._files.free_size() - len(sealed) < self._limits.free_min_size:
            raise StoreFullError("the disk is needed for what matters more")
        self._files.put(blob, number, sealed)

    def held_until(self, party: PartyId, blob: bytes) -> int:
        """Returns until when a file is kept for a party; 0 if it is not."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT until_ms FROM holds WHERE blob = ? AND party = ?", (blob, party)
            ).fetchone()
        return int(row[0]) if row else 0

    def missing(self, blob: bytes) -> tuple[int, ...] | None:
        """Returns which chunks are not here, ascending; None if nothing of it is."""
        return self._files.missing(blob)

    def manifest(self, blob: bytes) -> bytes | None:
        """Returns the list of chunks of a file; None if nothing of it is here."""
        found = self._files.manifest(blob)
        return None if found is None else found.to_bytes()

    def chunk(self, blob: bytes, number: int) -> bytes | None:
        """Returns a chunk of a file; None if it is not here."""
        return self._files.get(blob, number)

    def drop(self, party: PartyId, blob: bytes) -> None:
        """Ends the keeping of a file for a party; nobody else's.

        What nobody has kept any more is removed.

        Raises:
            StoreError: It cannot be removed.
        """
        with self._database.write() as db:
            db.execute("DELETE FROM holds WHERE blob = ? AND party = ?", (blob, party))
            if not _is_held(db.execute(_HELD, (blob,)).fetchone()):
                self._files.remove(blob)

    def collect(self, now_ms: int) -> int:
        """Removes what is over, and what a crash has left; tells how many files.

        Raises:
            StoreError: It cannot be removed.
        """
        with self._database.write() as db:
            db.execute("DELETE FROM holds WHERE until_ms <= ?", (now_ms,))
        removed = 0
        for blob in self._files.blobs():
            # One at a time: whoever begins to have a file kept waits for one at most.
            with self._database.write() as db:
                if not _is_held(db.execute(_HELD, (blob,)).fetchone()):
                    removed += self._files.remove(blob)
        return removed

    def held(self) -> Iterator[tuple[PartyId, int, int]]:
        """Yields for each party how many files are kept for it, and their bytes."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT party, count(*), sum(size) FROM holds GROUP BY party"
                " ORDER BY party"
            ).fetchall()
        for party, count, size in rows:
            yield PartyId(party), count, size

    def close(self) -> None:
        """Closes the index; afterwards nothing works."""
        self._database.close()

    def _counted(self, manifest: Manifest) -> int:
        """Returns the bytes that a file counts for: small ones take more."""
        limits = self._limits
        chunks = len(manifest.digests) * limits.chunk_least_size
        return max(manifest.size, limits.file_least_size, chunks)

    def _check_room(self, party: PartyId, blob: bytes, size: int) -> None:
        with self._database.read() as db:
            own, everybody = db.execute(
                "SELECT (SELECT coalesce(sum(size), 0) FROM holds WHERE party = ?1),"
                " (SELECT coalesce(sum(size), 0) FROM"
                " (SELECT DISTINCT blob, size FROM holds WHERE blob != ?2))",
                (party, blob),
            ).fetchone()
        limits = self._limits
        if own + size > limits.party_max_size:
            raise RefusedError(
                Code.QUOTA,
                f"the files of a party may take {limits.party_max_size} bytes here; "
                f"those of {party} take {own}",
            )
        if everybody + size > limits.all_max_size:
            raise RefusedError(Code.QUOTA, "no room is left for files of anybody")
        if self._files.free_size() - size < limits.free_min_size:
            raise StoreFullError("the disk is needed for what matters more")


_HELD: Final = "SELECT count(*) FROM holds WHERE blob = ?"


def _is_held(row: tuple[int]) -> bool:
    return row[0] > 0
