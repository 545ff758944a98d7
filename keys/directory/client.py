"""The directory as a party or a relay sees it: fetched, verified, kept for later.

How bytes are carried is left to the `Fetch` that is given; what the view is good for,
to `broker`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Timestamp

from keys.directory.ahead import Ahead, FetchMany, fetch_ahead
from keys.directory.disk import keep_tree, locked, restore_tree
from keys.directory.model import DirectoryView
from keys.directory.published import Mandate, Published, last_published, mandate_of
from keys.directory.resolving import Resolved, TopLevel, resolve
from keys.directory.roles import metadata_path, role_of
from keys.directory.roots import root_chain
from keys.directory.updating import (
    MAX_ROOT_ROTATIONS,
    Fetch,
    answering,
    explained,
    open_updater,
)
from keys.errors import RefreshError
from keys.identity import PartyId

__all__ = ["Approve", "DirectoryClient", "Fetch"]

Approve = Callable[[DirectoryView, bytes], None]
"""Takes a view that has verified, and its snapshot as fetched, before the view counts.

Synchronous. Raises DirectoryError to refuse it: then it is as if it had never been
fetched.
"""

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
        fetch_many: How to get many files at once, if there is a way.
        approve: Has the last word on what was fetched, before it is kept; everything
            that verifies is kept if None.
    """

    def __init__(
        self,
        folder: Path,
        root: bytes,
        fetch: Fetch,
        *,
        fetch_many: FetchMany | None = None,
        approve: Approve | None = None,
    ) -> None:
        self._folder = folder
        self._root = root
        self._fetch = Ahead(answering(fetch), fetch_many)
        self._approve = approve
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
            DirectoryError: It was not approved.
        """
        with explained(), locked(self._folder):
            unchanged = self._unchanged(now_ms)
            if unchanged is not None:
                return unchanged
            # Forgotten first: after a failure, only python-tuf knows what it saw.
            self._seen = None
            self._targets.mkdir(exist_ok=True)
            restore_tree(self._working, self._verified)
            before = self._resolved
            top, resolved = self._update(self._working, self._fetch, now_ms)
            try:
                self._check_approved(resolved.view)
            except BaseException:
                # python-tuf holds a snapshot that it has for the right one of its
                # version: what was refused must leave nothing behind.
                self._resolved = before
                restore_tree(self._working, self._verified, anew=True)
                raise
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

    def in_force_until(self, now_ms: int) -> int:
        """Returns until when the local copy holds, in ms since the epoch.

        Raises:
            RefreshError: Nothing was fetched yet, or it has expired.
        """
        with explained(), locked(self._folder):
            return self._kept().check_in_force(now_ms)

    def published_version(self, party: PartyId) -> int:
        """Returns the version of what `party` published last; 0 when it never did.

        What it publishes next has one more. From the local copy: refresh first.

        Raises:
            RefreshError: Nothing was fetched yet.
        """
        with explained(), locked(self._folder):
            entry = self._kept().snapshot.meta.get(f"{role_of(party)}.json")
            return 0 if entry is None else entry.version

    def published(self, party: PartyId) -> Published | None:
        """Returns what `party` published last, also when it has expired since.

        For the party itself. From what was fetched last: refresh first.

        Raises:
            RefreshError: Nothing was fetched yet, or it does not verify.
            UnreachableError: Nobody answered.
        """
        with explained():
            with locked(self._folder):
                top = self._kept()
            # Without the lock: others who need the folder must not wait for the hub.
            return last_published(top, self._fetch, party)

    def mandate(self, party: PartyId) -> Mandate:
        """Returns whose signatures make something a publication of `party`.

        From what was fetched last: refresh first.

        Raises:
            RefreshError: Nothing was fetched yet, or it is no party.
        """
        with explained(), locked(self._folder):
            return mandate_of(self._kept().targets, party)

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
        self._refresh(metadata, fetch)
        top = TopLevel.read(metadata)
        top.check_in_force(now_ms)
        resolved = self._resolved
        if (
            resolved is None
            or resolved.view.snapshot_digest != top.snapshot_digest
            or not resolved.is_good(now_ms)
        ):
            try:
                if fetch is self._fetch:
                    fetch_ahead(self._fetch, top, self._targets)
                resolved = resolve(fetch, top, self._targets, now_ms, resolved)
            finally:
                self._fetch.clear()
        self._resolved = resolved
        return top, resolved

    def _refresh(self, metadata: Path, fetch: Fetch) -> None:
        """Fetches the metadata above the parties, however many roots there are.

        One refresh follows so many roots and no more; what comes after them may well
        be signed by a later one.
        """
        while True:
            begin = self._newest_root(metadata)
            # One refresh for each updater: it pins the state that it saw.
            updater = open_updater(metadata, begin, fetch)
            problem: RepositoryError | None = None
            try:
                updater.refresh()
            except RepositoryError as error:
                problem = error
            followed = _root_version(self._newest_root(metadata)) - _root_version(begin)
            if followed < MAX_ROOT_ROTATIONS:
                if problem is not None:
                    raise problem
                return

    def _newest_root(self, metadata: Path) -> bytes:
        """Returns the newest root that is kept here and follows from the given one."""

        def kept(path: str) -> bytes | None:
            try:
                return (metadata / "root_history" / Path(path).name).read_bytes()
            except FileNotFoundError:
                return None

        try:
            return root_chain(self._root, kept)[-1]
        except RefreshError:
            # A damaged copy: the whole chain is fetched again.
            return self._root

    def _check_approved(self, view: DirectoryView) -> None:
        if self._approve is not None:
            self._approve(view, (self._working / "snapshot.json").read_bytes())

    def _kept(self) -> TopLevel:
        try:
            return TopLevel.read(self._verified)
        except FileNotFoundError as error:
            raise RefreshError(
                f"no directory was fetched into {self._folder} yet"
            ) from error


def _root_version(root: bytes) -> int:
    return Metadata[Root].from_bytes(root).signed.version
