"""A file that readers find whole at any moment: the old one, or the new one.

What is in it is left to the adapter.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from adapters.errors import SystemAwayError

_MODE: Final = 0o640
"""For the operator's group as well: whatever draws the map runs as somebody else."""


def replace_file(path: Path, data: bytes) -> None:
    """Puts `data` in the place of a file; durable on return.

    Raises:
        SystemAwayError: It cannot be written there now.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        try:
            _write(part, data)
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        _sync(path.parent)
    except OSError as error:
        raise SystemAwayError(f"cannot be written: {error.strerror}") from error


def sweep_parts(path: Path) -> None:
    """Removes what a crash has left of writing a file."""
    with suppress(OSError):
        for part in path.parent.glob(f".{path.name}.*.part"):
            part.unlink()


def _write(part: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(part, flags, _MODE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
