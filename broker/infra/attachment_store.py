"""Which files lie beside which messages of a node, and which of its own the hub keeps.

The sealed files are left to `broker.infra.attachment_files`; what is in a message, to
the message.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from broker.core.attachments.records import Draft, DueFile
from broker.infra.database import Database


class AttachmentStore:
    """The part of a node's database about files beside messages.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def attachment_draft(self, token: bytes) -> Draft | None:
        """Returns a file that was sealed and waits for being sent, by its token."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT token, blob, made_ms, protected FROM attachment_drafts"
                " WHERE token = ?",
                (token,),
            ).fetchone()
        if row is None:
            return None
        return Draft(token=row[0], blob=row[1], made_ms=row[2], protected=row[3])

    def keep_attachment_draft(self, draft: Draft) -> None:
        """Notes a file that is to be sealed; an older one of its token is forgotten."""
        with self._database.write() as db:
            db.execute(
                "REPLACE INTO attachment_drafts VALUES (?, ?, ?, ?)",
                (draft.token, draft.blob, draft.made_ms, draft.protected),
            )
            db.execute(
                "INSERT INTO attachment_blobs VALUES (?, ?, 0, 0, 0)"
                " ON CONFLICT DO NOTHING",
                (draft.blob, draft.made_ms),
            )

    def end_attachment_drafts(self, blobs: Iterable[bytes]) -> None:
        """Forgets the keys of files: they stand in messages or in documents now."""
        with self._database.write() as db:
            db.executemany(
                "DELETE FROM attachment_drafts WHERE blob = ?",
                [(blob,) for blob in blobs],
            )

    def end_attachment_drafts_before(self, before_ms: int) -> None:
        """Forgets the keys of files that nobody has sent since a time."""
        with self._database.read() as db:
            old = "FROM attachment_drafts WHERE made_ms < ?"
            found = db.execute(f"SELECT 1 {old} LIMIT 1", (before_ms,)).fetchone()
        if found:
            with self._database.write() as db:
                db.execute(f"DELETE {old}", (before_ms,))

    def attachments_unseen(self, kinds: Sequence[str]) -> list[bytes]:
        """Returns messages that nobody has looked into for files, oldest first.

        What waits for a person is left out until somebody has decided about it.

        Args:
            kinds: Of which they may be, with version.
        """
        marks = ", ".join("?" * len(kinds))
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM message_heads AS heads"  # noqa: S608 - marks only
                f" WHERE kind IN ({marks}) AND role IN ('sent', 'received')"
                " AND NOT EXISTS (SELECT 1 FROM attachment_seen AS seen"
                " WHERE seen.message_digest = heads.message_digest)"
                # However many wait, nobody asks for them again and again.
                " AND NOT EXISTS (SELECT 1 FROM admissions AS terms"
                " WHERE terms.message_digest = heads.message_digest"
                " AND terms.state = 'quarantined')"
                " ORDER BY created_ms, message_digest",
                tuple(kinds),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def note_attachments(
        self,
        message_digest: bytes,
        blobs: Iterable[bytes],
        *,
        until_ms: int,
        due_ms: int | None,
    ) -> None:
        """Notes which files lie beside a message; what was destroyed has none.

        A message of others that names a file of ours changes nothing about that file:
        neither is it kept longer, nor does it count as sent.

        Args:
            message_digest: The message.
            blobs: What its files are asked for by.
            until_ms: Until when the hub is to keep those of them that are our own.
            due_ms: When to fetch them; None: when a person does.
        """
        with self._database.write() as db:
            own = db.execute(
                "SELECT 1 FROM message_heads WHERE message_digest = ?"
                " AND role = 'sent'",
                (message_digest,),
            ).fetchone()
            for blob in blobs:
                db.execute(
                    "INSERT INTO attachment_uses SELECT ?1, ?2, ?3 WHERE NOT EXISTS"
                    " (SELECT 1 FROM destroyed WHERE message_digest = ?1)"
                    " ON CONFLICT DO NOTHING",
                    (message_digest, blob, due_ms),
                )
                if own is None:
                    continue
                db.execute(
                    "UPDATE attachment_blobs SET used = 1,"
                    " wanted_ms = max(wanted_ms, ?) WHERE blob = ?",
                    (until_ms, blob),
                )
                db.execute("DELETE FROM attachment_drafts WHERE blob = ?", (blob,))
            db.execute(
                "INSERT INTO attachment_seen VALUES (?) ON CONFLICT DO NOTHING",
                (message_digest,),
            )

    def attachments_due(self, now_ms: int) -> list[DueFile]:
        """Returns files that are to be fetched by now, the longest due first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, blob FROM attachment_uses"
                " WHERE due_ms <= ? ORDER BY due_ms, message_digest, blob",
                (now_ms,),
            ).fetchall()
        return [DueFile(message_digest=row[0], blob=row[1]) for row in rows]

    def put_off_attachment(self, due: DueFile, due_ms: int | None) -> None:
        """Notes when to try again to fetch a file; None: it is here, or never."""
        with self._database.write() as db:
            db.execute(
                "UPDATE attachment_uses SET due_ms = ?"
                " WHERE message_digest = ? AND blob = ?",
                (due_ms, due.message_digest, due.blob),
            )

    def note_blob_held(self, blob: bytes, held_ms: int) -> None:
        """Notes until when the hub keeps a file of ours."""
        with self._database.write() as db:
            db.execute(
                "UPDATE attachment_blobs SET held_ms = ? WHERE blob = ?",
                (held_ms, blob),
            )

    def blob_held_until(self, blob: bytes) -> int | None:
        """Returns until when the hub keeps a file of ours; None: it is none of ours."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT held_ms FROM attachment_blobs WHERE blob = ?", (blob,)
            ).fetchone()
        return None if row is None else int(row[0])

    def blobs_to_keep_longer(self, now_ms: int) -> list[tuple[bytes, int]]:
        """Returns our files that the hub does not keep long enough, and until when."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT blob, wanted_ms FROM attachment_blobs WHERE used = 1"
                " AND held_ms < wanted_ms AND wanted_ms > ? ORDER BY made_ms, blob",
                (now_ms,),
            ).fetchall()
        return [(bytes(row[0]), int(row[1])) for row in rows]

    def blobs_over(self, unused_before_ms: int) -> list[bytes]:
        """Returns our files that nobody may have any more, or ever will have.

        Either every message of ours that named one was destroyed or taken back; or none
        names it, and it was sealed before a time. What others send back to us does not
        keep at the hub what we have taken back.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT blob FROM attachment_blobs AS own WHERE NOT EXISTS"
                " (SELECT 1 FROM attachment_drafts AS draft"
                " WHERE draft.blob = own.blob) AND (used = 1 OR made_ms < ?)"
                " AND NOT EXISTS (SELECT 1 FROM attachment_uses AS uses"
                " WHERE uses.blob = own.blob AND EXISTS"
                " (SELECT 1 FROM message_heads AS heads WHERE heads.role = 'sent'"
                " AND heads.message_digest = uses.message_digest) AND NOT EXISTS"
                " (SELECT 1 FROM recalls_out AS taken WHERE taken.destroy = 1"
                " AND taken.message_digest = uses.message_digest))"
                " ORDER BY made_ms, blob",
                (unused_before_ms,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def forget_blob(self, blob: bytes) -> None:
        """Forgets a file of ours that the hub keeps no more."""
        with self._database.write() as db:
            db.execute("DELETE FROM attachment_blobs WHERE blob = ?", (blob,))

    def blobs_known(self) -> frozenset[bytes]:
        """Returns the files that a message speaks of, or may still come to speak of."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT blob FROM attachment_uses UNION SELECT blob FROM"
                " attachment_drafts UNION SELECT blob FROM attachment_blobs"
                " WHERE used = 0"
            ).fetchall()
        return frozenset(bytes(row[0]) for row in rows)


def forget_uses(db: sqlite3.Connection, message_digest: bytes) -> None:
    """Forgets, in the caller's transaction, which files lay beside a message."""
    db.execute(
        "DELETE FROM attachment_uses WHERE message_digest = ?", (message_digest,)
    )
