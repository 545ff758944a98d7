"""Files that only their owner may touch: read as such, written whole and durably.

What is in them is left to `keystore` and `custody`.
"""

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from keys.errors import KeystoreError, KeystorePermissionError

_MAX_SIZE: Final = 1 << 20  # bytes


def read_private(path: Path) -> bytes:
    """Returns what is in `path`, at most 1 MiB.

    Raises:
        KeystorePermissionError: Group or others may read or write the file.
        KeystoreError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            # Checked on the open file, not on its name: the two could differ.
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise KeystorePermissionError(
                    f"{path} can be read or written by others (mode {mode:04o}); "
                    f"make it private: chmod 600 {path}"
                )
            return file.read(_MAX_SIZE)
    except OSError as error:
        raise KeystoreError(f"cannot read {path}: {error.strerror}") from error


def write_private(path: Path, data: bytes) -> None:
    """Puts `data` at `path`, whole or not at all, readable by the owner only.

    Raises:
        KeystoreError: Not written; what stood there before still does.
    """
    try:
        _write(path, data)
    except OSError as error:
        raise KeystoreError(f"cannot write {path}: {error.strerror}") from error


def move_private(part: Path, path: Path) -> None:
    """Puts the file `part` in the place of `path`, in the same folder, at one stroke.

    Raises:
        KeystoreError: Not moved; what stood there before still does.
    """
    try:
        part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise KeystoreError(f"cannot write {path}: {error.strerror}") from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(part, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
