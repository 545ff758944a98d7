"""Files fetched together, before they are needed one after the other.

What arrives is trusted no more than anything else that is fetched: whoever asks for it
verifies it then. Carrying the bytes is left to those that are given.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import MetaFile, TargetFile

from keys.directory.resolving import TopLevel
from keys.directory.roles import metadata_path, target_path
from keys.directory.shelf import kept_name
from keys.directory.stewardship import read_targets
from keys.directory.updating import Fetch
from keys.errors import CeremonyError

FetchMany = Callable[[Sequence[str]], Mapping[str, bytes | None]]
"""Gets what the hub serves under many paths, as `Fetch` does for one: a path that is
not in the answer was not asked for. Raises UnreachableError when nobody answers."""


class Ahead:
    """A `Fetch` that can be told what will be asked for.

    Args:
        fetch: Gets one file.
        fetch_many: Gets many at once; without it they are fetched when asked for.
    """

    def __init__(self, fetch: Fetch, fetch_many: FetchMany | None) -> None:
        self._fetch = fetch
        self._fetch_many = fetch_many
        self._held: dict[str, bytes | None] = {}

    def __call__(self, path: str) -> bytes | None:
        """Returns a file; what was got ahead is handed out once.

        Raises:
            UnreachableError: Nobody answered.
        """
        if path in self._held:
            return self._held.pop(path)
        return self._fetch(path)

    def get(self, paths: Sequence[str]) -> None:
        """Gets these files, if there is a way to get many at once.

        Raises:
            UnreachableError: Nobody answered.
        """
        if self._fetch_many is not None and paths:
            self._held |= self._fetch_many(paths)

    def peek(self, path: str) -> bytes | None:
        """Returns what was got ahead and not handed out yet, if it was."""
        return self._held.get(path)

    def clear(self) -> None:
        """Forgets what was got ahead and not asked for."""
        self._held.clear()


def fetch_ahead(ahead: Ahead, top: TopLevel, targets: Path) -> None:
    """Has everything fetched together that a view needs and that is not kept here.

    Two rounds: what the parties signed, then the files which that names.

    Args:
        ahead: What hands it out then.
        top: The metadata above the parties, and the folder it is in.
        targets: Folder in which records and policies are kept.

    Raises:
        UnreachableError: Nobody answered.
    """
    delegated = top.targets.delegations
    roles = (delegated and delegated.roles) or {}
    named = {
        role: meta for role in roles if (meta := top.snapshot.meta.get(f"{role}.json"))
    }
    paths = [
        metadata_path(role, meta.version)
        for role, meta in named.items()
        if not _is_kept(top.folder / f"{role}.json", meta)
    ]
    ahead.get(paths)
    fetched = [data for path in paths if (data := ahead.peek(path)) is not None]
    files = dict(top.targets.targets)
    for data in fetched:
        files |= _files_of(data)
    ahead.get(
        [
            path
            for path, target in _served(files).items()
            if not (targets / kept_name(target)).is_file()
        ]
    )


def target_paths(metadata: bytes) -> list[str]:
    """Returns where the hub serves what a party's metadata names; verifies nothing.

    Nothing for bytes that are no such metadata: that is found out by who uses them.
    """
    return [*_served(_files_of(metadata))]


def _files_of(metadata: bytes) -> dict[str, TargetFile]:
    try:
        return read_targets(metadata).signed.targets
    except CeremonyError:
        return {}


def _served(files: Mapping[str, TargetFile]) -> dict[str, TargetFile]:
    return {
        target_path(path, target.hashes["sha256"]): target
        for path, target in files.items()
        if "sha256" in target.hashes
    }


def _is_kept(path: Path, meta: MetaFile) -> bool:
    try:
        meta.verify_length_and_hashes(path.read_bytes())
    except (OSError, LengthOrHashMismatchError):
        return False
    return True
