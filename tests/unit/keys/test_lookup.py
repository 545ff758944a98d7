"""Tokens are the same under one key and use, and have nothing in common otherwise."""

from keys.lookup import lookup_key, lookup_token

STORE = bytes(32)


def test_a_token_depends_on_key_use_and_every_part() -> None:
    key = lookup_key(STORE, b"weapons/1")
    token = lookup_token(key, b"k0", b"ZZQ00417")
    assert token == lookup_token(lookup_key(STORE, b"weapons/1"), b"k0", b"ZZQ00417")
    others = {
        lookup_token(key, b"k1", b"ZZQ00417"),
        lookup_token(key, b"k0", b"ZZQ00418"),
        lookup_token(key, b"k0Z", b"ZQ00417"),
        lookup_token(lookup_key(STORE, b"other/1"), b"k0", b"ZZQ00417"),
        lookup_token(lookup_key(b"x" * 32, b"weapons/1"), b"k0", b"ZZQ00417"),
    }
    assert token not in others
    assert len(others) == 5


def test_a_token_fits_a_number_of_the_store() -> None:
    key = lookup_key(STORE, b"weapons/1")
    for number in range(100):
        assert -(2**63) <= lookup_token(key, str(number).encode()) < 2**63
