"""The directory as a party or a relay sees it: fetched, verified, kept for later.

How bytes are carried is left to the `Fetch` that is given; what the view is good for,
to `broker`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.metadata import Root, Timestamp

from keys.directory.disk import keep_tree, locked
from keys.directory.model import DirectoryView
from keys.directory.resolving import Resolved, TopLevel, resolve
from keys.directory.roles import metadata_path, role_of
from keys.directory.updating import Fetch, answering, explained, open_updater
from keys.errors import RefreshError
from keys.identity import PartyId

__all__ = ["DirectoryClient", "Fetch"]

_TIMESTAMP: Final = metadata_path(Timestamp.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the last refresh was served, to see quickly that nothing has changed."""

    timestamp: bytes
    root_version: int
    in_force_until_ms: int


class DirectoryClient:
    """Fetches the directory, and trusts what the stewards' root leads to.

    Blocking; run it in a thread. One client at a time works in a folder, be it
    another thread or process: the others wait.

    Args:
        folder: Where the local copy is kept.
        root: The root metadata that this machine was given to trust.
        fetch: How to get what the hub serves.
    """

    def __init__(self, folder: Path, root: bytes, fetch: Fetch) -> None:
        self._folder = folder
        self._root = root
        self._fetch = answering(fetch)
        self._seen: _Seen | None = None
        self._resolved: Resolved | None = None

    @property
    def _working(self) -> Path:
        """Where python-tuf writes as it goes: after a failure, parts of two states."""
        return self._folder / "metadata"

    @property
    def _verified(self) -> Path:
        """A copy from after the last update that went through: whole, for bad days."""
        return self._folder / "verified"

    @property
    def _targets(self) -> Path:
        return self._folder / "targets"

    def refresh(self, now_ms: int) -> DirectoryView:
        """Returns the present state of the directory, fetched and verified.

        The same view is returned, after two fetches, while nothing has changed.

        Raises:
            UnreachableError: Nobody answered.
            RefreshError: It does not verify, has expired, or cannot be kept.
        """
        with explained(), locked(self._folder):
            unchanged = self._unchanged(now_ms)
            if unchanged is not None:
                return unchanged
            # Forgotten first: after a failure, only python-tuf knows what it saw.
            self._seen = None
            self._targets.mkdir(exist_ok=True)
            top, resolved = self._update(self._working, self._fetch, now_ms)
            keep_tree(self._working, self._verified)
            for path in self._targets.iterdir():
                if path.name not in resolved.files:
                    path.unlink()
            self._seen = _Seen(
                timestamp=top.timestamp,
                root_version=top.root.version,
                in_force_until_ms=top.check_in_force(now_ms),
            )
            return resolved.view

    def cached_view(self, now_ms: int) -> DirectoryView:
        """Returns the state that was verified last, from the local copy alone.

        Raises:
            RefreshError: Nothing was fetched yet, or it has expired since.
        """

        def local(path: str) -> bytes | None:
            # All but the timestamp, python-tuf finds where it works.
            if path != _TIMESTAMP:
                return None
            return (self._verified / "timestamp.json").read_bytes()

        with explained(), locked(self._folder):
            self._kept().check_in_force(now_ms)
            return self._update(self._verified, local, now_ms)[1].view

    def published_version(self, party: PartyId) -> int:
        """Returns the version of what `party` published last; 0 when it never did.

        What it publishes next has one more. From the local copy: refresh first.

        Raises:
            RefreshError: Nothing was fetched yet.
        """
        with explained(), locked(self._folder):
            entry = self._kept().snapshot.meta.get(f"{role_of(party)}.json")
            return 0 if entry is None else entry.version

    def _unchanged(self, now_ms: int) -> DirectoryView | None:
        """Returns the last view if the hub would lead to it again.

        The timestamp, once verified, names one snapshot and through it all the
        rest, and only a new root could change whose timestamp it is.
        """
        seen, resolved = self._seen, self._resolved
        if (
            seen is not None
            and resolved is not None
            and resolved.is_good(now_ms)
            and now_ms < seen.in_force_until_ms
            and self._fetch(_TIMESTAMP) == seen.timestamp
            and self._fetch(metadata_path(Root.type, seen.root_version + 1)) is None
        ):
            return resolved.view
        return None

    def _update(
        self, metadata: Path, fetch: Fetch, now_ms: int
    ) -> tuple[TopLevel, Resolved]:
        # One refresh for each updater: it pins the state that it saw.
        updater = open_updater(metadata, self._root, fetch)
        updater.refresh()
        top = TopLevel.read(metadata)
        top.check_in_force(now_ms)
        resolved = self._resolved
        if (
            resolved is None
            or resolved.view.snapshot_digest != top.snapshot_digest
            or not resolved.is_good(now_ms)
        ):
            resolved = resolve(updater, top, self._targets, now_ms)
        self._resolved = resolved
        return top, resolved

    def _kept(self) -> TopLevel:
        try:
            return TopLevel.read(self._verified)
        except FileNotFoundError as error:
            raise RefreshError(
                f"no directory was fetched into {self._folder} yet"
            ) from error
