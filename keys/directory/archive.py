"""The hub's repository as it is read: served files, the state in force, its records.

Writing is left to `repository`.

Layout, below the folder:
    metadata/timestamp.json      the one file that is ever replaced
    metadata/<N>.<role>.json     every version of everything else, for ever
    targets/<path>/<sha256>.<name>
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from keys.directory.codec import decode_federation, decode_party
from keys.directory.model import PartyRecord
from keys.directory.registrar import Standing, is_mandated
from keys.directory.roles import (
    FEDERATION_PATH,
    RECORD_NAME,
    SNAPSHOT_LIFE_MS,
    expiry_ms,
    is_served,
    metadata_path,
    party_of,
    path_of,
    role_of,
    target_path,
)
from keys.directory.stewardship import party_roles, read_targets
from keys.errors import CeremonyError, DirectoryStorageError, RecordError
from keys.framing import sha256
from keys.identity import PartyId

TIMESTAMP_PATH: Final = metadata_path(Timestamp.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the timestamp on disk stands for, and the root in force."""

    root: bytes
    timestamp: Timestamp
    snapshot: Snapshot

    def version_of(self, role: str) -> int:
        """Returns the version of a role's metadata; 0 when it never had any."""
        entry = self.snapshot.meta.get(f"{role}.json")
        return 0 if entry is None else entry.version


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSnapshot:
    """A snapshot that the hub signed.

    Attributes:
        version: Its version.
        digest: SHA-256 of it as served, 32 bytes.
        signed_at_ms: When it was signed, in ms since the epoch, to the second. It is
            taken from the expiry that was signed, so that whoever has the snapshot
            comes to the same.
    """

    version: int
    digest: bytes
    signed_at_ms: int

    @classmethod
    def read(cls, data: bytes) -> "PublishedSnapshot":
        """Reads a snapshot; its signature is for others to check.

        Raises:
            DirectoryStorageError: Not a snapshot.
        """
        try:
            snapshot = Metadata[Snapshot].from_bytes(data).signed
        except RepositoryError as error:
            raise DirectoryStorageError(f"not a snapshot: {error}") from error
        if snapshot.type != Snapshot.type:
            raise DirectoryStorageError("not a snapshot")
        return cls(
            version=snapshot.version,
            digest=sha256(data),
            signed_at_ms=max(0, expiry_ms(snapshot) - SNAPSHOT_LIFE_MS),
        )


class Archive:
    """A repository that is only read.

    Every method but `read` raises DirectoryStorageError when no federation was
    founded in the folder, or when a file in it is damaged.

    Args:
        folder: Where it lives.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._records: dict[PartyId, tuple[int, PartyRecord]] = {}

    def read(self, path: str) -> bytes | None:
        """Returns a served file, "metadata/…" or "targets/…"; None: there is none.

        Raises:
            DirectoryStorageError: There may be one, but it cannot be read.
        """
        if not is_served(path):
            return None
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DirectoryStorageError(f"{path} cannot be read: {error}") from error

    def version(self) -> int:
        """Returns the version of the snapshot in force; cheap."""
        return self._timestamp().snapshot_meta.version

    def changed_since(self, version: int) -> bool:
        """Tells whether the snapshot in force is another than `version`; cheap."""
        return self.version() != version

    def snapshot_digest(self) -> bytes:
        """Returns SHA-256 of the snapshot in force, 32 bytes: what the log records."""
        return sha256(self._need(metadata_path(Snapshot.type, self.version())))

    def published(self, version: int) -> "PublishedSnapshot":
        """Returns what there is to say about a snapshot that is or was in force."""
        data = self._need(metadata_path(Snapshot.type, version))
        return PublishedSnapshot.read(data)

    def root(self) -> bytes:
        """Returns the root in force."""
        return self.state().root

    def targets(self) -> bytes:
        """Returns the stewards' targets in force: where the next ceremony begins."""
        return self.targets_of(self.state())

    def federation(self) -> bytes:
        """Returns the serialised federation record in force."""
        return self._target(read_targets(self.targets()).signed, FEDERATION_PATH)

    def state(self) -> State:
        """Returns the state in force."""
        timestamp = self._timestamp()
        path = metadata_path(Snapshot.type, timestamp.snapshot_meta.version)
        try:
            snapshot = Metadata[Snapshot].from_bytes(self._need(path)).signed
        except RepositoryError as error:
            raise DirectoryStorageError(f"{path} is damaged") from error
        return State(root=self._newest_root(), timestamp=timestamp, snapshot=snapshot)

    def targets_of(self, state: State) -> bytes:
        """Returns the stewards' targets of `state`."""
        return self._need(metadata_path(Targets.type, state.version_of(Targets.type)))

    def standing(self, state: State, party: PartyId) -> Standing:
        """Returns what the registrar compares a submission of `party` with."""
        try:
            targets = read_targets(self.targets_of(state)).signed
            federation = decode_federation(self._target(targets, FEDERATION_PATH))
            parties = filter(None, map(party_of, party_roles(targets)))
            others = [self._record(state, other) for other in parties if other != party]
            return Standing(
                targets=targets,
                metadata=self._metadata(state, party),
                record=self._record(state, party),
                others=tuple(record for record in others if record is not None),
                hub_account=federation.hub_account,
            )
        except (CeremonyError, RecordError) as error:
            raise DirectoryStorageError(
                f"the repository is damaged: {error}"
            ) from error

    def accounts(self) -> dict[str, PartyId]:
        """Returns every bus account that a party has published, and not replaced.

        Also those of parties whose record has expired since: they are parties still.
        Not those that were published under role keys which the stewards have replaced:
        whoever stole these may have named an account of their own.
        """
        state = self.state()
        accounts = {}
        try:
            targets = read_targets(self.targets_of(state)).signed
            for party in filter(None, map(party_of, party_roles(targets))):
                record, metadata = (
                    self._record(state, party),
                    self._metadata(state, party),
                )
                if (
                    record is not None
                    and metadata is not None
                    and is_mandated(targets, party, metadata)
                ):
                    accounts[record.account] = party
        except (CeremonyError, RecordError) as error:
            raise DirectoryStorageError(
                f"the repository is damaged: {error}"
            ) from error
        return accounts

    def _record(self, state: State, party: PartyId) -> PartyRecord | None:
        # What is in force under a version never changes; there are many parties.
        version = state.version_of(role_of(party))
        known = self._records.get(party)
        if known is not None and known[0] == version:
            return known[1]
        metadata = self._metadata(state, party)
        if metadata is None:
            return None
        targets = read_targets(metadata).signed
        record = decode_party(self._target(targets, path_of(party, RECORD_NAME)))
        self._records[party] = (version, record)
        return record

    def _metadata(self, state: State, party: PartyId) -> bytes | None:
        version = state.version_of(role_of(party))
        return self._need(metadata_path(role_of(party), version)) if version else None

    def _target(self, targets: Targets, path: str) -> bytes:
        target = targets.targets.get(path)
        if target is None:
            raise DirectoryStorageError(f"{path} is nowhere named")
        return self._need(target_path(path, target.hashes["sha256"]))

    def _timestamp(self) -> Timestamp:
        try:
            return Metadata[Timestamp].from_bytes(self._need(TIMESTAMP_PATH)).signed
        except RepositoryError as error:
            raise DirectoryStorageError(f"{TIMESTAMP_PATH} is damaged") from error

    def _newest_root(self) -> bytes:
        version = 1
        newest = self._need(metadata_path(Root.type, version))
        # As clients do: one after the other, until there is none.
        while (data := self.read(metadata_path(Root.type, version + 1))) is not None:
            version, newest = version + 1, data
        return newest

    def _need(self, path: str) -> bytes:
        data = self.read(path)
        if data is None:
            raise DirectoryStorageError(
                f"{self._folder / path} is missing: was a federation founded here, "
                "and its founding applied?"
            )
        return data
