"""What a node sends: messages, receipts, and the queue that brings them to the hub.

Sealing and signing are handed in by the caller and happen inside the transaction, so
that a link number is never used twice and never lost.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_envelope,
    decode_signed,
    encode_submission,
)
from broker.core.codec.header import decode_header
from broker.core.envelope import Sealed
from broker.core.feed import Once
from broker.core.limits import Limits
from broker.core.model import FIRST_LINK, Header, Link
from broker.core.outgoing import Denial, Letter
from broker.core.protocol_kinds import PROTOCOL_KINDS
from broker.core.records import OutboxItem, SentMessage, Withholding
from broker.core.trails.trail import Role
from broker.infra.database import Database
from broker.infra.decision_store import insert_decisions
from broker.infra.once_store import note_once
from broker.infra.statements import note_stated, queue_statement
from broker.infra.trail_rows import head_of, note_head, withheld_head
from keys.identity import PartyId


class OutgoingStore:
    """The outgoing half of a node's database.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_sealed(
        self,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
        once: Once | None = None,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues messages, all or none; durable on return.

        What was decided about their recipients, and about those who get nothing, is
        recorded with them.

        Args:
            letters: What to seal, in the order in which it leaves; no party twice.
            denial: Who gets nothing; None if everybody gets something.
            protect: Returns a content key under the node's key.
            now_ms: The present.
            once: The request that is carried out with it; None for a person's.

        Raises:
            RepeatedError: The same request was carried out before.
            StoreFullError: No room left; nothing was sealed as far as anyone knows.
            StoreError: The store cannot take it.
        """
        with self._database.write() as db:
            sealed = seal_and_queue(db, letters, denial, protect, now_ms)
            digests = [one.message_digest for one in sealed]
            note_once(db, once, now_ms, messages=digests)
        return sealed

    def store_withheld(self, denial: Denial) -> None:
        """Records a denial, and queues the blinded statement of it for the log."""
        with self._database.write() as db:
            insert_denial(db, denial)

    def bundle_statements(
        self,
        limit: int,
        sign: Callable[[Sequence[bytes]], tuple[bytes, Sequence[bytes]]],
        now_ms: int,
    ) -> int:
        """Signs up to `limit` waiting statements together and queues the bundle.

        The bundle is stored as signed: what is sent again after a crash is the same
        bytes, which the hub recognises.

        Args:
            limit: How many at most.
            sign: Signs as many of those it is given as one key covers; returns the
                submission, and for each of the first that are in it what binds it to
                the signature: both are kept, to be shown later.
            now_ms: The present.

        Returns:
            How many statements were bundled.
        """
        with self._database.write() as db:
            rows = db.execute(
                "SELECT sequence, receipt FROM statements ORDER BY sequence LIMIT ?",
                (limit,),
            ).fetchall()
            if not rows:
                return 0
            receipts = [row[1] for row in rows]
            payload, proofs = sign(receipts)
            count = len(proofs)
            note_stated(db, receipts, proofs)
            db.execute(
                "INSERT INTO outbox (payload, queued_ms) VALUES (?, ?)",
                (payload, now_ms),
            )
            db.execute(
                "DELETE FROM statements WHERE sequence <= ?", (rows[count - 1][0],)
            )
        return count

    def waiting(self, limit: int, messages: int | None = None) -> list[OutboxItem]:
        """Returns the oldest items the hub has not confirmed, in order.

        Args:
            limit: How many at most.
            messages: How many messages among them at most; None for no such bound.
        """
        waiting = "submitted_ms IS NULL"
        oldest = (
            f"SELECT sequence FROM outbox WHERE {waiting}"  # noqa: S608 - our own words
            " AND message_digest IS NOT NULL ORDER BY sequence LIMIT :messages"
        )
        if messages is not None:
            waiting += f" AND (message_digest IS NULL OR sequence IN ({oldest}))"
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT sequence, payload FROM outbox WHERE {waiting}"  # noqa: S608 - our own words
                " ORDER BY sequence LIMIT :limit",
                {"messages": messages, "limit": limit},
            ).fetchall()
        return [OutboxItem(sequence=row[0], payload=row[1]) for row in rows]

    def mark_submitted(self, sequences: Sequence[int], now_ms: int) -> None:
        """Notes that the hub's stream holds these. Their payload is not needed again.

        The envelope itself stays in `sent`.
        """
        with self._database.write() as db:
            db.executemany(
                "UPDATE outbox SET submitted_ms = ?, payload = x'' WHERE sequence = ?",
                [(now_ms, sequence) for sequence in sequences],
            )

    def count_waiting(self) -> int:
        """Returns how much the hub has not confirmed."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT (SELECT count(*) FROM outbox WHERE submitted_ms IS NULL)"
                " + (SELECT count(*) FROM statements)"
            ).fetchone()
        return int(row[0])

    def count_submitted(self, since_ms: int) -> int:
        """Returns how many messages the hub's stream took after `since_ms`."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT count(*) FROM outbox"
                " WHERE message_digest IS NOT NULL AND submitted_ms > ?",
                (since_ms,),
            ).fetchone()
        return int(row[0])

    def submitted_ms(self, message_digest: bytes) -> int | None:
        """Returns when the hub's stream took the message, or None."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT submitted_ms FROM outbox WHERE message_digest = ?",
                (message_digest,),
            ).fetchone()
        return None if row is None else row[0]

    def sent(self, limit: int = 100, *, protocol: bool = True) -> list[SentMessage]:
        """Returns what was sent, newest first.

        Args:
            limit: How many at most.
            protocol: Whether with what keeps the exchange itself in order.
        """
        where = "" if protocol else f" WHERE {written_by_people('sent')}"
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT message_digest, envelope, protected_key FROM sent{where}"  # noqa: S608 - own words
                " ORDER BY created_ms DESC, rowid DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [_sent(*row) for row in rows]

    def find_sent(self, message_digest: bytes) -> SentMessage | None:
        """Returns one sent message."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT message_digest, envelope, protected_key FROM sent"
                " WHERE message_digest = ?",
                (message_digest,),
            ).fetchone()
        return None if row is None else _sent(*row)

    def withheld(self, limit: int = 100) -> list[Withholding]:
        """Returns what policy kept back, newest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT digest, kind, recipients, code, detail, at_ms FROM withheld"
                " ORDER BY at_ms DESC, rowid DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            Withholding(
                digest=row[0],
                kind=row[1],
                recipients=tuple(PartyId(party) for party in json.loads(row[2])),
                code=row[3],
                detail=row[4],
                at_ms=row[5],
            )
            for row in rows
        ]


def seal_and_queue(
    db: sqlite3.Connection,
    letters: Sequence[Letter],
    denial: Denial | None,
    protect: Callable[[Sealed], bytes],
    now_ms: int,
) -> tuple[Sealed, ...]:
    """Does what `OutgoingStore.store_sealed` does, in a transaction of the caller's."""
    if denial is not None:
        insert_denial(db, denial)
    return tuple(_seal(db, letter, protect, now_ms) for letter in letters)


def insert_denial(db: sqlite3.Connection, denial: Denial) -> None:
    """Does what `OutgoingStore.store_withheld` does, in the caller's transaction."""
    withheld = denial.withholding
    db.execute(
        "INSERT INTO withheld VALUES (?, ?, ?, ?, ?, ?)",
        (
            withheld.digest,
            withheld.kind,
            json.dumps(withheld.recipients),
            withheld.code,
            withheld.detail,
            withheld.at_ms,
        ),
    )
    note_head(db, withheld_head(withheld, denial.receipt.by))
    queue_statement(db, denial.receipt)
    insert_decisions(db, denial.decisions)


def _seal(
    db: sqlite3.Connection,
    letter: Letter,
    protect: Callable[[Sealed], bytes],
    now_ms: int,
) -> Sealed:
    links = dict.fromkeys(letter.parties, FIRST_LINK)
    for party in letter.parties:
        row = db.execute(
            "SELECT sequence, message_digest FROM links_out WHERE party = ?", (party,)
        ).fetchone()
        if row is not None:
            links[party] = Link(sequence=row[0] + 1, previous=row[1])
    sealed = letter.seal(links)
    db.execute(
        "INSERT INTO sent VALUES (?, ?, ?, ?, ?)",
        (
            sealed.message_digest,
            sealed.header.message_id,
            sealed.header.created_ms,
            sealed.envelope,
            protect(sealed),
        ),
    )
    db.execute(
        "INSERT INTO outbox (payload, message_digest, queued_ms) VALUES (?, ?, ?)",
        (
            encode_submission(EnvelopeItem(sealed.envelope)),
            sealed.message_digest,
            now_ms,
        ),
    )
    db.executemany(
        "INSERT INTO links_out VALUES (?, ?, ?) ON CONFLICT (party) DO UPDATE"
        " SET sequence = excluded.sequence, message_digest = excluded.message_digest",
        [
            (party, link.sequence, sealed.message_digest)
            for party, link in links.items()
        ],
    )
    note_head(db, head_of(sealed.message_digest, sealed.header, Role.SENT))
    insert_decisions(db, letter.decided(sealed))
    return sealed


def written_by_people(table: str) -> str:
    """Returns the condition for messages that keep nothing but themselves.

    Args:
        table: Of messages, by digest.
    """
    kinds = ", ".join(f"'{kind}'" for kind in sorted(PROTOCOL_KINDS))
    return (
        "NOT EXISTS (SELECT 1 FROM message_heads"  # noqa: S608 - own words
        f" WHERE message_heads.message_digest = {table}.message_digest"
        f" AND kind IN ({kinds}))"
    )


def stored_header(envelope: bytes) -> Header:
    """Reads the header of an envelope that this node stored itself."""
    return decode_header(
        decode_signed(decode_envelope(envelope).signed_header).header, Limits()
    )


def _sent(digest: bytes, envelope: bytes, protected_key: bytes) -> SentMessage:
    return SentMessage(
        message_digest=digest,
        header=stored_header(envelope),
        envelope=envelope,
        protected_key=protected_key,
    )
