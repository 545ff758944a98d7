"""Every bound of attachments, each with its unit.

What an operator may set lower for a hub or a node is left to `broker.settings`.
"""

from dataclasses import dataclass
from typing import Final

from keys.attachments import TAG_SIZE

MIB: Final = 1024**2
DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentLimits:
    """What an attachment may be at most. The same for every party of a federation.

    Attributes:
        file_max_size: Bytes of one file.
        files_max: Files beside one message.
        chunk_size: Bytes of a chunk before it is sealed; with its tag and the question
            that brings it, it stays below the bus's payload of 1 MiB.
        chunk_max_size: Bytes of a chunk, sealed, that anybody takes.
        chunks_max: Chunks of one file; small chunks must not make a list of digests
            that no question can carry.
        caption_max: Characters.
        grace_ms: How long a file stays at the hub after its message can no longer be
            delivered: for whoever opens it on the last day.
        unused_ms: How long a file stays that no message carries: it may wait for
            officers.
        draft_ms: How long a sealed file waits for being sent after all.
        unasked_free_size: Bytes that a node leaves free on its disk when it fetches
            files that nobody has asked for.
        hold_max_ms: How far ahead a party may have a hub keep anything.
    """

    file_max_size: int = 50 * MIB
    files_max: int = 32
    chunk_size: int = 256 * 1024
    chunk_max_size: int = 512 * 1024 + TAG_SIZE
    chunks_max: int = 1024
    caption_max: int = 500
    grace_ms: int = 30 * DAY_MS
    unused_ms: int = 90 * DAY_MS
    draft_ms: int = 7 * DAY_MS
    unasked_free_size: int = 1024 * MIB
    hold_max_ms: int = 400 * DAY_MS


ATTACHMENT_LIMITS: Final = AttachmentLimits()
"""The bounds of this release."""
