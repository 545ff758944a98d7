"""Padding: leaves that stand for nothing, so that a log's size tells little.

When the log is padded is left to its writer, choosing the settings to the operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.audit.entry import LogEntry
from broker.core.errors import ProofError
from keys.errors import FramingError
from keys.framing import frame, unframe
from keys.identity import HUB

PADDING_STAGE: Final = "PADDING"
"""What stands in the place of a stage, where entries are listed."""
PADDING_LABEL: Final = b"rogatory/padding/1"
NONCE_SIZE: Final = 32  # bytes
MAX_BLOCK: Final = 4096  # leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """What a log shows of the traffic to those who see its checkpoints and tiles.

    Attributes:
        block: The log's size is always a multiple of so many leaves; 1 for no
            padding.
        beat_ms: At least one block is added each time so many milliseconds have
            passed, traffic or not; 0 for never.
        strict: Whether the log grows, and is signed, on the beat and at no other
            time. Then a receipt waits for it: up to `beat_ms` longer.

    Raises:
        ValueError: There is no such padding.
    """

    block: int = 1
    beat_ms: int = 0
    strict: bool = False

    def __post_init__(self) -> None:
        """Refuses what could not be kept to."""
        if not 1 <= self.block <= MAX_BLOCK:
            raise ValueError(f"a block of padding has 1 to {MAX_BLOCK} leaves")
        if self.beat_ms < 0 or (self.strict and not self.beat_ms):
            raise ValueError("a log that grows on the beat alone needs a beat")


UNPADDED: Final = Padding()
"""No padding: the log grows as the traffic does."""


def filling(size: int, count: int, block: int, *, cover: bool) -> int:
    """Returns how many leaves of padding to add to `count` others.

    Args:
        size: Leaves before.
        count: Leaves that stand for something.
        block: What the size afterwards is to be a multiple of.
        cover: Whether to add something also where `count` is 0.
    """
    if not count and not cover:
        return 0
    # A log whose size fits already gets a whole block, and not nothing.
    short = -(size + count) % block
    return short if count or short else block


def padding_leaf(nonce: bytes) -> bytes:
    """Returns what stands in the place of a receipt.

    The tree holds a digest of it, as of a receipt, and nobody can tell the two apart
    who does not hold this. The hub can show it, and thereby that the leaf says
    nothing.

    Args:
        nonce: 32 random bytes, never used before.
    """
    return frame(PADDING_LABEL, nonce)


def check_padding(data: bytes) -> None:
    """Checks that what stands in the place of a receipt is padding.

    Raises:
        ProofError: It is something else.
    """
    try:
        label, nonce = unframe(data)
    except (FramingError, ValueError):
        raise ProofError("not padding") from None
    if label != PADDING_LABEL or len(nonce) != NONCE_SIZE:
        raise ProofError("not padding")


def padding_entries(
    nonces: Sequence[bytes], *, stream_sequence: int, at_ms: int
) -> list[LogEntry]:
    """Returns entries that stand for nothing.

    Args:
        nonces: 32 random bytes for each.
        stream_sequence: Number of the last stream message in the log.
        at_ms: When they are made, milliseconds since the epoch.
    """
    return [
        LogEntry(
            receipt=padding_leaf(nonce),
            signed_header=b"",
            stage=PADDING_STAGE,
            message_digest=b"",
            by=HUB,
            to="",
            code="",
            at_ms=at_ms,
            proof=b"",
            stream_sequence=stream_sequence,
        )
        for nonce in nonces
    ]
