"""Both halves of a signature hold, or it does not hold."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey
from hypothesis import given, settings, strategies as st

from keys.errors import KeyFormatError, SignatureError
from keys.preauth import PayloadType, preauth
from keys.signing import (
    ED25519_SIGNATURE_SIZE,
    MLDSA_SIGNATURE_SIZE,
    PUBLIC_SIZE,
    SEED_SIZE,
    SIGNATURE_SIZE,
    SigningKey,
    SigningPublicKey,
    signing_public_key,
)

SEED = bytes(range(SEED_SIZE))
KEY = SigningKey(SEED)
OTHER = SigningKey(SEED[::-1])
BODY = b"what is stated"
GOOD = KEY.sign(PayloadType.ENVELOPE, BODY)


def refused(signature: bytes, body: bytes = BODY, key: SigningKey = KEY) -> None:
    with pytest.raises(SignatureError):
        key.public.verify(PayloadType.ENVELOPE, body, signature)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(PayloadType), st.binary())
def test_what_was_signed_verifies(kind: PayloadType, body: bytes) -> None:
    signature = KEY.sign(kind, body)
    assert len(signature) == SIGNATURE_SIZE
    KEY.public.verify(kind, body, signature)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, SIGNATURE_SIZE - 1), st.integers(1, 255))
def test_any_flipped_byte_of_either_half_is_refused(at: int, mask: int) -> None:
    changed = bytearray(GOOD)
    changed[at] ^= mask
    refused(bytes(changed))


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(b"", id="no signature"),
        pytest.param(GOOD[:ED25519_SIGNATURE_SIZE], id="ML-DSA half stripped"),
        pytest.param(GOOD[ED25519_SIGNATURE_SIZE:], id="Ed25519 half stripped"),
        pytest.param(
            GOOD[:ED25519_SIGNATURE_SIZE] + bytes(MLDSA_SIGNATURE_SIZE),
            id="ML-DSA half blanked",
        ),
        pytest.param(
            bytes(ED25519_SIGNATURE_SIZE) + GOOD[ED25519_SIGNATURE_SIZE:],
            id="Ed25519 half blanked",
        ),
        pytest.param(
            GOOD[ED25519_SIGNATURE_SIZE:] + GOOD[:ED25519_SIGNATURE_SIZE],
            id="halves swapped",
        ),
        pytest.param(GOOD + b"\0", id="one byte too many"),
    ],
)
def test_a_signature_that_is_not_whole_is_refused(signature: bytes) -> None:
    refused(signature)


def test_halves_of_two_keys_do_not_make_a_signature() -> None:
    theirs = OTHER.sign(PayloadType.ENVELOPE, BODY)
    at = ED25519_SIGNATURE_SIZE
    for mixed in (GOOD[:at] + theirs[at:], theirs[:at] + GOOD[at:]):
        refused(mixed)
        refused(mixed, key=OTHER)


def test_another_body_or_key_is_refused() -> None:
    refused(GOOD, body=BODY + b"!")
    refused(GOOD, key=OTHER)


def test_a_signature_of_one_payload_type_is_refused_for_another() -> None:
    with pytest.raises(SignatureError):
        KEY.public.verify(PayloadType.RECEIPTS, BODY, GOOD)


def test_halves_made_by_a_protocol_that_signs_the_same_bytes_are_refused() -> None:
    """Ed25519 has no context; that of ML-DSA is what stops the pair."""
    message = preauth(PayloadType.ENVELOPE, BODY)
    ed25519 = Ed25519PrivateKey.from_private_bytes(SEED[:32]).sign(message)
    mldsa = MLDSA65PrivateKey.from_seed_bytes(SEED[32:]).sign(message)
    assert ed25519 == GOOD[:ED25519_SIGNATURE_SIZE]
    refused(ed25519 + mldsa)


def test_a_seed_makes_the_same_key_again() -> None:
    key, seed = SigningKey.generate()
    assert SigningKey(seed).public == key.public
    assert key.public != KEY.public
    assert "seed" not in repr(key)


def test_an_identifier_covers_both_halves() -> None:
    ours, theirs = KEY.public.raw, OTHER.public.raw
    mixed = SigningPublicKey(ours[:32] + theirs[32:])
    assert len({KEY.public.key_id, OTHER.public.key_id, mixed.key_id}) == 3


@pytest.mark.parametrize("size", [0, 32, PUBLIC_SIZE - 1, PUBLIC_SIZE + 1])
def test_bytes_of_another_size_are_no_key(size: int) -> None:
    with pytest.raises(KeyFormatError):
        SigningPublicKey(bytes(size))
    with pytest.raises(KeyFormatError):
        signing_public_key(bytes(size))


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_a_seed_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(KeyFormatError):
        SigningKey(bytes(size))


def test_a_key_is_loaded_once() -> None:
    assert signing_public_key(KEY.public.raw) is signing_public_key(KEY.public.raw)
