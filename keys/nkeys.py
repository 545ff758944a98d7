"""NATS keys: Ed25519 key pairs in the text form that the message bus reads.

What is signed with them, claims and nonces, is left to `keys.nats_jwt` and the bus.

Form (github.com/nats-io/nkeys): base32 without padding over a prefix byte (two for
a seed), 32 bytes, and CRC-16/XMODEM over both, little-endian.
"""

import base64
import binascii
from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys.errors import KeyFormatError

KEY_SIZE: Final = 32  # bytes, of a seed and of a public key
_SEED_PREFIX: Final = 18 << 3  # the letter S
_CHECKSUM_SIZE: Final = 2  # bytes


@unique
class KeyKind(IntEnum):
    """What a key stands for; the value gives the first letter of the text form."""

    ACCOUNT = 0
    OPERATOR = 14 << 3
    USER = 20 << 3


@dataclass(frozen=True, slots=True)
class NatsKey:
    """A private key of one kind.

    Args:
        kind: What it stands for.
        seed: The private key, 32 bytes.

    Attributes:
        public: The public key in text form, such as "A…" for an account.

    Raises:
        KeyFormatError: The seed is not 32 bytes long.
    """

    kind: KeyKind
    seed: bytes = field(repr=False)
    public: str = field(init=False)

    def __post_init__(self) -> None:
        """Derives the public key."""
        if len(self.seed) != KEY_SIZE:
            raise KeyFormatError(
                f"a NATS seed has {KEY_SIZE} bytes, not {len(self.seed)}"
            )
        raw = self._private().public_key().public_bytes_raw()
        object.__setattr__(self, "public", encode_public(self.kind, raw))

    @classmethod
    def from_text(cls, text: str, kind: KeyKind) -> Self:
        """Reads the text form of a seed, such as "SU…" for a user.

        Raises:
            KeyFormatError: Not a seed of this kind, or mistyped.
        """
        body = _decode(text)
        prefix = bytes([_SEED_PREFIX | kind >> 5, (kind & 0x1F) << 3])
        if len(body) != len(prefix) + KEY_SIZE or not body.startswith(prefix):
            raise KeyFormatError(f"not the seed of a NATS {kind.name.lower()}")
        return cls(kind, body[len(prefix) :])

    def to_text(self) -> str:
        """Returns the seed in text form. It is a secret."""
        prefix = bytes([_SEED_PREFIX | self.kind >> 5, (self.kind & 0x1F) << 3])
        return _encode(prefix + self.seed)

    def sign(self, data: bytes) -> bytes:
        """Returns the Ed25519 signature over `data`, 64 bytes."""
        return self._private().sign(data)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def encode_public(kind: KeyKind, raw: bytes) -> str:
    """Returns the text form of a public key of 32 bytes.

    Raises:
        KeyFormatError: `raw` is not 32 bytes long.
    """
    if len(raw) != KEY_SIZE:
        raise KeyFormatError(f"a NATS public key has {KEY_SIZE} bytes, not {len(raw)}")
    return _encode(bytes([kind]) + raw)


def decode_public(text: str, kind: KeyKind) -> bytes:
    """Returns the 32 bytes of a public key of the given kind.

    Raises:
        KeyFormatError: Not a public key of this kind, mistyped, or written in
            another form than the one `encode_public` gives.
    """
    body = _decode(text)
    if len(body) != 1 + KEY_SIZE or body[0] != kind:
        raise KeyFormatError(f"not the public key of a NATS {kind.name.lower()}")
    return body[1:]


def _encode(body: bytes) -> str:
    checksum = binascii.crc_hqx(body, 0).to_bytes(_CHECKSUM_SIZE, "little")
    return base64.b32encode(body + checksum).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise KeyFormatError("a NATS key is base32 in capital letters") from error
    body = data[:-_CHECKSUM_SIZE]
    # Comparing the text, not the checksum alone, refuses the spare bits of the last
    # letter: no two texts stand for one key.
    if _encode(body) != text:
        raise KeyFormatError("a NATS key whose checksum does not fit")
    return body
