"""Takes over a log of an earlier version: a row for each entry becomes blocks of them.

In steps, each a transaction: a hub that is stopped meanwhile goes on where it was.
"""

import sqlite3
from typing import Any, Final

from broker.core.audit.blocks import BLOCK_MAX
from broker.core.audit.entry import LogEntry
from broker.core.errors import ProofError
from broker.infra.database import Database
from broker.infra.log_insert import insert_blocks
from broker.infra.log_schema import EARLIER_LAYOUTS, LAYOUT

_STEP: Final = 64 * BLOCK_MAX  # entries moved in one transaction
_OLD: Final = (
    "SELECT leaf_hash, receipt, signed_header, stage, message_digest, stated_by, "
    "stated_to, code, at_ms, proof, stream_sequence FROM entries "
    "WHERE idx >= ? ORDER BY idx LIMIT ?"
)


def take_over(database: Database) -> None:
    """Makes the log in a database one of this version, whatever it was before.

    Raises:
        ProofError: It does not hold as many entries as its head says; nothing that
            it holds was given up.
        StoreError: The disk failed; to be repeated.
    """
    moving = True
    while moving:
        with database.write() as db:
            moving = _step(db)


def _step(db: sqlite3.Connection) -> bool:
    """Moves some entries; tells whether there may be more."""
    head = db.execute("SELECT layout, size FROM head").fetchone()
    if head is None or head[0] not in EARLIER_LAYOUTS:
        return False
    query = "SELECT coalesce(max(first + count), 0) FROM blocks"
    (done,) = db.execute(query).fetchone()
    rows = db.execute(_OLD, (done, _STEP)).fetchall()
    if rows:
        insert_blocks(db, done, [row[0] for row in rows], [*map(_entry, rows)], 0)
        return True
    if done != head[1]:
        raise ProofError(f"the log holds {done} entries, and its head says {head[1]}")
    db.execute("DROP TABLE entries")
    db.execute("UPDATE head SET layout = ?", (LAYOUT,))
    return False


def _entry(row: tuple[Any, ...]) -> LogEntry:
    _, receipt, header, stage, digest, by, to, code, at_ms, proof, number = row
    return LogEntry(
        receipt=receipt,
        signed_header=header,
        stage=stage,
        message_digest=digest,
        by=by,
        to=to,
        code=code,
        at_ms=at_ms,
        proof=proof,
        stream_sequence=number,
    )
