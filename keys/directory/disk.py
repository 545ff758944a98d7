"""Durable writes, whole copies and a lock, for the folders the directory lives in.

What is written, and in which order, is left to `repository` and `client`.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps others out of `folder`, threads and processes alike; waits its turn.

    Raises:
        OSError: The folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as file:
        # Released when the file is closed, also by a crash.
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_durably(path: Path, data: bytes) -> None:
    """Puts `data` at `path`, whole or not at all, and onto the disk.

    Raises:
        OSError: Not written; what stood there before still does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync(path.parent)  # the name, too, has to be on the disk


def keep_tree(source: Path, kept: Path) -> None:
    """Makes `kept` a copy of the folder `source`, at one stroke.

    The files are shared, so that whoever writes in `source` must replace them, never
    write into them.

    Raises:
        OSError: No copy was made; `kept` is what it was.
    """
    copy = Path(tempfile.mkdtemp(dir=kept.parent, prefix=f"{kept.name}-"))
    shutil.copytree(
        source, copy, symlinks=True, copy_function=os.link, dirs_exist_ok=True
    )
    link = kept.parent / f".new-{kept.name}"
    link.unlink(missing_ok=True)
    link.symlink_to(copy.name)
    link.replace(kept)
    for other in kept.parent.glob(f"{kept.name}-*"):
        if other != copy:
            shutil.rmtree(other)


def restore_tree(working: Path, kept: Path, *, anew: bool = False) -> None:
    """Makes the folder `working` a copy of what was kept, where there is need.

    There is when it is missing, as after a crash in here. Where nothing was kept, it
    is missing afterwards.

    Args:
        working: A folder, or nothing yet.
        kept: Where `keep_tree` has put a copy, or nothing yet.
        anew: Throw away what is in `working`.

    Raises:
        OSError: Not done; to be called again.
    """
    refused, copy = working.with_name("refused"), working.with_name("restored")
    for leftover in (refused, copy):
        if leftover.exists():
            shutil.rmtree(leftover)
    if anew:
        # Gone at one stroke: half of it would be a state that never was.
        working.replace(refused)
        shutil.rmtree(refused)
    if not working.exists() and kept.exists():
        shutil.copytree(kept, copy, symlinks=True, copy_function=os.link)
        copy.replace(working)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
