"""Destroying contents so that nothing in the node's file can open them any more.

What goes: the content key, the ciphertext and the wraps, what decisions and people
noted of the content, drafts. What stays is evidence: the signed header with its
signature, receipts, who decided what by which rule. When anything is destroyed is left
to the services.

Freed parts of the file are overwritten with zeros (`Database`), and the write-ahead
log, which holds pages as they were before, is cut off (`ErasureStore.scrub`).
"""

import sqlite3
from collections.abc import Iterable

from broker.core.admitted import AdmissionState
from broker.core.codec.envelope import EnvelopeParts, decode_envelope, encode_envelope
from broker.core.recalls.taken_back import BY_NOTICE, Destroyed, Hold
from broker.infra.attachment_store import forget_uses
from broker.infra.case_store import forget_told
from broker.infra.database import Database
from broker.infra.letter_store import forget_letters
from broker.infra.proposal_store import forget_proposals
from broker.infra.scrub_mark import UNSCRUBBED, note_erased
from broker.infra.weapon_store import forget_weapons


class ErasureStore:
    """The part of a node's database that says what is gone, and what has to stay.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def destroyed(self, message_digest: bytes) -> Destroyed | None:
        """Returns what is noted of the destruction of a content, if it is gone."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT message_digest, at_ms, rule, cause FROM destroyed"
                " WHERE message_digest = ?",
                (message_digest,),
            ).fetchone()
        return None if row is None else _destroyed(row)

    def destroyed_by(self, cause: bytes) -> list[Destroyed]:
        """Returns what was destroyed for one cause, in order of the digests."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, at_ms, rule, cause FROM destroyed"
                " WHERE cause = ? ORDER BY message_digest",
                (cause,),
            ).fetchall()
        return [_destroyed(row) for row in rows]

    def keep_by_law(self, hold: Hold) -> bool:
        """Notes that a message has to be kept; durable on return.

        Returns:
            Whether there is anything left to be kept.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "REPLACE INTO legal_holds SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
                " (SELECT 1 FROM destroyed WHERE message_digest = ?1)",
                (hold.message_digest, hold.authority, hold.at_ms),
            )
        return bool(cursor.rowcount)

    def end_hold(self, message_digest: bytes, now_ms: int) -> bool:
        """Notes that a message need not be kept any more; tells whether it had to be.

        What its origin has taken back meanwhile is due again, and answered anew. A
        copy of what was taken back is destroyed with it.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "DELETE FROM legal_holds WHERE message_digest = ?", (message_digest,)
            )
            db.execute(
                "UPDATE recalls_in SET state = 'waiting', attested = x'',"
                " outcome = NULL, done_ms = NULL"
                " WHERE message_digest = ? AND state = 'kept'",
                (message_digest,),
            )
            causes = db.execute(
                "SELECT notice_digest FROM copies_due WHERE copy_digest = ?",
                (message_digest,),
            ).fetchall()
            if causes:
                gone = Destroyed(
                    message_digest=message_digest,
                    at_ms=now_ms,
                    rule=BY_NOTICE,
                    cause=causes[0][0],
                )
                erase(db, [gone])
            return bool(cursor.rowcount)

    def hold_on(self, message_digest: bytes) -> Hold | None:
        """Returns who demands that a message is kept, if somebody does."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT message_digest, authority, at_ms FROM legal_holds"
                " WHERE message_digest = ?",
                (message_digest,),
            ).fetchone()
        if row is None:
            return None
        return Hold(message_digest=row[0], authority=row[1], at_ms=row[2])

    def holds(self) -> list[Hold]:
        """Returns everything that has to be kept, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, authority, at_ms FROM legal_holds"
                " ORDER BY at_ms, message_digest"
            ).fetchall()
        return [Hold(message_digest=r[0], authority=r[1], at_ms=r[2]) for r in rows]

    def scrub(self) -> bool:
        """Cuts off the write-ahead log if anything was destroyed since the last time.

        Returns:
            Whether nothing of what was destroyed is left in the file. Not while
            somebody else reads it: then it has to be tried again.

        Raises:
            StoreError: It cannot be written.
        """
        with self._database.read() as db:
            due = db.execute(
                "SELECT 1 FROM facts WHERE name = ?", (UNSCRUBBED,)
            ).fetchone()
        if due is None:
            return True
        if not self._database.cut_off_log():
            return False
        with self._database.write() as db:
            db.execute("DELETE FROM facts WHERE name = ?", (UNSCRUBBED,))
        return True


def erase(db: sqlite3.Connection, gone: Iterable[Destroyed]) -> None:
    """Destroys contents, sent or received, in the caller's transaction.

    What was destroyed before is left as it is noted, and what was never here is not
    noted. What the law demands to be kept stays, whoever decided before that was known.
    """
    for one in gone:
        digest = one.message_digest
        if is_held(db, digest):
            continue
        there = [_strip(db, table, digest) for table in ("inbox", "sent")]
        if not any(there):
            continue  # what never was here was not destroyed either
        # What has not left yet does not leave any more; its number stays used.
        db.execute(
            "DELETE FROM outbox WHERE message_digest = ? AND submitted_ms IS NULL",
            (digest,),
        )
        db.execute(
            "UPDATE admissions SET state = ?, note = x'' WHERE message_digest = ?",
            (AdmissionState.DESTROYED.value, digest),
        )
        db.execute("DELETE FROM statement_notes WHERE message_digest = ?", (digest,))
        forget_told(db, digest)
        forget_weapons(db, digest, one.at_ms)
        forget_uses(db, digest)
        forget_letters(db, digest, one.at_ms)
        forget_proposals(db, digest, one.at_ms)
        _forget_asked(db, digest)
        _forget_draft(db, digest)
        db.execute(
            "INSERT INTO destroyed VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (digest, one.at_ms, one.rule, one.cause),
        )
    note_erased(db)


def is_held(db: sqlite3.Connection, digest: bytes) -> bool:
    """Tells, in the caller's transaction, whether a message has to be kept."""
    row = db.execute("SELECT 1 FROM legal_holds WHERE message_digest = ?", (digest,))
    return row.fetchone() is not None


def forget_drafts(db: sqlite3.Connection, drafts: Iterable[bytes], now_ms: int) -> None:
    """Destroys documents that wait for approval, or have waited, likewise."""
    for pending_id in drafts:
        db.execute(
            "UPDATE pending SET protected = x'', changed_ms = CASE WHEN"
            " state = 'waiting' THEN ? ELSE changed_ms END, state = CASE WHEN"
            " state = 'waiting' THEN 'withdrawn' ELSE state END WHERE pending_id = ?",
            (now_ms, pending_id),
        )
    note_erased(db)


def stripped(envelope: bytes) -> bytes:
    """Returns an envelope without ciphertext and wraps: what stays as evidence."""
    parts = decode_envelope(envelope)
    return encode_envelope(
        EnvelopeParts(
            signed_header=parts.signed_header,
            signature=parts.signature,
            ciphertext=b"",
            wraps=(),
        )
    )


def _strip(db: sqlite3.Connection, table: str, digest: bytes) -> bool:
    row = db.execute(
        f"SELECT envelope FROM {table} WHERE message_digest = ?",  # noqa: S608 - our own words
        (digest,),
    ).fetchone()
    if row is not None:
        db.execute(
            f"UPDATE {table} SET envelope = ?, protected_key = x''"  # noqa: S608 - our own words
            " WHERE message_digest = ?",
            (stripped(row[0]), digest),
        )
    return row is not None


def _forget_asked(db: sqlite3.Connection, digest: bytes) -> None:
    """Destroys what policies were told of the content.

    Recipients who got nothing of the same document have a record of the same; it is
    found by its time, since nothing else leads to it.
    """
    rows = db.execute(
        "SELECT DISTINCT at_ms, protected FROM decisions"
        " WHERE subject = ? AND protected != x''",
        (digest,),
    ).fetchall()
    db.executemany(
        "UPDATE decisions SET protected = x'' WHERE at_ms = ? AND protected = ?", rows
    )


def _forget_draft(db: sqlite3.Connection, digest: bytes) -> None:
    """Destroys the draft of a message that officers released."""
    db.execute(
        "UPDATE pending SET protected = x'' WHERE pending_id IN"
        " (SELECT pending_id FROM released WHERE message_digest = ?)",
        (digest,),
    )


def _destroyed(row: tuple[bytes, int, str, bytes]) -> Destroyed:
    return Destroyed(message_digest=row[0], at_ms=row[1], rule=row[2], cause=row[3])
