"""Files that systems have uploaded, and that no message carries yet.

What is said of a file stands here under the node's own key, and goes with the key of
the file: once a message carries it, or when nobody has sent it in time. The sealed file
itself is left to `broker.infra.chunk_files`.
"""

from dataclasses import dataclass, field
from typing import Final

from broker.infra.database import Database

UPLOAD_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS uploads (
  handle BLOB PRIMARY KEY,
  agency TEXT NOT NULL,
  blob BLOB NOT NULL,
  size INTEGER NOT NULL,
  made_ms INTEGER NOT NULL,
  protected BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS uploads_blob ON uploads (blob);
CREATE TRIGGER IF NOT EXISTS uploads_end AFTER DELETE ON attachment_drafts BEGIN
  DELETE FROM uploads WHERE blob = old.blob;
END;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a system has uploaded.

    Attributes:
        handle: What the system calls it by, 16 bytes.
        agency: Whose system it is.
        blob: What its sealed chunks are called by, 32 bytes.
        size: Bytes.
        made_ms: When it was uploaded, in ms since the epoch.
        protected: What a message will say of it, under the node's own key.
    """

    handle: bytes
    agency: str
    blob: bytes
    size: int
    made_ms: int
    protected: bytes = field(repr=False)


class UploadStore:
    """The part of a node's database about uploaded files.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_upload(self, upload: Upload) -> None:
        """Notes a file whose draft is noted already; durable on return.

        Raises:
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?)",
                (
                    upload.handle,
                    upload.agency,
                    upload.blob,
                    upload.size,
                    upload.made_ms,
                    upload.protected,
                ),
            )

    def find_upload(self, handle: bytes, agency: str) -> Upload | None:
        """Returns a file of an agency that no message carries yet."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT handle, agency, uploads.blob, size, uploads.made_ms,"
                " uploads.protected FROM uploads JOIN attachment_drafts USING (blob)"
                " WHERE handle = ? AND agency = ?",
                (handle, agency),
            ).fetchone()
        if row is None:
            return None
        return Upload(
            handle=row[0],
            agency=row[1],
            blob=row[2],
            size=row[3],
            made_ms=row[4],
            protected=row[5],
        )

    def uploaded_size(self, agency: str) -> int:
        """Returns how many bytes an agency has uploaded that no message carries."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT coalesce(sum(size), 0) FROM uploads WHERE agency = ?", (agency,)
            ).fetchone()
        return int(row[0])
