"""The tables of the log. Rows are only ever added; the head alone changes."""

from typing import Final

LAYOUT: Final = 3
"""Version of these tables, kept in the head."""
EARLIER_LAYOUTS: Final = frozenset({1, 2})
"""Versions that the writer takes over: a row for each entry, in a table `entries`."""

# `first` is the position in the tree of a block's first entry. A row for each entry
# costs several times as much; so does each index on random digests, which is why what
# is looked up by them lies in a database of its own (`log_index`), built behind. The
# write-ahead log grows to 32 MiB of pages before it is written back.
LOG_SCHEMA: Final = """
PRAGMA cache_size = -8192;
PRAGMA wal_autocheckpoint = 8192;
CREATE TABLE IF NOT EXISTS blocks (
  first INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  logged_ms INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS blocks_stay BEFORE DELETE ON blocks
  BEGIN SELECT raise(ABORT, 'the log only grows'); END;
CREATE TRIGGER IF NOT EXISTS blocks_unchanged BEFORE UPDATE ON blocks
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
CREATE TABLE IF NOT EXISTS broken_promises (
  idx INTEGER PRIMARY KEY,
  message_digest BLOB NOT NULL,
  logged_by_ms INTEGER NOT NULL,
  logged_ms INTEGER NOT NULL
) STRICT;
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

# What an entry is looked up by. Of digests, as much as tells them apart.
INDEX_SCHEMA: Final = """
PRAGMA cache_size = -16384;
PRAGMA wal_autocheckpoint = 8192;
CREATE TABLE IF NOT EXISTS entries (
  idx INTEGER PRIMARY KEY,
  leaf BLOB NOT NULL,
  message BLOB NOT NULL,
  stated_by TEXT NOT NULL,
  stated_to TEXT NOT NULL,
  stage TEXT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  reference TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entries_leaf ON entries (leaf);
CREATE INDEX IF NOT EXISTS entries_message ON entries (message);
CREATE INDEX IF NOT EXISTS entries_by ON entries (stated_by);
CREATE INDEX IF NOT EXISTS entries_to ON entries (stated_to);
CREATE INDEX IF NOT EXISTS entries_stage ON entries (stage);
CREATE INDEX IF NOT EXISTS entries_code ON entries (code) WHERE code > '';
CREATE INDEX IF NOT EXISTS entries_kind ON entries (kind) WHERE kind > '';
CREATE INDEX IF NOT EXISTS entries_case ON entries (reference) WHERE reference > '';
CREATE INDEX IF NOT EXISTS entries_time ON entries (at_ms, stage);
CREATE TABLE IF NOT EXISTS reached (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  last_leaf BLOB NOT NULL
) STRICT;
"""
INDEX_VERSION: Final = 1
