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
CREATE INDEX IF NOT EXISTS inbox_time ON inbox (received_ms);
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
CREATE TABLE IF NOT EXISTS decisions (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  direction TEXT NOT NULL,
  subject BLOB NOT NULL,
  kind TEXT NOT NULL,
  party TEXT NOT NULL,
  verdict TEXT NOT NULL,
  code TEXT NOT NULL,
  rule_ids TEXT NOT NULL,
  reasons TEXT NOT NULL,
  near_misses TEXT NOT NULL,
  fields TEXT NOT NULL,
  policy_digest BLOB NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS decisions_subject ON decisions (subject);
CREATE INDEX IF NOT EXISTS decisions_time ON decisions (at_ms);
CREATE TABLE IF NOT EXISTS admissions (
  message_digest BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  routes TEXT NOT NULL,
  retention_days INTEGER,
  with_consent INTEGER NOT NULL,
  policy_digest BLOB NOT NULL,
  since_ms INTEGER NOT NULL,
  note BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS admissions_waiting ON admissions (since_ms)
  WHERE state = 'quarantined';
CREATE INDEX IF NOT EXISTS admissions_kind ON admissions (kind);
CREATE TABLE IF NOT EXISTS handed_out (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_digest BLOB NOT NULL,
  desk TEXT NOT NULL,
  agency TEXT NOT NULL,
  purpose TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  file_digest BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS handed_out_message ON handed_out (message_digest);
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
CREATE TABLE IF NOT EXISTS pending (
  pending_id BLOB PRIMARY KEY,
  held_ms INTEGER NOT NULL,
  lapses_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  changed_ms INTEGER NOT NULL,
  digest BLOB NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS pending_waiting ON pending (held_ms)
  WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS pending_digest ON pending (digest);
CREATE TABLE IF NOT EXISTS pending_approvals (
  pending_id BLOB NOT NULL REFERENCES pending (pending_id),
  digest BLOB NOT NULL,
  received_ms INTEGER NOT NULL,
  protected BLOB NOT NULL,
  PRIMARY KEY (pending_id, digest)
) STRICT;
CREATE TABLE IF NOT EXISTS released (
  message_digest BLOB PRIMARY KEY,
  pending_id BLOB NOT NULL REFERENCES pending (pending_id),
  at_ms INTEGER NOT NULL,
  approved TEXT NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS released_pending ON released (pending_id);
CREATE TABLE IF NOT EXISTS policies (
  version INTEGER PRIMARY KEY,
  digest BLOB NOT NULL,
  published_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  policy BLOB NOT NULL,
  signers TEXT NOT NULL,
  threshold INTEGER NOT NULL,
  text TEXT NOT NULL
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
