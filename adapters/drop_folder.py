"""A folder that other systems put files into, for an adapter to take them in.

A file is taken when it has stood unchanged from one look to the next, and goes when it
is done with, unless another has taken its place. What is in it is left to the adapters.
"""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.errors import SystemAwayError
from adapters.values import Received
from keys.framing import sha256

REFUSED: Final = ".refused"
REASON: Final = ".error.txt"

_UNFINISHED: Final = (".part", ".tmp", ".filepart", REFUSED, REASON)
_TAKEN_AT_ONCE: Final = 20  # files of one look, so that stopping does not take long
_NAME_MAX: Final = 200  # bytes; a suffix has to fit behind it


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a file stood when it was last looked at."""

    inode: int
    size: int
    changed_ns: int


class DropFolder:
    """Takes files in from a folder of this machine.

    Args:
        folder: The folder; it has to exist.
        size_max: Larger files are refused without being read, in bytes.
    """

    def __init__(self, folder: Path, size_max: int) -> None:
        self._folder = folder
        self._size_max = size_max
        self._seen: dict[str, _Seen] = {}
        self._given: dict[str, tuple[int, _Seen]] = {}
        self._read: dict[str, _Seen] = {}

    def look(self) -> list[str]:
        """Returns the names of files that are whole, in order.

        Those that were returned before and still stand there come last: some that
        cannot be removed do not keep the others from being taken.

        Raises:
            SystemAwayError: The folder cannot be read.
        """
        now: dict[str, _Seen] = {}
        try:
            with os.scandir(self._folder) as found:
                for one in found:
                    hidden = one.name.startswith(".")
                    if not hidden and not one.name.casefold().endswith(_UNFINISHED):
                        # Whoever put it there may take it away at any moment.
                        with suppress(FileNotFoundError):
                            now[one.name] = _seen(one.stat(follow_symlinks=False))
        except OSError as error:
            raise SystemAwayError(f"{self._folder}: {error.strerror}") from error
        whole = [name for name, seen in now.items() if self._seen.get(name) == seen]
        self._seen = now
        turns = {
            name: turn
            for name, (turn, seen) in self._given.items()
            if now.get(name) == seen
        }
        chosen = sorted(whole, key=lambda name: (turns.get(name, 0), name))
        del chosen[_TAKEN_AT_ONCE:]
        turn = max(turns.values(), default=0) + 1
        turns.update(dict.fromkeys(chosen, turn))
        self._given = {name: (at, now[name]) for name, at in turns.items()}
        return chosen

    def read(self, name: str) -> Received:
        """Returns a file as it is.

        Args:
            name: As `look` gave it.

        Raises:
            UnfitFileError: No plain file, too large, not to be read by this user, or
                its name is too long.
            GoneError: It is not there any more, or is being written to again.
            SystemAwayError: It cannot be read now.
        """
        if len(os.fsencode(name)) > _NAME_MAX or not name.isprintable():
            raise UnfitFileError("name", "its name is too long, or not plain text")
        # No link is followed: it could name any file that this user may read. Opening a
        # pipe does not wait for somebody to write into it.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            if not stat.S_ISREG((self._folder / name).lstat().st_mode):
                raise UnfitFileError("no-file", "it is no plain file")
            descriptor = os.open(self._folder / name, flags)
            with os.fdopen(descriptor, "rb") as file:
                state = os.fstat(descriptor)
                if not stat.S_ISREG(state.st_mode):
                    raise UnfitFileError("no-file", "it is no plain file")
                # Another name of it may be one that only this user can read.
                if state.st_nlink != 1:
                    raise UnfitFileError("hard-link", "it has a second name")
                data = file.read(self._size_max + 1)
                after = _seen(os.fstat(descriptor))
                if not after == _seen(state) == self._seen.get(name, after):
                    raise GoneError(f"{name}: it is being written to")
                self._read[name] = after
        except FileNotFoundError as error:
            raise GoneError(f"{name}: it is gone") from error
        except PermissionError as error:
            raise UnfitFileError("unreadable", "this user may not read it") from error
        except OSError as error:
            raise SystemAwayError(f"{name}: {error.strerror}") from error
        if len(data) > self._size_max:
            raise UnfitFileError("too-large", f"more than {self._size_max:,} bytes")
        return Received(
            key=f"{name}/{sha256(data).hex()}",
            data=data,
            media_type="application/octet-stream",
            source=f"folder, file {name}",
        )

    def remove(self, name: str) -> None:
        """Destroys a file that is done with; harmless when it is gone.

        What has taken its place since it was read stays, and is taken in its turn:
        there are systems that give every file the same name.
        """
        self._seen.pop(name, None)
        done = self._read.pop(name, None)
        path = self._folder / name
        try:
            state = path.lstat()
        except FileNotFoundError:
            return
        if done is None or done == _seen(state):
            path.unlink(missing_ok=True)

    def refuse(self, name: str, reason: str) -> None:
        """Puts a file that was not read aside, with a file beside it that says why."""
        self._seen.pop(name, None)
        kept = _short(name)
        number = 1
        # What was refused before under the same name stays.
        while os.path.lexists(self._folder / f"{kept}{REFUSED}"):
            number += 1
            kept = f"{_short(name)}.{number}"
        (self._folder / name).rename(self._folder / f"{kept}{REFUSED}")
        self.explain(kept, reason)

    def explain(self, name: str, reason: str) -> None:
        """Writes why a file was not used, beside it. No content is in it."""
        target = self._folder / f"{_short(name)}{REASON}"
        part = self._folder / f".{target.name}.part"
        # Whatever lies there under this name, nothing is written through a link.
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{reason}\n")
        part.replace(target)


def _seen(state: os.stat_result) -> _Seen:
    return _Seen(state.st_ino, state.st_size, state.st_mtime_ns)


def _short(name: str) -> str:
    """Returns as much of a name as leaves room behind it: bytes are what counts."""
    cut = os.fsencode(name)[:_NAME_MAX]
    return cut.decode(errors="ignore")


class GoneError(SystemAwayError):
    """A file that whoever put it there has taken away again."""


class UnfitFileError(Exception):
    """A file that is not read at all.

    Args:
        code: A stable word.
        reason: Why, in a sentence.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
