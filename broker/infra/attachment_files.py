"""Files that people attach, read; and files that came with messages, written out.

How they lie here in between, sealed, is left to `broker.infra.chunk_files`.
"""

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from broker.core.attachments.names import beside
from broker.core.errors import ConfigurationError
from broker.infra.store_errors import store_errors

_BLOCK: Final = 1 << 20  # bytes
_WITHOUT_LINKS: Final = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS})


def read_whole(path: Path, max_size: int) -> bytes:
    """Returns what is in a file that a person attaches.

    Args:
        path: The file.
        max_size: Bytes that it may have.

    Raises:
        ConfigurationError: It cannot be read, is no file, is empty, or too large.
    """
    try:
        # What is read without end, such as a device, is not waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigurationError(f"{path} is not a file")
            data = file.read(max_size + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    if not data:
        raise ConfigurationError(f"{path} is empty")
    if len(data) > max_size:
        raise ConfigurationError(
            f"{path} has more than {max_size} bytes, which is the most that can be "
            "attached"
        )
    return data


def write_parts(folder: Path, name: str, parts: Iterable[bytes], sha256: bytes) -> Path:
    """Writes a file that came with a message, whole or not at all.

    Nothing that is there is replaced: the same file is left as it is, beside another
    one this one gets a name of its own. Only the owner may read it.

    Args:
        folder: Where to; made when missing.
        name: As `safe_name` gives it.
        parts: The file. What raises while it is read leaves nothing behind.
        sha256: Of the file, 32 bytes.

    Returns:
        Where it is.

    Raises:
        ConfigurationError: Both names are taken by other files.
        StoreFullError: No room left.
        StoreError: It cannot be written.
    """
    with store_errors(f"write into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{secrets.token_hex(6)}.part"
        try:
            _write(part, parts)
            for target in (folder / name, folder / beside(name, sha256)):
                with suppress(FileExistsError):
                    _put_in_place(part, target)
                    _sync(folder)
                    return target
                if _is_same(target, sha256):
                    return target
        finally:
            part.unlink(missing_ok=True)
    raise ConfigurationError(
        f"{folder} has other files of the names that this one would get; choose "
        "another folder"
    )


def _put_in_place(part: Path, target: Path) -> None:
    """Gives a file its name, unless there is anything of that name, links included.

    Raises:
        FileExistsError: There is.
    """
    try:
        target.hardlink_to(part)  # unlike a renaming, this replaces nothing
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        # Memory sticks know no links: the name is taken first, and then filled.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        os.close(os.open(target, flags, 0o600))
        part.replace(target)


def _write(part: Path, parts: Iterable[bytes]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
        for one in parts:
            file.write(one)
        file.flush()
        os.fsync(file.fileno())


def _is_same(path: Path, sha256: bytes) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest() == sha256


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
