"""What happened at a node, in order: read by the interfaces from where they were.

Nothing is written here but once what was there before there was a feed.
"""

from typing import Final

from broker.core.feed import Event, FeedEntry
from broker.infra.database import Database

_FILLED: Final = "feed/filled"
_COLUMNS: Final = "sequence, event, subject, party, detail, at_ms"


class FeedStore:
    """The part of a node's database that other systems follow.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def fill_feed(self) -> None:
        """Puts what was received before there was a feed into it, once.

        Raises:
            StoreError: It cannot be stored.
        """
        with self._database.read() as db:
            if db.execute("SELECT 1 FROM facts WHERE name = ?", (_FILLED,)).fetchone():
                return
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO facts VALUES (?, x'') ON CONFLICT DO NOTHING", (_FILLED,)
            )
            if cursor.rowcount:
                db.execute(
                    "INSERT INTO feed (event, subject, party, detail, at_ms)"
                    " SELECT 'message.received', message_digest, origin, kind, since_ms"
                    " FROM admissions JOIN inbox USING (message_digest)"
                    " WHERE admissions.state IN ('admitted', 'released')"
                    " AND message_digest NOT IN (SELECT subject FROM feed)"
                    " ORDER BY since_ms, admissions.rowid"
                )

    def feed_after(self, sequence: int, limit: int = 1000) -> list[FeedEntry]:
        """Returns what happened after an event, in order.

        Args:
            sequence: Number of the event; 0 for the beginning.
            limit: How many at most.
        """
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM feed WHERE sequence > ?"  # noqa: S608 - own constant
                " ORDER BY sequence LIMIT ?",
                (sequence, limit),
            ).fetchall()
        return [_entry(row) for row in rows]

    def feed_end(self) -> int:
        """Returns the number of the last event; 0 when nothing has happened."""
        with self._database.read() as db:
            row = db.execute("SELECT coalesce(max(sequence), 0) FROM feed").fetchone()
        return int(row[0])

    def routed_after(
        self, desk: str, sequence: int, limit: int = 100
    ) -> list[FeedEntry]:
        """Returns what our policy gave to a desk after an event, in order.

        What was destroyed since is left out.

        Args:
            desk: As the policy's `route` names it.
            sequence: Number of the event; 0 for the beginning.
            limit: How many at most.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT feed.sequence, event, subject, party, detail, feed.at_ms"
                " FROM feed JOIN admissions ON message_digest = subject"
                " WHERE feed.sequence > ? AND event = 'message.received'"
                " AND state IN ('admitted', 'released')"
                " AND EXISTS (SELECT 1 FROM json_each(routes) WHERE value = ?)"
                " ORDER BY feed.sequence LIMIT ?",
                (sequence, desk, limit),
            ).fetchall()
        return [_entry(row) for row in rows]


def _entry(row: tuple[int, str, bytes, str, str, int]) -> FeedEntry:
    return FeedEntry(
        sequence=row[0],
        event=Event(row[1]),
        subject=row[2],
        party=row[3],
        detail=row[4],
        at_ms=row[5],
    )
