"""Injective framing and labelled digests: every hash the project signs or compares.

Which bytes are hashed is left to the callers.
"""

import hashlib

from keys.errors import FramingError

DIGEST_SIZE = 32  # bytes
_LENGTH_SIZE = 4  # bytes


def sha256(data: bytes) -> bytes:
    """Returns the SHA-256 digest of `data`, 32 bytes."""
    return hashlib.sha256(data).digest()


def frame(*parts: bytes) -> bytes:
    """Joins `parts` so that no two different lists give the same bytes.

    Each part is preceded by its length in bytes, 4 bytes big-endian.
    """
    return b"".join(len(part).to_bytes(_LENGTH_SIZE, "big") + part for part in parts)


def unframe(data: bytes) -> list[bytes]:
    """Splits what `frame` joined.

    Raises:
        FramingError: No list is framed like this.
    """
    parts, at = [], 0
    while at < len(data):
        end = at + _LENGTH_SIZE + int.from_bytes(data[at : at + _LENGTH_SIZE], "big")
        # Also where the length itself is cut off: what it claims is not there either.
        if end > len(data) or at + _LENGTH_SIZE > len(data):
            raise FramingError("cut off")
        parts.append(data[at + _LENGTH_SIZE : end])
        at = end
    return parts


def labelled_digest(label: bytes, *parts: bytes) -> bytes:
    """Returns SHA-256 over the framed label and parts: one label for each use."""
    return sha256(frame(label, *parts))
