"""The tables of a node about its adapters. What is derived from content is encrypted.

Only codes, keys and digests stand in clear: they say that something was given, and not
what.
"""

ADAPTER_SCHEMA = """
CREATE TABLE IF NOT EXISTS adapters (
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  desk TEXT NOT NULL,
  state TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  notice INTEGER NOT NULL,
  trying TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  ok_ms INTEGER NOT NULL,
  error_ms INTEGER NOT NULL,
  error_code TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS adapter_counts (
  name TEXT NOT NULL,
  what TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (name, what)
) STRICT;
CREATE TABLE IF NOT EXISTS adapter_letters (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  adapter TEXT NOT NULL,
  way TEXT NOT NULL,
  key TEXT NOT NULL,
  message_digest BLOB NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  protected BLOB NOT NULL,
  UNIQUE (adapter, way, key)
) STRICT;
CREATE INDEX IF NOT EXISTS adapter_letters_message
  ON adapter_letters (message_digest) WHERE message_digest != x'';
CREATE INDEX IF NOT EXISTS adapter_letters_state ON adapter_letters (state, adapter);
CREATE TABLE IF NOT EXISTS adapter_emissions (
  adapter TEXT NOT NULL,
  message_digest BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  handling TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  target BLOB NOT NULL,
  PRIMARY KEY (message_digest, adapter, sha256)
) STRICT;
CREATE TABLE IF NOT EXISTS adapter_keeps (
  adapter TEXT NOT NULL,
  message_digest BLOB NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (adapter, message_digest)
) STRICT;
CREATE INDEX IF NOT EXISTS adapter_keeps_until ON adapter_keeps (adapter, until_ms);
CREATE TABLE IF NOT EXISTS proposals (
  proposal_id TEXT PRIMARY KEY,
  adapter TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  decided_ms INTEGER,
  decided_by TEXT NOT NULL,
  protected BLOB NOT NULL,
  UNIQUE (adapter, key)
) STRICT;
CREATE INDEX IF NOT EXISTS proposals_state ON proposals (state, at_ms);
CREATE TABLE IF NOT EXISTS proposal_sources (
  proposal_id TEXT NOT NULL REFERENCES proposals (proposal_id),
  message_digest BLOB NOT NULL,
  PRIMARY KEY (message_digest, proposal_id)
) STRICT;
"""
