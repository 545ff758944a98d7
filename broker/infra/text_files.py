"""Files that people keep: written whole, with the permissions they had.

Files that only their owner may read are left to `keys.private_files`.
"""

import os
import secrets
import stat
from pathlib import Path

from broker.core.errors import ConfigurationError


def write_text(path: Path, text: str, *, new: bool = False) -> None:
    """Puts `text` at `path` as `write_file` does.

    Raises:
        ConfigurationError: Not written; what stood there before still does.
    """
    write_file(path, text.encode(), new=new)


def write_file(path: Path, data: bytes, *, new: bool = False) -> None:
    """Puts `data` at `path`, whole or not at all, and onto the disk.

    A file that is there keeps its permissions, and a link goes on pointing to it.

    Args:
        path: The file.
        data: What shall be in it.
        new: Refuse to replace a file that is there.

    Raises:
        ConfigurationError: Not written; what stood there before still does.
    """
    try:
        target = path.resolve()
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        try:
            _write(part, data, mode)
            if new:
                target.hardlink_to(part)
            else:
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        _sync(target.parent)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is there already; choose another name, or move it away first"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _write(part: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(part, flags, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
