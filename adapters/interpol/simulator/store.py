"""What the simulator remembers from one start to the next: one SQLite file.

What it makes of it is left to `adapters.interpol.simulator.register`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, TypeVar

from lxml import etree

from adapters.interpol.parts import Answer, Record
from adapters.interpol.register_xml import parse
from adapters.interpol.xml_codec import decode, encode

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS record (
  number INTEGER PRIMARY KEY, serial TEXT NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS record_by_serial ON record (serial);
CREATE TABLE IF NOT EXISTS trace (
  number INTEGER PRIMARY KEY, member TEXT NOT NULL, progress TEXT NOT NULL,
  asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS answer (
  number INTEGER PRIMARY KEY, trace INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS done (
  member TEXT NOT NULL, key TEXT NOT NULL, sort TEXT NOT NULL,
  number INTEGER NOT NULL, before TEXT NOT NULL, PRIMARY KEY (member, key));
CREATE TABLE IF NOT EXISTS seen (
  member TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY (member, message));
"""
# Days between the day that Julian days count from and the epoch.
_NOW: Final = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
T = TypeVar("T")


class SimulatorStore:
    """One SQLite file; every change is on the disk when `change` ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self.change() as database:
            database.executescript(_SCHEMA)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Yields the database inside one transaction."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as database:
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                database.rollback()
                raise
            database.commit()

    def now_ms(self) -> int:
        """Returns the time of the database, in ms since the epoch."""
        with closing(sqlite3.connect(self._path)) as database:
            return int(database.execute(_NOW).fetchone()[0])


def packed(content: Record | Answer) -> bytes:
    """Returns what is kept of a record or an answer."""
    return etree.tostring(encode(content, "kept"))


def unpacked(kind: type[T], content: bytes) -> T:
    """Returns what `packed` was given."""
    return decode(kind, parse(content))


def serial_term(number: str) -> str:
    """Returns what serial numbers are searched by: letters and digits only."""
    return "".join(sign for sign in number.casefold() if sign.isalnum())
