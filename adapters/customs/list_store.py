"""What a watch-list has to remember from one start to the next, in SQLite: no content.

Which messages were taken, which version each entry has, how far each outlet is. What
entries say is drawn anew from what the node still has: nothing to destroy lies here.
"""

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.core.errors import StoreError

_BUSY_MS: Final = 10_000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS taken (
  message_digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry (
  entry_id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,   -- of the list, when this version came about
  fingerprint BLOB NOT NULL,   -- of what it was drawn from, not of what it says
  until_ms INTEGER NOT NULL,
  gone INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entry_by_revision ON entry (revision);
CREATE TABLE IF NOT EXISTS list (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  revision INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  began_ms INTEGER NOT NULL    -- when the first revision came about; 0: not yet
) STRICT;
INSERT OR IGNORE INTO list VALUES (1, 0, 0, 0);
CREATE TABLE IF NOT EXISTS outlet (
  name TEXT PRIMARY KEY,
  place TEXT NOT NULL,         -- where it led to then
  revision INTEGER NOT NULL    -- the last that it was given whole
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One version of an entry, without what it says.

    Attributes:
        entry_id: Which entry.
        version: Counts from 1.
        revision: Of the list, when this version came about.
        fingerprint: Of what it was drawn from, 32 bytes.
        until_ms: When it is over, in ms since the epoch.
        gone: Whether it must not be used any more.
    """

    entry_id: str
    version: int
    revision: int
    fingerprint: bytes
    until_ms: int
    gone: bool


class ListStore:
    """The file of one watch-list; every change is on the disk on return.

    Args:
        path: The file; made if it is not there.

    Raises:
        StoreError: From here and from every method: it could not be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._naming_errors():
            # One connection as long as it lasts: whenever the last one of a file is
            # closed, SQLite writes everything back and waits for the disk.
            # Closed by whichever thread collects what is no longer needed.
            self._connection = sqlite3.connect(path, check_same_thread=False)
            weakref.finalize(self, self._connection.close)
            self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_SCHEMA)

    def taken(self) -> frozenset[bytes]:
        """Returns the digests of all messages that were taken."""
        with self._reading() as connection:
            rows = connection.execute("SELECT message_digest FROM taken")
            return frozenset(row[0] for row in rows)

    def rows(self, after: int = 0) -> list[Row]:
        """Returns the entries that changed after a revision, in order of their ids."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT entry_id, version, revision, fingerprint, until_ms, gone"
                " FROM entry WHERE revision > ? ORDER BY entry_id",
                (after,),
            )
            return [_row(one) for one in found]

    def row(self, entry_id: str) -> Row | None:
        """Returns the last version of an entry, or None."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT entry_id, version, revision, fingerprint, until_ms, gone"
                " FROM entry WHERE entry_id = ?",
                (entry_id,),
            ).fetchone()
        return None if found is None else _row(found)

    def revision(self) -> tuple[int, int, int]:
        """Returns the revision of the list, when it came about, and when the first."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT revision, changed_ms, began_ms FROM list"
            )
            revision, changed_ms, began_ms = found.fetchone()
            return revision, changed_ms, began_ms

    def given(self, outlet: str, place: str) -> int:
        """Returns the last revision that an outlet was given at a place; 0: none."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT revision FROM outlet WHERE name = ? AND place = ?",
                (outlet, place),
            ).fetchone()
        return 0 if found is None else int(found[0])

    def place_of(self, outlet: str) -> str:
        """Returns where an outlet led to when it was given something; else nothing."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT place FROM outlet WHERE name = ?", (outlet,)
            ).fetchone()
        return "" if found is None else str(found[0])

    def note_given(self, outlet: str, place: str, revision: int) -> None:
        """Notes that an outlet has a revision at a place, durably."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO outlet VALUES (?, ?, ?)",
                (outlet, place, revision),
            )

    def note(
        self,
        *,
        taken: bytes | None = None,
        given_up: bytes | None = None,
        changed: Row | None = None,
        now_ms: int,
    ) -> None:
        """Notes a change of the list, all of it or nothing.

        Args:
            taken: Digest of a message that is taken now.
            given_up: Digest of a message that must not be used any more.
            changed: The new version of an entry; its revision is the list's from now.
            now_ms: The present.
        """
        with self._writing() as connection:
            if taken is not None:
                connection.execute("INSERT OR IGNORE INTO taken VALUES (?)", (taken,))
            if given_up is not None:
                connection.execute(
                    "DELETE FROM taken WHERE message_digest = ?", (given_up,)
                )
            if changed is not None:
                connection.execute(
                    "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        changed.entry_id,
                        changed.version,
                        changed.revision,
                        changed.fingerprint,
                        changed.until_ms,
                        changed.gone,
                    ),
                )
                connection.execute(
                    "UPDATE list SET revision = ?1, changed_ms = ?2,"
                    " began_ms = CASE began_ms WHEN 0 THEN ?2 ELSE began_ms END",
                    (changed.revision, now_ms),
                )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._naming_errors():
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._naming_errors(), self._connection:
            yield self._connection

    @contextmanager
    def _naming_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self._path.name}: {error}") from error


def _row(found: tuple[str, int, int, bytes, int, int]) -> Row:
    name, version, revision, fingerprint, until_ms, gone = found
    return Row(
        entry_id=name,
        version=version,
        revision=revision,
        fingerprint=fingerprint,
        until_ms=until_ms,
        gone=bool(gone),
    )
