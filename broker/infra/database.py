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
_SHORT_TIMEOUT_S: Final = 0.1


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
    def write(self, *, wait: bool = True) -> Iterator[sqlite3.Connection]:
        """Runs a transaction: all of it is durable afterwards, or none of it.

        Args:
            wait: Whether to wait for other processes that write: what can be left
                undone must not hold up whoever reads here meanwhile.

        Raises:
            StoreFullError: No room left.
            StoreError: Anything else that SQLite cannot do.
        """
        with self._lock, store_errors(self._doing):
            with self._waiting_up_to(_BUSY_TIMEOUT_S if wait else _SHORT_TIMEOUT_S):
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
            with self._waiting_up_to(_SHORT_TIMEOUT_S):
                busy, _, _ = connection.execute(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                ).fetchone()
            return not busy

    @contextmanager
    def _waiting_up_to(self, wait_s: float) -> Iterator[None]:
        """Waits for other processes no longer than so many seconds, for a while."""
        if wait_s == _BUSY_TIMEOUT_S:
            yield
            return
        self._connection.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
        try:
            yield
        finally:
            usual_ms = int(_BUSY_TIMEOUT_S * 1000)
            self._connection.execute(f"PRAGMA busy_timeout = {usual_ms}")

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written, we or others."""
        with self.read() as connection:
            by_others = int(connection.execute("PRAGMA data_version").fetchone()[0])
            return by_others + connection.total_changes

    def close(self) -> None:
        """Closes the file; afterwards nothing works."""
        with self._lock:
            self._connection.close()
