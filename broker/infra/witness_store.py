"""What a witness remembers: every step of a log it has seen, and evidence against it.

What may be cosigned is left to `broker.core.audit.witness`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from broker.core.audit.checkpoint import read_checkpoint
from broker.core.audit.witness import Contradiction, Evidence, SeenCheckpoint
from broker.core.errors import StoreConflictError
from broker.infra.database import Database

KEPT: Final = 10_000  # steps; each continues the one before, so that the newest counts
MOST_EVIDENCE: Final = 1000  # pieces of one kind; more of it prove nothing more
_THIN_EVERY: Final = 256  # steps

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS seen (
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  note TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  cosigned_ms INTEGER,
  PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evidence (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  origin TEXT NOT NULL,
  contradiction TEXT NOT NULL,
  seen TEXT NOT NULL,
  shown TEXT NOT NULL,
  proof TEXT NOT NULL,
  reason TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A checkpoint as a witness remembers it: nothing in it is about anybody.

    Attributes:
        seen: The checkpoint.
        seen_ms: When it was first seen, in ms since the epoch.
        cosigned_ms: The time in its newest cosignature that the hub has taken; None
            for none.
    """

    seen: SeenCheckpoint
    seen_ms: int
    cosigned_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledEvidence:
    """Evidence as it was filed.

    Attributes:
        number: Its number in this witness.
        at_ms: When it was found, in ms since the epoch.
    """

    number: int
    at_ms: int
    evidence: Evidence


class WitnessStore:
    """A witness's memory, one SQLite file.

    Args:
        path: The file; its folder exists.

    Raises:
        StoreError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)
        self._steps = 0

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def newest(self, origin: str) -> Step | None:
        """Returns the largest checkpoint of a log that was seen.

        Raises:
            StoreError: The file cannot be read.
        """
        return next(iter(self.steps(origin, limit=1)), None)

    def of_size(self, origin: str, size: int) -> SeenCheckpoint | None:
        """Returns the checkpoint of a size, if it is remembered.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT note FROM seen WHERE origin = ? AND size = ?", (origin, size)
            ).fetchone()
        return None if row is None else _seen(row[0])

    def steps(self, origin: str | None = None, *, limit: int = 20) -> list[Step]:
        """Returns the largest checkpoints that were seen, the largest first.

        Args:
            origin: Of this log; None: of every log.
            limit: At most so many.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT note, seen_ms, cosigned_ms FROM seen"
                " WHERE ?1 IS NULL OR origin = ?1 ORDER BY size DESC LIMIT ?2",
                (origin, limit),
            ).fetchall()
        return [
            Step(seen=_seen(note), seen_ms=seen_ms, cosigned_ms=cosigned_ms)
            for note, seen_ms, cosigned_ms in rows
        ]

    def take(self, after: SeenCheckpoint | None, seen: SeenCheckpoint, ms: int) -> None:
        """Remembers that a checkpoint continues the newest one; durable on return.

        Args:
            after: The newest one, as it was when this was judged; None for none.
            seen: The one to remember.
            ms: The present, in ms since the epoch.

        Raises:
            StoreConflictError: Another process was faster: this has to be judged
                again. A smaller tree must never follow on a larger one.
            StoreError: It could not be stored.
        """
        origin, size = seen.checkpoint.origin, seen.checkpoint.size
        with self._database.write() as db:
            row = db.execute(
                "SELECT note FROM seen WHERE origin = ? ORDER BY size DESC LIMIT 1",
                (origin,),
            ).fetchone()
            if (None if row is None else row[0]) != (after.note if after else None):
                raise StoreConflictError("another process has seen more of the log")
            db.execute(
                "INSERT INTO seen VALUES (?, ?, ?, ?, NULL)"
                " ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note",
                (origin, size, seen.note, ms),
            )
            self._steps += 1
            if self._steps % _THIN_EVERY == 0:
                db.execute(
                    "DELETE FROM seen WHERE origin = ?1 AND size <= (SELECT size"
                    " FROM seen WHERE origin = ?1 ORDER BY size DESC"
                    " LIMIT 1 OFFSET ?2)",
                    (origin, KEPT),
                )

    def note_cosigned(self, seen: SeenCheckpoint, at_ms: int) -> None:
        """Notes that the hub has taken a cosignature of a checkpoint.

        Raises:
            StoreError: It could not be stored.
        """
        with self._database.write() as db:
            db.execute(
                "UPDATE seen SET cosigned_ms = ? WHERE origin = ? AND size = ?",
                (at_ms, seen.checkpoint.origin, seen.checkpoint.size),
            )

    def file(self, evidence: Evidence, at_ms: int) -> bool:
        """Keeps evidence, once; tells whether it is new. Durable on return.

        A log that goes on contradicting itself cannot fill the disk with it, nor keep
        out, by what a restored one would show as well, what proves a fork.

        Raises:
            StoreError: It could not be stored.
        """
        with self._database.write() as db:
            filed = db.execute(
                "INSERT INTO evidence (origin, contradiction, seen, shown, proof,"
                " reason, at_ms) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"
                " WHERE (SELECT count(*) FROM evidence"
                "  WHERE origin = ?1 AND contradiction = ?2) < ?8"
                " ON CONFLICT DO NOTHING",
                (
                    read_checkpoint(evidence.shown).origin,
                    evidence.contradiction.value,
                    evidence.seen,
                    evidence.shown,
                    json.dumps([node.hex() for node in evidence.proof]),
                    evidence.reason,
                    at_ms,
                    MOST_EVIDENCE,
                ),
            )
            return filed.rowcount > 0

    def evidence(self, *, limit: int = 100) -> list[FiledEvidence]:
        """Returns the evidence, the newest first.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT number, at_ms, contradiction, seen, shown, proof, reason"
                " FROM evidence ORDER BY number DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [_filed(row) for row in rows]


def _seen(note: str) -> SeenCheckpoint:
    return SeenCheckpoint(checkpoint=read_checkpoint(note), note=note)


def _filed(row: tuple[Any, ...]) -> FiledEvidence:
    number, at_ms, contradiction, seen, shown, proof, reason = row
    return FiledEvidence(
        number=number,
        at_ms=at_ms,
        evidence=Evidence(
            contradiction=Contradiction(contradiction),
            seen=seen,
            shown=shown,
            proof=tuple(bytes.fromhex(node) for node in json.loads(proof)),
            reason=reason,
        ),
    )
