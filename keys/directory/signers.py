"""Signers of the directory, each made again from a 32-byte seed.

What they sign is left to the siblings; where seeds are kept, to the keystore.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from securesystemslib.signer import CryptoSigner, Signer, SSlibKey

from keys.errors import KeyFormatError

SEED_SIZE: Final = 32  # bytes
ROLE_KEY_SIZE: Final = 32  # bytes, Ed25519

__all__ = [
    "ROLE_KEY_SIZE",
    "SEED_SIZE",
    "Signer",
    "role_key",
    "role_public",
    "role_signer",
    "steward_signer",
]


def steward_signer(seed: bytes) -> Signer:
    """Returns the ML-DSA-65 signer of a steward (FIPS 204; TUF TAP 21).

    Root and targets outlive today's assumptions and are few: a signature has
    3,309 bytes. Parties are many, and their metadata lives for 90 days.

    Raises:
        KeyFormatError: The seed does not have 32 bytes.
    """
    _check_seed(seed)
    return CryptoSigner(MLDSA65PrivateKey.from_seed_bytes(seed))


def role_signer(seed: bytes) -> Signer:
    """Returns the Ed25519 signer of a party's role, or of the hub's online role.

    Raises:
        KeyFormatError: The seed does not have 32 bytes.
    """
    _check_seed(seed)
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(seed))


def role_public(seed: bytes) -> bytes:
    """Returns the public half of `role_signer(seed)`, 32 bytes, to hand to stewards.

    Raises:
        KeyFormatError: The seed does not have 32 bytes.
    """
    _check_seed(seed)
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def role_key(public: bytes) -> SSlibKey:
    """Returns a party's public role key as metadata names it.

    The identifier is computed here, never taken from the party: one key under two
    identifiers would count twice towards a threshold.

    Raises:
        KeyFormatError: Not 32 bytes.
    """
    if len(public) != ROLE_KEY_SIZE:
        raise KeyFormatError(f"a role key has {ROLE_KEY_SIZE} bytes, not {len(public)}")
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public))


def _check_seed(seed: bytes) -> None:
    if len(seed) != SEED_SIZE:
        raise KeyFormatError(f"a seed has {SEED_SIZE} bytes, not {len(seed)}")
