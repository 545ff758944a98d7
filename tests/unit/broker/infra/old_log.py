"""Logs as earlier versions left them: one row for each entry, every tile a file."""

import sqlite3
from pathlib import Path

from broker.core.audit.snapshot import SNAPSHOT_STAGE
from broker.infra.log_reader import LogReader

_SCHEMA = """
CREATE TABLE entries (
  idx INTEGER PRIMARY KEY, leaf_hash BLOB NOT NULL, stream_sequence INTEGER NOT NULL,
  at_ms INTEGER NOT NULL, stage TEXT NOT NULL, stated_by TEXT NOT NULL,
  stated_to TEXT NOT NULL, code TEXT NOT NULL, message_digest BLOB NOT NULL,
  receipt BLOB NOT NULL, signed_header BLOB NOT NULL, proof BLOB NOT NULL
) STRICT;
CREATE INDEX entries_leaf ON entries (substr(leaf_hash, 1, 6));
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
  BEGIN SELECT raise(ABORT, 'the log only grows'); END;
DROP TABLE blocks;
DROP TABLE broken_promises;
"""


def make_old(folder: Path, layout: int) -> None:
    """Makes of a closed log one of an earlier layout, with the same entries."""
    with LogReader(folder) as log:
        rows = [
            (
                one.index,
                one.leaf_hash,
                one.entry.stream_sequence,
                one.entry.at_ms,
                one.entry.stage,
                one.entry.by,
                one.entry.to,
                one.entry.code,
                one.entry.message_digest,
                one.entry.receipt,
                one.entry.signed_header,
                one.entry.proof,
            )
            for one in log.records(0, log.head().size)
        ]
    assert layout > 1 or all(row[4] != SNAPSHOT_STAGE for row in rows)
    db = sqlite3.connect(folder / "log.sqlite3", isolation_level=None)
    try:
        db.executescript(_SCHEMA)
        places = ", ".join("?" * 12)
        db.executemany(f"INSERT INTO entries VALUES ({places})", rows)  # noqa: S608  question marks only
        if layout == 1:
            db.execute("DROP TABLE snapshots")
        db.execute("UPDATE head SET layout = ?", (layout,))
    finally:
        db.close()
    for one in folder.glob("index.sqlite3*"):
        one.unlink()
