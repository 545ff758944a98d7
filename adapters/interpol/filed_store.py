"""What was filed at the register: which message, under which key, as what.

Nothing of a content is kept: what the register calls a thing, and the digest of the
message that it came from. Rows go when the message is withdrawn.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from adapters.errors import SystemAwayError

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS filed (
  key TEXT PRIMARY KEY, message BLOB NOT NULL, item INTEGER NOT NULL,
  sort TEXT NOT NULL, identifier TEXT NOT NULL DEFAULT '',
  answers INTEGER NOT NULL DEFAULT 0, open INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS filed_by_message ON filed (message);
"""
_COLUMNS: Final = "key, message, item, sort, identifier, answers"


class Sort(StrEnum):
    """What was filed."""

    RECORD = "record"
    UPDATE = "update"
    TRACE = "trace"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One thing that was filed, or was about to be.

    Attributes:
        key: It was submitted with; empty identifiers may stand for something all the
            same, when the answer was lost.
        message_digest: Of the message it came from, 32 bytes.
        item: Position of the firearm in that message, from 0.
        sort: What it is.
        identifier: What the register calls it; empty until it has said so.
        answers: How many answers to a trace there were when they were last passed on.
    """

    key: str
    message_digest: bytes
    item: int
    sort: Sort
    identifier: str = ""
    answers: int = 0


class FiledStore:
    """One SQLite file in the adapter's own folder; each change is on the disk.

    Raises:
        SystemAwayError: By each of its methods: the file cannot be used now.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "filed.db"
        with self._change() as database:
            database.executescript(_SCHEMA)

    def begin(self, key: str, message_digest: bytes, item: int, sort: Sort) -> None:
        """Notes what is about to be filed: before it is, so that it can be undone."""
        with self._change() as database:
            database.execute(
                "INSERT OR IGNORE INTO filed (key, message, item, sort) "
                "VALUES (?, ?, ?, ?)",
                (key, message_digest, item, sort),
            )

    def named(self, key: str, identifier: str) -> None:
        """Notes what the register calls it."""
        with self._change() as database:
            database.execute(
                "UPDATE filed SET identifier = ? WHERE key = ?", (identifier, key)
            )

    def answered(self, key: str, answers: int) -> None:
        """Notes how many answers to a trace there were when they were passed on."""
        with self._change() as database:
            database.execute(
                "UPDATE filed SET answers = ? WHERE key = ?", (answers, key)
            )

    def close(self, key: str) -> None:
        """Notes that no answer to a trace is waited for any more."""
        with self._change() as database:
            database.execute("UPDATE filed SET open = 0 WHERE key = ?", (key,))

    def forget(self, key: str) -> None:
        """Forgets one thing."""
        with self._change() as database:
            database.execute("DELETE FROM filed WHERE key = ?", (key,))

    def of_message(self, message_digest: bytes) -> tuple[Filed, ...]:
        """Returns everything that was filed from a message."""
        return self._rows("WHERE message = ?", message_digest)

    def open_traces(self) -> tuple[Filed, ...]:
        """Returns the traces that may still be answered, oldest first."""
        return self._rows(
            "WHERE sort = ? AND open = 1 AND identifier <> ''", Sort.TRACE
        )

    def trace(self, identifier: str) -> Filed | None:
        """Returns the trace that the register calls so."""
        rows = self._rows("WHERE sort = ? AND identifier = ?", Sort.TRACE, identifier)
        return rows[0] if rows else None

    def _rows(self, where: str, *values: object) -> tuple[Filed, ...]:
        with self._change() as database:
            rows = database.execute(
                f"SELECT {_COLUMNS} FROM filed {where} ORDER BY rowid",  # noqa: S608 - both are constants of this module
                values,
            ).fetchall()
        return tuple(
            Filed(
                key=key,
                message_digest=message,
                item=item,
                sort=Sort(sort),
                identifier=identifier,
                answers=answers,
            )
            for key, message, item, sort, identifier, answers in rows
        )

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path)) as database, database:
                database.execute("PRAGMA synchronous = FULL")
                yield database
        except sqlite3.Error as error:
            # A full disk, as a rule: nothing that a delivery or withdrawal is to blame
            # for. Without the note nothing is sent, and nothing is lost.
            raise SystemAwayError("what is filed cannot be noted") from error
