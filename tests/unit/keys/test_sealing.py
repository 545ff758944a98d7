"""What is sealed opens for one party, one message and one key; sizes tell little."""

import pytest
from hypothesis import given, settings, strategies as st

from keys.errors import ContentError, KeyFormatError, UnwrapError
from keys.sealing import (
    PUBLIC_SIZE,
    SEED_SIZE,
    EncryptionKey,
    EncryptionPublicKey,
    commitment,
    new_content_key,
    open_content,
    padded_length,
    protect,
    seal_content,
    unprotect,
)

KEY = EncryptionKey(bytes(range(SEED_SIZE)))
OTHER = EncryptionKey(bytes(range(SEED_SIZE))[::-1])
HEADER = bytes(32)
SECRET = b"the content key"
WRAP = KEY.public.wrap(SECRET, header_digest=HEADER, party="BEL")
CONTENT_KEY = bytes(range(32))
CIPHERTEXT = seal_content(CONTENT_KEY, b"content", header_digest=HEADER)


def test_a_wrap_opens_for_whom_it_was_made() -> None:
    assert KEY.unwrap(WRAP, header_digest=HEADER, party="BEL") == SECRET


@pytest.mark.parametrize(
    ("key", "header", "party"),
    [
        pytest.param(OTHER, HEADER, "BEL", id="another key"),
        pytest.param(KEY, b"\1" * 32, "BEL", id="another message"),
        pytest.param(KEY, HEADER, "MEX", id="another party"),
    ],
)
def test_a_wrap_taken_elsewhere_does_not_open(
    key: EncryptionKey, header: bytes, party: str
) -> None:
    with pytest.raises(UnwrapError):
        key.unwrap(WRAP, header_digest=header, party=party)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WRAP) - 1), st.integers(1, 255))
def test_any_flipped_byte_of_a_wrap_is_noticed(at: int, mask: int) -> None:
    changed = bytearray(WRAP)
    changed[at] ^= mask
    with pytest.raises(UnwrapError):
        KEY.unwrap(bytes(changed), header_digest=HEADER, party="BEL")


@pytest.mark.parametrize("length", [0, 1, 1119, 1120, len(WRAP) - 1])
def test_a_wrap_cut_short_is_no_wrap(length: int) -> None:
    with pytest.raises(UnwrapError):
        KEY.unwrap(WRAP[:length], header_digest=HEADER, party="BEL")


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(bytes(32), id="zero"),
        pytest.param(b"\1" + bytes(31), id="one"),
        pytest.param(b"\xec" + b"\xff" * 30 + b"\x7f", id="minus one"),
    ],
)
def test_a_point_that_nothing_can_be_sealed_to_is_no_key(point: bytes) -> None:
    with pytest.raises(KeyFormatError):
        EncryptionPublicKey(KEY.public.raw[:1184] + point)


def test_wraps_of_the_same_secret_differ() -> None:
    again = KEY.public.wrap(SECRET, header_digest=HEADER, party="BEL")
    assert again != WRAP


@settings(max_examples=30)
@given(st.binary())
def test_content_comes_out_as_it_went_in(content: bytes) -> None:
    key = new_content_key()
    sealed = seal_content(key, content, header_digest=HEADER)
    assert len(sealed) == len(content) + 16
    assert open_content(key, sealed, header_digest=HEADER) == content


@pytest.mark.parametrize(
    ("key", "data", "header"),
    [
        pytest.param(bytes(32), CIPHERTEXT, HEADER, id="another key"),
        pytest.param(b"short", CIPHERTEXT, HEADER, id="no key"),
        pytest.param(CONTENT_KEY, CIPHERTEXT, b"\1" * 32, id="another header"),
        pytest.param(CONTENT_KEY, CIPHERTEXT[:-1], HEADER, id="cut short"),
        pytest.param(CONTENT_KEY, b"", HEADER, id="nothing"),
        pytest.param(CONTENT_KEY, CIPHERTEXT[::-1], HEADER, id="changed"),
    ],
)
def test_content_that_was_not_sealed_so_does_not_open(
    key: bytes, data: bytes, header: bytes
) -> None:
    with pytest.raises(ContentError):
        open_content(key, data, header_digest=header)


@given(st.binary(), st.binary(), st.binary(), st.binary())
def test_a_commitment_is_to_one_salt_and_one_body(
    salt: bytes, body: bytes, other_salt: bytes, other_body: bytes
) -> None:
    same = commitment(salt, body) == commitment(other_salt, other_body)
    assert same == ((salt, body) == (other_salt, other_body))


@settings(max_examples=500)
@given(st.integers(0, 1 << 40))
def test_padding_holds_the_content_and_costs_twelve_percent_at_most(
    length: int,
) -> None:
    padded = padded_length(length)
    assert padded >= max(length, 256)
    assert padded_length(padded) == padded
    if length > 256:
        assert padded <= length * 1.12
    assert padded_length(length + 1) >= padded


def test_sizes_up_to_a_megabyte_are_few() -> None:
    """What is left to an eavesdropper of 20 bits of length is less than 9."""
    sizes = [padded_length(0)]
    while sizes[-1] < 1 << 20:
        sizes.append(padded_length(sizes[-1] + 1))
    assert len(sizes) < 400
    assert {padded_length(length) for length in range(257)} == {256}


def test_a_secret_at_rest_opens_with_its_key_and_context_alone() -> None:
    blob = protect(CONTENT_KEY, SECRET, context=b"message")
    assert unprotect(CONTENT_KEY, blob, context=b"message") == SECRET
    assert protect(CONTENT_KEY, SECRET, context=b"message") != blob
    for key, data, context in (
        (bytes(32), blob, b"message"),
        (CONTENT_KEY, blob, b"another message"),
        (CONTENT_KEY, blob[:-1], b"message"),
        (CONTENT_KEY, b"", b"message"),
        (b"short", blob, b"message"),
    ):
        with pytest.raises(ContentError):
            unprotect(key, data, context=context)


def test_a_seed_makes_the_same_key_again() -> None:
    key, seed = EncryptionKey.generate()
    assert EncryptionKey(seed).public == key.public
    assert key.public.key_id != KEY.public.key_id


def test_an_identifier_covers_both_halves() -> None:
    mixed = EncryptionPublicKey(KEY.public.raw[:1184] + OTHER.public.raw[1184:])
    assert len({mixed.key_id, KEY.public.key_id, OTHER.public.key_id}) == 3


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(bytes(PUBLIC_SIZE - 1), id="too short"),
        pytest.param(bytes(PUBLIC_SIZE + 1), id="too long"),
        pytest.param(b"\xff" * PUBLIC_SIZE, id="no lattice key"),
    ],
)
def test_bytes_that_are_no_key_are_refused(raw: bytes) -> None:
    with pytest.raises(KeyFormatError):
        EncryptionPublicKey(raw)


@pytest.mark.parametrize("size", [0, 32, SEED_SIZE - 1, SEED_SIZE + 1])
def test_a_seed_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(KeyFormatError):
        EncryptionKey(bytes(size))
