"""Statements about messages that wait to be signed and brought to the hub.

Signing them together is left to `OutgoingStore.bundle_statements`.
"""

import sqlite3

from broker.core.codec.receipts import encode_receipt
from broker.core.model import Receipt


def queue_statement(db: sqlite3.Connection, receipt: Receipt) -> None:
    """Queues a statement in the caller's transaction; one that waits already stays."""
    db.execute(
        "INSERT INTO statements (message_digest, stage, receipt) VALUES (?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (receipt.message_digest, receipt.stage.value, encode_receipt(receipt)),
    )
