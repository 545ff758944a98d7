"""Sealing of files that lie beside messages: chunk by chunk, under a key of their own.

How a file is cut up, and where its chunks lie, is left to `broker.core.attachments`.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015) with
AES-256-GCM: the number of a chunk, and whether it is the last, stand in its nonce, so
that chunks which were left out, doubled, put elsewhere or cut off do not open.
"""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.errors import ContentError
from keys.framing import frame, labelled_digest

FILE_KEY_SIZE: Final = 32  # bytes
TAG_SIZE: Final = 16  # bytes that sealing adds to a chunk

_CHUNK_LABEL: Final = b"rogatory/attachment/1"
_BLOB_LABEL: Final = b"rogatory/blob/1"
_NUMBER_SIZE: Final = 11  # bytes of the nonce; the twelfth says whether it is the last


def new_file_key() -> bytes:
    """Returns a fresh AES-256 key, 32 bytes: for one file and no other."""
    return secrets.token_bytes(FILE_KEY_SIZE)


def chunk_context(sha256: bytes, size: int, chunk_size: int) -> bytes:
    """Returns what all chunks of a file are bound to.

    A chunk opens for the file that the message describes, and for no other: GCM alone
    would let a key be made under which something else comes out.

    Args:
        sha256: Of the file, 32 bytes.
        size: Of the file, in bytes.
        chunk_size: Bytes of a chunk before it is sealed.
    """
    return frame(
        _CHUNK_LABEL, sha256, size.to_bytes(8, "big"), chunk_size.to_bytes(8, "big")
    )


def seal_chunk(
    key: bytes, clear: bytes, *, number: int, last: bool, context: bytes
) -> bytes:
    """Encrypts one chunk; 16 bytes longer.

    The nonce is fixed by the place of the chunk. So the same key must never seal two
    different files: what was sealed is kept, and not sealed again.

    Args:
        key: Of the file, 32 bytes.
        clear: The chunk.
        number: Its place, from 0.
        last: Whether none follows.
        context: As `chunk_context` gives it.
    """
    return AESGCM(key).encrypt(_nonce(number, last=last), clear, context)


def open_chunk(
    key: bytes, sealed: bytes, *, number: int, last: bool, context: bytes
) -> bytes:
    """Returns the chunk.

    Raises:
        ContentError: Another key, place or file, or changed bytes.
    """
    try:
        return AESGCM(key).decrypt(_nonce(number, last=last), sealed, context)
    except (InvalidTag, ValueError, OverflowError):
        raise ContentError(
            f"chunk {number} of the file does not open: it is not what was sealed"
        ) from None


def blob_name(manifest: bytes) -> bytes:
    """Returns what sealed chunks are asked for by, 32 bytes.

    Args:
        manifest: Their sizes and digests (`broker.core.attachments.manifest`).
    """
    return labelled_digest(_BLOB_LABEL, manifest)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NUMBER_SIZE, "big") + bytes([last])
