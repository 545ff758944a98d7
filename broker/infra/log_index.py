"""What entries of the log are looked up by: a database beside it, built behind it.

It holds nothing that is not in the log, and can be deleted: the writer makes it again.
What is not in it yet is looked for in the log itself, which is left to `log_reader`.
"""

import sqlite3
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from broker.core.audit.entry import EntryFilter, LoggedEntry
from broker.core.audit.padding import PADDING_STAGE
from broker.core.codec.header_names import header_names
from broker.core.errors import StoreError
from broker.infra.database import Database
from broker.infra.log_schema import INDEX_SCHEMA, INDEX_VERSION
from broker.infra.store_errors import store_errors

INDEX: Final = "index.sqlite3"

_DIGEST: Final = 16  # bytes of a digest that are indexed
_BUSY_TIMEOUT_S: Final = 10.0
_INSERT: Final = "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NAMES: Final = (
    "SELECT kind, reference FROM entries INDEXED BY entries_message "
    "WHERE message = ? AND kind > '' LIMIT 1"
)
# That a name is not empty is said for SQLite to see that the partial index will do.
_CONDITIONS: Final = {
    "message_digest": "message = :message_digest",
    "stage": "stage = :stage",
    "code": "code = :code AND code > ''",
    "kind": "kind = :kind AND kind > ''",
    "case": "reference = :case AND reference > ''",
    "since_ms": "at_ms >= :since_ms",
    "until_ms": "at_ms < :until_ms",
}
_NARROW: Final = frozenset({"message_digest", "code", "case"})
"""Conditions that few entries meet: no other index is worth looking into."""


class IndexWriter:
    """The index, for the one writer of the log.

    Args:
        folder: The folder of the log.
        origin: Name of the log.

    Raises:
        StoreError: The folder cannot be used.
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self._origin = origin
        self._database = _opened(folder / INDEX)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    def reached(self) -> tuple[int, bytes]:
        """Returns how many entries are in it, and the leaf hash of the last of them.

        An index of another log or version counts for nothing.

        Raises:
            StoreError: It cannot be read.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT size, last_leaf FROM reached WHERE version = ? AND origin = ?",
                (INDEX_VERSION, self._origin),
            ).fetchone()
        return row or (0, b"")

    def begin_anew(self) -> None:
        """Forgets everything.

        In place, so that those who read it see it.

        Raises:
            StoreError: It could not be written; nothing was forgotten.
        """
        with self._database.write() as db:
            db.execute("DELETE FROM entries")
            db.execute("DELETE FROM reached")

    def add(self, entries: Iterable[LoggedEntry]) -> None:
        """Adds the entries that come next.

        Raises:
            StoreError: It could not be written; nothing was added.
        """
        known: dict[bytes, tuple[str, str]] = {}
        size, leaf = 0, b""
        with self._database.write() as db:
            rows = []
            for logged in entries:
                rows.append(_row(logged, _names(db, logged, known)))
                size, leaf = logged.index + 1, logged.leaf_hash
            db.executemany(_INSERT, rows)
            db.execute(
                "INSERT OR REPLACE INTO reached VALUES (1, ?, ?, ?, ?)",
                (INDEX_VERSION, self._origin, size, leaf),
            )


class IndexReader:
    """The index, for whoever reads the log.

    Methods may be called from any thread. Where there is no index, none of the log is
    in it.

    Args:
        folder: The folder of the log.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / INDEX
        self._lock = threading.Lock()
        self._held = ExitStack()
        self._reads: sqlite3.Connection | None = None

    def close(self) -> None:
        """Lets go of the file."""
        self._held.close()

    def reached(self) -> int:
        """Returns how many entries of the log, from the first on, are in it.

        Raises:
            StoreError: It cannot be read.
        """
        query = "SELECT size FROM reached WHERE version = :version"
        rows = self._rows(query, {"version": INDEX_VERSION})
        return int(rows[0][0]) if rows else 0

    def find(self, leaf_hash: bytes, end: int) -> list[int]:
        """Returns entries before `end` that may have this leaf hash, ascending.

        Raises:
            StoreError: It cannot be read.
        """
        rows = self._rows(
            "SELECT idx FROM entries WHERE leaf = :leaf AND idx < :end ORDER BY idx",
            {"leaf": leaf_hash[:_DIGEST], "end": end},
        )
        return [index for (index,) in rows]

    def names(self, message_digest: bytes) -> tuple[str, str]:
        """Returns kind and case reference of a message; empty where it is not in it.

        Raises:
            StoreError: It cannot be read.
        """
        rows = self._rows(_NAMES, (message_digest[:_DIGEST],)) if message_digest else []
        return rows[0] if rows else ("", "")

    def matching(self, wanted: EntryFilter, end: int, limit: int) -> list[int]:
        """Returns entries before `end` that a filter lets through, ascending.

        Of too many, those that the filter says to leave out are not returned.

        Raises:
            StoreError: It cannot be read.
        """
        values = {name: getattr(wanted, name) for name in _CONDITIONS}
        given = {name: value for name, value in values.items() if value is not None}
        where = ["idx > :after", "idx < :end", *(_CONDITIONS[name] for name in given)]
        if wanted.stage is None and not wanted.padding:
            where.append(f"stage <> '{PADDING_STAGE}'")
        order = "DESC" if wanted.newest else "ASC"
        if wanted.party is not None:
            # One index each, read in order and cut off early: an OR would sort.
            by = _page(["stated_by = :party", *where], order)
            to = _page(["stated_to = :party", *where], order)
            query = (
                f"SELECT * FROM ({by}) UNION SELECT * FROM ({to}) "  # noqa: S608  constants only
                f"ORDER BY idx {order} LIMIT :limit"
            )
        elif wanted.since_ms is not None and not _NARROW & given.keys():
            # By itself SQLite would walk the whole log in order, to spare the sorting.
            query = _page(where, order, "entries INDEXED BY entries_time")
        else:
            query = _page(where, order)
        before = end if wanted.before is None else min(end, wanted.before)
        if "message_digest" in given:
            given["message_digest"] = given["message_digest"][:_DIGEST]
        rows = self._rows(
            query,
            {
                **given,
                "party": wanted.party,
                "after": wanted.after,
                "end": before,
                "limit": limit,
            },
        )
        return sorted(index for (index,) in rows)

    def _rows(self, query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - what SQLite takes
        with self._lock, store_errors("read the index of the log"):
            if self._reads is None and self._path.is_file():
                self._reads = sqlite3.connect(
                    f"{self._path.absolute().as_uri()}?mode=ro",
                    uri=True,
                    timeout=_BUSY_TIMEOUT_S,
                    isolation_level=None,
                    check_same_thread=False,
                )
                self._held.callback(self._reads.close)
            if self._reads is None:
                return []
            return self._reads.execute(query, values).fetchall()


def _opened(path: Path) -> Database:
    """Opens the file; one that is damaged is replaced, since it can be made again."""
    try:
        return Database(path, INDEX_SCHEMA, rebuildable=True)
    except StoreError:
        with store_errors("replace the index of the log"):
            for one in path.parent.glob(f"{path.name}*"):
                one.unlink()
        return Database(path, INDEX_SCHEMA, rebuildable=True)


def _names(
    db: sqlite3.Connection, logged: LoggedEntry, known: dict[bytes, tuple[str, str]]
) -> tuple[str, str]:
    """Returns kind and case of the message that an entry is about.

    Receipts of recipients are logged without the header: it stands beside ACCEPTED.
    """
    entry = logged.entry
    if not entry.message_digest or entry.is_snapshot:
        return "", ""
    digest = entry.message_digest[:_DIGEST]
    if entry.signed_header:
        known[digest] = header_names(entry.signed_header)
    elif digest not in known:
        known[digest] = db.execute(_NAMES, (digest,)).fetchone() or ("", "")
    return known[digest]


def _row(logged: LoggedEntry, names: tuple[str, str]) -> tuple[object, ...]:
    entry = logged.entry
    return (
        logged.index,
        logged.leaf_hash[:_DIGEST],
        entry.message_digest[:_DIGEST],
        entry.by,
        entry.to,
        entry.stage,
        entry.code,
        *names,
        entry.at_ms,
    )


def _page(where: list[str], order: str, source: str = "entries") -> str:
    conditions = " AND ".join(where)
    return (
        f"SELECT idx FROM {source} WHERE {conditions} "  # noqa: S608  constants only
        f"ORDER BY idx {order} LIMIT :limit"
    )
