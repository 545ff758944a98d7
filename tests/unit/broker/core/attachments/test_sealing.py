"""Files in chunks and back: only whole, only in order, only what was signed."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.attachments.attached import Attached
from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.sealing import clear_chunks, named, sealed_chunks
from broker.core.errors import Code, RefusedError
from keys.errors import ContentError
from keys.framing import sha256

KEY = sha256(b"the key")


def said(data: bytes, chunk_size: int = 300) -> Attached:
    return Attached(
        kind="mark",
        name="frame.jpg",
        media_type="image/jpeg",
        size=len(data),
        sha256=sha256(data),
        blob=bytes(32),
        key=KEY,
        chunk_size=chunk_size,
    )


def opened(file: Attached, chunks: list[bytes]) -> bytes:
    there = dict(enumerate(chunks))
    return b"".join(clear_chunks(file, there.get))


@given(st.binary(min_size=1, max_size=3000), st.integers(200, 700))
def test_what_was_sealed_opens(data: bytes, chunk_size: int) -> None:
    file, manifest = named(data, said(data, chunk_size))
    chunks = list(sealed_chunks(data, file))
    assert [sha256(one) for one in chunks] == list(manifest.digests)
    assert sum(map(len, chunks)) == manifest.size
    assert file.blob == manifest.blob
    assert opened(file, chunks) == data


def test_swapped_doubled_and_missing_chunks_do_not_open() -> None:
    data = bytes(range(256)) * 4
    file, _ = named(data, said(data))
    chunks = list(sealed_chunks(data, file))
    assert len(chunks) == 4
    for wrong in (
        [chunks[1], chunks[0], *chunks[2:]],
        [chunks[0], chunks[0], *chunks[2:]],
        [*chunks[:2], chunks[3], chunks[2]],
    ):
        with pytest.raises(ContentError):
            opened(file, wrong)
    with pytest.raises(RefusedError, match="is not here"):
        opened(file, chunks[:-1])


def test_a_truncated_blob_does_not_pass_for_a_shorter_file() -> None:
    data = b"x" * 900
    file, _ = named(data, said(data))
    chunks = list(sealed_chunks(data, file))
    shorter = replace(file, size=280)
    with pytest.raises(ContentError):
        opened(shorter, chunks)


def test_a_file_that_is_not_the_one_that_was_signed_is_refused() -> None:
    """Whoever knows the key can seal something else: the digest is signed."""
    data = b"the photograph"
    file, _ = named(data, said(data))
    lying = replace(file, sha256=sha256(b"another"))
    chunks = list(sealed_chunks(data, lying))
    with pytest.raises(RefusedError, match="not the file that the message describes"):
        opened(lying, chunks)


def test_nothing_hides_behind_the_end_of_a_file() -> None:
    data = b"short" + bytes(20) + b"hidden"
    file = replace(said(data), size=5, sha256=sha256(b"short"))
    with pytest.raises(RefusedError, match="more follows"):
        opened(file, list(sealed_chunks(data, file)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 2**63}, Code.OVERSIZE),
        ({"size": 0}, Code.OVERSIZE),
        ({"size": ATTACHMENT_LIMITS.file_max_size + 1}, Code.OVERSIZE),
        ({"chunk_size": 0}, Code.INVALID_ATTACHMENT),
        ({"chunk_size": 2**31}, Code.INVALID_ATTACHMENT),
        ({"chunk_size": 1, "size": 5000}, Code.INVALID_ATTACHMENT),
        ({"key": b"short"}, Code.INVALID_ATTACHMENT),
        ({"blob": b""}, Code.INVALID_ATTACHMENT),
        ({"sha256": b""}, Code.INVALID_ATTACHMENT),
    ],
)
def test_hostile_claims_are_refused_before_anything_is_asked_for(
    changes: dict[str, Any], code: Code
) -> None:
    file = replace(said(b"data"), **changes)

    def never(_number: int) -> bytes:
        raise AssertionError("was asked for")

    with pytest.raises(RefusedError) as refusal:
        next(clear_chunks(file, never))
    assert refusal.value.code is code


def test_a_file_reads_back_from_a_document() -> None:
    file = replace(
        said(b"data"), caption="The frame", metadata_stripped=True, blob=sha256(b"b")
    )
    assert Attached.from_document(file.to_document()) == file
    plain = said(b"data")
    assert Attached.from_document(plain.to_document()) == plain
    assert repr(KEY) not in repr(file)
