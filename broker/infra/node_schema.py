"""The tables of a node. Content is only ever stored sealed."""

NODE_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
  message_digest BLOB PRIMARY KEY,
  message_id BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  protected_key BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  payload BLOB NOT NULL,
  message_digest BLOB,
  queued_ms INTEGER NOT NULL,
  submitted_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (sequence)
  WHERE submitted_ms IS NULL;
CREATE INDEX IF NOT EXISTS outbox_message ON outbox (message_digest);
CREATE INDEX IF NOT EXISTS outbox_submitted ON outbox (submitted_ms)
  WHERE message_digest IS NOT NULL;
CREATE TABLE IF NOT EXISTS links_out (
  party TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL,
  message_digest BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS inbox (
  message_digest BLOB PRIMARY KEY,
  message_id BLOB NOT NULL,
  origin TEXT NOT NULL,
  envelope BLOB NOT NULL,
  state TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  opened_ms INTEGER,
  protected_key BLOB NOT NULL DEFAULT x'',
  link_sequence INTEGER,
  link_previous BLOB,
  code TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS inbox_id ON inbox (origin, message_id);
CREATE INDEX IF NOT EXISTS inbox_waiting ON inbox (received_ms)
  WHERE state = 'delivered';
CREATE INDEX IF NOT EXISTS inbox_links ON inbox (origin, link_sequence);
CREATE TABLE IF NOT EXISTS ledger (
  message_digest BLOB NOT NULL,
  said_by TEXT NOT NULL,
  stage INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  receipt BLOB NOT NULL,
  proof BLOB NOT NULL,
  PRIMARY KEY (message_digest, said_by, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS statements (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_digest BLOB NOT NULL,
  stage INTEGER NOT NULL,
  receipt BLOB NOT NULL,
  UNIQUE (message_digest, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS withheld (
  digest BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  recipients TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS alarms (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  topic TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS facts (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS own_card (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  attested_ms INTEGER NOT NULL,
  handling TEXT NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS card_deliveries (
  attested_ms INTEGER NOT NULL,
  party TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  situation BLOB NOT NULL,
  message_digest BLOB NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (attested_ms, party)
) STRICT;
CREATE TABLE IF NOT EXISTS imported_lists (
  source TEXT PRIMARY KEY,
  dated TEXT NOT NULL,
  imported_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS imported_offices (
  source TEXT NOT NULL REFERENCES imported_lists (source) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  country TEXT NOT NULL,
  office TEXT NOT NULL,
  PRIMARY KEY (source, position)
) STRICT;
CREATE INDEX IF NOT EXISTS imported_offices_country
  ON imported_offices (country);
"""
