"""The tables of a node about the numbers of messages: its own, and those of others.

Triggers note which number a message was sent under, and which of the messages that keep
links have to be acted upon, so that no writer can forget to.
"""

LINK_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent_links (
  party TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  message_digest BLOB NOT NULL,
  PRIMARY KEY (party, sequence)
) STRICT;
CREATE TRIGGER IF NOT EXISTS first_link_sent AFTER INSERT ON links_out BEGIN
  INSERT INTO sent_links VALUES (new.party, new.sequence, new.message_digest)
  ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER IF NOT EXISTS next_link_sent AFTER UPDATE ON links_out BEGIN
  INSERT INTO sent_links VALUES (new.party, new.sequence, new.message_digest)
  ON CONFLICT DO NOTHING;
END;
CREATE TABLE IF NOT EXISTS link_work (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  message_digest BLOB NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER IF NOT EXISTS link_work_came AFTER INSERT ON admissions
WHEN new.kind IN ('heartbeat/1', 'resend-request/1', 'resend/1') BEGIN
  INSERT INTO link_work (message_digest) VALUES (new.message_digest)
  ON CONFLICT DO NOTHING;
END;
CREATE TABLE IF NOT EXISTS link_floor (
  origin TEXT PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS link_missing (
  origin TEXT NOT NULL,
  number INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  asked_ms INTEGER,
  times INTEGER NOT NULL,
  PRIMARY KEY (origin, number)
) STRICT;
CREATE TABLE IF NOT EXISTS link_asking (
  party TEXT PRIMARY KEY,
  requested_ms INTEGER NOT NULL,
  unanswered INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS link_answers (
  origin TEXT NOT NULL,
  number INTEGER NOT NULL,
  closure TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  message_digest BLOB NOT NULL,
  code TEXT NOT NULL,
  PRIMARY KEY (origin, number)
) STRICT;
CREATE TABLE IF NOT EXISTS link_given (
  party TEXT NOT NULL,
  number INTEGER NOT NULL,
  times INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (party, number)
) STRICT;
CREATE TABLE IF NOT EXISTS link_beats (
  party TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  next_within_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS link_alarms (
  party TEXT NOT NULL,
  topic TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (party, topic)
) STRICT;
CREATE TABLE IF NOT EXISTS drop_evidence (
  message_digest BLOB PRIMARY KEY,
  origin TEXT NOT NULL,
  number INTEGER NOT NULL,
  noticed_ms INTEGER NOT NULL,
  receipt BLOB NOT NULL,
  proof BLOB NOT NULL
) STRICT;
"""
