"""The watch-list as files: a snapshot, and the changes since, each with its signature.

A reader takes the snapshot that CURRENT names, then every folder in `changes` with a
higher number, in order. What it does with them is left to it; see docs/customs.md.
"""

import asyncio
import errno
import json
import os
import shutil
from base64 import urlsafe_b64decode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from adapters.customs.outlet import Whole
from adapters.customs.signing import ListSigner
from adapters.customs.watchlist import Change, Watchlist
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
_FILE_MODE: Final = 0o640  # whoever may read the list is in the folder's group
_FOLDER_MODE: Final = 0o750
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

    @property
    def place(self) -> str:
        """Which one."""
        return str(self._folder)

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

    async def holds(self, listed: Watchlist) -> bool:
        """Tells whether what lies there is ours, whole, and comes to this list.

        Whoever can write there can put back what was there before, signature and all.

        Raises:
            SystemAwayError: The folder cannot be read.
        """
        try:
            return await asyncio.to_thread(self._comes_to, listed.revision)
        except OSError as error:
            raise SystemAwayError(f"{self._folder}: {error.strerror}") from error

    def _comes_to(self, revision: int) -> bool:
        try:
            name = (self._folder / CURRENT).read_text().strip()
            at = self._revision_of(self._folder / _SNAPSHOTS / name, 0)
            changes = self._folder / _CHANGES
            for one in sorted(changes.iterdir()) if changes.is_dir() else ():
                at = max(at, self._revision_of(one, at))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return False
        return at == revision

    def _revision_of(self, folder: Path, known: int) -> int:
        """Returns the revision that a folder brings whoever has one that is known.

        Raises:
            ValueError: It is not as we have written it, or something before it is
                missing.
        """
        signature = (folder / _SIGNATURE).read_bytes()
        coded = signature.split(b".")[1] if signature.count(b".") else b""
        said = urlsafe_b64decode(coded + b"==")
        # The same payload gives the same bytes, and nobody else can make them.
        if self._signer.sign(said) != signature:
            raise ValueError("not our signature")
        statement: dict[str, Any] = json.loads(said)
        files, revision = statement.get("files", {}), int(statement["revision"])
        if not files or folder.name != _named(revision) or statement["after"] > known:
            raise ValueError("another folder")
        for name, digest in files.items():
            if sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise ValueError("another file")
        return revision

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
            folder = self._own(parent)
            for old in folder.iterdir():
                if old.name != kept:
                    _destroy(old)
            _sync(folder)

    def _own(self, parent: str) -> Path:
        """Returns a folder in the folder; made if it is not there.

        Raises:
            OSError: It is a link: what lies elsewhere is not ours to destroy.
        """
        folder = self._folder / parent
        with suppress(FileExistsError):
            folder.mkdir(mode=_FOLDER_MODE)
        if folder.is_symlink():
            raise OSError(errno.ELOOP, f"{parent} is a link")
        return folder

    def _write_change(self, change: Change) -> None:
        self._written(_CHANGES, "change", change)

    def _written(self, parent: str, stem: str, change: Change) -> str:
        """Writes a folder with a change in it, at one stroke; returns its name."""
        name = _named(change.revision)
        files = {
            f"{stem}.json": encoded(change_json(change)),
            f"{stem}.csv": change_csv(change),
        }
        statement = {
            "format": FORMAT,
            "began_at": instant(change.began_ms),
            "after": change.after,
            "revision": change.revision,
            "changed_at": instant(change.changed_ms),
            "files": {one: sha256(data).hexdigest() for one, data in files.items()},
        }
        files[_SIGNATURE] = self._signer.sign(encoded(statement))
        above = self._own(parent)
        part = above / f"{_PART}{name}"
        _destroy(part)
        part.mkdir(mode=_FOLDER_MODE)
        for one, data in files.items():
            _write(part / one, data)
        _sync(part)
        if _is_same(above / name, part):
            # Again, after a crash: never without the folder that CURRENT names.
            shutil.rmtree(part)
        else:
            _destroy(above / name)
            part.rename(above / name)
        _sync(above)
        return name


def _named(revision: int) -> str:
    return f"{revision:0{_DIGITS}d}"


def _destroy(path: Path) -> None:
    """Destroys whatever lies there; of a link, the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_same(folder: Path, part: Path) -> bool:
    """Tells whether a folder is there already: its signature is over all of it."""
    there = folder / _SIGNATURE
    return there.is_file() and there.read_bytes() == (part / _SIGNATURE).read_bytes()


def _write(path: Path, data: bytes) -> None:
    # Whatever lies there under this name, nothing is written through a link.
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
