"""Which of the hub's promises of inclusion a node has still to look after.

When one is broken is left to `broker.services.promise_watch`.
"""

from collections.abc import Sequence
from typing import Final

from broker.core.broken_promises import is_promise
from broker.core.codec.receipts import decode_receipt
from broker.core.model import Stage
from broker.infra.database import Database

PROMISE_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS promises (
  message_digest BLOB PRIMARY KEY,
  due_ms INTEGER NOT NULL,
  broken_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS promises_due ON promises (due_ms)
  WHERE broken_ms IS NULL;
CREATE TABLE IF NOT EXISTS promise_notes (
  message_digest BLOB PRIMARY KEY,
  note TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  is_settled INTEGER NOT NULL
) STRICT;
"""
_FACT: Final = "promises-followed"
_BATCH: Final = 1000  # receipts read in one transaction
MOST_NOTES: Final = 100  # of the log's states; what follows shows nothing more


class PromiseStore:
    """The part of a node's database that is about promises.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow_promises(self) -> bool:
        """Notes what the newest receipts promise; tells whether there may be more.

        What was noted is durable on return.

        Raises:
            StoreError: Nothing was noted.
        """
        with self._database.write() as db:
            known = db.execute(
                "SELECT value FROM facts WHERE name = ?", (_FACT,)
            ).fetchone()
            # Receipts are never taken out, so that row numbers only grow.
            rows = db.execute(
                "SELECT rowid, stage, receipt FROM ledger WHERE rowid > ?"
                " ORDER BY rowid LIMIT ?",
                (0 if known is None else int(known[0]), _BATCH),
            ).fetchall()
            if not rows:
                return False
            accepted = [
                decode_receipt(receipt)
                for _, stage, receipt in rows
                if stage == Stage.ACCEPTED.value
            ]
            db.executemany(
                "INSERT INTO promises VALUES (?, ?, NULL) ON CONFLICT DO NOTHING",
                [
                    (one.message_digest, one.logged_by_ms)
                    for one in accepted
                    if is_promise(one)
                ],
            )
            newest = str(rows[-1][0]).encode()
            db.execute("REPLACE INTO facts VALUES (?, ?)", (_FACT, newest))
        return len(rows) == _BATCH

    def due_promises(self, now_ms: int, limit: int) -> list[bytes]:
        """Returns the messages whose promise has run out, unchecked, oldest first.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM promises"
                " WHERE broken_ms IS NULL AND due_ms < ? ORDER BY due_ms LIMIT ?",
                (now_ms, limit),
            ).fetchall()
        return [row[0] for row in rows]

    def promises_kept(self, message_digests: Sequence[bytes]) -> None:
        """Forgets promises that were kept.

        Raises:
            StoreError: They are looked after further.
        """
        with self._database.write() as db:
            db.executemany(
                "DELETE FROM promises WHERE message_digest = ?",
                [(digest,) for digest in message_digests],
            )

    def promise_broken(self, message_digest: bytes, at_ms: int) -> None:
        """Notes that a promise was found to be broken.

        Raises:
            StoreError: It is looked after further.
        """
        with self._database.write() as db:
            db.execute(
                "UPDATE promises SET broken_ms = ? WHERE message_digest = ?",
                (at_ms, message_digest),
            )

    def count_broken_promises(self) -> int:
        """Returns how many promises were found to be broken.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._database.read() as db:
            query = "SELECT count(*) FROM promises WHERE broken_ms IS NOT NULL"
            return int(db.execute(query).fetchone()[0])

    def keep_lacking(
        self, message_digest: bytes, note: str, at_ms: int, *, is_settled: bool
    ) -> None:
        """Keeps a state of the log that lacks what was promised, in place of an older.

        Args:
            message_digest: Of the message whose receipt it lacks.
            note: The signed checkpoint.
            at_ms: The present, in ms since the epoch.
            is_settled: Whether no newer one is needed.

        Raises:
            StoreError: It was not kept.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT INTO promise_notes SELECT ?1, ?2, ?3, ?4"
                " WHERE (SELECT count(*) FROM promise_notes) < ?5"
                " OR ?1 IN (SELECT message_digest FROM promise_notes)"
                " ON CONFLICT DO UPDATE SET note = excluded.note,"
                " seen_ms = excluded.seen_ms, is_settled = excluded.is_settled",
                (message_digest, note, at_ms, int(is_settled), MOST_NOTES),
            )

    def lacking_promises(self, limit: int) -> list[bytes]:
        """Returns the broken promises to look at again, that seen last coming last.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM promise_notes WHERE NOT is_settled"
                " ORDER BY seen_ms LIMIT ?",
                (limit,),
            ).fetchall()
        return [row[0] for row in rows]

    def settle_lacking(self, message_digest: bytes) -> None:
        """Notes that the state that is kept of the log is the last that lacks it.

        Raises:
            StoreError: It is looked at again.
        """
        with self._database.write() as db:
            db.execute(
                "UPDATE promise_notes SET is_settled = 1 WHERE message_digest = ?",
                (message_digest,),
            )

    def lacking_notes(self) -> dict[bytes, str]:
        """Returns the states of the log that were kept, by message.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, note FROM promise_notes"
            ).fetchall()
        return dict(rows)
