"""Questions about sealed files: one line of JSON, then bytes; nothing else is read."""

import json

import pytest
from hypothesis import given, strategies as st

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.manifest import MANIFEST_MAX_SIZE
from broker.core.codec.desk import MAX_OFFER, asked_for
from broker.core.codec.desk_blobs import (
    BLOB_PUT,
    BlobState,
    ChunkQuestion,
    HoldQuestion,
    PartQuestion,
    decode_answer,
    decode_drop,
    decode_has,
    decode_part,
    decode_put,
    decode_state,
    encode_answer,
    encode_chunk,
    encode_drop,
    encode_has,
    encode_hold,
    encode_part,
    encode_state,
)
from broker.core.errors import Code, RefusedError

BLOB = bytes(range(32))
NUMBERS = st.integers(0, ATTACHMENT_LIMITS.chunks_max - 1)
BLOBS = st.binary(min_size=32, max_size=32)


@given(BLOBS, NUMBERS, st.binary(min_size=1, max_size=400))
def test_what_brings_a_chunk_reads_back(blob: bytes, number: int, data: bytes) -> None:
    question = ChunkQuestion(blob=blob, number=number, sealed=data)
    encoded = encode_chunk(question)
    assert decode_put(encoded) == question
    assert asked_for(encoded) == BLOB_PUT


@given(BLOBS, st.integers(1, 10**12), st.binary(max_size=400))
def test_what_has_a_file_kept_reads_back(blob: bytes, until: int, data: bytes) -> None:
    question = HoldQuestion(blob=blob, until_ms=until, manifest=data)
    assert decode_put(encode_hold(question)) == question


@given(BLOBS, st.none() | NUMBERS)
def test_questions_without_a_load_read_back(blob: bytes, number: int | None) -> None:
    part = PartQuestion(blob=blob, number=number)
    assert decode_part(encode_part(part)) == part
    assert decode_has(encode_has(blob)) == blob
    assert decode_drop(encode_drop(blob)) == blob


@given(st.integers(0, 10**12), st.none() | st.lists(NUMBERS, max_size=9))
def test_answers_read_back(until: int, missing: list[int] | None) -> None:
    state = BlobState(
        until_ms=until, missing=None if missing is None else tuple(missing)
    )
    assert decode_state(encode_state(state)) == state
    assert decode_answer(encode_answer(b"\x00")) == b"\x00"
    assert decode_answer(encode_answer(b"")) == b""
    assert decode_answer(encode_answer(None)) is None


def head(**changes: object) -> bytes:
    fields = {"ask": BLOB_PUT, "blob": BLOB.hex(), "number": 0, "until": 0, **changes}
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        head(),
        head() + b"\n",
        head(ask="blob-get") + b"\nx",
        head(blob="ff") + b"\nx",
        head(blob="zz") + b"\nx",
        head(blob=7) + b"\nx",
        head(number=True) + b"\nx",
        head(number=-2) + b"\nx",
        head(number=ATTACHMENT_LIMITS.chunks_max) + b"\nx",
        head(until=5) + b"\nx",
        head(number=-1) + b"\nx",
        head(number=-1, until=10**14) + b"\nx",
        head(number=-1, until=5) + b"\n" + bytes(MANIFEST_MAX_SIZE + 1),
        head() + b"\n" + bytes(ATTACHMENT_LIMITS.chunk_max_size + 1),
        head(more=1) + b"\nx",
        b"[]\nx",
        b"[" * 400 + b"\nx",
        b" " * 600 + b"\nx",
    ],
)
def test_what_is_no_such_question_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as refusal:
        decode_put(data)
    assert refusal.value.code is Code.MALFORMED


def test_other_questions_of_a_wrong_form_are_refused() -> None:
    for decode, data in (
        (decode_part, encode_has(BLOB)),
        (decode_part, encode_part(PartQuestion(blob=BLOB, number=0))[:-1]),
        (decode_part, head(ask="blob-get").replace(b'"until": 0', b'"number": 9999')),
        (decode_has, encode_drop(BLOB)),
        (decode_drop, encode_has(BLOB) + b" " * 600),
        (decode_answer, b""),
        (decode_answer, b"\x02x"),
        (decode_answer, bytes(2)),
        (decode_answer, b"\x01" + bytes(ATTACHMENT_LIMITS.chunk_max_size + 1)),
        (decode_state, b"{}"),
        (decode_state, b"no"),
        (decode_state, b'{"until": 0, "missing": [true]}'),
        (decode_state, b'{"until": 0, "missing": [-1]}'),
        (decode_state, b'{"until": 0, "missing": [], "more": 1}'),
        (decode_state, json.dumps({"until": 0, "missing": [0] * 2000}).encode()),
    ):
        with pytest.raises(RefusedError):
            decode(data)


def test_a_number_out_of_range_is_no_part() -> None:
    fields = {"ask": "blob-get", "blob": BLOB.hex(), "number": -2}
    with pytest.raises(RefusedError):
        decode_part(json.dumps(fields).encode())


def test_only_the_line_of_a_question_is_bounded_as_questions_are() -> None:
    chunk = ChunkQuestion(blob=BLOB, number=0, sealed=bytes(300_000))
    assert asked_for(encode_chunk(chunk)) == BLOB_PUT
    for long in (b"{}" + b" " * MAX_OFFER, b" " * MAX_OFFER + b"{}\n"):
        with pytest.raises(RefusedError):
            asked_for(long)
