"""Notices of this node that take its messages back, and what was attested to them.

Those that it receives are left to `broker.infra.recall_store`.
"""

import json
from collections.abc import Callable, Sequence
from typing import Final

from broker.core.codec.recall import encode_attestation, read_attestation
from broker.core.envelope import Sealed
from broker.core.outgoing import Denial, Letter
from broker.core.recalls.recall import Attested, Notice, Reason, SentNotice
from broker.infra.database import Database
from broker.infra.outgoing_store import seal_and_queue
from keys.identity import PartyId

_OUT: Final = (
    "notice_digest, message_digest, replacement, reason, destroy, at_ms, parties"
)
_OutRow = tuple[bytes, bytes, bytes, int, int, int, str]


class SentNoticeStore:
    """The part of a node's database that says what it has taken back.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_notice(
        self,
        notice: Notice,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues a notice, and notes whom it goes to: all or nothing.

        A copy of what others provided counts as told of with it.

        Raises:
            StoreError: The store cannot take it.
        """
        with self._database.write() as db:
            sealed = seal_and_queue(db, letters, denial, protect, now_ms)
            for one in sealed:
                db.execute(
                    f"INSERT INTO recalls_out ({_OUT}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - own constant
                    (
                        one.message_digest,
                        notice.message_digest,
                        notice.replacement,
                        notice.reason,
                        notice.destroy,
                        now_ms,
                        json.dumps(one.header.parties),
                    ),
                )
            if sealed:
                db.execute(
                    "UPDATE copies_due SET told = 1 WHERE copy_digest = ?",
                    (notice.message_digest,),
                )
        return sealed

    def notices_sent(self, message_digest: bytes | None = None) -> list[SentNotice]:
        """Returns notices this node sent, about one message or all, oldest first."""
        where = "" if message_digest is None else " WHERE message_digest = ?"
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_OUT} FROM recalls_out{where} ORDER BY at_ms, rowid",  # noqa: S608 - own constants
                () if message_digest is None else (message_digest,),
            ).fetchall()
        return [_sent(row) for row in rows]

    def notice_sent(self, digest: bytes) -> SentNotice | None:
        """Returns a notice this node sent, by the message that carries it."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_OUT} FROM recalls_out WHERE notice_digest = ?",  # noqa: S608 - own constant
                (digest,),
            ).fetchone()
        return None if row is None else _sent(row)

    def sent_at(self, created_ms: int) -> list[bytes]:
        """Returns the messages, by digest, that were sealed at one moment.

        One document that left as several messages is found again by it.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM sent WHERE created_ms = ? ORDER BY rowid",
                (created_ms,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def note_attested(self, attested: Attested, now_ms: int) -> None:
        """Keeps what a recipient attested; durable. The same again is nothing."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO attestations VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (
                    attested.digest,
                    attested.said.notice_digest,
                    attested.by,
                    encode_attestation(attested.said),
                    now_ms,
                ),
            )

    def answered_after(self, number: int) -> tuple[int, frozenset[bytes]]:
        """Returns which messages something was attested of since an earlier answer.

        Args:
            number: Of the newest attestation that was seen then; 0 at first.

        Returns:
            The number of the newest one now, and the messages, by digest.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT attestations.rowid, message_digest FROM attestations"
                " JOIN recalls_out USING (notice_digest)"
                " WHERE attestations.rowid > ?",
                (number,),
            ).fetchall()
        newest = max((row[0] for row in rows), default=number)
        return newest, frozenset(bytes(row[1]) for row in rows)

    def attested(self, notice_digest: bytes) -> list[Attested]:
        """Returns what was attested in answer to a notice, in order of arrival."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT attestation_digest, party, attestation FROM attestations"
                " WHERE notice_digest = ? ORDER BY received_ms, rowid",
                (notice_digest,),
            ).fetchall()
        return [
            Attested(
                digest=row[0], by=PartyId(row[1]), said=read_attestation(bytes(row[2]))
            )
            for row in rows
        ]


def notice_of(digest: bytes, replacement: bytes, reason: int, destroy: int) -> Notice:
    """Returns the notice that a row holds."""
    return Notice(
        message_digest=digest,
        reason=Reason(reason),
        replacement=replacement,
        destroy=bool(destroy),
    )


def _sent(row: _OutRow) -> SentNotice:
    return SentNotice(
        digest=row[0],
        notice=notice_of(*row[1:5]),
        at_ms=row[5],
        parties=tuple(PartyId(party) for party in json.loads(row[6])),
    )
