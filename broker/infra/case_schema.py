"""The table of a node about cases: what each content tells a lifecycle, encrypted."""

CASE_SCHEMA = """
CREATE TABLE IF NOT EXISTS case_events (
  message_digest BLOB PRIMARY KEY,
  protected BLOB NOT NULL
) STRICT;
"""
