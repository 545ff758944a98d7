"""The mark that something was destroyed, and the write-ahead log still has it.

Cutting the log off is left to `erasure`.
"""

import sqlite3
from typing import Final

UNSCRUBBED: Final = "erasure/unscrubbed"
"""Name of the fact that says so."""


def note_erased(db: sqlite3.Connection) -> None:
    """Notes, in the caller's transaction, that the file has to be scrubbed."""
    db.execute("REPLACE INTO facts VALUES (?, x'')", (UNSCRUBBED,))
