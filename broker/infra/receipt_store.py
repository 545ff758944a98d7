"""Receipts as a node keeps them: what others stated to it, and what it stated itself.

What they mean together is left to `broker.core.reviews.review`.
"""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from typing import Final

from broker.core.codec.receipts import decode_receipt, peek_receipt
from broker.core.model import Receipt, Stage
from broker.core.records import InboxState, LedgerLine
from broker.infra.database import Database
from broker.infra.statements import queue_statement
from broker.infra.trail_rows import note_statement
from keys.framing import sha256

_CONTRADICTIONS_MAX: Final = 4  # of one author and stage, about one message
_STAGES: Final = {
    InboxState.DELIVERED: Stage.DELIVERED,
    InboxState.OPENED: Stage.OPENED,
    InboxState.REFUSED: Stage.REFUSED,
}


class ReceiptStore:
    """The receipts in a node's database.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_receipts(self, lines: Sequence[LedgerLine]) -> int:
        """Stores receipts about own messages; durable on return.

        The first of its kind stays in the ledger. Another one of the same author and
        stage contradicts it, and is kept beside it as evidence: some of them, so that
        nobody can fill the disk with lies.

        Returns:
            How many were new.
        """
        new = 0
        with self._database.write() as db:
            for line in lines:
                receipt = line.receipt
                place = (receipt.message_digest, receipt.by, receipt.stage.value)
                cursor = db.execute(
                    "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (*place, receipt.at_ms, line.receipt_bytes, line.proof),
                )
                if cursor.rowcount:
                    db.execute(
                        "REPLACE INTO receipts_came VALUES (?, ?, ?, ?)",
                        (*place, line.came_ms),
                    )
                    note_statement(db, receipt)
                    new += 1
                else:
                    new += _contradict(db, place, line)
        return new

    def ledger(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns the receipts about one message, or about all, oldest first."""
        return self._lines(
            "SELECT ledger.receipt, proof, coalesce(came_ms, 0) FROM ledger"
            " LEFT JOIN receipts_came USING (message_digest, said_by, stage)",
            "ORDER BY at_ms, stage",
            message_digest,
        )

    def contradictions(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns receipts that contradict one in the ledger, as they came."""
        return self._lines(
            "SELECT receipt, proof, came_ms FROM contradictions",
            "ORDER BY rowid",
            message_digest,
        )

    def stated(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns what this node signed about one message, or all, oldest first.

        What waits to be signed is not among it, nor what was signed before this was
        kept.
        """
        return self._lines(
            "SELECT receipt, proof, 0 FROM stated",
            "ORDER BY at_ms, stage",
            message_digest,
        )

    def _lines(
        self, select: str, order: str, message_digest: bytes | None
    ) -> list[LedgerLine]:
        where = "" if message_digest is None else " WHERE message_digest = ?"
        with self._database.read() as db:
            rows = db.execute(
                f"{select}{where} {order}",
                () if message_digest is None else (message_digest,),
            ).fetchall()
        return [
            LedgerLine(
                receipt=decode_receipt(row[0]),
                receipt_bytes=row[0],
                proof=row[1],
                came_ms=row[2],
            )
            for row in rows
        ]

    def own_words(self, message_digest: bytes) -> dict[Stage, int]:
        """Returns what this node has said of a received message, signed or not yet.

        Returns:
            The stages, and when each was stated, in ms since the epoch.
        """
        with self._database.read() as db:
            return _own_words(db, message_digest)

    def own_receipts(self, message_digest: bytes) -> list[Receipt]:
        """Returns what this node has said of a message, signed or not yet, in order."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT receipt FROM statements WHERE message_digest = ?1"
                " UNION SELECT receipt FROM stated WHERE message_digest = ?1",
                (message_digest,),
            ).fetchall()
        found = [decode_receipt(row[0]) for row in rows]
        return sorted(found, key=lambda one: (one.at_ms, one.stage.value))

    def state(
        self,
        receipt: Receipt,
        check: Callable[[Collection[Stage]], None],
        note: bytes = b"",
    ) -> None:
        """Queues a statement of an authority about a received message; durable.

        Args:
            receipt: What is stated.
            check: Is handed what was said before; raises if this does not follow from
                it. Nothing is stored then.
            note: What the authority noted for itself, encrypted; may be empty.

        Raises:
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            check(_own_words(db, receipt.message_digest).keys())
            queue_statement(db, receipt)
            if note:
                db.execute(
                    "REPLACE INTO statement_notes VALUES (?, ?, ?)",
                    (receipt.message_digest, receipt.stage.value, note),
                )

    def statement_notes(self, message_digest: bytes) -> dict[Stage, bytes]:
        """Returns what an authority noted with its statements, encrypted."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT stage, protected FROM statement_notes WHERE message_digest = ?"
                " ORDER BY stage",
                (message_digest,),
            ).fetchall()
        return {Stage(stage): bytes(protected) for stage, protected in rows}


def _contradict(
    db: sqlite3.Connection, place: tuple[bytes, str, int], line: LedgerLine
) -> bool:
    """Keeps what contradicts the ledger, unless it is in there; tells whether."""
    beside = "message_digest = ?1 AND said_by = ?2 AND stage = ?3"
    cursor = db.execute(
        "INSERT INTO contradictions SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"  # noqa: S608 - our own words
        f" WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE {beside} AND receipt = ?6)"
        f" AND (SELECT count(*) FROM contradictions WHERE {beside}) < ?8"
        " ON CONFLICT DO NOTHING",
        (
            *place,
            sha256(line.receipt_bytes),
            line.came_ms,
            line.receipt_bytes,
            line.proof,
            _CONTRADICTIONS_MAX,
        ),
    )
    return bool(cursor.rowcount)


def _own_words(db: sqlite3.Connection, message_digest: bytes) -> dict[Stage, int]:
    words: dict[Stage, int] = {}
    # Of what was taken in before statements were kept, the inbox tells it.
    for state, received_ms, opened_ms in db.execute(
        "SELECT state, received_ms, opened_ms FROM inbox WHERE message_digest = ?",
        (message_digest,),
    ):
        words[_STAGES[InboxState(state)]] = opened_ms or received_ms
    for (receipt,) in db.execute(
        "SELECT receipt FROM statements WHERE message_digest = ?1"
        " UNION ALL SELECT receipt FROM stated WHERE message_digest = ?1",
        (message_digest,),
    ):
        stage, _, _, _, at_ms = peek_receipt(receipt)
        words[stage] = at_ms
    return dict(sorted(words.items(), key=lambda one: (one[1], one[0].value)))
