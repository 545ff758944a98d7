"""What a node keeps of files beside messages, as plain values.

Keeping it is left to the store.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file that was sealed, and that no message names yet.

    Attributes:
        token: By which the same file is found again; nothing else can be read of it.
        blob: What its chunks are asked for by, 32 bytes.
        made_ms: When it was sealed, in ms since the epoch.
        protected: Its key, under the node's own key.
    """

    token: bytes
    blob: bytes
    made_ms: int
    protected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFile:
    """A file beside a message that is to be fetched.

    Attributes:
        message_digest: The message.
        blob: What its chunks are asked for by.
    """

    message_digest: bytes
    blob: bytes
