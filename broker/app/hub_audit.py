"""The hub's own audit: recompute the log from its entries and check every signature.

What a party can check without the hub's folder is left to `broker.services`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from broker.app.exchange_files import FederationFile
from broker.core.audit.checkpoint import Checkpoint, open_checkpoint
from broker.core.audit.entry import EntryFilter, receipt_leaf_hash
from broker.core.audit.verify import verify_log
from broker.core.codec.receipts import BundleParts, decode_proof
from broker.core.errors import ProofError, RefusedError
from broker.core.receipts import read_bundle
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_reader import LogReader
from broker.infra.log_store import LogStore
from broker.settings import HubFolder
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.model import DirectoryView
from keys.notes import NoteVerifier

_PAGE: Final = 500  # entries read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAudit:
    """A hub's log and directory, opened for reading."""

    log: LogReader
    directory: DirectoryView

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
        """
        yield from verify_log(
            self.log.leaf_hashes(checkpoint.size), checkpoint, self.log.tile
        )
        signed: BundleParts | None = None
        after = -1
        while after + 1 < checkpoint.size:
            page = self.log.entries(EntryFilter(after=after, limit=_PAGE))
            if not page:
                raise ProofError(f"entry {after + 1} is missing")
            for logged in page:
                entry = logged.entry
                if receipt_leaf_hash(entry.receipt) != logged.leaf_hash:
                    raise ProofError(f"entry {logged.index} is not what was logged")
                bundle = decode_proof(entry.receipt, entry.proof)
                # A batch stores its signature once, with its first entry.
                if not bundle.signature and signed is not None:
                    bundle = replace(bundle, signature=signed.signature)
                signed = bundle
                self._check_signature(bundle, logged.index)
            after = page[-1].index
            yield after + 1

    def _check_signature(self, bundle: BundleParts, index: int) -> None:
        try:
            read_bundle(bundle, self.directory)
        except RefusedError as error:
            raise ProofError(f"entry {index} was not signed so: {error}") from error


def open_audit(root: Path) -> HubAudit:
    """Opens a hub's log and directory for reading; needs no key.

    Raises:
        ConfigurationError: It is not a hub's folder, or nothing was logged yet.
        DirectoryError: The directory does not verify.
    """
    folder = HubFolder(root)
    federation = FederationFile.read(folder.federation)
    client = DirectoryClient(
        folder.directory_copy / "audit", federation.root, Archive(folder.directory).read
    )
    return HubAudit(
        log=LogStore.open_reader(folder.log),
        directory=client.refresh(SYSTEM_CLOCK.now_ms()),
    )
