"""On which terms received messages are here: quarantine, desks, what was handed out.

What they say is left to `broker.core.admitted`; why a person declined one is encrypted
by then.
"""

import json
import sqlite3
from typing import Final

from broker.core.admitted import Admission, AdmissionState, HandedOut, Settlement
from broker.core.errors import StoreConflictError
from broker.core.model import Stage
from broker.core.records import InboxState
from broker.infra.database import Database
from broker.infra.decision_store import insert_decisions
from broker.infra.statements import queue_statement

_COLUMNS: Final = (
    "message_digest, kind, state, routes, retention_days, with_consent,"
    " policy_digest, since_ms, note"
)
_Row = tuple[bytes, str, str, str, int | None, int, bytes, int, bytes]


class AdmissionStore:
    """The part of a node's database that says who may use what was received.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def admission(self, message_digest: bytes) -> Admission | None:
        """Returns on which terms a message is here.

        None for one that was refused or not opened yet, and for one that was opened
        before terms were kept.
        """
        found = self._admissions("WHERE message_digest = ?", (message_digest,))
        return found[0] if found else None

    def quarantined(self, limit: int = 1000) -> list[Admission]:
        """Returns what waits for a person, the longest waiting first."""
        return self._admissions(
            "WHERE state = 'quarantined' ORDER BY since_ms, rowid LIMIT ?", (limit,)
        )

    def admitted_of_kind(self, kind: str) -> list[Admission]:
        """Returns what may be used of one kind, with its version."""
        return self._admissions(
            "WHERE kind = ? AND state IN ('admitted', 'released') ORDER BY since_ms",
            (kind,),
        )

    def waiting_of_kind(self, kind: str) -> list[Admission]:
        """Returns what waits for a person of one kind, with its version."""
        return self._admissions(
            "WHERE kind = ? AND state = 'quarantined' ORDER BY since_ms", (kind,)
        )

    def sent_of_kind(self, kind: str) -> list[bytes]:
        """Returns the digests of what left here of one kind, with its version.

        Read from what was decided: a kind stands in no other table of what was sent.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT DISTINCT subject FROM decisions WHERE kind = ?"
                " AND direction = 'export' AND verdict != 'deny'",
                (kind,),
            ).fetchall()
        return [row[0] for row in rows]

    def end_quarantine(self, settlement: Settlement) -> bool:
        """Notes what a person, or the time, made of a message; durable on return.

        Returns:
            Whether it still waited: of two decisions, the first one counts.
        """
        admission, receipt = settlement.admission, settlement.receipt
        with self._database.write() as db:
            cursor = db.execute(
                "UPDATE admissions SET state = ?, routes = ?, retention_days = ?,"
                " with_consent = ?, policy_digest = ?, since_ms = ?, note = ?"
                " WHERE message_digest = ? AND state = 'quarantined'",
                (
                    admission.state.value,
                    json.dumps(admission.routes),
                    admission.retention_days,
                    admission.with_consent,
                    admission.policy_digest,
                    admission.since_ms,
                    admission.note,
                    admission.message_digest,
                ),
            )
            if not cursor.rowcount:
                return False
            opened = receipt.stage is Stage.OPENED
            # What was not taken is not kept readable.
            db.execute(
                "UPDATE inbox SET state = ?, opened_ms = ?, code = ?, detail = ?,"
                " protected_key = CASE WHEN ? THEN protected_key ELSE x'' END"
                " WHERE message_digest = ?",
                (
                    (InboxState.OPENED if opened else InboxState.REFUSED).value,
                    receipt.at_ms if opened else None,
                    receipt.code,
                    receipt.detail,
                    opened,
                    admission.message_digest,
                ),
            )
            queue_statement(db, receipt)
            if settlement.decision is not None:
                insert_decisions(db, [settlement.decision])
        return True

    def note_handed_out(self, given: HandedOut) -> None:
        """Records that a content was given to a desk; durable on return.

        Raises:
            StoreConflictError: Its origin has taken it back: it must not be given.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO handed_out (message_digest, desk, agency, purpose, at_ms,"
                " file_digest) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS"
                " (SELECT 1 FROM recalls_in JOIN inbox USING (message_digest, origin)"
                " WHERE recalls_in.message_digest = ?1 AND recalls_in.state != 'void')",
                (
                    given.message_digest,
                    given.desk,
                    given.agency,
                    given.purpose,
                    given.at_ms,
                    given.file_digest,
                ),
            )
            if not cursor.rowcount:
                # It came after whoever gives it had looked.
                raise StoreConflictError("its origin has taken it back a moment ago")

    def handed_out(self, message_digest: bytes) -> list[HandedOut]:
        """Returns to whom a content was given, in order."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, desk, agency, purpose, at_ms, file_digest"
                " FROM handed_out WHERE message_digest = ? ORDER BY sequence",
                (message_digest,),
            ).fetchall()
        return [
            HandedOut(
                message_digest=row[0],
                desk=row[1],
                agency=row[2],
                purpose=row[3],
                at_ms=row[4],
                file_digest=row[5],
            )
            for row in rows
        ]

    def _admissions(self, where: str, values: tuple[object, ...]) -> list[Admission]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM admissions {where}",  # noqa: S608 - own words
                values,
            ).fetchall()
        return [_admission(row) for row in rows]


def insert_admission(db: sqlite3.Connection, admission: Admission) -> None:
    """Notes on which terms a message is here, in the caller's transaction."""
    db.execute(
        f"INSERT INTO admissions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - own constant
        (
            admission.message_digest,
            admission.kind,
            admission.state.value,
            json.dumps(admission.routes),
            admission.retention_days,
            admission.with_consent,
            admission.policy_digest,
            admission.since_ms,
            admission.note,
        ),
    )


def _admission(row: _Row) -> Admission:
    return Admission(
        message_digest=row[0],
        kind=row[1],
        state=AdmissionState(row[2]),
        routes=tuple(json.loads(row[3])),
        retention_days=row[4],
        with_consent=bool(row[5]),
        policy_digest=row[6],
        since_ms=row[7],
        note=row[8],
    )
