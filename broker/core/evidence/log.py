"""The hub's log as evidence shows it: one checkpoint, and what lies under it.

Who the log and its witnesses are is left to the directory, the tree to
`broker.core.audit`.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import Checkpoint, open_checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.merkle import HASH_SIZE, leaf_hash
from broker.core.audit.proof import verify_consistency
from broker.core.audit.quorum import CosignedBy, cosigned_by
from broker.core.audit.snapshot import SnapshotStatement
from broker.core.audit.tlog_proof import check_proof, parse_proof
from broker.core.errors import ProofError
from keys.directory.archive import PublishedSnapshot
from keys.directory.model import FederationRecord
from keys.notes import NoteVerifier

_MAX_PATH: Final = 64  # hashes of a proof


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLog:
    """A state of the log that its key has signed.

    Attributes:
        note: The signed checkpoint.
        checkpoint: What it says.
        witnesses: Those of the directory whose cosignatures hold.
    """

    note: str
    checkpoint: Checkpoint
    witnesses: tuple[CosignedBy, ...]

    def place(self, proof: str, leaf: bytes) -> int:
        """Returns where a leaf is, once that is proved.

        Args:
            proof: As C2SP tlog-proof, under this very note.
            leaf: RFC 6962 hash of the leaf, 32 bytes.

        Raises:
            ProofError: It is not proved.
        """
        parsed = parse_proof(proof)
        if parsed.checkpoint != self.note or parsed.extra:
            raise ProofError("its proof is under another checkpoint")
        check_proof(parsed, leaf, self.checkpoint)
        return parsed.index

    def receipt(self, proof: str, receipt: bytes) -> int:
        """Returns where a serialised receipt is; see `place`."""
        return self.place(proof, receipt_leaf_hash(receipt))

    def snapshot(self, proof: str, snapshot: PublishedSnapshot) -> int:
        """Returns where a snapshot of the directory is; see `place`."""
        return self.place(proof, leaf_hash(self.statement(snapshot).to_bytes()))

    def statement(self, snapshot: PublishedSnapshot) -> SnapshotStatement:
        """Returns what the log says about a snapshot."""
        return SnapshotStatement(
            origin=self.checkpoint.origin,
            version=snapshot.version,
            digest=snapshot.digest,
            signed_at_ms=snapshot.signed_at_ms,
        )

    def joined(self, other: "ShownLog", path: Sequence[bytes]) -> None:
        """Checks that one of two states of the log continues the other.

        Args:
            other: The other state.
            path: The consistency proof, from the smaller to the larger.

        Raises:
            ProofError: That is not proved.
        """
        older, newer = sorted(
            (self.checkpoint, other.checkpoint), key=lambda one: one.size
        )
        verify_consistency(older.size, newer.size, older.root, newer.root, path)


def show_log(note: str, federation: FederationRecord) -> ShownLog:
    """Returns the state of the log that a note states, once its key has signed it.

    Args:
        note: The signed checkpoint.
        federation: Names the log, its keys of now and before, and the witnesses.

    Raises:
        ProofError: The log has not signed it, or a witness's line does not verify.
    """
    problem: ProofError | None = None
    for key in (federation.log_key, *reversed(federation.former_log_keys)):
        try:
            checkpoint = open_checkpoint(note, NoteVerifier(federation.log_origin, key))
        except ProofError as error:
            problem = problem or error
            continue
        witnesses = cosigned_by(note, federation)
        return ShownLog(note=note, checkpoint=checkpoint, witnesses=witnesses)
    raise problem or ProofError("the log has no key")


def write_path(path: Sequence[bytes]) -> bytes:
    """Returns a proof as text: one hash a line."""
    return "".join(f"{base64.b64encode(one).decode()}\n" for one in path).encode()


def read_path(data: bytes) -> tuple[bytes, ...]:
    """Reads what `write_path` gives, in that one form.

    Raises:
        ProofError: Not such a text.
    """
    try:
        lines = data.decode("ascii").splitlines()
        path = tuple(base64.b64decode(one, validate=True) for one in lines)
    except (UnicodeDecodeError, binascii.Error) as error:
        raise ProofError("a proof of consistency that cannot be read") from error
    hashes = all(len(one) == HASH_SIZE for one in path)
    if not hashes or len(path) > _MAX_PATH or write_path(path) != data:
        raise ProofError("a proof of consistency that is not in its one form")
    return path
