"""The tables of a node that other systems go by: what happened, and what they asked.

Triggers write the feed in the transaction of what happened, whoever wrote it: no event
is missing, and none is there of what did not happen.
"""

FEED_SCHEMA = """
CREATE TABLE IF NOT EXISTS feed (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  event TEXT NOT NULL,
  subject BLOB NOT NULL,
  party TEXT NOT NULL,
  detail TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS feed_subject ON feed (subject);
CREATE TRIGGER IF NOT EXISTS feed_admitted AFTER INSERT ON admissions
WHEN new.state IN ('admitted', 'quarantined') BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) SELECT
    CASE new.state WHEN 'admitted' THEN 'message.received' ELSE 'message.waiting' END,
    new.message_digest, origin, new.kind, new.since_ms
  FROM inbox WHERE message_digest = new.message_digest;
END;
CREATE TRIGGER IF NOT EXISTS feed_released AFTER UPDATE OF state ON admissions
WHEN new.state = 'released' AND old.state = 'quarantined' BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) SELECT 'message.received',
    new.message_digest, origin, new.kind, new.since_ms
  FROM inbox WHERE message_digest = new.message_digest;
END;
CREATE TRIGGER IF NOT EXISTS feed_taken_back AFTER INSERT ON recalls_in BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('message.taken-back',
    new.message_digest, new.origin, CASE new.destroy WHEN 0 THEN 'corrected' ELSE
    'recalled' END, new.received_ms);
END;
CREATE TRIGGER IF NOT EXISTS feed_destroyed AFTER INSERT ON destroyed BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('message.destroyed',
    new.message_digest, '', new.rule, new.at_ms);
END;
CREATE TRIGGER IF NOT EXISTS feed_sent AFTER INSERT ON sent BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('message.sent',
    new.message_digest, '', '', new.created_ms);
END;
CREATE TRIGGER IF NOT EXISTS feed_receipt AFTER INSERT ON ledger BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('receipt',
    new.message_digest, new.said_by, new.stage, new.at_ms);
END;
CREATE TRIGGER IF NOT EXISTS feed_pending AFTER INSERT ON pending BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('document.waiting',
    new.pending_id, '', '', new.held_ms);
END;
CREATE TRIGGER IF NOT EXISTS feed_settled AFTER UPDATE OF state ON pending
WHEN new.state != old.state BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('document.settled',
    new.pending_id, '', new.state, new.changed_ms);
END;
CREATE TRIGGER IF NOT EXISTS feed_alarm AFTER INSERT ON alarms BEGIN
  INSERT INTO feed (event, subject, party, detail, at_ms) VALUES ('alarm', x'', '',
    new.topic, new.at_ms);
END;
CREATE TABLE IF NOT EXISTS once (
  token BLOB PRIMARY KEY,
  request BLOB NOT NULL,
  submitter TEXT NOT NULL,
  agency TEXT NOT NULL,
  pending_id BLOB NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS once_pending ON once (pending_id) WHERE pending_id != x'';
CREATE TABLE IF NOT EXISTS once_messages (
  message_digest BLOB PRIMARY KEY,
  token BLOB NOT NULL REFERENCES once (token)
) STRICT;
CREATE INDEX IF NOT EXISTS once_messages_token ON once_messages (token);
"""
