"""What has been exported, without a word of it: names, times and handling.

It lies in the adapter's own folder. The content is never kept here; it comes from the
node each time, so that it is gone here when it is gone there.
"""

import contextlib
import functools
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from adapters.errors import SystemAwayError
from broker.core.handling import Handling

BLOCK_US: Final = 10_000
"""Microseconds that each export takes for itself: as many objects at most."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS export (
    digest BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    handling TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    keep_until_ms INTEGER,
    added_us INTEGER NOT NULL UNIQUE,
    ids TEXT NOT NULL,
    revoked_ms INTEGER,
    replacement BLOB NOT NULL DEFAULT x''
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pushed (
    digest BLOB NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (digest, target)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One delivery that was exported.

    Attributes:
        digest: Of its message, 32 bytes.
        kind: What it is, with its version.
        handling: Its label; restrictions beside it are not remembered.
        created_ms: When it was sealed, in ms since the epoch.
        keep_until_ms: When it has to be gone; None: not limited.
        added_us: When its first object was added, or revoked, in microseconds since
            the epoch; those of no two exports are closer than `BLOCK_US`.
        ids: Of the objects that have versions, and can be revoked.
        revoked_ms: When it was taken back; None: it stands.
        replacement: Digest of the message that takes its place, or empty.
    """

    digest: bytes
    kind: str
    handling: Handling
    created_ms: int
    keep_until_ms: int | None
    added_us: int = 0
    ids: tuple[str, ...]
    revoked_ms: int | None = None
    replacement: bytes = b""


class Ledger:
    """The exports of one adapter, in one file.

    Args:
        path: Of the file; made if it is not there.

    Every method raises SystemAwayError when the file cannot be used now.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch(mode=0o600)
        with self._open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_SCHEMA)

    def add(self, export: Export, now_ms: int) -> Export:
        """Notes an export, once; durable on return.

        Returns:
            As it is noted: with its own time, or as it was noted before.
        """
        with self._writing() as db:
            db.execute(
                "INSERT INTO export VALUES (?, ?, ?, ?, ?, ?, ?, NULL, x'') "
                "ON CONFLICT (digest) DO NOTHING",
                (
                    export.digest,
                    export.kind,
                    str(export.handling),
                    export.created_ms,
                    export.keep_until_ms,
                    _next_us(db, now_ms),
                    json.dumps(export.ids),
                ),
            )
        added = self.find(export.digest)
        assert added is not None  # noqa: S101 - it was just written
        return added

    def revoke(
        self, digest: bytes, at_ms: int, replacement: bytes, now_ms: int
    ) -> bool:
        """Notes that an export was taken back, once; durable on return.

        Returns:
            Whether there was anything to take back.
        """
        with self._writing() as db:
            changed = db.execute(
                "UPDATE export SET revoked_ms = ?, replacement = ?, added_us = ? "
                "WHERE digest = ? AND revoked_ms IS NULL",
                (at_ms, replacement, _next_us(db, now_ms), digest),
            )
            return changed.rowcount > 0

    def note_pushed(self, digest: bytes, target: str) -> None:
        """Notes that an export is about to be pushed somewhere; durable on return."""
        with self._writing() as db:
            db.execute(
                "INSERT INTO pushed VALUES (?, ?) ON CONFLICT DO NOTHING",
                (digest, target),
            )

    def was_pushed(self, digest: bytes, target: str) -> bool:
        """Tells whether an export may have been pushed there, in whole or in part."""
        with self._open() as db:
            row = db.execute(
                "SELECT 1 FROM pushed WHERE digest = ? AND target = ?", (digest, target)
            ).fetchone()
        return row is not None

    def find(self, digest: bytes) -> Export | None:
        """Returns one export."""
        return next(self._read("WHERE digest = ?", (digest,)), None)

    def all(self) -> list[Export]:
        """Returns every export, in the order in which clients are given them."""
        return list(self._read("ORDER BY added_us", ()))

    def over(self, now_ms: int) -> list[Export]:
        """Returns those that stand, and may not be kept any longer."""
        clause = "WHERE revoked_ms IS NULL AND keep_until_ms <= ?"
        return list(self._read(clause, (now_ms,)))

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Opened for each use: nobody has to say when this ledger is no longer needed.
        try:
            connection = sqlite3.connect(self._path, isolation_level=None)
            with contextlib.closing(connection) as db:
                db.execute("PRAGMA synchronous=FULL")
                yield db
        except sqlite3.OperationalError as error:
            # No room, or held by somebody: no fault of what was to be noted.
            raise SystemAwayError(f"the ledger cannot be used: {error}") from error

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            # What raises before this is over leaves nothing: closing rolls it back.
            yield db
            db.execute("COMMIT")

    def _read(self, clause: str, values: tuple[object, ...]) -> Iterator[Export]:
        with self._open() as db:
            rows = db.execute(f"SELECT * FROM export {clause}", values).fetchall()  # noqa: S608 - the clauses are ours
        return map(_export, rows)


@functools.lru_cache(maxsize=256)
def _handling(label: str) -> Handling:
    return Handling.parse(label)


def _export(row: tuple[Any, ...]) -> Export:
    return Export(
        digest=row[0],
        kind=row[1],
        handling=_handling(row[2]),
        created_ms=row[3],
        keep_until_ms=row[4],
        added_us=row[5],
        ids=tuple(json.loads(row[6])),
        revoked_ms=row[7],
        replacement=row[8],
    )


def _next_us(db: sqlite3.Connection, now_ms: int) -> int:
    # Clients ask for what came after the last they saw: the order may never lie,
    # whatever the clock does.
    row = db.execute("SELECT max(added_us) FROM export").fetchone()
    return max(now_ms * 1000, (row[0] or 0) + BLOCK_US)
