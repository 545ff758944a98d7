"""Sealing to many: one AES-256-GCM content key, wrapped for each by HPKE X-Wing.

HPKE is RFC 9180 with the hybrid KEM ML-KEM-768 + X25519. Message formats and
signatures are left to the envelope.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import (
    MLKEM768PrivateKey,
    MLKEM768PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from keys.errors import ContentError, KeyFormatError, UnwrapError
from keys.framing import frame, labelled_digest
from keys.identity import KeyId, encryption_key_id

SEED_SIZE: Final = 96  # bytes: an ML-KEM seed (64), then an X25519 key (32)
PUBLIC_SIZE: Final = 1184 + 32  # bytes: ML-KEM-768, then X25519
CONTENT_KEY_SIZE: Final = 32  # bytes
SALT_SIZE: Final = 32  # bytes

_HPKE: Final = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_WRAP_LABEL: Final = b"rogatory/wrap/1"
_CONTENT_LABEL: Final = b"rogatory/content/1"
_COMMITMENT_LABEL: Final = b"rogatory/commitment/1"
_AT_REST_LABEL: Final = b"rogatory/at-rest/1"
# A content key encrypts one message only, so that the nonce may be fixed.
_ZERO_NONCE: Final = bytes(12)
_SMALLEST_PADDED: Final = 256  # bytes
_ANY_X25519: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True, slots=True)
class EncryptionPublicKey:
    """What others seal to.

    Attributes:
        raw: ML-KEM-768 (1184 bytes), then X25519 (32 bytes).
        key_id: Digest over all of `raw`.
    """

    raw: bytes
    key_id: KeyId = field(init=False)
    _key: MLKEM768X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Loads both halves.

        Raises:
            KeyFormatError: Wrong length, or a half that is no key.
        """
        if len(self.raw) != PUBLIC_SIZE:
            raise KeyFormatError(
                f"an encryption key has {PUBLIC_SIZE} bytes, not {len(self.raw)}"
            )
        try:
            x25519 = X25519PublicKey.from_public_bytes(self.raw[1184:])
            # A point of low order loads, and nothing can be sealed to it: whoever
            # published one would stop what is sealed to others together with it. Any
            # private key finds out.
            _ANY_X25519.exchange(x25519)
            key = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(self.raw[:1184]), x25519
            )
        except ValueError as error:
            raise KeyFormatError("not an encryption key") from error
        object.__setattr__(self, "key_id", encryption_key_id(self.raw))
        object.__setattr__(self, "_key", key)

    def wrap(self, secret: bytes, *, header_digest: bytes, party: str) -> bytes:
        """Seals `secret` to this key, for this message and this party only."""
        info = _wrap_info(header_digest, party, self.key_id)
        return _HPKE.encrypt(secret, self._key, info=info)


class EncryptionKey:
    """The private half.

    Args:
        seed: ML-KEM seed (64 bytes), then X25519 private key (32 bytes).

    Raises:
        KeyFormatError: Wrong length.
    """

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise KeyFormatError(f"an encryption seed has {SEED_SIZE} bytes")
        mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:64])
        x25519 = X25519PrivateKey.from_private_bytes(seed[64:])
        self._key = MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public = EncryptionPublicKey(
            mlkem.public_key().public_bytes_raw()
            + x25519.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> tuple[Self, bytes]:
        """Returns a new key and the seed that makes it again."""
        seed = secrets.token_bytes(SEED_SIZE)
        return cls(seed), seed

    def unwrap(self, wrap: bytes, *, header_digest: bytes, party: str) -> bytes:
        """Returns what was sealed.

        Raises:
            UnwrapError: Sealed to another key, party or message, or changed.
        """
        info = _wrap_info(header_digest, party, self.public.key_id)
        try:
            return _HPKE.decrypt(wrap, self._key, info=info)
        except (InvalidTag, ValueError):
            raise UnwrapError("the wrap does not open with this key") from None


def _wrap_info(header_digest: bytes, party: str, key_id: bytes) -> bytes:
    # Binding party and key id stops a recipient from passing its wrap on as if the
    # origin had sealed to somebody else (surreptitious forwarding).
    return frame(_WRAP_LABEL, header_digest, party.encode(), key_id)


def new_content_key() -> bytes:
    """Returns a fresh AES-256 key: for one message and no other."""
    return secrets.token_bytes(CONTENT_KEY_SIZE)


def seal_content(content_key: bytes, content: bytes, *, header_digest: bytes) -> bytes:
    """Encrypts `content` under a key that is used this once; 16 bytes longer."""
    aad = frame(_CONTENT_LABEL, header_digest)
    return AESGCM(content_key).encrypt(_ZERO_NONCE, content, aad)


def open_content(
    content_key: bytes, ciphertext: bytes, *, header_digest: bytes
) -> bytes:
    """Returns the content.

    Raises:
        ContentError: Another key or header, or changed bytes.
    """
    try:
        return AESGCM(content_key).decrypt(
            _ZERO_NONCE, ciphertext, frame(_CONTENT_LABEL, header_digest)
        )
    except (InvalidTag, ValueError):
        raise ContentError("the content does not open with this key") from None


def commitment(salt: bytes, body: bytes) -> bytes:
    """Returns what the origin signs about the clear text, 32 bytes."""
    return labelled_digest(_COMMITMENT_LABEL, salt, body)


def padded_length(length: int) -> int:
    """Returns the size that content of `length` bytes is padded to.

    Padmé (Nikitin et al., PETS 2019), with a floor: leaks O(log log n) bits of the
    length, at a cost of at most 12 % above 256 bytes.
    """
    if length <= _SMALLEST_PADDED:
        return _SMALLEST_PADDED
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


def protect(key: bytes, secret: bytes, *, context: bytes) -> bytes:
    """Encrypts a small secret under a long-lived AES-256 key, for the store."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, secret, frame(_AT_REST_LABEL, context))


def unprotect(key: bytes, blob: bytes, *, context: bytes) -> bytes:
    """Returns what `protect` was given.

    Raises:
        ContentError: Another key or context, or changed bytes.
    """
    try:
        return AESGCM(key).decrypt(blob[:12], blob[12:], frame(_AT_REST_LABEL, context))
    except (InvalidTag, ValueError):
        raise ContentError("a stored key does not open with this node's key") from None
