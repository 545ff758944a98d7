"""The party's own card of people, and who was sent it.

What a card says is left to `broker.core.codec.contacts`; it is kept encrypted.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence

from broker.core.contact_records import CardDelivery, OwnCard
from broker.core.envelope import Sealed
from broker.core.errors import StoreConflictError
from broker.core.model import Stage
from broker.core.outgoing import Denial, Letter
from broker.infra.database import Database
from broker.infra.outgoing_store import seal_and_queue
from keys.identity import HUB, PartyId


class CardStore:
    """The part of a node's database that is about its own card.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_own_card(self, card: OwnCard) -> None:
        """Stores the newest card in place of the one before; durable on return."""
        with self._database.write() as db:
            db.execute(
                "REPLACE INTO own_card VALUES (1, ?, ?, ?)",
                (card.attested_at_ms, card.handling, card.protected),
            )

    def own_card(self) -> OwnCard | None:
        """Returns the newest card, if the party ever attested one."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT attested_ms, handling, protected FROM own_card"
            ).fetchone()
        if row is None:
            return None
        return OwnCard(attested_at_ms=row[0], handling=row[1], protected=row[2])

    def card_deliveries(self, attested_at_ms: int) -> dict[PartyId, CardDelivery]:
        """Returns what was done about one card, by party."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT d.party, d.at_ms, d.situation, d.message_digest, d.code,"
                " d.detail, coalesce((SELECT said_by FROM ledger AS l"
                "  WHERE l.message_digest = d.message_digest AND l.stage = ?"
                "  AND l.said_by IN (d.party, ?)), '')"
                " FROM card_deliveries AS d WHERE d.attested_ms = ?",
                (Stage.REFUSED.value, HUB, attested_at_ms),
            ).fetchall()
        return {
            PartyId(row[0]): CardDelivery(
                party=PartyId(row[0]),
                attested_at_ms=attested_at_ms,
                at_ms=row[1],
                situation=row[2],
                message_digest=row[3],
                code=row[4],
                detail=row[5],
                refused_by=row[6],
            )
            for row in rows
        }

    def note_withheld_cards(self, deliveries: Sequence[CardDelivery]) -> None:
        """Notes who does not get a card, and why; durable on return.

        Args:
            deliveries: Each with the message it was sent in before, if that was
                refused. Who was sent another meanwhile stays sent that.
        """
        with self._database.write() as db:
            db.executemany(
                "INSERT INTO card_deliveries VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (attested_ms, party) DO UPDATE SET at_ms ="
                " excluded.at_ms, situation = excluded.situation,"
                " code = excluded.code, detail = excluded.detail"
                " WHERE message_digest = excluded.message_digest",
                [
                    (
                        one.attested_at_ms,
                        one.party,
                        one.at_ms,
                        one.situation,
                        one.message_digest,
                        one.code,
                        one.detail,
                    )
                    for one in deliveries
                ],
            )

    def opened_mentioning(self, origin: PartyId, kind: str) -> list[bytes]:
        """Returns what `origin` sent that is opened and may be of a kind.

        An envelope holds its header, and that its kind, byte for byte: most messages
        are ruled out without being decoded. Look at the header of what is left.

        Args:
            origin: The sender.
            kind: With version.

        Returns:
            Digests of messages, newest first.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM inbox WHERE origin = ?"
                " AND state = 'opened' AND instr(envelope, CAST(? AS BLOB))"
                " ORDER BY received_ms DESC, rowid DESC",
                (origin, kind),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def store_sealed_cards(
        self,
        seen: Mapping[PartyId, CardDelivery],
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues a card, and notes who gets it: all or nothing.

        Args:
            seen: One for each recipient, all of one card: with the situation that it
                is sent in, and with the message that it was sent in before, if any.
            letters: What to seal: one for each group of those who get the same of it.
            denial: Who gets nothing; None if everybody gets something.
            protect: Returns the content key under the node's key.
            now_ms: The present.

        Raises:
            StoreConflictError: Another process has sent it to one of them meanwhile.
            StoreError: The store cannot take it; nobody gets it.
        """
        with self._database.write() as db:
            for letter in letters:
                for party in letter.parties:
                    _check_unchanged(db, seen[party])
            sealed = seal_and_queue(db, letters, denial, protect, now_ms)
            db.executemany(
                "REPLACE INTO card_deliveries VALUES (?, ?, ?, ?, ?, '', '')",
                [
                    (
                        seen[party].attested_at_ms,
                        party,
                        now_ms,
                        seen[party].situation,
                        message.message_digest,
                    )
                    for letter, message in zip(letters, sealed, strict=True)
                    for party in letter.parties
                ],
            )
        return sealed


def _check_unchanged(db: sqlite3.Connection, seen: CardDelivery) -> None:
    row = db.execute(
        "SELECT message_digest FROM card_deliveries"
        " WHERE attested_ms = ? AND party = ?",
        (seen.attested_at_ms, seen.party),
    ).fetchone()
    if (row[0] if row else b"") != seen.message_digest:
        raise StoreConflictError(f"{seen.party} was sent it meanwhile")
