"""Tests of `keys.nkeys`."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, strategies as st

from keys.errors import KeyFormatError
from keys.nkeys import KeyKind, NatsKey, decode_public, encode_public

# The pair that the documentation of NATS shows.
SEED = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
PUBLIC = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"

raw_keys = st.binary(min_size=32, max_size=32)
kinds = st.sampled_from(KeyKind)


def test_the_documented_seed_has_the_documented_public_key() -> None:
    key = NatsKey.from_text(SEED, KeyKind.USER)
    assert key.public == PUBLIC
    assert key.to_text() == SEED


@pytest.mark.parametrize(
    ("kind", "public", "seed"),
    [
        (KeyKind.OPERATOR, "O", "SO"),
        (KeyKind.ACCOUNT, "A", "SA"),
        (KeyKind.USER, "U", "SU"),
    ],
)
def test_the_first_letters_tell_the_kind(kind: KeyKind, public: str, seed: str) -> None:
    key = NatsKey(kind, bytes(32))
    assert key.public.startswith(public)
    assert key.to_text().startswith(seed)


@given(kinds, raw_keys)
def test_seeds_survive_their_text_form(kind: KeyKind, raw: bytes) -> None:
    key = NatsKey(kind, raw)
    assert NatsKey.from_text(key.to_text(), kind) == key


@given(kinds, raw_keys)
def test_public_keys_survive_their_text_form(kind: KeyKind, raw: bytes) -> None:
    assert decode_public(encode_public(kind, raw), kind) == raw


def test_a_signature_verifies_with_the_public_key() -> None:
    key = NatsKey.from_text(SEED, KeyKind.USER)
    public = Ed25519PublicKey.from_public_bytes(decode_public(PUBLIC, KeyKind.USER))
    public.verify(key.sign(b"nonce"), b"nonce")


def test_the_seed_does_not_show_in_a_traceback() -> None:
    assert "seed" not in repr(NatsKey(KeyKind.USER, bytes(32)))


def _last_letter_with_spare_bits(text: str) -> str:
    # 35 bytes are 56 letters: no spare bits; 36 bytes are 58 letters: two of them.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return text[:-1] + alphabet[alphabet.index(text[-1]) ^ 1]


MISTAKES = {
    "empty": "",
    "small letters": PUBLIC.lower(),
    "padding": PUBLIC + "=" * 8,
    "a letter wrong": PUBLIC.replace("D", "E", 1),
    "a letter missing": PUBLIC[:-1],
    "a letter more": PUBLIC + "A",
    "a space": PUBLIC + " ",
    "not ASCII": PUBLIC[:-1] + "Ä",
    "another kind": encode_public(KeyKind.ACCOUNT, bytes(32)),
    "a seed": SEED,
    "too short": base64.b32encode(b"\xa0").decode().rstrip("="),
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES.keys())
def test_what_is_not_the_public_key_of_a_user_is_refused(text: str) -> None:
    with pytest.raises(KeyFormatError):
        decode_public(text, KeyKind.USER)


@pytest.mark.parametrize(
    "text",
    [
        PUBLIC,
        NatsKey(KeyKind.ACCOUNT, bytes(32)).to_text(),
        SEED.replace("C", "D", 1),
        _last_letter_with_spare_bits(SEED),
        SEED[:-2],
    ],
    ids=["public key", "another kind", "letter wrong", "spare bits", "too short"],
)
def test_what_is_not_the_seed_of_a_user_is_refused(text: str) -> None:
    with pytest.raises(KeyFormatError):
        NatsKey.from_text(text, KeyKind.USER)


@given(st.text(max_size=70))
def test_no_text_whatever_raises_another_error(text: str) -> None:
    try:
        decode_public(text, KeyKind.USER)
    except KeyFormatError:
        return
    raise AssertionError(text)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_of_another_length_are_refused(size: int) -> None:
    with pytest.raises(KeyFormatError):
        NatsKey(KeyKind.USER, bytes(size))
    with pytest.raises(KeyFormatError):
        encode_public(KeyKind.USER, bytes(size))
