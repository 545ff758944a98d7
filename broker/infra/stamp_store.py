"""The hub's time-stamps on its log, and since when there are none, in one SQLite file.

What they prove is left to `keys.timestamps`, asking for them to the timekeeper.
"""

from pathlib import Path
from typing import Final

from broker.core.audit.stamps import Outage, Stamp
from broker.infra.database import Database

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS stamps (
    size INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    taken_ms INTEGER NOT NULL,
    note TEXT NOT NULL,
    token BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outage (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
"""
_COLUMNS: Final = "size, at_ms, taken_ms, note, token"


class StampStore:
    """The time-stamps of one log; methods may be called from any thread.

    Args:
        path: The file; it is made where there is none.

    Raises:
        StoreError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    def add(self, stamp: Stamp) -> None:
        """Keeps a time-stamp, and ends an outage; durable on return.

        Of two for one size the first stays: it proves more.

        Raises:
            StoreError: Nothing was kept.
        """
        with self._database.write() as db:
            db.execute(
                f"INSERT INTO stamps ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608  constants only
                " ON CONFLICT DO NOTHING",
                (stamp.size, stamp.at_ms, stamp.taken_ms, stamp.note, stamp.token),
            )
            db.execute("DELETE FROM outage")

    def newest(self) -> Stamp | None:
        """Returns the time-stamp on the largest tree.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            return _stamp(
                db.execute(
                    f"SELECT {_COLUMNS} FROM stamps ORDER BY size DESC LIMIT 1"  # noqa: S608  constants only
                ).fetchone()
            )

    def first_covering(self, index: int) -> Stamp | None:
        """Returns the time-stamp on the smallest tree that has entry `index`.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            return _stamp(
                db.execute(
                    f"SELECT {_COLUMNS} FROM stamps WHERE size > ?"  # noqa: S608  constants only
                    " ORDER BY size LIMIT 1",
                    (index,),
                ).fetchone()
            )

    def outage(self) -> Outage | None:
        """Returns since when no time-stamp could be had; None while they can.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._database.read() as db:
            row = db.execute("SELECT since_ms, reason FROM outage").fetchone()
        return None if row is None else Outage(since_ms=row[0], reason=row[1])

    def note_outage(self, outage: Outage) -> bool:
        """Notes that none could be had; tells whether that is news.

        Of one outage the beginning stays, and the newest reason.

        Raises:
            StoreError: Nothing was noted.
        """
        with self._database.write() as db:
            known = db.execute("SELECT 1 FROM outage").fetchone() is not None
            db.execute(
                "INSERT INTO outage VALUES (1, ?, ?)"
                " ON CONFLICT DO UPDATE SET reason = excluded.reason",
                (outage.since_ms, outage.reason),
            )
        return not known


def _stamp(row: tuple[int, int, int, str, bytes] | None) -> Stamp | None:
    if row is None:
        return None
    size, at_ms, taken_ms, note, token = row
    return Stamp(size=size, at_ms=at_ms, taken_ms=taken_ms, note=note, token=token)
