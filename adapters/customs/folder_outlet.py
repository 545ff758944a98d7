"""The watch-list as files: a snapshot, and the changes since, each with its signature.

A reader takes the snapshot that CURRENT names, then every folder in `changes` with a
higher number, in order. What it does with them is left to it; see docs/customs.md.
"""

import asyncio
import os
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Final

from adapters.customs.outlet import Whole
from adapters.customs.signing import ListSigner
from adapters.customs.watchlist import Change
from adapters.customs.wire import FORMAT, change_csv, change_json, encoded, instant
from adapters.errors import SystemAwayError
from adapters.values import Finding

CHANGES_MAX: Final = 100
"""Changes beside a snapshot; then there is a new one."""

CURRENT: Final = "CURRENT"
_SNAPSHOTS: Final = "snapshots"
_CHANGES: Final = "changes"
_PART: Final = ".part-"
_SIGNATURE: Final = "signature.jws"
_DIGITS: Final = 10  # of a revision, so that names sort as numbers do


class FolderOutlet:
    """A folder that posts, or whoever carries files to them, can read.

    Args:
        folder: The folder; it has to exist.
        signer: What files are signed with.
    """

    def __init__(self, folder: Path, signer: ListSigner) -> None:
        self._folder = folder
        self._signer = signer

    @property
    def name(self) -> str:
        """What it is."""
        return "folder"

    async def check(self) -> Finding:
        """Looks whether the folder can be written to."""
        ok = self._folder.is_dir() and os.access(self._folder, os.W_OK | os.X_OK)
        return Finding(
            ok=ok,
            what=f"folder {self._folder}",
            advice="" if ok else "make it, and let the node's user write to it",
        )

    async def give(self, change: Change, whole: Whole) -> None:
        """Writes a change, or a snapshot where one is due.

        What must not be used any more is destroyed: it stands in older files, so these
        go, all of them.

        Raises:
            SystemAwayError: The folder is not there, or full.
        """
        try:
            if change.after == 0 or change.gone or self._changes() >= CHANGES_MAX:
                await asyncio.to_thread(self._write_snapshot, (await whole()).whole())
            else:
                await asyncio.to_thread(self._write_change, change)
        except OSError as error:
            raise SystemAwayError(f"{self._folder}: {error.strerror}") from error

    def _changes(self) -> int:
        folder = self._folder / _CHANGES
        return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0

    def _write_snapshot(self, whole: Change) -> None:
        # 1. The new snapshot, whole. 2. CURRENT names it. 3. What came before goes: a
        # reader is never without a list, and none lies here that is out of date.
        name = self._written(_SNAPSHOTS, "watchlist", whole)
        current = self._folder / CURRENT
        part = self._folder / f"{_PART}{CURRENT}"
        _write(part, f"{name}\n".encode())
        part.replace(current)
        _sync(self._folder)
        for parent, kept in ((_SNAPSHOTS, name), (_CHANGES, "")):
            folder = self._folder / parent
            for old in folder.iterdir() if folder.is_dir() else ():
                if old.name != kept:
                    shutil.rmtree(old)
            if folder.is_dir():
                _sync(folder)

    def _write_change(self, change: Change) -> None:
        self._written(_CHANGES, "change", change)

    def _written(self, parent: str, stem: str, change: Change) -> str:
        """Writes a folder with a change in it, at one stroke; returns its name."""
        name = f"{change.revision:0{_DIGITS}d}"
        files = {
            f"{stem}.json": encoded(change_json(change)),
            f"{stem}.csv": change_csv(change),
        }
        statement = {
            "format": FORMAT,
            "after": change.after,
            "revision": change.revision,
            "changed_at": instant(change.changed_ms),
            "files": {one: sha256(data).hexdigest() for one, data in files.items()},
        }
        files[_SIGNATURE] = self._signer.sign(encoded(statement))
        above = self._folder / parent
        above.mkdir(exist_ok=True)
        part = above / f"{_PART}{name}"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        for one, data in files.items():
            _write(part / one, data)
        _sync(part)
        if _is_same(above / name, part):
            # Again, after a crash: never without the folder that CURRENT names.
            shutil.rmtree(part)
        else:
            shutil.rmtree(above / name, ignore_errors=True)
            part.rename(above / name)
        _sync(above)
        return name


def _is_same(folder: Path, part: Path) -> bool:
    """Tells whether a folder is there already: its signature is over all of it."""
    there = folder / _SIGNATURE
    return there.is_file() and there.read_bytes() == (part / _SIGNATURE).read_bytes()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
