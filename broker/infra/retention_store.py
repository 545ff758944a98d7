"""What a node holds, page by page, for retention to be judged; and its runs.

How contents are destroyed is left to `broker.infra.erasure`.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from broker.core.recalls.taken_back import Destroyed
from broker.infra.database import Database
from broker.infra.erasure import erase, forget_drafts

_PAGE: Final = 500


class RetentionStore:
    """The part of a node's database that retention goes by.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def received_contents(self) -> Iterator[bytes]:
        """Yields the digests of received messages whose content is not destroyed.

        Those that nobody has decided about yet are not among them.
        """
        yield from self._pages(
            "inbox WHERE state IN ('opened', 'refused') AND NOT EXISTS (SELECT 1 FROM"
            " destroyed WHERE destroyed.message_digest = inbox.message_digest)"
        )

    def sent_contents(self) -> Iterator[bytes]:
        """Yields the digests of messages that left here and are not destroyed."""
        yield from self._pages(
            "sent WHERE NOT EXISTS (SELECT 1 FROM destroyed"
            " WHERE destroyed.message_digest = sent.message_digest)"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE submitted_ms IS NULL"
            " AND outbox.message_digest = sent.message_digest)"
        )

    def drafts_ended(self, before_ms: int) -> list[bytes]:
        """Returns documents that lapsed or were withdrawn before a time, by number."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT pending_id FROM pending WHERE protected != x''"
                " AND state IN ('lapsed', 'withdrawn') AND changed_ms < ?"
                " ORDER BY pending_id",
                (before_ms,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def erase_batch(self, gone: Sequence[Destroyed]) -> None:
        """Destroys the contents of messages; durable on return, all or nothing."""
        with self._database.write() as db:
            erase(db, gone)

    def erase_drafts(self, gone: Sequence[Destroyed], now_ms: int) -> None:
        """Destroys documents that were never sent, likewise.

        Args:
            gone: Each with its number in the place of a message's digest.
            now_ms: The present.
        """
        with self._database.write() as db:
            forget_drafts(db, [one.message_digest for one in gone], now_ms)
            db.executemany(
                "INSERT INTO destroyed VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(one.message_digest, one.at_ms, one.rule, one.cause) for one in gone],
            )

    def _pages(self, source: str) -> Iterator[bytes]:
        """Yields digests; what is destroyed meanwhile does no harm."""
        last = 0
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    f"SELECT rowid, message_digest FROM {source}"  # noqa: S608 - own words
                    " AND rowid > ? ORDER BY rowid LIMIT ?",
                    (last, _PAGE),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield from (bytes(row[1]) for row in rows)
