"""Turns what SQLite and the disk raise into the errors of the store.

What to do about them is left to the callers.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from broker.core.errors import StoreError, StoreFullError

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def store_errors(doing: str) -> Iterator[None]:
    """Runs its body, or the function it decorates, with foreign errors translated.

    Args:
        doing: What is being done, as it completes "could not ...".

    Raises:
        StoreFullError: No room left on the disk.
        StoreError: SQLite or the disk failed in another way.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        kind = StoreFullError if code == sqlite3.SQLITE_FULL else StoreError
        raise kind(f"could not {doing}: {error}") from error
    except OSError as error:
        kind = StoreFullError if error.errno in _NO_ROOM else StoreError
        raise kind(f"could not {doing}: {error}") from error
