"""Notices of others that take messages back, and how they were answered.

How contents are destroyed is left to `broker.infra.erasure`, what desks are told to
`broker.infra.notice_store`, and our own notices to `broker.infra.sent_notice_store`.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from broker.core.envelope import Sealed
from broker.core.errors import StoreConflictError
from broker.core.model import Receipt
from broker.core.outgoing import Letter
from broker.core.recalls.recall import Attestation, Outcome
from broker.core.recalls.taken_back import (
    NoticeState,
    ReceivedNotice,
    TakenBack,
    taken_back,
)
from broker.infra.database import Database
from broker.infra.erasure import ErasureStore
from broker.infra.outgoing_store import seal_and_queue
from broker.infra.sent_notice_store import notice_of
from broker.infra.statements import queue_statement
from keys.identity import PartyId

_IN: Final = (
    "notice_digest, origin, message_digest, replacement, reason, destroy, received_ms,"
    " state, outcome, done_ms, acknowledged, attested"
)
_SETTLED: Final = (
    "EXISTS (SELECT 1 FROM inbox WHERE inbox.message_digest = notice_digest"
    " AND inbox.state = 'opened')"
)
_DUE: Final = (
    f"{_SETTLED} AND (? OR EXISTS (SELECT 1 FROM legal_holds"  # noqa: S608 - own words
    " WHERE legal_holds.message_digest = recalls_in.message_digest))"
)
_OF_SAME_MESSAGE: Final = (
    "WHERE notice_digest IN (SELECT other.notice_digest FROM recalls_in AS one"
    " JOIN recalls_in AS other USING (message_digest) WHERE one.notice_digest = ?)"
)
_InRow = tuple[
    bytes,
    str,
    bytes,
    bytes,
    int,
    int,
    int,
    str,
    int | None,
    int | None,
    int,
    bytes,
]


class RecallStore(ErasureStore):
    """The part of a node's database that says what others have taken back.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)

    def note_notice(self, received: ReceivedNotice) -> None:
        """Keeps a notice that came; durable on return. The same again is nothing."""
        notice = received.notice
        with self._database.write() as db:
            db.execute(
                "INSERT INTO recalls_in (notice_digest, origin, message_digest,"
                " replacement, reason, destroy, received_ms, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    received.digest,
                    received.origin,
                    notice.message_digest,
                    notice.replacement,
                    notice.reason,
                    notice.destroy,
                    received.received_ms,
                    received.state.value,
                ),
            )

    def notices_received(
        self, message_digest: bytes | None = None
    ) -> list[ReceivedNotice]:
        """Returns the notices that came, about one message or all, oldest first."""
        where = "" if message_digest is None else "WHERE message_digest = ?"
        values = () if message_digest is None else (message_digest,)
        return self._received(where, values)

    def notices_waiting(self, *, automatic: bool) -> list[ReceivedNotice]:
        """Returns notices that are to be carried out, oldest first.

        Only those whose own message is settled: what is said about it comes after it
        was said to be open.

        Args:
            automatic: Also those that nobody has decided about; else only those about
                a message that has to be kept.
        """
        return self._received(f"WHERE state = 'waiting' AND {_DUE}", (automatic,))

    def notices_unanswered(self) -> list[ReceivedNotice]:
        """Returns notices that were carried out, or not, and are yet to be answered."""
        return self._received(
            f"WHERE state IN ('done', 'kept') AND attested = x'' AND {_SETTLED}", ()
        )

    def refused_unerased(self) -> list[tuple[bytes, bytes]]:
        """Returns messages that came after they were taken back, and are still sealed.

        Returns:
            Each with the notice that took it back.
        """
        with self._database.read() as db:
            # From the few notices to the many messages, and not the other way.
            rows = db.execute(
                "SELECT inbox.message_digest, min(notice_digest) FROM recalls_in"
                " CROSS JOIN inbox USING (message_digest, origin)"
                " WHERE inbox.state = 'refused' AND destroy"
                " AND recalls_in.state = 'done'"
                " AND NOT EXISTS (SELECT 1 FROM destroyed"
                " WHERE destroyed.message_digest = inbox.message_digest)"
                " GROUP BY inbox.message_digest"
            ).fetchall()
        return [(bytes(row[0]), bytes(row[1])) for row in rows]

    def void_notice(self, digest: bytes) -> None:
        """Notes that a notice is of no effect."""
        with self._database.write() as db:
            db.execute(
                "UPDATE recalls_in SET state = 'void' WHERE notice_digest = ?",
                (digest,),
            )

    def store_attestation(
        self,
        said: Attestation,
        letters: Sequence[Letter],
        protect: Callable[[Sealed], bytes],
        receipts: Sequence[Receipt],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues the answer to a notice, once: all or nothing.

        Args:
            said: What is attested.
            letters: The message that carries it.
            protect: Returns a content key under the node's key.
            receipts: What is stated about the notice besides.
            now_ms: The present.

        Raises:
            StoreConflictError: It was answered meanwhile.
            StoreError: The store cannot take it.
        """
        with self._database.write() as db:
            sealed = seal_and_queue(db, letters, None, protect, now_ms)
            for one in sealed:
                cursor = db.execute(
                    "UPDATE recalls_in SET attested = ?, acknowledged = 1"
                    " WHERE notice_digest = ? AND attested = x''",
                    (one.message_digest, said.notice_digest),
                )
                if not cursor.rowcount:
                    raise StoreConflictError("the notice was answered meanwhile")
            for receipt in receipts:
                queue_statement(db, receipt)
        return sealed

    def copies_due(
        self, notice_digest: bytes | None = None
    ) -> list[tuple[bytes, bool]]:
        """Returns copies of what was taken back that went on from here.

        Args:
            notice_digest: Of this notice and others about the same message; None: of
                all, and only what is not told yet.

        Returns:
            The digest of each copy, and whether its recipients were told.
        """
        where = "WHERE told = 0" if notice_digest is None else _OF_SAME_MESSAGE
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT copy_digest, told FROM copies_due {where} ORDER BY rowid",  # noqa: S608 - own words
                () if notice_digest is None else (notice_digest,),
            ).fetchall()
        return [(bytes(row[0]), bool(row[1])) for row in rows]

    def taken_back(self, message_digest: bytes) -> TakenBack | None:
        """Returns why the content of a message is not to be used; None if it may be.

        Holds from the moment on at which a notice was opened, whether it has been
        carried out or not; also of a message that comes later.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT origin FROM inbox WHERE message_digest = ?", (message_digest,)
            ).fetchone()
        origin = None if row is None else row[0]
        notices = self.notices_received(message_digest)
        own = [one for one in notices if one.origin == origin]
        return taken_back(self.destroyed(message_digest), own)

    def note_copy_told(self, copy_digest: bytes) -> None:
        """Notes that the recipients of a copy need not be told any more."""
        with self._database.write() as db:
            db.execute(
                "UPDATE copies_due SET told = 1 WHERE copy_digest = ?", (copy_digest,)
            )

    def _received(self, where: str, values: tuple[object, ...]) -> list[ReceivedNotice]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_IN} FROM recalls_in {where} ORDER BY received_ms, rowid",  # noqa: S608 - own words
                values,
            ).fetchall()
        return [_received(row) for row in rows]


def close_notice(
    db: sqlite3.Connection,
    digest: bytes,
    state: NoticeState,
    outcome: Outcome | None,
    now_ms: int,
) -> bool:
    """Notes, in the caller's transaction, what came of a notice that waited.

    Returns:
        Whether it waited.
    """
    cursor = db.execute(
        "UPDATE recalls_in SET state = ?, outcome = ?, done_ms = ?"
        " WHERE notice_digest = ? AND state = 'waiting'",
        (state.value, outcome, now_ms, digest),
    )
    return bool(cursor.rowcount)


def _received(row: _InRow) -> ReceivedNotice:
    return ReceivedNotice(
        digest=row[0],
        origin=PartyId(row[1]),
        notice=notice_of(*row[2:6]),
        received_ms=row[6],
        state=NoticeState(row[7]),
        outcome=None if row[8] is None else Outcome(row[8]),
        done_ms=row[9],
        acknowledged=bool(row[10]),
        attested=row[11],
    )
