"""The tables of a node about systems that call it. No secret is in them."""

CLIENT_SCHEMA = """
CREATE TABLE IF NOT EXISTS api_clients (
  name TEXT PRIMARY KEY,
  agency TEXT NOT NULL,
  roles TEXT NOT NULL,
  desks TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS api_credentials (
  digest BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  client TEXT NOT NULL REFERENCES api_clients (name),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  revoked_ms INTEGER,
  used_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS api_credentials_client ON api_credentials (client);
CREATE TABLE IF NOT EXISTS api_refusals (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  client TEXT NOT NULL,
  code TEXT NOT NULL,
  what TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS inbox_message_id ON inbox (message_id);
"""
