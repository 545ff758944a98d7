"""The hub's desk: answers what nodes ask about the directory and the log.

Which account asks is known from the subject; what is answered here is the same for
every party, since neither directory files nor blinded leaves are secret among them.
"""

from collections.abc import Callable
from typing import Protocol

from broker.core.audit.entry import LogHead
from broker.core.codec.desk import (
    CHUNK_SIZE,
    FileChunk,
    LogAnswer,
    decode_file_question,
    decode_log_question,
    encode_file_chunk,
    encode_log_answer,
)


class ReadableLog(Protocol):
    """The log, as questions about it need it."""

    def head(self) -> LogHead:
        """Returns how far the log has come."""
        ...

    def find(self, leaf_hash: bytes) -> int | None:
        """Returns where a leaf is."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Returns the path of a leaf in the tree of `size` leaves."""
        ...

    def consistency(self, m: int, n: int) -> tuple[bytes, ...]:
        """Returns the proof that the first `m` of `n` leaves are the same."""
        ...


class HubDesk:
    """Answers questions.

    Args:
        read_file: Returns a file of the directory by its path, or None.
        log: Opens the log for reading, or None while there is none.
    """

    def __init__(
        self,
        read_file: Callable[[str], bytes | None],
        log: Callable[[], ReadableLog | None],
    ) -> None:
        self._read_file = read_file
        self._log = log

    def directory(self, _account: str, payload: bytes) -> bytes:
        """Answers a question for a directory file.

        Raises:
            RefusedError: The question cannot be read.
        """
        question = decode_file_question(payload)
        data = self._read_file(question.path)
        if data is None:
            return encode_file_chunk(None)
        part = data[question.offset : question.offset + CHUNK_SIZE]
        return encode_file_chunk(FileChunk(total=len(data), data=part))

    def log(self, _account: str, payload: bytes) -> bytes:
        """Answers a question about the log, for its newest checkpoint.

        Raises:
            RefusedError: The question cannot be read.
        """
        question = decode_log_question(payload)
        log = self._log()
        if log is None:
            return encode_log_answer(LogAnswer(checkpoint=""))
        head = log.head()
        index = log.find(question.leaf_hash) if question.leaf_hash else None
        inclusion: tuple[bytes, ...] = ()
        consistency: tuple[bytes, ...] = ()
        if index is not None and index < head.size:
            inclusion = log.inclusion(index, head.size)
        else:
            index = None
        if 0 < question.since <= head.size:
            consistency = log.consistency(question.since, head.size)
        return encode_log_answer(
            LogAnswer(
                checkpoint=head.checkpoint,
                index=index,
                inclusion=inclusion,
                consistency=consistency,
            )
        )
