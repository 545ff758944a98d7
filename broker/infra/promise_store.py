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
"""
_FACT: Final = "promises-followed"
_BATCH: Final = 1000  # receipts read in one transaction


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
