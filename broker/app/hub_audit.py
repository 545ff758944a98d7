"""The hub's own audit: recompute the log from its entries and check what each says.

What a party can check without the hub's folder is left to `broker.services`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from broker.app.exchange_files import FederationFile
from broker.core.audit.checkpoint import Checkpoint, open_checkpoint
from broker.core.audit.entry import LoggedEntry
from broker.core.audit.padding import PADDING_STAGE, check_padding
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.audit.verify import verify_log
from broker.core.codec.receipts import BundleParts, decode_proof
from broker.core.errors import Code, ProofError, RefusedError
from broker.core.receipts import read_bundle
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from broker.settings import HubFolder
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.history import History
from keys.directory.model import DirectoryView
from keys.directory.roles import metadata_path
from keys.errors import DirectoryError
from keys.notes import NoteVerifier

_PAGE: Final = 500  # entries checked between two words about it


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAudit:
    """A hub's log and directory, opened for reading."""

    log: LogReader
    directory: DirectoryView
    archive: Archive
    history: History

    def checkpoint(self) -> Checkpoint | None:
        """Returns the newest checkpoint, verified; None while the log is empty.

        Raises:
            ProofError: The log did not sign it.
        """
        note = self.log.head().checkpoint
        if not note:
            return None
        federation = self.directory.federation
        return open_checkpoint(
            note, NoteVerifier(federation.log_origin, federation.log_key)
        )

    def verify(self, checkpoint: Checkpoint) -> Iterator[int]:
        """Recomputes the tree and checks every entry up to `checkpoint`.

        Yields:
            How many entries have been checked so far.

        Raises:
            ProofError: Something does not hold; the sentence says what.
            DirectoryStorageError: A snapshot that was logged is not here any more.
        """
        yield from verify_log(
            self.log.leaf_hashes(checkpoint.size), checkpoint, self.log.tile
        )
        signed: BundleParts | None = None
        views: dict[int, DirectoryView] = {}
        snapshots: dict[int, tuple[SnapshotStatement, int]] = {}
        expected = 0
        for logged in self.log.records(0, checkpoint.size):
            entry = logged.entry
            if logged.index != expected:
                raise ProofError(f"entry {expected} is missing")
            expected += 1
            if entry.leaf_hash != logged.leaf_hash:
                raise ProofError(f"entry {logged.index} is not what was logged")
            if entry.stage == PADDING_STAGE:
                _check_padding(logged)
            elif entry.is_snapshot:
                self._check_snapshot(logged, snapshots)
            else:
                bundle = decode_proof(entry.receipt, entry.proof)
                # A batch stores its signature once, with its first entry.
                if not bundle.signature and signed is not None:
                    bundle = replace(bundle, signature=signed.signature)
                signed = bundle
                self._check_signature(bundle, logged, views)
            if not expected % _PAGE:
                yield expected
        if expected != checkpoint.size:
            raise ProofError(f"entry {expected} is missing")
        yield expected
        # Last, so that two statements about one version are told as what they are.
        self._check_archive(snapshots)

    def _check_snapshot(
        self, logged: LoggedEntry, seen: dict[int, tuple[SnapshotStatement, int]]
    ) -> None:
        """Refuses a snapshot of another log, of a fork, or that the hub never made."""
        try:
            said = SnapshotStatement.from_bytes(logged.entry.leaf_data)
        except ProofError as error:
            raise ProofError(f"entry {logged.index}: {error}") from error
        if said.origin != self.directory.federation.log_origin:
            raise ProofError(f"entry {logged.index} is for the log {said.origin}")
        before, index = seen.setdefault(said.version, (said, logged.index))
        if before.digest != said.digest:
            raise ProofError(
                f"directory fork: version {said.version} is {before.digest.hex()} in "
                f"entry {index}, and {said.digest.hex()} in entry {logged.index}; both "
                "are the log's own words, so that this folder is the evidence"
            )

    def _check_archive(self, seen: dict[int, tuple[SnapshotStatement, int]]) -> None:
        """Compares what was logged with what the hub serves, or has served."""
        newest = self.archive.version()
        for version, (said, index) in seen.items():
            # What lies there beyond the version in force was published by nobody.
            if version > newest:
                continue
            here = self.archive.published(version)
            if (here.digest, here.signed_at_ms) != (said.digest, said.signed_at_ms):
                raise ProofError(
                    f"entry {index}: version {version} of the directory is "
                    f"{here.digest.hex()} here, and {said.digest.hex()} in the log"
                )

    def _check_signature(
        self,
        bundle: BundleParts,
        logged: LoggedEntry,
        views: dict[int, DirectoryView],
    ) -> None:
        """Goes by the directory of today, and for who has left it, by that of the time.

        Args:
            bundle: What was signed, with one receipt.
            logged: The entry it stands in.
            views: Directories of the past by version, as they were looked up.
        """
        try:
            try:
                read_bundle(bundle, self.directory)
            except RefusedError as error:
                if error.code is not Code.UNKNOWN_PARTY:
                    raise
                read_bundle(bundle, self._view_at(logged.entry.at_ms, views))
        except (RefusedError, DirectoryError) as error:
            raise ProofError(
                f"entry {logged.index} was not signed so: {error}"
            ) from error

    def _view_at(self, at_ms: int, views: dict[int, DirectoryView]) -> DirectoryView:
        found = self.log.snapshots_at(at_ms)
        if not found:
            raise ProofError("no directory had been published by then")
        said = SnapshotStatement.from_bytes(found[0].entry.leaf_data)
        if said.version not in views:
            # Judged by the time of the first question: what a party said while its
            # record had lapsed, the hub did not take.
            views[said.version] = self.history.view(said.version, said.digest, at_ms)
        return views[said.version]


def open_audit(root: Path) -> HubAudit:
    """Opens a hub's log and directory for reading; needs no key.

    Raises:
        ConfigurationError: It is not a hub's folder, or nothing was logged yet.
        DirectoryError: The directory does not verify.
    """
    folder = HubFolder(root)
    federation = FederationFile.read(folder.federation)
    archive = Archive(folder.directory)
    client = DirectoryClient(
        folder.directory_copy / "audit", federation.root, archive.read
    )
    return HubAudit(
        log=LogStore.open_reader(folder.log),
        directory=client.refresh(SYSTEM_CLOCK.now_ms()),
        archive=archive,
        # From the first root on: what is logged may be older than the newest.
        history=History(_first_root(archive, federation.root), archive.read),
    )


def _check_padding(logged: LoggedEntry) -> None:
    """Refuses to take for nothing what says something."""
    try:
        check_padding(logged.entry.receipt)
    except ProofError as error:
        raise ProofError(f"entry {logged.index}: {error}") from error


def _first_root(archive: Archive, newest: bytes) -> bytes:
    return archive.read(metadata_path("root", 1)) or newest
