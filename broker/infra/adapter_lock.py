"""The lock that makes sure that one process runs an adapter, and not two."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.infra.file_lock import sole_holder
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
    taken = f"another process runs the adapter {folder.name} of this node"
    with sole_holder(folder.with_name(f".{folder.name}.lock"), taken):
        yield
