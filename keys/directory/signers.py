"""Keys of the directory, each in one form, and signers made again from seeds.

What they sign is left to the siblings; where seeds are kept, to the keystore; signers
whose key is in a token, to `token_signer`.
"""

from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA65PrivateKey,
    MLDSA65PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Targets

from keys.errors import CeremonyError, KeyFormatError, KeysError

SEED_SIZE: Final = 32  # bytes
ED25519_SIZE: Final = 32  # bytes of a public key; likewise below
P256_SIZE: Final = 65
P384_SIZE: Final = 97
MLDSA65_SIZE: Final = 1952
ROLE_KEY_SIZES: Final = frozenset({ED25519_SIZE, P256_SIZE, P384_SIZE})
STEWARD_KEY_SIZES: Final = frozenset({MLDSA65_SIZE, P256_SIZE, P384_SIZE})

__all__ = [
    "ED25519_SIZE",
    "MLDSA65_SIZE",
    "P256_SIZE",
    "P384_SIZE",
    "ROLE_KEY_SIZES",
    "SEED_SIZE",
    "STEWARD_KEY_SIZES",
    "Signer",
    "add_signature",
    "check_one_form",
    "public_of",
    "raw_public",
    "role_key",
    "role_public",
    "role_signer",
    "steward_key",
    "steward_signer",
    "verifying_key",
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


def verifying_key(public: bytes) -> SSlibKey:
    """Returns a public key as metadata names it; its length says of which kind it is.

    The identifier is computed here, never taken from others: one key under two
    identifiers would count twice towards a threshold.

    Args:
        public: 32 bytes of Ed25519, 65 of P-256, 97 of P-384 (uncompressed points),
            or 1952 of ML-DSA-65.

    Raises:
        KeyFormatError: None of these, or not a point of the curve.
    """
    load = _LOADERS.get(len(public))
    if load is None:
        raise KeyFormatError(f"no public key of the directory has {len(public)} bytes")
    try:
        return SSlibKey.from_crypto(load(public))
    except ValueError as error:
        raise KeyFormatError("not a public key: no such point") from error


def role_key(public: bytes) -> SSlibKey:
    """Returns a party's public role key as metadata names it.

    Raises:
        KeyFormatError: Not a key of Ed25519, P-256 or P-384.
    """
    return _of_size(public, ROLE_KEY_SIZES, "a role key is Ed25519, P-256 or P-384")


def steward_key(public: bytes) -> SSlibKey:
    """Returns a steward's public key as metadata names it.

    Raises:
        KeyFormatError: Not a key of ML-DSA-65, P-256 or P-384.
    """
    return _of_size(
        public, STEWARD_KEY_SIZES, "a steward's key is ML-DSA-65, P-256 or P-384"
    )


def public_of(signer: Signer) -> bytes:
    """Returns the public key of `signer`: what `verifying_key` makes a key of again.

    Raises:
        KeyFormatError: A key of a kind that the directory does not know.
    """
    return raw_public(signer.public_key)


def check_one_form(key: Key, sizes: frozenset[int]) -> None:
    """Checks that a key in metadata is written as `verifying_key` writes it.

    TUF leaves key identifiers free, and PEM can be written in many ways: one key under
    two identifiers would count twice.

    Args:
        key: As it stands in metadata.
        sizes: The kinds that are allowed, by the length of a public key.

    Raises:
        KeyFormatError: Another form or kind.
    """
    public = raw_public(key)
    if len(public) not in sizes or verifying_key(public) != key:
        raise KeyFormatError(f"key {key.keyid} stands under another name, or kind")


def raw_public(key: Key) -> bytes:
    """Returns the public key of metadata; says nothing about the form it was in.

    Raises:
        KeyFormatError: It cannot be read, or is of a kind the directory does not know.
    """
    text = str(key.keyval.get("public", ""))
    try:
        if key.scheme == "ed25519":
            return bytes.fromhex(text)
        loaded = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFormatError(f"key {key.keyid} cannot be read") from error
    if isinstance(loaded, EllipticCurvePublicKey):
        return loaded.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(loaded, MLDSA65PublicKey):
        return loaded.public_bytes_raw()
    raise KeyFormatError(f"key {key.keyid} is of another kind")


def add_signature(metadata: Metadata[Root] | Metadata[Targets], signer: Signer) -> None:
    """Adds a signature to metadata, beside those that are there.

    Raises:
        TokenError: The key is in a token, and the token did not sign.
        CeremonyError: It cannot be signed for another reason.
    """
    try:
        metadata.sign(signer, append=True)
    except UnsignedMetadataError as error:
        # TUF puts its own error around whatever a signer raises.
        if isinstance(error.__cause__, KeysError):
            raise error.__cause__ from None
        raise CeremonyError(f"it cannot be signed: {error}") from error


def _of_size(public: bytes, sizes: frozenset[int], rule: str) -> SSlibKey:
    if len(public) not in sizes:
        raise KeyFormatError(f"{rule}; none of them has {len(public)} bytes")
    return verifying_key(public)


def _point_on(curve: EllipticCurve) -> Callable[[bytes], PublicKeyTypes]:
    return lambda public: EllipticCurvePublicKey.from_encoded_point(curve, public)


_LOADERS: Final[Mapping[int, Callable[[bytes], PublicKeyTypes]]] = {
    ED25519_SIZE: Ed25519PublicKey.from_public_bytes,
    P256_SIZE: _point_on(SECP256R1()),
    P384_SIZE: _point_on(SECP384R1()),
    MLDSA65_SIZE: MLDSA65PublicKey.from_public_bytes,
}


def _check_seed(seed: bytes) -> None:
    if len(seed) != SEED_SIZE:
        raise KeyFormatError(f"a seed has {SEED_SIZE} bytes, not {len(seed)}")
