"""Rows that an append adds to the log, in the caller's transaction.

What the tree makes of them is left to `log_store`.
"""

import sqlite3
from collections.abc import Sequence

from broker.core.audit.blocks import BLOCK_MAX, pack_block
from broker.core.audit.entry import LogEntry
from broker.core.audit.snapshot import SNAPSHOT_STAGE, SnapshotStatement


def insert_blocks(
    db: sqlite3.Connection,
    first: int,
    leaves: Sequence[bytes],
    entries: Sequence[LogEntry],
    logged_ms: int,
) -> None:
    """Writes entries and their leaf hashes as blocks.

    Args:
        db: In a transaction.
        first: Where the first of them is.
        leaves: Their leaf hashes, 32 bytes each.
        entries: As many.
        logged_ms: The present, milliseconds since the epoch; 0 where it is not known.

    Raises:
        ProofError: An entry that cannot be stored.
    """
    db.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?, ?)",
        (
            (
                first + at,
                len(entries[at : at + BLOCK_MAX]),
                logged_ms,
                pack_block(leaves[at : at + BLOCK_MAX], entries[at : at + BLOCK_MAX]),
            )
            for at in range(0, len(entries), BLOCK_MAX)
        ),
    )


def note(
    db: sqlite3.Connection, size: int, entries: Sequence[LogEntry], now_ms: int
) -> None:
    """Notes what is looked for without the index: snapshots, and promises not kept."""
    snapshots = [
        (index, SnapshotStatement.from_bytes(entry.receipt))
        for index, entry in enumerate(entries, start=size)
        if entry.stage == SNAPSHOT_STAGE
    ]
    db.executemany(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?)",
        [
            (index, one.version, one.digest, one.signed_at_ms)
            for index, one in snapshots
        ],
    )
    db.executemany(
        "INSERT INTO broken_promises VALUES (?, ?, ?, ?)",
        [
            (index, entry.message_digest, entry.logged_by_ms, now_ms)
            for index, entry in enumerate(entries, start=size)
            if 0 < entry.logged_by_ms < now_ms
        ],
    )
