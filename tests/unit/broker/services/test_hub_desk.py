"""The desk answers what it is asked, and nothing that is not there."""

import pytest

from broker.core.codec.desk import (
    CHUNK_SIZE,
    FileChunk,
    FileQuestion,
    LogAnswer,
    LogQuestion,
    decode_file_chunk,
    decode_log_answer,
    encode_file_question,
    encode_log_question,
)
from broker.core.errors import RefusedError
from broker.services.hub_desk import HubDesk
from keys.framing import sha256
from tests.unit.broker.services.memory_log import MemoryLog
from tests.world import NOW_MS, FakeClock

FILE = bytes(range(256)) * 4096  # two chunks
LEAVES = [sha256(bytes([number])) for number in range(5)]


def desk(log: MemoryLog | None = None) -> HubDesk:
    return HubDesk({"1.root.json": FILE}.get, lambda: log, FakeClock())


def file_answer(path: str, offset: int = 0) -> FileChunk | None:
    question = encode_file_question(FileQuestion(path=path, offset=offset))
    return decode_file_chunk(desk().directory("account", question))


def log_answer(log: MemoryLog | None, question: LogQuestion) -> LogAnswer:
    return decode_log_answer(desk(log).log("account", encode_log_question(question)))


def test_a_large_file_is_handed_out_in_chunks() -> None:
    data = b""
    while len(data) < len(FILE):
        chunk = file_answer("1.root.json", len(data))
        assert chunk is not None
        assert chunk.total == len(FILE)
        assert 0 < len(chunk.data) <= CHUNK_SIZE
        data += chunk.data
    assert data == FILE


def test_beyond_the_end_of_a_file_there_is_nothing() -> None:
    assert file_answer("1.root.json", 1 << 60) == FileChunk(total=len(FILE), data=b"")


@pytest.mark.parametrize("path", ["", "2.root.json", "../hub.keys", "/etc/passwd"])
def test_a_file_that_is_not_served_is_missing(path: str) -> None:
    assert file_answer(path) is None


def test_a_question_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(RefusedError):
        desk().directory("account", b"?")
    with pytest.raises(RefusedError):
        desk().log("account", b"?")


def test_an_answer_holds_the_proofs_that_were_asked_for_and_no_others() -> None:
    log = MemoryLog(list(LEAVES))
    checkpoint = log.head().checkpoint
    assert log_answer(log, LogQuestion()).checkpoint == checkpoint
    found = log_answer(log, LogQuestion(leaf_hash=LEAVES[3]))
    assert (found.index, found.consistency) == (3, ())
    assert found.inclusion == log.inclusion(3, 5)
    grown = log_answer(log, LogQuestion(since=2))
    assert (grown.index, grown.inclusion) == (None, ())
    assert grown.consistency == log.consistency(2, 5)


@pytest.mark.parametrize("since", [0, 6, 1 << 60])
def test_no_consistency_with_a_size_the_log_never_had(since: int) -> None:
    log = MemoryLog(list(LEAVES))
    assert log_answer(log, LogQuestion(since=since)).consistency == ()


def test_a_leaf_that_is_not_there_or_not_covered_yet_has_no_index() -> None:
    log = MemoryLog(list(LEAVES))
    assert log_answer(log, LogQuestion(leaf_hash=bytes(32))).index is None

    class Ahead(MemoryLog):
        """A log that has a leaf which its checkpoint does not cover yet."""

        def find(self, leaf_hash: bytes) -> int | None:
            del leaf_hash
            return 5

    assert log_answer(Ahead(list(LEAVES)), LogQuestion(leaf_hash=LEAVES[0])).index is (
        None
    )


def test_without_a_log_the_answer_is_empty() -> None:
    expected = LogAnswer(checkpoint="", time_ms=NOW_MS)
    assert log_answer(None, LogQuestion(since=3)) == expected
