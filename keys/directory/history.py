"""The directory as it was: one snapshot of the past, verified from the root down.

That the hub published exactly this snapshot is proven by its log, and left to whoever
asks; so is fetching. Nothing here depends on the present, or on a local copy.
"""

from collections.abc import Collection, Sequence

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
)

from keys.directory.ahead import Ahead, FetchMany, target_paths
from keys.directory.archive import PublishedSnapshot
from keys.directory.codec import decode_federation, decode_party
from keys.directory.model import DirectoryView, PartyEntry
from keys.directory.resolving import delegated
from keys.directory.roles import (
    FEDERATION_PATH,
    POLICY_NAME,
    RECORD_NAME,
    ROOT_ENTRY,
    expiry_ms,
    metadata_path,
    party_of,
    path_of,
    role_of,
    target_path,
    utc,
)
from keys.directory.roots import root_chain
from keys.directory.stewardship import party_roles, read_root, read_targets
from keys.directory.updating import Fetch, answering
from keys.errors import (
    CeremonyError,
    DirectoryError,
    DirectoryStorageError,
    RecordError,
    RefreshError,
    UnreachableError,
)
from keys.framing import sha256
from keys.identity import PartyId


class History:
    """Every directory there ever was, as far as a hub still has it.

    Args:
        root: The root metadata that was given to trust. What was published under an
            older one cannot be verified.
        fetch: How to get what the hub serves.
        fetch_many: How to get many files at once, if there is a way.
    """

    def __init__(
        self, root: bytes, fetch: Fetch, *, fetch_many: FetchMany | None = None
    ) -> None:
        # What was verified once is not verified again: roots never change, and neither
        # does what stewards signed under one of them.
        self._chain = [root]
        self._roots: dict[bytes, Root] = {}
        self._signed: dict[tuple[int, bytes], Targets] = {}
        self._fetch = Ahead(answering(fetch), fetch_many)

    def snapshot(self, version: int) -> PublishedSnapshot:
        """Returns what a snapshot says of itself; nothing of it is verified.

        Raises:
            UnreachableError: Nobody answered.
            RefreshError: There is none.
        """
        data = self._need(metadata_path(Snapshot.type, version))
        try:
            return PublishedSnapshot.read(data)
        except DirectoryStorageError as error:
            raise RefreshError(str(error)) from error

    def view(
        self,
        version: int,
        digest: bytes,
        at_ms: int,
        only: Collection[PartyId] | None = None,
    ) -> DirectoryView:
        """Returns the directory of one snapshot, as it was to be read at `at_ms`.

        1. The snapshot is the one with this digest and version.
        2. The root that it names leads back to the one that was given to trust, and
           names the online key that signed the snapshot.
        3. Enough of that root's stewards signed the targets that the snapshot names.
        4. All three were in force at `at_ms`.
        5. Each party's metadata is the one that the snapshot names, is signed by
           enough keys of the party, and was in force; otherwise it is in `failed`.

        Args:
            version: Of the snapshot.
            digest: SHA-256 of it, 32 bytes, from a source that is trusted: the log, or
                the header of a message that was sealed under it.
            at_ms: The time, in ms since the epoch, by which expiries are judged.
            only: Parties whose publications are wanted; None for all.

        Raises:
            UnreachableError: Nobody answered.
            RefreshError: Something of it does not verify, or was not in force.
        """
        data = self._need(metadata_path(Snapshot.type, version))  # 1
        if sha256(data) != digest:
            raise RefreshError(f"the snapshot {version} is not the one that was logged")
        try:
            snapshot = Metadata[Snapshot].from_bytes(data)
            _check_type(snapshot.signed, Snapshot.type, version)
            root = self._root_of(snapshot)  # 2
            root.verify_delegate(
                Snapshot.type, snapshot.signed_bytes, snapshot.signatures
            )
            targets = self._targets(snapshot.signed, root)  # 3
            for signed in (root, snapshot.signed, targets):  # 4
                if at_ms >= expiry_ms(signed):
                    raise RefreshError(
                        f"the {signed.type} expired at {utc(expiry_ms(signed)):%F %R} "
                        "UTC: no directory was in force then"
                    )
            federation = decode_federation(self._target(targets, FEDERATION_PATH))
            roles = [
                role
                for role in party_roles(targets)
                if only is None or party_of(role) in only
            ]
        except (RepositoryError, ValueError, CeremonyError, RecordError) as error:
            raise RefreshError(f"the directory does not verify: {error}") from error
        parties: dict[PartyId, PartyEntry] = {}
        failed: dict[str, str] = {}
        self._get_ahead(snapshot.signed, roles)
        for role in roles:  # 5
            party = party_of(role)
            try:
                if party is None:
                    raise RefreshError(f"{role} is not the role of a party")
                parties[party] = self._entry(snapshot.signed, targets, party, at_ms)
            except UnreachableError:
                raise
            except DirectoryError as error:
                failed[party or role] = str(error)
        return DirectoryView(
            version=version,
            snapshot_digest=digest,
            federation=federation,
            parties=parties,
            failed=failed,
        )

    def _root_of(self, snapshot: Metadata[Snapshot]) -> Root:
        """Returns the root that was in force when a snapshot was signed."""
        self._chain[-1:] = root_chain(self._chain[-1], self._fetch)
        for data in self._chain:
            if data not in self._roots:
                self._roots[data] = read_root(data).signed
        chain = [(self._roots[data], data) for data in self._chain]
        named = snapshot.signed.meta.get(ROOT_ENTRY)
        for root, data in reversed(chain):
            # Early snapshots do not name it: the newest whose online key it was.
            if named is None and _has_signed(root, snapshot):
                return root
            if named is not None and root.version == named.version:
                named.verify_length_and_hashes(data)
                return root
        oldest, newest = chain[0][0].version, chain[-1][0].version
        raise RefreshError(
            f"trust here begins with root {oldest} and leads to root {newest}; this "
            "was published under none of them"
        )

    def _targets(self, snapshot: Snapshot, root: Root) -> Targets:
        data, version = self._named(snapshot, Targets.type)
        known = self._signed.get((root.version, data))
        if known is None:
            targets = read_targets(data)
            root.verify_delegate(Targets.type, targets.signed_bytes, targets.signatures)
            known = self._signed[root.version, data] = targets.signed
        _check_type(known, Targets.type, version)
        return known

    def _entry(
        self, snapshot: Snapshot, stewards: Targets, party: PartyId, at_ms: int
    ) -> PartyEntry:
        role = role_of(party)
        if f"{role}.json" not in snapshot.meta:
            raise RefreshError(
                f"{party} was admitted, but had not published its record"
            )
        try:
            data, version = self._named(snapshot, role)
            targets = delegated(data, role, version, stewards)
            record = decode_party(self._target(targets, path_of(party, RECORD_NAME)))
            path = path_of(party, POLICY_NAME)
            policy = self._target(targets, path) if path in targets.targets else None
        except (RepositoryError, ValueError, CeremonyError) as error:
            raise RefreshError(f"{party} does not verify: {error}") from error
        if record.party != party:
            raise RefreshError(f"{party} published a record of {record.party}")
        expires_ms = expiry_ms(targets)
        if at_ms >= expires_ms:
            raise RefreshError(
                f"what {party} published had expired at {utc(expires_ms):%F %R} UTC"
            )
        return PartyEntry(record=record, policy=policy, expires_ms=expires_ms)

    def _named(self, snapshot: Snapshot, role: str) -> tuple[bytes, int]:
        """Returns the metadata of a role that a snapshot names, and its version."""
        named: MetaFile | None = snapshot.meta.get(f"{role}.json")
        if named is None:
            raise RefreshError(f"the snapshot does not name {role}")
        data = self._need(metadata_path(role, named.version))
        named.verify_length_and_hashes(data)
        return data, named.version

    def _target(self, targets: Targets, path: str) -> bytes:
        target: TargetFile | None = targets.targets.get(path)
        if target is None or "sha256" not in target.hashes:
            raise RefreshError(f"{path} is not published")
        data = self._need(target_path(path, target.hashes["sha256"]))
        target.verify_length_and_hashes(data)
        return data

    def _need(self, path: str) -> bytes:
        data = self._fetch(path)
        if data is None:
            raise RefreshError(f"the hub has no {path} any more")
        return data

    def _get_ahead(self, snapshot: Snapshot, roles: Sequence[str]) -> None:
        """Has what the parties published fetched together."""
        named = {role: snapshot.meta.get(f"{role}.json") for role in roles}
        paths = [metadata_path(r, meta.version) for r, meta in named.items() if meta]
        self._fetch.get(paths)
        held = [data for path in paths if (data := self._fetch.peek(path)) is not None]
        self._fetch.get([path for data in held for path in target_paths(data)])


def _has_signed(root: Root, snapshot: Metadata[Snapshot]) -> bool:
    try:
        root.verify_delegate(Snapshot.type, snapshot.signed_bytes, snapshot.signatures)
    except RepositoryError:
        return False
    return True


def _check_type(signed: Signed, expected: str, version: int) -> None:
    if signed.type != expected or signed.version != version:
        raise RefreshError(
            f"{signed.type} {signed.version} was served as {expected} {version}"
        )
