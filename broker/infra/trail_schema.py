"""The tables of a node's audit trail: words of headers and receipts, never content."""

# A line is found by who reads on, by the time, or by its message; a refusal, of which
# there are few, by its code. What a message is stands beside it once.
TRAIL_SCHEMA = """
CREATE TABLE IF NOT EXISTS trail (
  cursor INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  stated_by TEXT NOT NULL,
  stated_to TEXT NOT NULL,
  message_digest BLOB NOT NULL,
  code TEXT NOT NULL,
  UNIQUE (message_digest, stated_by, stage)
) STRICT;
CREATE INDEX IF NOT EXISTS trail_time ON trail (at_ms);
CREATE INDEX IF NOT EXISTS trail_code ON trail (code) WHERE code != '';
CREATE TABLE IF NOT EXISTS message_heads (
  message_digest BLOB PRIMARY KEY,
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  parties TEXT NOT NULL,
  case_reference TEXT NOT NULL,
  in_reply_to BLOB NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS message_heads_time
  ON message_heads (created_ms, message_digest);
CREATE INDEX IF NOT EXISTS message_heads_case
  ON message_heads (case_reference) WHERE case_reference != '';
CREATE INDEX IF NOT EXISTS message_heads_replies
  ON message_heads (in_reply_to) WHERE in_reply_to != x'';
"""
