"""Questions for time-stamps and their answers survive the wire, and nothing else."""

import json

import pytest
from hypothesis import given, strategies as st

from broker.core.codec.desk import asked_for
from broker.core.codec.desk_stamps import (
    NO_STAMP,
    STAMP_DESK,
    StampAnswer,
    decode_stamp_answer,
    decode_stamp_question,
    encode_stamp_answer,
    encode_stamp_question,
)
from broker.core.errors import ProofError, RefusedError
from keys.timestamps import MAX_TOKEN


@given(st.none() | st.integers(0, (1 << 63) - 2))
def test_a_question_reads_back(index: int | None) -> None:
    data = encode_stamp_question(index)
    assert decode_stamp_question(data) == index
    assert asked_for(data) == STAMP_DESK


@given(st.text(min_size=1), st.binary(min_size=1, max_size=200))
def test_an_answer_reads_back(note: str, token: bytes) -> None:
    answer = StampAnswer(note=note, token=token)
    assert decode_stamp_answer(encode_stamp_answer(answer)) == answer


def test_no_time_stamp_is_an_answer_too() -> None:
    assert decode_stamp_answer(encode_stamp_answer(NO_STAMP)) == NO_STAMP


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"ask": "stamp"}',
        b'{"ask": "stamp", "index": -1}',
        b'{"ask": "stamp", "index": true}',
        b'{"ask": "stamp", "index": 1.0}',
        b'{"ask": "stamp", "index": 1, "more": 2}',
        b'{"ask": "stamp", "index": null, "more": 2}',
        b'{"ask": "tile", "index": 1}',
        b'{"ask": "stamp", "index": 9223372036854775807}',
        b'{"ask": "stamp", "index": ' + b" " * 600 + b"1}",
    ],
)
def test_no_other_question_is_taken(data: bytes) -> None:
    with pytest.raises(RefusedError):
        decode_stamp_question(data)


@pytest.mark.parametrize(
    "fields",
    [
        None,
        [],
        {},
        {"note": "x"},
        {"note": "x", "token": 5},
        {"note": "x", "token": "é"},
        {"note": "x", "token": ""},
        {"note": "", "token": "AAAA"},
        {"note": 5, "token": "AAAA"},
        {"note": "x", "token": "A" * (2 * MAX_TOKEN)},
    ],
)
def test_no_other_answer_is_taken(fields: object) -> None:
    with pytest.raises(ProofError):
        decode_stamp_answer(json.dumps(fields).encode())
