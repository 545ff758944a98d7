"""The tables of a node about weapons: tokens to look them up, the rest encrypted."""

# An owner is the digest of a message, 32 bytes, or the id of an own list, 16 bytes.
# A token is a number made under the node's own key; see `keys.lookup`.
WEAPON_SCHEMA = """
CREATE TABLE IF NOT EXISTS weapons (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  owner BLOB NOT NULL,
  position INTEGER NOT NULL,
  matched INTEGER NOT NULL,
  tokens BLOB NOT NULL,
  protected BLOB NOT NULL,
  UNIQUE (owner, position)
) STRICT;
CREATE INDEX IF NOT EXISTS weapons_unmatched ON weapons (number) WHERE matched = 0;
CREATE TABLE IF NOT EXISTS weapon_tokens (
  token INTEGER NOT NULL,
  weapon INTEGER NOT NULL,
  PRIMARY KEY (token, weapon)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS weapons_read (
  message_digest BLOB PRIMARY KEY
) STRICT;
CREATE TABLE IF NOT EXISTS weapon_lists (
  list_id BLOB PRIMARY KEY,
  name_token INTEGER NOT NULL UNIQUE,
  imported_ms INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS weapon_leads (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  pair BLOB NOT NULL UNIQUE,
  message_digest BLOB NOT NULL,
  other BLOB NOT NULL,
  occasion TEXT NOT NULL,
  protected BLOB NOT NULL,
  decided BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS weapon_leads_message ON weapon_leads (message_digest);
CREATE INDEX IF NOT EXISTS weapon_leads_other ON weapon_leads (other);
CREATE INDEX IF NOT EXISTS weapon_leads_occasion ON weapon_leads (occasion);
"""
