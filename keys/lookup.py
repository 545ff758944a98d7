"""Tokens by which a store finds what it may not show: HMAC-SHA256 under a derived key.

Whoever has the file alone learns how often a token is there, and nothing else. What
is looked up is left to the callers.
"""

import hmac
from typing import Final

from keys.framing import frame, labelled_digest

TOKEN_SIZE: Final = 8  # bytes
_LABEL: Final = b"rogatory/lookup/1"


def lookup_key(store_key: bytes, use: bytes) -> bytes:
    """Returns the key of the tokens for one use, 32 bytes.

    Args:
        store_key: The node's key for what it stores.
        use: What is looked up; tokens of two uses have nothing in common.
    """
    return labelled_digest(_LABEL, use, store_key)


def lookup_token(key: bytes, *parts: bytes) -> int:
    """Returns the token of a value, as SQLite keeps a number: 64 bits, signed.

    Two values in 2**32 may have one token: what is found has to be compared.
    """
    digest = hmac.digest(key, frame(*parts), "sha256")
    return int.from_bytes(digest[:TOKEN_SIZE], "big", signed=True)
