"""What one line of the log is: the leaf it makes, and what is kept beside it.

The tree over the leaves is left to `merkle` and `tiles`, storing to the driver.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256 as digest
from typing import Final

from broker.core.audit.merkle import leaf_hash
from broker.core.audit.snapshot import SNAPSHOT_STAGE, SnapshotStatement
from keys.framing import DIGEST_SIZE, frame, sha256
from keys.identity import HUB

LEAF_LABEL: Final = b"rogatory/leaf/1"
MAX_LISTED: Final = 1000  # entries returned by one query

_BEFORE_DIGEST: Final = frame(LEAF_LABEL) + DIGEST_SIZE.to_bytes(4, "big")


def leaf_data(receipt: bytes) -> bytes:
    """Returns the 32 bytes that the tree holds for a serialised receipt.

    They reveal nothing to those who do not hold the receipt: its nonce blinds them.
    """
    # The labelled digest of `keys.framing`, with its constant part computed once: it
    # is done for every entry.
    return sha256(_BEFORE_DIGEST + sha256(receipt))


def receipt_leaf_hash(receipt: bytes) -> bytes:
    """Returns the RFC 6962 leaf hash of a serialised receipt, 32 bytes."""
    return leaf_hash(leaf_data(receipt))


def entry_leaf_data(stage: str, receipt: bytes) -> bytes:
    """Returns what the tree holds for an entry of this stage (see `LogEntry`)."""
    return receipt if stage == SNAPSHOT_STAGE else leaf_data(receipt)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry, as the log is given it: a receipt, or a snapshot of the directory.

    Attributes:
        receipt: The serialised receipt: the one field that the tree covers. Of a
            snapshot, the statement about it, which the tree holds in clear.
        signed_header: The serialised signed header it is about; may be empty.
        stage: The stage that the receipt states; `SNAPSHOT_STAGE` for a snapshot.
        message_digest: Digest of the message, or of the snapshot; empty when it
            could not be read.
        by: Who states it.
        to: Whom it is stated to.
        code: Code of the refusal, or empty.
        at_ms: When it was stated, milliseconds since the epoch.
        proof: The serialised proof of who signed; opaque here.
        stream_sequence: Number of the stream message that brought it. The entries
            of one stream message share it and are appended together.
        logged_by_ms: When the hub promised it to be in the log, milliseconds since
            the epoch; 0 where nothing was promised.
    """

    receipt: bytes
    signed_header: bytes
    stage: str
    message_digest: bytes
    by: str
    to: str
    code: str
    at_ms: int
    proof: bytes
    stream_sequence: int
    logged_by_ms: int = 0

    @property
    def is_snapshot(self) -> bool:
        """Whether it is about a snapshot of the directory."""
        return self.stage == SNAPSHOT_STAGE

    @property
    def leaf_data(self) -> bytes:
        """What the tree holds of it."""
        return entry_leaf_data(self.stage, self.receipt)

    @property
    def leaf_hash(self) -> bytes:
        """RFC 6962 hash of its leaf, 32 bytes."""
        return leaf_hash(self.leaf_data)


def leaf_hashes(entries: Iterable[LogEntry]) -> list[bytes]:
    """Returns the RFC 6962 leaf hash of each entry, 32 bytes.

    The same as asking each for its own, in one go: it is the larger part of what
    appending costs.
    """
    return [
        leaf_hash(
            entry.receipt
            if entry.stage == SNAPSHOT_STAGE
            else digest(_BEFORE_DIGEST + digest(entry.receipt).digest()).digest()
        )
        for entry in entries
    ]


def snapshot_entry(statement: SnapshotStatement, stream_sequence: int) -> LogEntry:
    """Returns the entry that states a snapshot of the directory."""
    return LogEntry(
        receipt=statement.to_bytes(),
        signed_header=b"",
        stage=SNAPSHOT_STAGE,
        message_digest=statement.digest,
        by=HUB,
        to="",
        code="",
        at_ms=statement.signed_at_ms,
        proof=b"",
        stream_sequence=stream_sequence,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """One entry with its place in the log.

    Attributes:
        index: Position in the tree, from 0.
        leaf_hash: RFC 6962 hash of its leaf, 32 bytes.
        entry: What was logged.
    """

    index: int
    leaf_hash: bytes
    entry: LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """How far the log has come.

    Attributes:
        size: Number of leaves.
        root: Root over them, 32 bytes.
        last_sequence: Number of the last stream message that went in, or 0.
        checkpoint: The signed checkpoint of size and root; empty before the first.
    """

    size: int
    root: bytes
    last_sequence: int
    checkpoint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPromise:
    """An entry that went into the log later than the hub had promised.

    Attributes:
        index: Where it is now.
        message_digest: Digest of the message it is about.
        logged_by_ms: When it was to be there, milliseconds since the epoch.
        logged_ms: When it was, by the hub's clock.
    """

    index: int
    message_digest: bytes
    logged_by_ms: int
    logged_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries to list; every condition that is given must hold.

    Attributes:
        message_digest: About this message.
        party: Stated by or to this party.
        stage: Of this stage, or `SNAPSHOT_STAGE`.
        code: Refused with this code.
        kind: About a message of this kind.
        case: About a message with this case reference.
        since_ms: Stated then or later, milliseconds since the epoch.
        until_ms: Stated before then, milliseconds since the epoch.
        after: With an index greater than this one.
        before: With an index smaller than this one.
        limit: At most so many, and never more than `MAX_LISTED`.
        newest: Whether to leave out the older of too many, rather than the newer.
        padding: Whether to list padding too; asking for its stage does as well.
    """

    message_digest: bytes | None = None
    party: str | None = None
    stage: str | None = None
    code: str | None = None
    kind: str | None = None
    case: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    after: int = -1
    before: int | None = None
    limit: int = 100
    newest: bool = False
    padding: bool = False
