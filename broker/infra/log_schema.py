"""The tables of the log. Rows are only ever added; the head alone changes."""

from typing import Final

LAYOUT: Final = 2
"""Version of these tables, kept in the head."""
LAYOUT_WITHOUT_SNAPSHOTS: Final = 1
"""The version before: without the table of snapshots, and with none in the log."""

# `idx` is the position in the tree. The large columns come last, so that scans of the
# small ones do not touch their pages. Digests fall on random pages of their index,
# which is what appending costs most: the indexes take their first 6 bytes (queries
# compare the rest), the cache holds 32 MiB of them, and the write-ahead log grows to
# 32 MiB of pages before it is written back.
LOG_SCHEMA: Final = """
PRAGMA cache_size = -32768;
PRAGMA wal_autocheckpoint = 8192;
CREATE TABLE IF NOT EXISTS entries (
  idx INTEGER PRIMARY KEY,
  leaf_hash BLOB NOT NULL,
  stream_sequence INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  stage TEXT NOT NULL,
  stated_by TEXT NOT NULL,
  stated_to TEXT NOT NULL,
  code TEXT NOT NULL,
  message_digest BLOB NOT NULL,
  receipt BLOB NOT NULL,
  signed_header BLOB NOT NULL,
  proof BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entries_leaf ON entries (substr(leaf_hash, 1, 6));
CREATE INDEX IF NOT EXISTS entries_message ON entries (substr(message_digest, 1, 6));
CREATE INDEX IF NOT EXISTS entries_by ON entries (stated_by);
CREATE INDEX IF NOT EXISTS entries_to ON entries (stated_to);
CREATE INDEX IF NOT EXISTS entries_stage ON entries (stage);
CREATE INDEX IF NOT EXISTS entries_time ON entries (at_ms, stage);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
  BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER IF NOT EXISTS entries_unchanged BEFORE UPDATE ON entries
  BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TABLE IF NOT EXISTS snapshots (
  idx INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  digest BLOB NOT NULL,
  signed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS snapshots_version ON snapshots (version);
CREATE INDEX IF NOT EXISTS snapshots_digest ON snapshots (digest);
CREATE INDEX IF NOT EXISTS snapshots_time ON snapshots (signed_at_ms, version);
CREATE TABLE IF NOT EXISTS head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  layout INTEGER NOT NULL,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  last_sequence INTEGER NOT NULL,
  checkpoint TEXT NOT NULL,
  edge BLOB NOT NULL
) STRICT;
"""
