"""Documents that wait for approvals, and what released those that have left.

What is kept of documents and approvals is encrypted by then. When enough have approved
is left to `broker.services.pending`.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence

from broker.core.envelope import Sealed
from broker.core.errors import StoreConflictError
from broker.core.feed import Once
from broker.core.outgoing import Denial, Letter
from broker.core.pending import Approver, Pending, PendingState, Released
from broker.infra.database import Database
from broker.infra.once_store import note_once
from broker.infra.outgoing_store import seal_and_queue

_COLUMNS = "pending_id, held_ms, lapses_ms, state, changed_ms, digest, protected"
_Row = tuple[bytes, int, int, str, int, bytes, bytes]


class PendingStore:
    """The part of a node's database that is about releases to be approved.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, pending: Pending, once: Once | None = None) -> None:
        """Stores a document that waits; durable on return.

        Args:
            pending: The document.
            once: The request that is carried out with it; None for a person's.

        Raises:
            RepeatedError: The same request was carried out before.
        """
        with self._database.write() as db:
            note_once(db, once, pending.held_ms, pending_id=pending.pending_id)
            db.execute(
                "INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    pending.pending_id,
                    pending.held_ms,
                    pending.lapses_ms,
                    pending.state.value,
                    pending.changed_ms,
                    pending.digest,
                    pending.protected,
                ),
            )

    def pending(
        self, state: PendingState | None = None, limit: int = 1000
    ) -> list[Pending]:
        """Returns what waits or has waited, newest first.

        Args:
            state: Only what is in this state; None for all.
            limit: How many at most.
        """
        states = [state] if state else list(PendingState)
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM pending WHERE state IN"  # noqa: S608 - own constants
                f" ({', '.join('?' for _ in states)})"
                " ORDER BY held_ms DESC, pending_id DESC LIMIT ?",
                (*(one.value for one in states), limit),
            ).fetchall()
        return [_pending(row) for row in rows]

    def find_pending(self, pending_id: bytes) -> Pending | None:
        """Returns one of them."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM pending WHERE pending_id = ?",  # noqa: S608 - own constant
                (pending_id,),
            ).fetchone()
        return None if row is None else _pending(row)

    def store_approval(
        self, pending_id: bytes, digest: bytes, protected: bytes, now_ms: int
    ) -> None:
        """Stores what an officer said; durable on return. The same again is nothing.

        Args:
            pending_id: About which document.
            digest: Of what was said, 32 bytes.
            protected: It, under the node's own key.
            now_ms: The present.

        Raises:
            StoreConflictError: The document does not wait any more.
        """
        with self._database.write() as db:
            _check_waiting(db, pending_id)
            db.execute(
                "INSERT INTO pending_approvals VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (pending_id, digest, now_ms, protected),
            )

    def approvals_of(self, pending_id: bytes) -> list[bytes]:
        """Returns what officers said about a document, each under the node's key."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT protected FROM pending_approvals WHERE pending_id = ?"
                " ORDER BY received_ms, digest",
                (pending_id,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def approvals_beside(
        self, pending_id: bytes, digest: bytes
    ) -> list[tuple[bytes, bytes]]:
        """Returns what officers said about other documents that may be the same.

        Args:
            pending_id: The document that is not meant.
            digest: Of its release: those that were held with the same, and all that
                wait, since what would leave may have changed.

        Returns:
            For each statement the document it was made about, and the statement under
            the node's key.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT pending_id, pending_approvals.protected FROM pending_approvals"
                " JOIN pending USING (pending_id) WHERE pending_id != ?"
                " AND (pending.digest = ? OR pending.state = 'waiting')"
                " ORDER BY received_ms, pending_approvals.digest",
                (pending_id, digest),
            ).fetchall()
        return [(bytes(row[0]), bytes(row[1])) for row in rows]

    def settle_pending(
        self, pending_id: bytes, state: PendingState, now_ms: int
    ) -> None:
        """Notes that a document waits no more, without having been sent.

        Raises:
            StoreConflictError: It did not wait any more.
        """
        with self._database.write() as db:
            _check_waiting(db, pending_id)
            _set_state(db, pending_id, state, now_ms)

    def store_released(
        self,
        pending_id: bytes,
        letters: Sequence[Letter],
        denial: Denial | None,
        protect: Callable[[Sealed], bytes],
        release: Callable[[Sealed], Released],
        now_ms: int,
        counted: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues what had waited, once: all or nothing.

        Args:
            pending_id: Of the document.
            letters: What to seal; see `OutgoingStore.store_sealed`.
            denial: Who gets nothing; None if everybody gets something.
            protect: Returns a content key under the node's key.
            release: Returns what is kept with a message that had to be approved.
            now_ms: The present.
            counted: How many statements about it were taken into account.

        Raises:
            StoreConflictError: It does not wait any more: somebody else has sent it;
                or an officer has said something meanwhile, and it waits still.
            StoreError: The store cannot take it; it waits still.
        """
        with self._database.write() as db:
            _check_waiting(db, pending_id)
            _check_counted(db, pending_id, counted)
            sealed = seal_and_queue(db, letters, denial, protect, now_ms)
            kept = [release(one) for one in sealed if one.header.approvals_digest]
            db.executemany(
                "INSERT INTO released VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        one.message_digest,
                        one.pending_id,
                        one.at_ms,
                        json.dumps([[by.officer, by.at_ms] for by in one.approved]),
                        one.protected,
                    )
                    for one in kept
                ],
            )
            _set_state(db, pending_id, PendingState.RELEASED, now_ms)
        return sealed

    def released(self, message_digest: bytes) -> Released | None:
        """Returns what released a message; None when it needed nobody."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT message_digest, pending_id, at_ms, approved, protected"
                " FROM released WHERE message_digest = ?",
                (message_digest,),
            ).fetchone()
        return None if row is None else _released(row)

    def released_from(self, pending_id: bytes) -> list[bytes]:
        """Returns the messages, by digest, as which a document has left."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM released WHERE pending_id = ?"
                " ORDER BY rowid",
                (pending_id,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]


def _check_waiting(db: sqlite3.Connection, pending_id: bytes) -> None:
    row = db.execute(
        "SELECT state FROM pending WHERE pending_id = ?", (pending_id,)
    ).fetchone()
    if row is None or row[0] != PendingState.WAITING.value:
        state = "unknown here" if row is None else f"{row[0]} already"
        raise StoreConflictError(f"the document is {state}")


def _check_counted(db: sqlite3.Connection, pending_id: bytes, counted: int) -> None:
    (there,) = db.execute(
        "SELECT count(*) FROM pending_approvals WHERE pending_id = ?", (pending_id,)
    ).fetchone()
    if there != counted:
        # It may be a rejection; one that was stored is never passed over.
        raise StoreConflictError("an officer has said something about it meanwhile")


def _set_state(
    db: sqlite3.Connection, pending_id: bytes, state: PendingState, now_ms: int
) -> None:
    db.execute(
        "UPDATE pending SET state = ?, changed_ms = ? WHERE pending_id = ?",
        (state.value, now_ms, pending_id),
    )


def _pending(row: _Row) -> Pending:
    return Pending(
        pending_id=row[0],
        held_ms=row[1],
        lapses_ms=row[2],
        state=PendingState(row[3]),
        changed_ms=row[4],
        digest=row[5],
        protected=row[6],
    )


def _released(row: tuple[bytes, bytes, int, str, bytes]) -> Released:
    return Released(
        message_digest=row[0],
        pending_id=row[1],
        at_ms=row[2],
        approved=tuple(
            Approver(officer=officer, at_ms=at_ms)
            for officer, at_ms in json.loads(row[3])
        ),
        protected=row[4],
    )
