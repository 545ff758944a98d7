"""Questions to the hub and its answers: strict in both directions."""

import json

import pytest
from hypothesis import given, strategies as st

from broker.core.audit.snapshot import LoggedSnapshot
from broker.core.codec.desk import (
    FileChunk,
    FileQuestion,
    LogAnswer,
    LogQuestion,
    SnapshotAt,
    SnapshotLike,
    SnapshotName,
    SnapshotOfVersion,
    decode_file_chunk,
    decode_file_question,
    decode_log_answer,
    decode_log_question,
    encode_file_chunk,
    encode_file_question,
    encode_log_answer,
    encode_log_question,
)
from broker.core.errors import Code, ProofError, RefusedError

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=64).map(tuple)


@given(st.text(max_size=100), st.integers(0, 2**63))
def test_file_questions_round_trip(path: str, offset: int) -> None:
    question = FileQuestion(path=path, offset=offset)
    assert decode_file_question(encode_file_question(question)) == question


@given(st.none() | st.builds(FileChunk, total=st.integers(0, 2**63), data=st.binary()))
def test_file_answers_round_trip(chunk: FileChunk | None) -> None:
    assert decode_file_chunk(encode_file_chunk(chunk)) == chunk


SNAPSHOT_NAMES = (
    st.none()
    | st.builds(SnapshotOfVersion, version=st.integers(1, 2**63 - 1))
    | st.builds(SnapshotLike, digest=st.binary(max_size=32))
    | st.builds(SnapshotAt, at_ms=st.integers(0, 2**63 - 1))
)
SNAPSHOTS = st.builds(
    LoggedSnapshot,
    statement=st.binary(max_size=100),
    index=st.integers(0, 2**63),
    inclusion=HASHES,
)


@given(st.binary(max_size=32), st.integers(0, 2**63), SNAPSHOT_NAMES)
def test_log_questions_round_trip(
    leaf: bytes, since: int, name: SnapshotName | None
) -> None:
    question = LogQuestion(leaf_hash=leaf, since=since, snapshot=name)
    assert decode_log_question(encode_log_question(question)) == question


@given(st.integers(0, (1 << 63) - 1), st.integers(0, (1 << 63) - 1))
def test_the_checkpoint_that_is_asked_for_round_trips(quorum: int, size: int) -> None:
    question = LogQuestion(quorum=quorum, size=size)
    data = encode_log_question(question)
    assert decode_log_question(data) == question
    # A hub that knows no witnesses understands whoever asks for none.
    assert (b"quorum" in data, b"size" in data) == (quorum > 0, size > 0)


@pytest.mark.parametrize("value", [-1, 1 << 63, True, 1.5, "1", None])
@pytest.mark.parametrize("name", ["quorum", "size"])
def test_a_checkpoint_that_cannot_be_is_not_looked_for(
    name: str, value: object
) -> None:
    fields = {"leaf": "", "since": 0, "snapshot": None, name: value}
    with pytest.raises(RefusedError):
        decode_log_question(json.dumps(fields).encode())


@given(
    st.builds(
        LogAnswer,
        checkpoint=st.text(),
        index=st.none() | st.integers(0, 2**63),
        inclusion=HASHES,
        consistency=HASHES,
        snapshots=st.lists(SNAPSHOTS, max_size=4).map(tuple),
        time_ms=st.integers(0, 2**53),
    )
)
def test_log_answers_round_trip(answer: LogAnswer) -> None:
    assert decode_log_answer(encode_log_answer(answer)) == answer


UNREADABLE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"\xff", id="no text"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"[" * 4000, id="nested to exhaust the stack"),
    pytest.param(b'{"path": "a"}', id="half a question"),
    pytest.param(b'{"path": "a", "offset": 0, "more": 1}', id="an unknown field"),
    pytest.param(b'{"path": 1, "offset": 0}', id="a path that is no text"),
    pytest.param(b'{"path": "a", "offset": -1}', id="before the beginning"),
    pytest.param(b'{"path": "a", "offset": 0.5}', id="half a byte"),
    pytest.param(
        b'{"leaf": 1, "since": 0, "snapshot": null}', id="a leaf that is no text"
    ),
    pytest.param(
        b'{"leaf": "zz", "since": 0, "snapshot": null}', id="a leaf that is no hash"
    ),
    pytest.param(
        b'{"leaf": "", "since": -1, "snapshot": null}', id="since before the beginning"
    ),
    pytest.param(b'{"leaf": "", "since": "1", "snapshot": null}', id="since a text"),
    *(
        pytest.param(
            b'{"leaf": "", "since": 0, "snapshot": ' + name + b"}", id=name.decode()
        )
        for name in (
            b"1",
            b"[]",
            b"{}",
            b'{"version": 0}',
            b'{"version": "1"}',
            b'{"version": 9223372036854775808}',
            b'{"version": 1, "at_ms": 1}',
            b'{"at_ms": -1}',
            b'{"digest": "zz"}',
            b'{"digest": 1}',
        )
    ),
    pytest.param(
        b'{"path": "' + b"a" * 5000 + b'", "offset": 0}', id="longer than any question"
    ),
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_a_question_that_cannot_be_read_is_refused(data: bytes) -> None:
    for decode in (decode_file_question, decode_log_question):
        with pytest.raises(RefusedError) as refused:
            decode(data)
        assert refused.value.code is Code.MALFORMED


@pytest.mark.parametrize("data", [b"", b"\x02", b"\x01short", b"\x00more"])
def test_a_file_answer_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        decode_file_chunk(data)
    assert refused.value.code is Code.MALFORMED


ANSWER: dict[str, object] = {
    "checkpoint": "",
    "index": None,
    "inclusion": [],
    "consistency": [],
    "snapshots": [],
    "time_ms": 1,
}
SNAPSHOT: dict[str, object] = {"statement": "00", "index": 0, "inclusion": []}


CHANGES: list[dict[str, object]] = [
    {"checkpoint": 1},
    {"index": "1"},
    {"inclusion": None},
    {"inclusion": [1]},
    {"consistency": ["zz"]},
    {"inclusion": ["00" * 32] * 65},
    {"consistency": ["00" * 32] * 65},
    {"snapshots": None},
    {"snapshots": [1]},
    {"snapshots": [{}]},
    {"index": 5, "snapshots": [SNAPSHOT] * 5},
    {"snapshots": [SNAPSHOT | {"statement": 1}]},
    {"snapshots": [SNAPSHOT | {"index": None}]},
    {"index": 65, "snapshots": [SNAPSHOT | {"inclusion": ["00" * 32] * 65}]},
    {"time_ms": None},
    {"time_ms": -1},
    {"time_ms": True},
    {"time_ms": 2**53 + 1},
]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"[" * 100_000, id="nested to exhaust the stack"),
        pytest.param(b"{}", id="empty"),
        *(
            pytest.param(json.dumps(ANSWER | change).encode(), id=str(change)[:60])
            for change in CHANGES
        ),
    ],
)
def test_a_lying_hub_cannot_break_the_reader_of_its_answer(data: bytes) -> None:
    with pytest.raises(ProofError):
        decode_log_answer(data)
