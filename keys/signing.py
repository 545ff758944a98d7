"""Hybrid signatures: Ed25519 (RFC 8032) and ML-DSA-65 (FIPS 204), both must verify.

Whose key it is, and whether it was valid, is left to the directory.
"""

import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
)

from keys.errors import KeyFormatError, SignatureError
from keys.identity import KeyId, signing_key_id
from keys.preauth import PayloadType, preauth

SEED_SIZE: Final = 64  # bytes: an Ed25519 seed, then an ML-DSA seed
PUBLIC_SIZE: Final = 32 + 1952  # bytes: Ed25519, then ML-DSA-65
ED25519_SIGNATURE_SIZE: Final = 64  # bytes
MLDSA_SIGNATURE_SIZE: Final = 3309  # bytes
SIGNATURE_SIZE: Final = ED25519_SIGNATURE_SIZE + MLDSA_SIGNATURE_SIZE


@dataclass(frozen=True, slots=True)
class SigningPublicKey:
    """The public half of a hybrid signing key.

    Attributes:
        raw: Ed25519 (32 bytes), then ML-DSA-65 (1952 bytes).
        key_id: Digest over all of `raw`, so that no half can be exchanged.
    """

    raw: bytes
    key_id: KeyId = field(init=False)
    _ed25519: Ed25519PublicKey = field(init=False, repr=False, compare=False)
    _mldsa: MLDSA65PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Loads both halves.

        Raises:
            KeyFormatError: Wrong length, or a half that is no key.
        """
        if len(self.raw) != PUBLIC_SIZE:
            raise KeyFormatError(
                f"a hybrid signing key has {PUBLIC_SIZE} bytes, not {len(self.raw)}"
            )
        try:
            ed25519 = Ed25519PublicKey.from_public_bytes(self.raw[:32])
            mldsa = MLDSA65PublicKey.from_public_bytes(self.raw[32:])
        except ValueError as error:
            raise KeyFormatError("not a hybrid signing key") from error
        object.__setattr__(self, "key_id", signing_key_id(self.raw))
        object.__setattr__(self, "_ed25519", ed25519)
        object.__setattr__(self, "_mldsa", mldsa)

    def verify(self, payload_type: PayloadType, body: bytes, signature: bytes) -> None:
        """Returns only when both halves of `signature` are over `body`.

        Raises:
            SignatureError: A half is missing, or does not verify.
        """
        if len(signature) != SIGNATURE_SIZE:
            raise SignatureError(
                f"a hybrid signature has {SIGNATURE_SIZE} bytes, not {len(signature)}"
            )
        message = preauth(payload_type, body)
        try:
            self._ed25519.verify(signature[:ED25519_SIGNATURE_SIZE], message)
            # The ML-DSA context binds the payload type a second time: a half cannot
            # be carried over even to a protocol that signs the same bytes.
            self._mldsa.verify(
                signature[ED25519_SIGNATURE_SIZE:], message, payload_type.value
            )
        except InvalidSignature:
            raise SignatureError("the signature does not verify") from None


class SigningKey:
    """The private half of a hybrid signing key.

    Args:
        seed: Ed25519 seed (32 bytes), then ML-DSA seed (32 bytes).

    Raises:
        KeyFormatError: Wrong length.
    """

    __slots__ = ("_ed25519", "_mldsa", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise KeyFormatError(f"a signing seed has {SEED_SIZE} bytes")
        self._ed25519 = Ed25519PrivateKey.from_private_bytes(seed[:32])
        self._mldsa = MLDSA65PrivateKey.from_seed_bytes(seed[32:])
        self.public = SigningPublicKey(
            self._ed25519.public_key().public_bytes_raw()
            + self._mldsa.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls) -> tuple[Self, bytes]:
        """Returns a new key and the seed that makes it again."""
        seed = secrets.token_bytes(SEED_SIZE)
        return cls(seed), seed

    def sign(self, payload_type: PayloadType, body: bytes) -> bytes:
        """Returns the hybrid signature over `body`, 3373 bytes."""
        message = preauth(payload_type, body)
        return self._ed25519.sign(message) + self._mldsa.sign(
            message, payload_type.value
        )


@lru_cache(maxsize=1024)
def signing_public_key(raw: bytes) -> SigningPublicKey:
    """Returns the key for `raw`, loaded once: loading costs as much as verifying.

    Raises:
        KeyFormatError: Wrong length, or a half that is no key.
    """
    return SigningPublicKey(raw)
