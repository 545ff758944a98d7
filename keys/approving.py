"""Signatures of officers under releases: Ed25519 (RFC 8032), or ECDSA on P-256.

What an approval says, and how many are needed, is left to `broker.core.approvals`.
"""

from typing import Final

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature

from keys.directory.signers import (
    ED25519_SIZE,
    P256_SIZE,
    Signer,
    public_of,
    verifying_key,
)
from keys.errors import KeyFormatError, SignatureError
from keys.preauth import PayloadType, preauth

OFFICER_KEY_SIZES: Final = frozenset({ED25519_SIZE, P256_SIZE})
"""Length of an officer's public key, in bytes, for each kind there is."""

SIGNATURE_MAX_SIZE: Final = 80  # bytes; Ed25519 has 64, a DER of P-256 at most 72


def officer_public(signer: Signer) -> bytes:
    """Returns the public key of an officer: 32 bytes of Ed25519, or 65 of P-256.

    Raises:
        KeyFormatError: A key of another kind: nobody would count its approvals.
    """
    public = public_of(signer)
    _check_size(public)
    return public


def sign_approval(signer: Signer, statement: bytes) -> bytes:
    """Returns an officer's signature over `statement`.

    What is signed is its pre-authentication encoding, under a payload type of its own:
    no metadata, message or receipt has such bytes.

    Raises:
        KeyFormatError: The key is none of an officer's.
        TokenError: The key is in a token, and the token did not sign.
    """
    officer_public(signer)
    signature = signer.sign(preauth(PayloadType.APPROVAL, statement))
    return bytes.fromhex(signature.signature)


def verify_approval(public: bytes, statement: bytes, signature: bytes) -> None:
    """Returns only when `signature` is that of `public` over `statement`.

    Args:
        public: 32 bytes of Ed25519, or 65 of P-256.
        statement: As it was signed.
        signature: 64 bytes of Ed25519, or a DER of ECDSA.

    Raises:
        KeyFormatError: Not a key of either kind.
        SignatureError: The signature does not verify.
    """
    _check_size(public)
    key = verifying_key(public)
    if len(signature) > SIGNATURE_MAX_SIZE:
        raise SignatureError(f"no officer's signature has {len(signature)} bytes")
    try:
        key.verify_signature(
            Signature(key.keyid, signature.hex()),
            preauth(PayloadType.APPROVAL, statement),
        )
    except UnverifiedSignatureError:
        raise SignatureError("the officer's signature does not verify") from None


def _check_size(public: bytes) -> None:
    if len(public) not in OFFICER_KEY_SIZES:
        raise KeyFormatError(
            f"an officer's key is Ed25519 or P-256; neither has {len(public)} bytes"
        )
