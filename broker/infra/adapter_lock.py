"""The lock that makes sure that one process runs an adapter, and not two."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.core.errors import ConfigurationError
from broker.infra.store_errors import store_errors


@contextmanager
def sole_runner(folder: Path) -> Iterator[None]:
    """Holds the lock of an adapter; the system lets go of it when the process dies.

    Args:
        folder: The adapter's own; the lock lies beside it, out of its reach.

    Raises:
        ConfigurationError: Another process runs it.
        StoreError: The folder cannot be used.
    """
    with store_errors(f"lock {folder}"):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder.with_name(f".{folder.name}.lock")
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(
                f"another process runs the adapter {folder.name} of this node"
            ) from error
        yield
    finally:
        os.close(handle)
