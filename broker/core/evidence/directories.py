"""The directories by which signatures are judged, each as it was at its time.

Reading their files is left to the `Fetch` given: a hub's archive when evidence is put
together, the file of evidence when it is checked. That the log holds the snapshots is
left to `log`.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from broker.core.errors import ProofError
from keys.directory.archive import PublishedSnapshot
from keys.directory.history import History
from keys.directory.model import DirectoryView, PublishedKey
from keys.directory.roles import metadata_path
from keys.directory.roots import root_chain
from keys.errors import DirectoryError
from keys.framing import sha256
from keys.identity import HUB, PartyId

Fetch = Callable[[str], bytes | None]
"""Returns a file of the directory by the path it is served at; None: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Somebody's signature, as far as the directory has to vouch for it.

    Attributes:
        by: A party's code, or "HUB".
        key_id: Which key, 32 bytes.
        at_ms: When, by the signer's own word, in ms since the epoch.
        snapshot: Digest of the snapshot that the signer names; empty: the one that was
            in force at that time.
    """

    by: str
    key_id: bytes
    at_ms: int
    snapshot: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A directory by which a signature can be checked.

    Attributes:
        snapshot: Which it is.
        view: What it says; only the parties that were asked for are in it.
        revoked_ms: When the key was revoked, by the newest directory at hand, in ms
            since the epoch; None when nothing is known of that.
        revoked_why: The reason that was given.
        followed: Whether the newest directory at hand still shows the key.
    """

    snapshot: PublishedSnapshot
    view: DirectoryView
    revoked_ms: int | None
    revoked_why: str
    followed: bool


def trusted_chain(fetch: Fetch, first: int, pin: bytes) -> tuple[list[bytes], bytes]:
    """Returns the chain of roots, and the one of them that is trusted.

    Args:
        fetch: Returns files of the directory.
        first: Version of the oldest root at hand.
        pin: SHA-256 of the root to trust, 32 bytes.

    Raises:
        ProofError: No root at hand is that one, or the chain does not hold.
    """
    oldest = fetch(metadata_path("root", first))
    if oldest is None:
        raise ProofError("there is no root")
    try:
        chain = root_chain(oldest, fetch)
    except DirectoryError as error:
        raise ProofError(f"the chain of roots does not hold: {error}") from error
    for root in chain:
        if sha256(root) == pin:
            return chain, root
    raise ProofError(
        f"none of the {len(chain)} roots at hand has the SHA-256 that you trust; the "
        f"first has {sha256(oldest).hex()}: this is evidence of another federation, or "
        "the digest was copied wrongly"
    )


class Directories:
    """Directories of the past, verified from a trusted root down.

    Args:
        root: The root to trust.
        fetch: Returns files of the directory.
        versions: Of the snapshots at hand, ascending; at least one.

    Raises:
        ProofError: A snapshot is not there, or none.
    """

    def __init__(self, root: bytes, fetch: Fetch, versions: Sequence[int]) -> None:
        self._history = History(root, fetch)
        self._shared: dict[int, DirectoryView] = {}
        self._latest: DirectoryView | None = None
        if not versions:
            raise ProofError("there is no snapshot of the directory")
        try:
            self.snapshots = tuple(self._history.snapshot(v) for v in versions)
        except DirectoryError as error:
            raise ProofError(str(error)) from error

    @property
    def newest(self) -> PublishedSnapshot:
        """The newest snapshot at hand."""
        return self.snapshots[-1]

    def prepare(self, signings: Sequence[Signing]) -> DirectoryView:
        """Reads the directories that signatures are to be judged by.

        Each is read once: what was in force at the last of its signatures was so at
        the others. What cannot be read is left for `judge` to complain about.

        Returns:
            The newest directory at hand, as it was when it was signed.

        Raises:
            ProofError: That one does not verify.
        """
        newest, parties = self.newest, _parties(signings)
        judged: dict[int, list[Signing]] = {}
        for signing in signings:
            with suppress(ProofError):
                judged.setdefault(self._choose(signing), []).append(signing)
        for at, of_it in judged.items():
            last_ms = max(signing.at_ms for signing in of_it)
            # The newest is asked about everybody.
            only = parties if self.snapshots[at] is newest else _parties(of_it)
            with suppress(ProofError):
                self._shared[at] = self._view(self.snapshots[at], last_ms, only)
        latest = self._shared.get(len(self.snapshots) - 1)
        if latest is None or latest.failed:
            latest = self._view(newest, newest.signed_at_ms, parties)
        self._latest = latest
        return latest

    def judge(self, signing: Signing) -> Judged:
        """Returns the directory to check a signature by.

        It is the one that the signer names; else the newest that was signed by then.
        Where that does not know the key, a later one may: a key is usable in the moment
        between its publication and a clock that lags behind.

        Raises:
            ProofError: A directory is missing, does not verify, or none knows the key.
        """
        at = self._choose(signing)
        view = self._shared.get(at)
        if view is not None and _knows(view, signing):
            return _judged(signing, self.snapshots[at], view, self._latest)
        return _judged(signing, *self._search(signing, at), self._latest)

    def _search(
        self, signing: Signing, start: int
    ) -> tuple[PublishedSnapshot, DirectoryView]:
        """Returns the first directory from a place on that knows a key."""
        problem = ""
        rest = self.snapshots[start : start + 1 if signing.snapshot else None]
        for snapshot in rest:
            try:
                view = self._view(snapshot, signing.at_ms, _parties([signing]))
            except ProofError as error:
                problem = problem or str(error)
                continue
            if _knows(view, signing):
                return snapshot, view
            problem = problem or view.failed.get(signing.by, "")
        raise ProofError(
            problem or f"no directory at hand says that this key is one of {signing.by}"
        )

    def _choose(self, signing: Signing) -> int:
        if signing.snapshot:
            for at, snapshot in enumerate(self.snapshots):
                if snapshot.digest == signing.snapshot:
                    return at
            raise ProofError(
                f"the directory that {signing.by} names, "
                f"{signing.snapshot.hex()[:16]}, is not at hand"
            )
        # A snapshot's time is known to the second.
        by_then = [s for s in self.snapshots if s.signed_at_ms <= signing.at_ms]
        return max(0, len(by_then) - 1)

    def _view(
        self, snapshot: PublishedSnapshot, at_ms: int, only: Collection[PartyId]
    ) -> DirectoryView:
        try:
            return self._history.view(snapshot.version, snapshot.digest, at_ms, only)
        except DirectoryError as error:
            raise ProofError(
                f"version {snapshot.version} of the directory: {error}"
            ) from error


def _parties(signings: Sequence[Signing]) -> frozenset[PartyId]:
    return frozenset(PartyId(one.by) for one in signings if one.by != HUB)


def _keys(view: DirectoryView, by: str) -> tuple[PublishedKey, ...]:
    if by == HUB:
        return view.federation.hub_keys
    entry = view.parties.get(PartyId(by))
    return () if entry is None else entry.record.signing_keys


def _knows(view: DirectoryView, signing: Signing) -> bool:
    return any(key.key_id == signing.key_id for key in _keys(view, signing.by))


def _judged(
    signing: Signing,
    snapshot: PublishedSnapshot,
    view: DirectoryView,
    latest: DirectoryView | None,
) -> Judged:
    known = _keys(latest, signing.by) if latest else ()
    later = [key for key in known if key.key_id == signing.key_id]
    key = later[0] if later else None
    reason = None if key is None else key.revocation_reason
    return Judged(
        snapshot=snapshot,
        view=view,
        revoked_ms=None if key is None else key.revoked_at_ms,
        revoked_why="" if reason is None else reason.value,
        followed=key is not None,
    )
