"""Tokens that a node gives out: made, and what is kept of them.

Whose a token is, is told by `broker.api.identity`.
"""

import base64
import secrets
from typing import Final

from keys.framing import sha256

TOKEN_PREFIX: Final = "rog_"  # noqa: S105 - a prefix, and no token
"""What tokens begin with that this node has given out."""
_TOKEN_SIZE: Final = 32  # random bytes


def new_token() -> str:
    """Returns a new token, to be shown once."""
    raw = base64.urlsafe_b64encode(secrets.token_bytes(_TOKEN_SIZE))
    return TOKEN_PREFIX + raw.rstrip(b"=").decode("ascii")


def token_digest(token: str) -> bytes:
    """Returns what is kept of a token: it has too much chance in it to be guessed."""
    return sha256(token.encode())
