"""Records of the directory to bytes and back: one serialised form for each value.

Who signed the bytes, and whether a key is one, is left to the siblings of the package.
"""

from keys.directory.codec.federation import decode_federation, encode_federation
from keys.directory.codec.fields import (
    LOG_KEY_SIZE,
    MAX_ACCOUNTS,
    MAX_KEYS,
    MAX_RECORD_SIZE,
    MAX_TEXT,
    MAX_TIME_MS,
)
from keys.directory.codec.party import decode_party, encode_party

__all__ = [
    "LOG_KEY_SIZE",
    "MAX_ACCOUNTS",
    "MAX_KEYS",
    "MAX_RECORD_SIZE",
    "MAX_TEXT",
    "MAX_TIME_MS",
    "decode_federation",
    "decode_party",
    "encode_federation",
    "encode_party",
]
