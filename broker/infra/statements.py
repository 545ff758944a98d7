"""Statements of this node: those that wait to be signed, and those that were.

Signing them together is left to `OutgoingStore.bundle_statements`, reading them again
to `receipt_store`.
"""

import sqlite3
from collections.abc import Sequence

from broker.core.codec.receipts import encode_receipt, peek_receipt
from broker.core.model import Receipt
from broker.infra.trail_rows import note_statement


def queue_statement(db: sqlite3.Connection, receipt: Receipt) -> None:
    """Queues a statement in the caller's transaction; one that waits already stays."""
    db.execute(
        "INSERT INTO statements (message_digest, stage, receipt) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (receipt.message_digest, receipt.stage.value, encode_receipt(receipt)),
    )
    note_statement(db, receipt)


def note_stated(
    db: sqlite3.Connection, receipts: Sequence[bytes], proofs: Sequence[bytes]
) -> None:
    """Keeps what was signed, in the transaction that queues it for the hub.

    What is signed anew, because the key was revoked before the hub had the bundle,
    takes the place of what was signed before.

    Args:
        db: The caller's transaction.
        receipts: What was to be signed, at least as many as `proofs`.
        proofs: What binds the first of them to the signature.
    """
    rows = []
    for receipt, proof in zip(receipts, proofs, strict=False):
        stage, digest, _, _, at_ms = peek_receipt(receipt)
        rows.append((digest, stage.value, at_ms, receipt, proof))
    db.executemany("REPLACE INTO stated VALUES (?, ?, ?, ?, ?)", rows)
