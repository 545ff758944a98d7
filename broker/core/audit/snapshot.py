"""What the log says about a snapshot of the directory, in clear, and how it is proven.

Making the snapshots is left to `keys.directory`, asking for proofs to the services.
"""

from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.merkle import leaf_hash
from broker.core.audit.proof import verify_inclusion
from broker.core.errors import ProofError
from keys.errors import FramingError
from keys.framing import DIGEST_SIZE, frame, unframe
from keys.notes import NAME

SNAPSHOT_LABEL: Final = b"rogatory/snapshot/1"
"""A leaf that begins with this, framed, is no receipt's: those have 32 bytes."""

SNAPSHOT_STAGE: Final = "SNAPSHOT"
"""What stands in the place of a stage, where entries are listed."""

_NUMBER_SIZE: Final = 8  # bytes
_MAX_NUMBER: Final = (1 << 63) - 1
_MAX_TIME_MS: Final = 253_402_300_799_999  # the end of the year 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotStatement:
    """The log's word that the hub published a snapshot.

    Attributes:
        origin: Name of the log: the statement counts in no other.
        version: Version of the snapshot, from 1.
        digest: SHA-256 of the snapshot as served, 32 bytes.
        signed_at_ms: When the hub signed it, in ms since the epoch, to the second.

    Raises:
        ProofError: No log can say that.
    """

    origin: str
    version: int
    digest: bytes
    signed_at_ms: int

    def __post_init__(self) -> None:
        """Refuses what could not be written down, or that no snapshot is."""
        if not NAME.fullmatch(self.origin):
            raise ProofError(f"{self.origin[:80]!r} cannot be the name of a log")
        if not 0 < self.version <= _MAX_NUMBER or len(self.digest) != DIGEST_SIZE:
            raise ProofError("a snapshot with an impossible version or digest")
        if not 0 <= self.signed_at_ms <= _MAX_TIME_MS:
            raise ProofError("a snapshot that was signed at an impossible time")

    def to_bytes(self) -> bytes:
        """Returns the data of the leaf: label, origin, version, digest and time."""
        return frame(
            SNAPSHOT_LABEL,
            self.origin.encode(),
            self.version.to_bytes(_NUMBER_SIZE, "big"),
            self.digest,
            self.signed_at_ms.to_bytes(_NUMBER_SIZE, "big"),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "SnapshotStatement":
        """Reads the data of a leaf, in the one form that `to_bytes` gives.

        Raises:
            ProofError: Not such a leaf.
        """
        try:
            label, origin, version, digest, signed_at = unframe(data)
            statement = cls(
                origin=origin.decode(),
                version=int.from_bytes(version, "big"),
                digest=digest,
                signed_at_ms=int.from_bytes(signed_at, "big"),
            )
        except (FramingError, ValueError):
            raise ProofError("not a statement about a snapshot") from None
        # One statement, one leaf: longer numbers would be a second.
        if label != SNAPSHOT_LABEL or statement.to_bytes() != data:
            raise ProofError("not a statement about a snapshot in its one form")
        return statement


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedSnapshot:
    """A statement about a snapshot and its place in the log; nothing proven yet.

    Attributes:
        statement: The data of the leaf.
        index: Where it is.
        inclusion: Its path.
    """

    statement: bytes
    index: int
    inclusion: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenSnapshot:
    """A statement that the log holds, and what proves it to anybody.

    Attributes:
        statement: What the log says.
        index: Where.
        path: The inclusion path.
        checkpoint: The signed note it is proven under.
    """

    statement: SnapshotStatement
    index: int
    path: tuple[bytes, ...]
    checkpoint: str


def prove_snapshot(
    logged: LoggedSnapshot, checkpoint: Checkpoint, note: str
) -> ProvenSnapshot:
    """Checks that the log holds a statement about a snapshot.

    Args:
        logged: The statement, and what shall prove it.
        checkpoint: A state of the log that was signed and is trusted.
        note: That checkpoint as it was signed.

    Raises:
        ProofError: It is not proven, or is about the directory of another log.
    """
    statement = SnapshotStatement.from_bytes(logged.statement)
    if statement.origin != checkpoint.origin:
        raise ProofError(f"a snapshot of another log, {statement.origin}")
    verify_inclusion(
        leaf_hash(logged.statement),
        logged.index,
        checkpoint.size,
        logged.inclusion,
        checkpoint.root,
    )
    return ProvenSnapshot(
        statement=statement,
        index=logged.index,
        path=logged.inclusion,
        checkpoint=note,
    )
