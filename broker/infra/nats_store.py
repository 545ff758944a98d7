"""Streams of an embedded server on the disk, handed from one account to another.

A hub whose account was replaced thus keeps what waits for parties. Running the server
is left to `nats_embedded`, whose layout and lock this knows.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker.core.errors import ConfigurationError


def check_stopped(folder: Path) -> None:
    """Refuses while a server runs in `folder`.

    Raises:
        ConfigurationError: One does, or the folder cannot be read.
    """
    with _stopped(folder):
        pass


def move_streams(folder: Path, old: str, new: str) -> None:
    """Gives the streams of account `old` to account `new`. Twice does nothing.

    Args:
        folder: Of the embedded server.
        old: Public key of an account; it may have no streams.
        new: Public key of another.

    Raises:
        ConfigurationError: A server runs there, both have streams, or the folder
            cannot be written.
    """
    with _stopped(folder):
        accounts = folder / "streams" / "jetstream"
        source, target = accounts / old, accounts / new
        if source.is_dir() and target.exists():
            raise ConfigurationError(
                f"there are streams in {source} and in {target}: a server ran for "
                "the new account before it had those of the old one. Take away the "
                "folder that nothing waits in, and do this again"
            )
        try:
            if source.is_dir():
                source.rename(target)
        except OSError as error:
            raise ConfigurationError(
                f"{source} cannot be moved: {error.strerror}"
            ) from error


@contextmanager
def _stopped(folder: Path) -> Iterator[None]:
    if not folder.is_dir():
        yield  # no server ever ran there
        return
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{folder}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise ConfigurationError(
            "the hub runs: stop it, then do this again; its account cannot be replaced "
            "while messages come in"
        ) from error
    finally:
        os.close(lock)
