"""The tables of a node about what is taken back, destroyed, or has to be kept.

What stands in them is digests, times and words of closed lists; never content.
Triggers have it looked at again what is still to be said about what was taken back.
"""

RECALL_SCHEMA = """
CREATE TABLE IF NOT EXISTS recalls_out (
  notice_digest BLOB PRIMARY KEY,
  message_digest BLOB NOT NULL,
  replacement BLOB NOT NULL,
  reason INTEGER NOT NULL,
  destroy INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  parties TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS recalls_out_message ON recalls_out (message_digest);
CREATE TABLE IF NOT EXISTS recalls_in (
  notice_digest BLOB PRIMARY KEY,
  origin TEXT NOT NULL,
  message_digest BLOB NOT NULL,
  replacement BLOB NOT NULL,
  reason INTEGER NOT NULL,
  destroy INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  outcome INTEGER,
  done_ms INTEGER,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  attested BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX IF NOT EXISTS recalls_in_message ON recalls_in (message_digest);
CREATE INDEX IF NOT EXISTS recalls_in_waiting ON recalls_in (received_ms)
  WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS recalls_in_unanswered ON recalls_in (received_ms)
  WHERE attested = x'';
CREATE TABLE IF NOT EXISTS attestations (
  attestation_digest BLOB PRIMARY KEY,
  notice_digest BLOB NOT NULL,
  party TEXT NOT NULL,
  attestation BLOB NOT NULL,
  received_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attestations_notice ON attestations (notice_digest);
CREATE TABLE IF NOT EXISTS copies_due (
  copy_digest BLOB PRIMARY KEY,
  notice_digest BLOB NOT NULL,
  told INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS copies_due_notice ON copies_due (notice_digest);
CREATE TABLE IF NOT EXISTS destroyed (
  message_digest BLOB PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  rule TEXT NOT NULL,
  cause BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS destroyed_cause ON destroyed (cause);
CREATE TABLE IF NOT EXISTS legal_holds (
  message_digest BLOB PRIMARY KEY,
  authority TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  message_digest BLOB NOT NULL,
  desk TEXT NOT NULL,
  destroy INTEGER NOT NULL,
  replacement BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  told_ms INTEGER,
  told_by TEXT NOT NULL DEFAULT '',
  UNIQUE (message_digest, desk, destroy, replacement)
) STRICT;
CREATE TRIGGER IF NOT EXISTS review_recalled AFTER INSERT ON recalls_out BEGIN
  INSERT INTO to_review VALUES (new.message_digest, 0, 1) ON CONFLICT DO UPDATE
  SET due_ms = 0, changes = changes + 1;
END;
CREATE TRIGGER IF NOT EXISTS review_taken_back AFTER INSERT ON recalls_in BEGIN
  INSERT INTO to_review VALUES (new.message_digest, 0, 1) ON CONFLICT DO UPDATE
  SET due_ms = 0, changes = changes + 1;
END;
"""
