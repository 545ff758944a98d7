"""Requests of other systems that are carried out once, and who made them.

The row is written in the transaction of what was asked for: either both are there after
a crash, or neither.
"""

import sqlite3
from collections.abc import Iterable

from broker.core.errors import RepeatedError
from broker.core.feed import DoneOnce, Once
from broker.infra.database import Database

_COLUMNS = "token, request, submitter, agency, pending_id, at_ms"
_Row = tuple[bytes, bytes, str, str, bytes, int]


class OnceStore:
    """The part of a node's database that says what was asked for before.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def done_before(self, token: bytes) -> DoneOnce | None:
        """Returns what came of a request; None if it was never carried out."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM once WHERE token = ?",  # noqa: S608 - own constant
                (token,),
            ).fetchone()
            return None if row is None else _done(db, row)

    def submitted_by(self, subject: bytes) -> Once | None:
        """Returns which system asked for a message, or for a document that waits.

        Args:
            subject: Digest of the message, or id of the document.

        Returns:
            None when a person did.
        """
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM once WHERE token ="  # noqa: S608 - own constant
                " (SELECT token FROM once_messages WHERE message_digest = ?1)"
                " OR (pending_id != x'' AND (pending_id = ?1 OR pending_id ="
                " (SELECT pending_id FROM released WHERE message_digest = ?1)))",
                (subject,),
            ).fetchone()
        return None if row is None else _once(row)


def note_once(
    db: sqlite3.Connection,
    once: Once | None,
    now_ms: int,
    *,
    messages: Iterable[bytes] = (),
    pending_id: bytes = b"",
) -> None:
    """Notes, in the caller's transaction, that a request is carried out.

    Raises:
        RepeatedError: It was before; the caller's transaction must not commit.
    """
    if once is None:
        return
    cursor = db.execute(
        f"INSERT INTO once ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - own constant
        " ON CONFLICT DO NOTHING",
        (once.token, once.request, once.submitter, once.agency, pending_id, now_ms),
    )
    if not cursor.rowcount:
        raise RepeatedError("the same was asked for before, and done")
    db.executemany(
        "INSERT INTO once_messages VALUES (?, ?)",
        [(digest, once.token) for digest in messages],
    )


def _done(db: sqlite3.Connection, row: _Row) -> DoneOnce:
    messages = db.execute(
        "SELECT message_digest FROM once_messages WHERE token = ? ORDER BY rowid",
        (row[0],),
    ).fetchall()
    return DoneOnce(
        once=_once(row),
        messages=tuple(bytes(one[0]) for one in messages),
        pending_id=row[4],
        at_ms=row[5],
    )


def _once(row: _Row) -> Once:
    return Once(token=row[0], request=row[1], submitter=row[2], agency=row[3])
