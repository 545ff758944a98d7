"""Chunks open in their place, for their file, under their key, and nowhere else."""

import pytest
from hypothesis import given, strategies as st

from keys.attachments import (
    FILE_KEY_SIZE,
    TAG_SIZE,
    blob_name,
    chunk_context,
    new_file_key,
    open_chunk,
    seal_chunk,
)
from keys.errors import ContentError
from keys.framing import sha256

KEY = sha256(b"the key of a file")
CONTEXT = chunk_context(sha256(b"the file"), 700, 256)


def sealed(clear: bytes = b"a chunk", number: int = 1, *, last: bool = False) -> bytes:
    return seal_chunk(KEY, clear, number=number, last=last, context=CONTEXT)


@given(clear=st.binary(max_size=400), number=st.integers(0, 2**40), last=st.booleans())
def test_a_chunk_opens_in_its_place(clear: bytes, number: int, *, last: bool) -> None:
    chunk = seal_chunk(KEY, clear, number=number, last=last, context=CONTEXT)
    assert len(chunk) == len(clear) + TAG_SIZE
    opened = open_chunk(KEY, chunk, number=number, last=last, context=CONTEXT)
    assert opened == clear


def test_a_chunk_in_the_place_of_another_does_not_open() -> None:
    with pytest.raises(ContentError, match="chunk 2"):
        open_chunk(KEY, sealed(), number=2, last=False, context=CONTEXT)


def test_a_file_that_was_cut_off_does_not_open() -> None:
    with pytest.raises(ContentError):
        open_chunk(KEY, sealed(), number=1, last=True, context=CONTEXT)


def test_a_file_that_goes_on_after_its_end_does_not_open() -> None:
    chunk = sealed(last=True)
    with pytest.raises(ContentError):
        open_chunk(KEY, chunk, number=1, last=False, context=CONTEXT)


@pytest.mark.parametrize(
    "context",
    [
        chunk_context(sha256(b"another file"), 700, 256),
        chunk_context(sha256(b"the file"), 701, 256),
        chunk_context(sha256(b"the file"), 700, 512),
    ],
)
def test_a_chunk_of_another_file_does_not_open(context: bytes) -> None:
    with pytest.raises(ContentError):
        open_chunk(KEY, sealed(), number=1, last=False, context=context)


def test_a_changed_chunk_or_another_key_does_not_open() -> None:
    chunk = sealed()
    with pytest.raises(ContentError):
        open_chunk(KEY, chunk[:-1] + b"\x00", number=1, last=False, context=CONTEXT)
    with pytest.raises(ContentError):
        open_chunk(bytes(32), chunk, number=1, last=False, context=CONTEXT)
    with pytest.raises(ContentError):
        open_chunk(KEY, b"short", number=1, last=False, context=CONTEXT)


def test_no_two_files_have_one_key() -> None:
    keys = {new_file_key() for _ in range(8)}
    assert len(keys) == 8
    assert {len(key) for key in keys} == {FILE_KEY_SIZE}


def test_a_name_is_not_a_bare_digest() -> None:
    """A list of chunks must not be taken for a chunk, nor the other way round."""
    assert blob_name(b"a list") != sha256(b"a list")
