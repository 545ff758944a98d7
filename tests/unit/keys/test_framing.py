"""No two lists are framed alike, and no label is mistaken for another."""

import hashlib

from hypothesis import given, strategies as st

from keys.errors import FramingError
from keys.framing import DIGEST_SIZE, frame, labelled_digest, sha256, unframe

lists = st.lists(st.binary(max_size=8), max_size=4)


@given(lists, lists)
def test_two_lists_are_framed_alike_only_when_they_are_the_same(
    first: list[bytes], second: list[bytes]
) -> None:
    assert (frame(*first) == frame(*second)) == (first == second)


def test_a_frame_is_length_and_bytes_of_each_part() -> None:
    assert frame(b"ab", b"") == b"\0\0\0\2ab\0\0\0\0"
    assert frame() == b""


@given(lists)
def test_what_was_framed_is_split_as_it_was(parts: list[bytes]) -> None:
    assert unframe(frame(*parts)) == parts


@given(st.binary(max_size=30))
def test_whatever_can_be_split_was_framed_so(data: bytes) -> None:
    try:
        parts = unframe(data)
    except FramingError:
        return
    assert frame(*parts) == data


@given(lists.filter(bool), st.data())
def test_what_is_cut_off_is_no_list_or_another(
    parts: list[bytes], data: st.DataObject
) -> None:
    whole = frame(*parts)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        assert unframe(cut) != parts
    except FramingError:
        return


@given(st.binary(), st.binary(), lists)
def test_a_digest_depends_on_its_label(
    first: bytes, second: bytes, parts: list[bytes]
) -> None:
    same = labelled_digest(first, *parts) == labelled_digest(second, *parts)
    assert same == (first == second)


@given(st.binary())
def test_sha256_is_that_of_the_standard(data: bytes) -> None:
    assert sha256(data) == hashlib.sha256(data).digest()
    assert len(sha256(data)) == DIGEST_SIZE
