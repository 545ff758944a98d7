"""A lock that one process holds, and that dies with it.

What it stands for is left to `log_lock` and `adapter_lock`.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.core.errors import ConfigurationError
from broker.infra.store_errors import store_errors


@contextmanager
def sole_holder(path: Path, taken: str) -> Iterator[None]:
    """Holds a lock; the system lets go of it when the process dies.

    Args:
        path: The lock; made when missing, in a folder that is there.
        taken: What to say when another process holds it.

    Raises:
        ConfigurationError: Another process holds it.
        StoreError: It cannot be made.
    """
    with store_errors(f"lock {path}"):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(taken) from error
        yield
    finally:
        os.close(handle)
