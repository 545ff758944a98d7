"""The lock that makes sure of the log's one writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from broker.infra.file_lock import sole_holder
from broker.infra.log_tiles import sync_folder
from broker.infra.store_errors import store_errors

LOCK: Final = "writer.lock"


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Holds the lock of a folder; the system lets go of it when the process dies.

    Raises:
        ConfigurationError: Somebody else holds it.
        StoreError: The folder cannot be used.
    """
    with store_errors("lock the log"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)
    taken = f"another process writes the log in {folder}; a log has one writer"
    with sole_holder(folder / LOCK, taken):
        yield
