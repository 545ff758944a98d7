"""One SQLite file, opened so that what was committed survives a power cut.

Tables and queries are left to the stores that use it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from broker.infra.store_errors import store_errors

_BUSY_TIMEOUT_S: Final = 30.0
_SHORT_TIMEOUT_MS: Final = 100


class Database:
    """A connection that one thread uses at a time, whichever it is.

    Other processes may have the file open too: writers take their turn.

    Args:
        path: The file; its folder exists.
        schema: Statements that create what is missing.
        rebuildable: True for a cache: a power cut may cost its newest commits, never
            its consistency.

    Raises:
        StoreError: The file cannot be opened, or is not a database.
    """

    def __init__(self, path: Path, schema: str, *, rebuildable: bool = False) -> None:
        self._lock = threading.RLock()
        self._doing = f"use {path}"
        with store_errors(self._doing):
            # Private from the first moment: what SQLite keeps beside the file, while
            # it is open, is as private as the file.
            path.touch(mode=0o600)
            path.chmod(0o600)
            # isolation_level=None: transactions are ours to begin and to end.
            self._connection = sqlite3.connect(
                path,
                isolation_level=None,
                check_same_thread=False,
                timeout=_BUSY_TIMEOUT_S,
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            # FULL syncs the write-ahead log at every commit: what was reported as
            # stored is stored.
            level = "NORMAL" if rebuildable else "FULL"
            self._connection.execute(f"PRAGMA synchronous={level}")
            self._connection.execute("PRAGMA foreign_keys=ON")
            # What is deleted or replaced is overwritten with zeros in the file.
            self._connection.execute("PRAGMA secure_delete=ON")
            if self._connection.execute("PRAGMA schema_version").fetchone()[0]:
                self._connection.executescript(schema)
            else:
                # One sync for all that a new file needs, and not one for each table.
                self._connection.executescript(f"BEGIN IMMEDIATE;{schema};COMMIT;")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Runs a transaction: all of it is durable afterwards, or none of it.

        Raises:
            StoreFullError: No room left.
            StoreError: Anything else that SQLite cannot do.
        """
        with self._lock, store_errors(self._doing):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Gives the connection for queries.

        Raises:
            StoreError: Anything that SQLite cannot do.
        """
        with self._lock, store_errors(self._doing):
            yield self._connection

    def cut_off_log(self) -> bool:
        """Writes the write-ahead log into the file, and leaves nothing of it.

        Returns:
            False while somebody else is reading what it holds; not waited for, since
            everybody would wait with us.

        Raises:
            StoreError: It cannot be written.
        """
        with self.read() as connection:
            connection.execute(f"PRAGMA busy_timeout = {_SHORT_TIMEOUT_MS}")
            try:
                busy, _, _ = connection.execute(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                ).fetchone()
            finally:
                timeout_ms = int(_BUSY_TIMEOUT_S * 1000)
                connection.execute(f"PRAGMA busy_timeout = {timeout_ms}")
            return not busy

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written, we or others."""
        with self.read() as connection:
            by_others = int(connection.execute("PRAGMA data_version").fetchone()[0])
            return by_others + connection.total_changes

    def close(self) -> None:
        """Closes the file; afterwards nothing works."""
        with self._lock:
            self._connection.close()
