"""The hub's repository as it is written: by one at a time, valid at every moment.

What may enter it is left to `registrar` and `stewardship`; reading, to `archive`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)

from keys.directory.archive import TIMESTAMP_PATH, Archive, State
from keys.directory.disk import locked, write_durably
from keys.directory.publishing import PartySubmission
from keys.directory.registrar import Acceptance, check_submission
from keys.directory.roles import (
    FEDERATION_PATH,
    ROOT_ENTRY,
    SNAPSHOT_LIFE_MS,
    TIMESTAMP_LIFE_MS,
    expiry_ms,
    metadata_path,
    path_of,
    role_of,
    target_path,
    utc,
)
from keys.directory.signers import Signer
from keys.directory.stewardship import (
    Founding,
    check_root,
    check_targets,
    read_targets,
)
from keys.errors import CeremonyError, DirectoryStorageError
from keys.framing import sha256

_HASHES: Final = ["sha256"]


class Repository(Archive):
    """The federation's directory, as the hub holds it.

    Args:
        folder: Where it lives.
        online: The hub's online key, which signs snapshot and timestamp only.
    """

    def __init__(self, folder: Path, online: Signer) -> None:
        super().__init__(folder)
        self._online = online

    @classmethod
    def create(
        cls, folder: Path, founding: Founding, online: Signer, now_ms: int
    ) -> Self:
        """Lays the founding documents into `folder` and signs the first snapshot.

        Raises:
            CeremonyError: There is a federation already, the documents do not
                hold, or `online` is not the key that they name.
            DirectoryStorageError: The folder cannot be written.
        """
        repository = cls(folder, online)
        with repository._writing():
            if repository.read(TIMESTAMP_PATH) is not None:
                raise CeremonyError(f"a federation was founded in {folder} already")
            check_root(founding.root, current=None, now_ms=now_ms)
            nothing = State(
                root=founding.root,
                timestamp=Timestamp(version=1, expires=utc(now_ms)),
                snapshot=Snapshot(version=1, expires=utc(now_ms), meta={}),
            )
            # What is published first is version 1 of both.
            nothing.timestamp.version = nothing.snapshot.version = 0
            repository._install(
                nothing, founding.root, founding.targets, founding.federation, now_ms
            )
        return repository

    def accept(self, submission: PartySubmission, now_ms: int) -> Acceptance:
        """Takes what a party publishes, when the registrar finds nothing wrong.

        Raises:
            SubmissionError: Something is wrong; nothing was written.
            DirectoryStorageError: It could not be written; the old state stands.
        """
        with self._writing():
            state = self.state()
            standing = self.standing(state, submission.party)
            acceptance = check_submission(submission, standing=standing, now_ms=now_ms)
            if acceptance.repeated:
                return acceptance
            role = role_of(submission.party)
            metadata = {role: (acceptance.version, submission.metadata)}
            files = {
                path_of(submission.party, name): data
                for name, data in submission.files.items()
            }
            self._publish(state, now_ms, metadata, files)
        return acceptance

    def install_targets(
        self, targets: bytes, now_ms: int, *, federation: bytes | None = None
    ) -> None:
        """Takes what the stewards say about parties. Taking it twice does nothing.

        Args:
            targets: Signed by enough stewards, one version up (`ceremony`).
            now_ms: The present.
            federation: The new federation record, when `targets` names one.

        Raises:
            CeremonyError: It does not hold; nothing was written.
            DirectoryStorageError: It could not be written; the old state stands.
        """
        with self._writing():
            state = self.state()
            if targets != self.targets_of(state):
                self._install(state, state.root, targets, federation, now_ms)

    def install_root(
        self,
        root: bytes,
        now_ms: int,
        *,
        targets: bytes | None = None,
        federation: bytes | None = None,
    ) -> None:
        """Takes a new root. After a crash half-way, call it again with the same.

        A root counts as soon as it is there, before any timestamp. When it names
        another online key, clients refuse the old timestamp until the new one is
        written, a moment later.

        Args:
            root: Signed by enough old and enough new stewards.
            now_ms: The present.
            targets: Signed by the new stewards, one version up; needed when those
                who signed the current ones are no longer enough.
            federation: The new federation record, when `targets` names one.

        Raises:
            CeremonyError: It does not hold, or `targets` is needed; nothing was
                written.
            DirectoryStorageError: It could not be written.
        """
        with self._writing():
            state = self.state()
            if root != state.root:
                check_root(root, current=state.root, now_ms=now_ms)
            self._install(state, root, targets, federation, now_ms)

    def commit(self, now_ms: int) -> None:
        """Signs a new snapshot and timestamp over what is there.

        Raises:
            CeremonyError: The hub's key is not the online key of the root.
            DirectoryStorageError: It could not be written; the old state stands.
        """
        with self._writing():
            self._publish(self.state(), now_ms, {}, {})

    def refresh_timestamp(self, now_ms: int) -> bool:
        """Signs again what has less than half of its life left, if anything has.

        Returns:
            Whether anything was signed.

        Raises:
            CeremonyError: The hub's key is not the online key of the root.
            DirectoryStorageError: It could not be written; the old state stands.
        """
        with self._writing():
            state = self.state()
            if expiry_ms(state.snapshot) - now_ms < SNAPSHOT_LIFE_MS // 2:
                self._publish(state, now_ms, {}, {})
            elif expiry_ms(state.timestamp) - now_ms < TIMESTAMP_LIFE_MS // 2:
                self._check_online(state.root)
                self._sign_timestamp(state, state.timestamp.snapshot_meta, now_ms)
            else:
                return False
            return True

    def _install(
        self,
        state: State,
        root: bytes,
        targets: bytes | None,
        federation: bytes | None,
        now_ms: int,
    ) -> None:
        """Checks what stewards signed against `root`, and publishes both."""
        signed_root = Metadata[Root].from_bytes(root).signed
        metadata: dict[str, tuple[int, bytes]] = {}
        files: dict[str, bytes] = {}
        if targets is None:
            self._check_still_signed(state, signed_root)
        else:
            version = state.version_of(Targets.type) + 1
            files[FEDERATION_PATH] = federation or self.federation()
            check_targets(
                targets,
                root=signed_root,
                version=version,
                federation=files[FEDERATION_PATH],
                now_ms=now_ms,
            )
            metadata[Targets.type] = (version, targets)
        self._publish(state, now_ms, metadata, files, root=root)

    def _check_still_signed(self, state: State, root: Root) -> None:
        held = read_targets(self.targets_of(state))
        try:
            root.verify_delegate(Targets.type, held.signed_bytes, held.signatures)
        except UnsignedMetadataError as error:
            raise CeremonyError("the new stewards must sign the targets too") from error

    def _publish(
        self,
        state: State,
        now_ms: int,
        metadata: Mapping[str, tuple[int, bytes]],
        files: Mapping[str, bytes],
        *,
        root: bytes | None = None,
    ) -> None:
        """Makes `metadata` and `files` part of the state in force.

        The order is what a crash at any point relies on. Nothing before step 3 is
        visible, since nothing that is in force names it; a name of steps 1 and 2
        that a crash left behind is written over.

        1. The files, each under its digest, and the metadata that names them.
        2. A snapshot of it all.
        3. The root, if it is new.
        4. The timestamp: from here on it is in force.
        """
        in_force = root or state.root
        self._check_online(in_force)
        meta = dict(state.snapshot.meta)
        # For those who ask one day what was in force: a timestamp is not kept.
        meta[ROOT_ENTRY] = MetaFile.from_data(
            Metadata[Root].from_bytes(in_force).signed.version, in_force, _HASHES
        )
        for path, data in files.items():  # 1
            self._write(target_path(path, sha256(data).hex()), data)
        for role, (version, data) in metadata.items():
            self._write(metadata_path(role, version), data)
            meta[f"{role}.json"] = MetaFile.from_data(version, data, _HASHES)
        snapshot = Snapshot(
            version=state.snapshot.version + 1,
            expires=utc(now_ms + SNAPSHOT_LIFE_MS),
            meta=meta,
        )
        signed = self._signed(Metadata(snapshot))
        self._write(metadata_path(Snapshot.type, snapshot.version), signed)  # 2
        if root is not None:  # 3
            version = Metadata[Root].from_bytes(root).signed.version
            self._write(metadata_path(Root.type, version), root)
        entry = MetaFile.from_data(snapshot.version, signed, _HASHES)
        self._sign_timestamp(state, entry, now_ms)  # 4

    def _sign_timestamp(self, state: State, entry: MetaFile, now_ms: int) -> None:
        timestamp = Timestamp(
            version=state.timestamp.version + 1,
            expires=utc(now_ms + TIMESTAMP_LIFE_MS),
            snapshot_meta=entry,
        )
        self._write(TIMESTAMP_PATH, self._signed(Metadata(timestamp)))

    def _signed(self, metadata: Metadata[Snapshot] | Metadata[Timestamp]) -> bytes:
        metadata.sign(self._online)
        return metadata.to_bytes()

    def _check_online(self, root: bytes) -> None:
        roles = Metadata[Root].from_bytes(root).signed.roles
        for role in (Snapshot.type, Timestamp.type):
            if self._online.public_key.keyid not in roles[role].keyids:
                raise CeremonyError("this hub's key is not the online key of the root")

    def _write(self, path: str, data: bytes) -> None:
        write_durably(self._folder / path, data)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with locked(self._folder):
                yield
        except OSError as error:
            raise DirectoryStorageError(
                f"{self._folder} cannot be written: {error}"
            ) from error
