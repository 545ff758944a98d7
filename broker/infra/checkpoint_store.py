"""The checkpoints that the hub offered to witnesses, with the cosignatures it got.

Whose cosignature is taken, and which checkpoint is offered, is left to the services.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from broker.core.audit.cosigned import OfferedCheckpoint
from broker.infra.database import Database
from keys.notes import Note, NoteSignature

KEPT: Final = 4096  # of the newest; of those before, one for each hour
_THIN_EVERY: Final = 256  # checkpoints
_MOST_LINES: Final = 64  # of witnesses, below one checkpoint

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS checkpoints (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL,
  offered_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS cosignatures (
  size INTEGER NOT NULL REFERENCES checkpoints ON DELETE CASCADE,
  name TEXT NOT NULL,
  key_id BLOB NOT NULL,
  value BLOB NOT NULL,
  time_s INTEGER NOT NULL,
  PRIMARY KEY (size, name, key_id)
) STRICT, WITHOUT ROWID;
"""

_COUNTS: Final = (
    "SELECT size, count(DISTINCT name) AS witnesses FROM cosignatures GROUP BY size"
)
# Of those that are not among the newest: one for each hour, that of most witnesses;
# and never the newest that so and so many have cosigned, since parties stand on it.
_THIN: Final = f"""
WITH counted AS ({_COUNTS}),
ranked AS (
  SELECT checkpoints.size AS size, row_number() OVER (
    PARTITION BY offered_ms / 3600000 ORDER BY coalesce(witnesses, 0) DESC,
    checkpoints.size DESC) AS place
  FROM checkpoints LEFT JOIN counted USING (size)),
newest AS (SELECT max(size) AS size FROM counted GROUP BY witnesses)
DELETE FROM checkpoints WHERE size <= (
  SELECT size FROM checkpoints ORDER BY size DESC LIMIT 1 OFFSET ?)
AND size NOT IN (SELECT size FROM ranked WHERE place = 1)
AND size NOT IN (SELECT size FROM newest)
"""  # noqa: S608  constants only


class CheckpointStore:
    """Checkpoints and cosignatures in a database of their own, beside the log.

    Losing it loses nothing that witnesses could not give again.

    Args:
        path: The file; its folder exists.

    Raises:
        StoreError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)
        self._offers = 0

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def offer(self, size: int, note: str, now_ms: int) -> None:
        """Keeps a checkpoint for witnesses; one of this size gives way to it.

        Cosignatures stay: they are over the text, which has one form for each tree.

        Raises:
            StoreError: It could not be stored.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT INTO checkpoints VALUES (?, ?, ?)"
                " ON CONFLICT (size) DO UPDATE SET note = excluded.note",
                (size, note, now_ms),
            )
            self._offers += 1
            if self._offers % _THIN_EVERY == 0:
                db.execute(_THIN, (KEPT,))

    def add(self, size: int, signature: NoteSignature, time_s: int) -> bool:
        """Keeps a cosignature that was verified; the later of a witness counts.

        Returns:
            Whether the checkpoint is here still.

        Raises:
            StoreError: It could not be stored.
        """
        with self._database.write() as db:
            known = db.execute("SELECT 1 FROM checkpoints WHERE size = ?", (size,))
            if known.fetchone() is None:
                return False
            db.execute(
                "INSERT INTO cosignatures VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (size, name, key_id) DO UPDATE"
                " SET value = excluded.value, time_s = excluded.time_s"
                " WHERE excluded.time_s > time_s",
                (size, signature.name, signature.key_id, signature.value, time_s),
            )
        return True

    def offered(self, size: int = 0) -> OfferedCheckpoint | None:
        """Returns the checkpoint of a size, or the newest for 0; None if not here.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT size, note, offered_ms FROM checkpoints"
                " WHERE ?1 IN (0, size) ORDER BY size DESC LIMIT 1",
                (size,),
            ).fetchone()
            if row is None:
                return None
            lines = db.execute(
                "SELECT name, key_id, value FROM cosignatures WHERE size = ?"
                " ORDER BY time_s DESC LIMIT ?",
                (row[0], _MOST_LINES),
            ).fetchall()
        return _offered(row, lines)

    def newest(
        self, quorum: int, witnesses: Collection[tuple[str, bytes]]
    ) -> OfferedCheckpoint | None:
        """Returns the newest checkpoint that enough witnesses cosigned.

        Args:
            quorum: How many it takes, from 1.
            witnesses: Name and key identifier of those who count.

        Raises:
            StoreError: The file cannot be read.
        """
        if quorum > len(witnesses):
            return None  # whoever asks for more than there are need not cost a search
        places = ", ".join(["(?, ?)"] * len(witnesses))
        with self._database.read() as db:
            row = (
                db.execute(
                    "SELECT size FROM cosignatures"  # noqa: S608  placeholders only
                    f" WHERE (name, key_id) IN (VALUES {places}) GROUP BY size"
                    " HAVING count(DISTINCT name) >= ? ORDER BY size DESC LIMIT 1",
                    (*(part for witness in witnesses for part in witness), quorum),
                ).fetchone()
                if witnesses
                else None
            )
        return None if row is None else self.offered(row[0])

    def heard(self) -> dict[tuple[str, bytes], int]:
        """Returns when each key cosigned last, in seconds since the epoch.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT name, key_id, max(time_s) FROM cosignatures"
                " GROUP BY name, key_id"
            ).fetchall()
        return {(name, key_id): time_s for name, key_id, time_s in rows}


def _offered(row: tuple[Any, ...], lines: list[tuple[Any, ...]]) -> OfferedCheckpoint:
    size, text, offered_ms = row
    note = Note.parse(text)
    cosignatures = tuple(
        NoteSignature(name=name, key_id=key_id, value=value)
        for name, key_id, value in sorted(lines)
    )
    return OfferedCheckpoint(
        size=size, note=note, cosignatures=cosignatures, offered_ms=offered_ms
    )
