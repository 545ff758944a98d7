"""The tables of a node about files beside messages: no name and no key in clear."""

ATTACHMENT_SCHEMA = """
CREATE TABLE IF NOT EXISTS attachment_blobs (
  blob BLOB PRIMARY KEY,
  made_ms INTEGER NOT NULL,
  used INTEGER NOT NULL,
  wanted_ms INTEGER NOT NULL,
  held_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS attachment_drafts (
  token BLOB PRIMARY KEY,
  blob BLOB NOT NULL UNIQUE,
  made_ms INTEGER NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS attachment_uses (
  message_digest BLOB NOT NULL,
  blob BLOB NOT NULL,
  due_ms INTEGER,
  PRIMARY KEY (message_digest, blob)
) STRICT;
CREATE INDEX IF NOT EXISTS attachment_uses_blob ON attachment_uses (blob);
CREATE INDEX IF NOT EXISTS attachment_uses_due ON attachment_uses (due_ms)
  WHERE due_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS attachment_seen (
  message_digest BLOB PRIMARY KEY
) STRICT;
"""
