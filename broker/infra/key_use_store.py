"""What a node's messages were signed with and sealed to: asked when a key is revoked.

Keys are in headers only, which are read one by one: this is asked once in a while.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from broker.core.codec.envelope import ReceiptsItem, decode_submission
from broker.core.codec.receipts import decode_bundle, decode_receipt
from broker.core.errors import RefusedError
from broker.core.limits import Limits
from broker.core.model import Header
from broker.infra.database import Database
from broker.infra.outgoing_store import stored_header
from keys.identity import KeyId, PartyId

_PORTION: Final = 50  # envelopes in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMessage:
    """A message of our own under a certain key.

    Attributes:
        waiting: Whether the hub does not have it yet.
    """

    header: Header
    waiting: bool


class KeyUseStore:
    """Questions about keys to a node's database.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def received(self, origin: PartyId | None = None) -> Iterator[tuple[Header, int]]:
        """Gives header and time of arrival of what came, from one origin or all."""
        after = 0
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    "SELECT rowid, envelope, received_ms FROM inbox"
                    " WHERE rowid > ? AND (?2 IS NULL OR origin = ?2)"
                    " AND state != 'refused' ORDER BY rowid LIMIT ?3",
                    (after, origin, _PORTION),
                ).fetchall()
            for after, envelope, received_ms in rows:  # noqa: B007 - where to go on
                yield stored_header(envelope), received_ms
            if len(rows) < _PORTION:
                return

    def sent_under(self, key_ids: Collection[KeyId]) -> Iterator[SignedMessage]:
        """Gives what was signed with one of these keys, oldest first."""
        after = 0
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    "SELECT sent.rowid, sent.envelope, EXISTS (SELECT 1 FROM outbox"
                    "  WHERE outbox.message_digest = sent.message_digest"
                    "  AND submitted_ms IS NULL)"
                    " FROM sent WHERE sent.rowid > ? ORDER BY sent.rowid LIMIT ?",
                    (after, _PORTION),
                ).fetchall()
            for after, envelope, waiting in rows:  # noqa: B007 - where to go on
                header = stored_header(envelope)
                if header.signer_key_id in key_ids:
                    yield SignedMessage(header=header, waiting=bool(waiting))
            if len(rows) < _PORTION:
                return

    def unbundle(self, key_ids: Collection[KeyId]) -> int:
        """Takes waiting statements out of bundles that one of these keys signed.

        They are signed again, with another key, when the next bundle is made. Without
        that the hub would refuse them, and what they state would be lost.

        Returns:
            How many statements there were.
        """
        count = 0
        with self._database.write() as db:
            rows = db.execute(
                "SELECT sequence, payload FROM outbox"
                " WHERE submitted_ms IS NULL AND message_digest IS NULL"
            ).fetchall()
            for sequence, payload in rows:
                receipts = _receipts_under(payload, key_ids)
                if not receipts:
                    continue
                db.execute("DELETE FROM outbox WHERE sequence = ?", (sequence,))
                for receipt in receipts:
                    read = decode_receipt(receipt)
                    db.execute(
                        "INSERT INTO statements (message_digest, stage, receipt)"
                        " VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        (read.message_digest, read.stage.value, receipt),
                    )
                count += len(receipts)
        return count


def _receipts_under(payload: bytes, key_ids: Collection[KeyId]) -> list[bytes]:
    try:
        item = decode_submission(payload)
        if not isinstance(item, ReceiptsItem):
            return []
        bundle = decode_bundle(item.data, Limits())
    except RefusedError:
        return []
    if bundle.signer_key_id not in key_ids:
        return []
    return [entry.receipt for entry in bundle.receipts]
