"""The tables of a node about receipts: its own, doubts about others', and alarms.

What was received itself is left to `node_schema`. Triggers note what has to be looked
at again, so that no writer can forget to.
"""

RECEIPT_SCHEMA = """
CREATE TABLE IF NOT EXISTS stated (
  message_digest BLOB NOT NULL,
  stage INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  receipt BLOB NOT NULL,
  proof BLOB NOT NULL,
  PRIMARY KEY (message_digest, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS statement_notes (
  message_digest BLOB NOT NULL,
  stage INTEGER NOT NULL,
  protected BLOB NOT NULL,
  PRIMARY KEY (message_digest, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS receipts_came (
  message_digest BLOB NOT NULL,
  said_by TEXT NOT NULL,
  stage INTEGER NOT NULL,
  came_ms INTEGER NOT NULL,
  PRIMARY KEY (message_digest, said_by, stage)
) STRICT;
CREATE TABLE IF NOT EXISTS contradictions (
  message_digest BLOB NOT NULL,
  said_by TEXT NOT NULL,
  stage INTEGER NOT NULL,
  receipt_digest BLOB NOT NULL,
  came_ms INTEGER NOT NULL,
  receipt BLOB NOT NULL,
  proof BLOB NOT NULL,
  PRIMARY KEY (message_digest, said_by, stage, receipt_digest)
) STRICT;
CREATE TABLE IF NOT EXISTS alarm_names (
  name TEXT PRIMARY KEY,
  alarm INTEGER NOT NULL REFERENCES alarms (sequence)
) STRICT;
CREATE TABLE IF NOT EXISTS alarms_settled (
  alarm INTEGER PRIMARY KEY REFERENCES alarms (sequence),
  at_ms INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS alarm_acks (
  alarm INTEGER PRIMARY KEY REFERENCES alarms (sequence),
  by TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS receipt_findings (
  name TEXT PRIMARY KEY,
  message_digest BLOB NOT NULL,
  kind TEXT NOT NULL,
  ours INTEGER NOT NULL,
  clock TEXT NOT NULL,
  party TEXT NOT NULL,
  stage INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,
  over_ms INTEGER NOT NULL,
  alarm INTEGER NOT NULL REFERENCES alarms (sequence),
  settled_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS receipt_findings_message
  ON receipt_findings (message_digest);
CREATE INDEX IF NOT EXISTS receipt_findings_alarm ON receipt_findings (alarm);
CREATE TABLE IF NOT EXISTS to_review (
  message_digest BLOB PRIMARY KEY,
  due_ms INTEGER NOT NULL,
  changes INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS to_review_due ON to_review (due_ms);
CREATE TRIGGER IF NOT EXISTS review_submitted AFTER UPDATE OF submitted_ms ON outbox
WHEN new.message_digest IS NOT NULL BEGIN
  INSERT INTO to_review VALUES (new.message_digest, 0, 1) ON CONFLICT DO UPDATE
  SET due_ms = 0, changes = changes + 1;
END;
CREATE TRIGGER IF NOT EXISTS review_ledger AFTER INSERT ON ledger BEGIN
  INSERT INTO to_review VALUES (new.message_digest, 0, 1) ON CONFLICT DO UPDATE
  SET due_ms = 0, changes = changes + 1;
END;
CREATE TRIGGER IF NOT EXISTS review_contradictions AFTER INSERT ON contradictions
BEGIN
  INSERT INTO to_review VALUES (new.message_digest, 0, 1) ON CONFLICT DO UPDATE
  SET due_ms = 0, changes = changes + 1;
END;
CREATE TRIGGER IF NOT EXISTS review_statements AFTER INSERT ON statements BEGIN
  INSERT INTO to_review VALUES (new.message_digest, 0, 1) ON CONFLICT DO UPDATE
  SET due_ms = 0, changes = changes + 1;
END;
"""
