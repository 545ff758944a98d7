"""What one line of the log is: the leaf made of a receipt, and what is kept beside it.

The tree over the leaves is left to `merkle` and `tiles`, storing to the driver.
"""

from dataclasses import dataclass
from typing import Final

from broker.core.audit.merkle import leaf_hash
from keys.framing import labelled_digest, sha256

LEAF_LABEL: Final = b"rogatory/leaf/1"
MAX_LISTED: Final = 1000  # entries returned by one query


def leaf_data(receipt: bytes) -> bytes:
    """Returns the 32 bytes that the tree holds for a serialised receipt.

    They reveal nothing to those who do not hold the receipt: its nonce blinds them.
    """
    return labelled_digest(LEAF_LABEL, sha256(receipt))


def receipt_leaf_hash(receipt: bytes) -> bytes:
    """Returns the RFC 6962 leaf hash of a serialised receipt, 32 bytes."""
    return leaf_hash(leaf_data(receipt))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry, as the log is given it.

    Attributes:
        receipt: The serialised receipt: the one field that the tree covers.
        signed_header: The serialised signed header it is about; may be empty.
        stage: The stage that the receipt states.
        message_digest: Digest of the message; empty when it could not be read.
        by: Who states it.
        to: Whom it is stated to.
        code: Code of the refusal, or empty.
        at_ms: When it was stated, milliseconds since the epoch.
        proof: The serialised proof of who signed; opaque here.
        stream_sequence: Number of the stream message that brought it. The entries
            of one stream message share it and are appended together.
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
class EntryFilter:
    """Which entries to list; every condition that is given must hold.

    Attributes:
        message_digest: About this message.
        party: Stated by or to this party.
        stage: Of this stage.
        since_ms: Stated then or later, milliseconds since the epoch.
        until_ms: Stated before then, milliseconds since the epoch.
        after: With an index greater than this one.
        limit: At most so many, and never more than `MAX_LISTED`.
    """

    message_digest: bytes | None = None
    party: str | None = None
    stage: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    after: int = -1
    limit: int = 100
