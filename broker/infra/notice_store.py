"""Carrying out a notice in one transaction, and what desks have to be told of it.

What follows from a notice is left to `broker.services.recall_keeper`.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from broker.core.model import Receipt
from broker.core.recalls.recall import Notice, Outcome
from broker.core.recalls.taken_back import (
    BY_NOTICE,
    DeskNotice,
    Destroyed,
    NoticeState,
    ReceivedNotice,
)
from broker.core.records import InboxState
from broker.infra.database import Database
from broker.infra.erasure import erase, forget_drafts, is_held
from broker.infra.recall_store import close_notice
from broker.infra.statements import queue_statement

_COLUMNS: Final = (
    "number, message_digest, desk, destroy, replacement, at_ms, told_ms, told_by"
)
_Row = tuple[int, bytes, str, int, bytes, int, int | None, str]


class NoticeStore:
    """The part of a node's database that says what desks have to be told.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def carry_out(
        self,
        received: ReceivedNotice,
        outcome: Outcome | None,
        now_ms: int,
        *,
        copies: Sequence[bytes] = (),
        drafts: Sequence[bytes] = (),
        refusal: Receipt | None = None,
    ) -> bool:
        """Does what a notice asks for, all of it or nothing; durable on return.

        The content is destroyed unless it is to be marked only, or kept. Every desk
        that had it is to be told. Copies that went on from here are destroyed too;
        their recipients are yet to be told.

        Args:
            received: The notice.
            outcome: What becomes of the content; None: it is marked as replaced.
            now_ms: The present.
            copies: Messages, sent from here, that passed it on.
            drafts: Documents that wait for approval, or have waited, and pass it on.
            refusal: What its origin is told of a message nobody has decided about.

        Returns:
            Whether it waited: of two, the first one counts. What is to be destroyed
            waits on when it has to be kept by now.
        """
        notice = received.notice
        with self._database.write() as db:
            if outcome is Outcome.DESTROYED and is_held(db, notice.message_digest):
                return False
            if not close_notice(db, received.digest, _state(outcome), outcome, now_ms):
                return False
            if outcome is not Outcome.KEPT_BY_LAW:
                _tell_desks(db, notice, now_ms)
            if outcome is None or outcome is Outcome.KEPT_BY_LAW:
                return True
            if refusal is not None:
                _refuse(db, refusal)
            if outcome is not Outcome.GONE_BEFORE:
                erase(
                    db,
                    [
                        Destroyed(
                            message_digest=digest,
                            at_ms=now_ms,
                            rule=BY_NOTICE,
                            cause=received.digest,
                        )
                        for digest in (notice.message_digest, *copies)
                    ],
                )
            forget_drafts(db, drafts, now_ms)
            db.executemany(
                "INSERT INTO copies_due (copy_digest, notice_digest) VALUES (?, ?)"
                " ON CONFLICT DO NOTHING",
                [(digest, received.digest) for digest in copies],
            )
        return True

    def desk_notices(
        self, desk: str | None = None, *, settled: bool = False
    ) -> list[DeskNotice]:
        """Returns what desks have to be told, oldest first.

        Args:
            desk: Only what this desk has to be told; None for all.
            settled: Also what they were told already.
        """
        wanted = "(? IS NULL OR desk = ?)" + ("" if settled else " AND told_ms IS NULL")
        return self._notices(f"WHERE {wanted}", (desk, desk))

    def desk_notices_after(
        self, desk: str, number: int, limit: int = 100
    ) -> list[DeskNotice]:
        """Returns what a desk has to be told, or was told, after a notice, in order.

        Args:
            desk: Which.
            number: Of the notice; 0 for the first.
            limit: How many at most.
        """
        # The limit is part of the condition, for `_notices` puts them in order.
        return self._notices(
            "WHERE number IN (SELECT number FROM notices WHERE desk = ? AND number > ?"
            " ORDER BY number LIMIT ?)",
            (desk, number, limit),
        )

    def desk_notices_about(self, message_digest: bytes) -> list[DeskNotice]:
        """Returns what desks have to be told, or were told, about one message."""
        return self._notices("WHERE message_digest = ?", (message_digest,))

    def note_told(self, number: int, by: str, now_ms: int) -> bool:
        """Notes that a desk was told; tells whether it still had to be."""
        with self._database.write() as db:
            cursor = db.execute(
                "UPDATE notices SET told_ms = ?, told_by = ?"
                " WHERE number = ? AND told_ms IS NULL",
                (now_ms, by, number),
            )
            return bool(cursor.rowcount)

    def _notices(self, where: str, values: tuple[object, ...]) -> list[DeskNotice]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM notices {where} ORDER BY number",  # noqa: S608 - own words
                values,
            ).fetchall()
        return [_notice(row) for row in rows]


def _state(outcome: Outcome | None) -> NoticeState:
    if outcome is None:
        return NoticeState.MARKED
    kept = outcome is Outcome.KEPT_BY_LAW
    return NoticeState.KEPT if kept else NoticeState.DONE


def _tell_desks(db: sqlite3.Connection, notice: Notice, now_ms: int) -> None:
    """Queues a notice to each desk that was given the content, or could read it."""
    desks = {
        row[0]
        for row in db.execute(
            "SELECT desk FROM handed_out WHERE message_digest = ?",
            (notice.message_digest,),
        )
    }
    row = db.execute(
        "SELECT routes FROM admissions WHERE message_digest = ?"
        " AND state IN ('admitted', 'released', 'destroyed')",
        (notice.message_digest,),
    ).fetchone()
    desks |= set(json.loads(row[0])) if row else set()
    db.executemany(
        "INSERT INTO notices (message_digest, desk, destroy, replacement, at_ms)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (notice.message_digest, desk, notice.destroy, notice.replacement, now_ms)
            for desk in sorted(desks)
        ],
    )


def _refuse(db: sqlite3.Connection, refusal: Receipt) -> None:
    """Ends the wait of a message that was delivered, and that nobody decided about."""
    cursor = db.execute(
        "UPDATE inbox SET state = ?, code = ?, detail = ?"
        " WHERE message_digest = ? AND state = 'delivered'",
        (
            InboxState.REFUSED.value,
            refusal.code,
            refusal.detail,
            refusal.message_digest,
        ),
    )
    if cursor.rowcount:
        queue_statement(db, refusal)


def _notice(row: _Row) -> DeskNotice:
    return DeskNotice(
        number=row[0],
        message_digest=row[1],
        desk=row[2],
        destroy=bool(row[3]),
        replacement=row[4],
        at_ms=row[5],
        told_ms=row[6],
        told_by=row[7],
    )
