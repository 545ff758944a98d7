"""Injective framing and labelled digests: every hash the project signs or compares.

Which bytes are hashed is left to the callers.
"""

import hashlib

DIGEST_SIZE = 32  # bytes


def sha256(data: bytes) -> bytes:
    """Returns the SHA-256 digest of `data`, 32 bytes."""
    return hashlib.sha256(data).digest()


def frame(*parts: bytes) -> bytes:
    """Joins `parts` so that no two different lists give the same bytes.

    Each part is preceded by its length in bytes, 4 bytes big-endian.
    """
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def labelled_digest(label: bytes, *parts: bytes) -> bytes:
    """Returns SHA-256 over the framed label and parts: one label for each use."""
    return sha256(frame(label, *parts))
