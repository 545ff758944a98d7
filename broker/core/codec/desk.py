"""Questions that a node asks the hub, and the answers: directory files, log proofs.

Nothing here needs to be secret or trusted: files are verified by their signatures,
proofs by the checkpoint.
"""

import json
from dataclasses import dataclass
from typing import Final

from broker.core.errors import Code, ProofError, RefusedError

CHUNK_SIZE: Final = 512 * 1024  # bytes of a file in one answer
_MAX_QUESTION: Final = 4096  # bytes
_MAX_PATH: Final = 64  # hashes of a proof
_FOUND: Final = b"\x01"
_MISSING: Final = b"\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuestion:
    """Asks for a file from `offset` bytes on."""

    path: str
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChunk:
    """A part of a file, and how many bytes the whole has."""

    total: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuestion:
    """Asks for the newest checkpoint, with proofs as far as they are wanted.

    Attributes:
        leaf_hash: Prove that this leaf is in the log; empty for no such proof.
        since: Prove that the log of this many leaves is its beginning; 0 for none.
    """

    leaf_hash: bytes = b""
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAnswer:
    """The newest checkpoint and the proofs that were asked for.

    Attributes:
        checkpoint: The signed note; empty while the log is.
        index: Where the leaf is; None when it is not there, or was not asked for.
        inclusion: Its path.
        consistency: The proof from the older size.
    """

    checkpoint: str
    index: int | None = None
    inclusion: tuple[bytes, ...] = ()
    consistency: tuple[bytes, ...] = ()


def encode_file_question(question: FileQuestion) -> bytes:
    """Returns the bytes of a question for a file."""
    return json.dumps({"path": question.path, "offset": question.offset}).encode()


def decode_file_question(data: bytes) -> FileQuestion:
    """Reads a question for a file.

    Raises:
        RefusedError: MALFORMED.
    """
    fields = _fields(data, {"path": str, "offset": int})
    path, offset = fields["path"], fields["offset"]
    if not isinstance(path, str) or not isinstance(offset, int) or offset < 0:
        raise RefusedError(Code.MALFORMED, "question")
    return FileQuestion(path=path, offset=offset)


def encode_file_chunk(chunk: FileChunk | None) -> bytes:
    """Returns the bytes of an answer; None says that there is no such file."""
    if chunk is None:
        return _MISSING
    return _FOUND + chunk.total.to_bytes(8, "big") + chunk.data


def decode_file_chunk(data: bytes) -> FileChunk | None:
    """Reads an answer; None when there is no such file.

    Raises:
        RefusedError: MALFORMED.
    """
    if data == _MISSING:
        return None
    if data[:1] != _FOUND or len(data) < len(_FOUND) + 8:
        raise RefusedError(Code.MALFORMED, "answer")
    return FileChunk(total=int.from_bytes(data[1:9], "big"), data=data[9:])


def encode_log_question(question: LogQuestion) -> bytes:
    """Returns the bytes of a question about the log."""
    return json.dumps(
        {"leaf": question.leaf_hash.hex(), "since": question.since}
    ).encode()


def decode_log_question(data: bytes) -> LogQuestion:
    """Reads a question about the log.

    Raises:
        RefusedError: MALFORMED.
    """
    fields = _fields(data, {"leaf": str, "since": int})
    leaf, since = fields["leaf"], fields["since"]
    if not isinstance(leaf, str) or not isinstance(since, int) or since < 0:
        raise RefusedError(Code.MALFORMED, "question")
    try:
        return LogQuestion(leaf_hash=bytes.fromhex(leaf), since=since)
    except ValueError:
        raise RefusedError(Code.MALFORMED, "leaf hash") from None


def encode_log_answer(answer: LogAnswer) -> bytes:
    """Returns the bytes of an answer about the log."""
    return json.dumps(
        {
            "checkpoint": answer.checkpoint,
            "index": answer.index,
            "inclusion": [node.hex() for node in answer.inclusion],
            "consistency": [node.hex() for node in answer.consistency],
        }
    ).encode()


def decode_log_answer(data: bytes) -> LogAnswer:
    """Reads an answer about the log.

    Raises:
        ProofError: It is not such an answer.
    """
    try:
        fields = json.loads(data)
        index = fields["index"]
        inclusion = tuple(bytes.fromhex(node) for node in fields["inclusion"])
        consistency = tuple(bytes.fromhex(node) for node in fields["consistency"])
        checkpoint = fields["checkpoint"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProofError("the hub's answer about the log cannot be read") from error
    if not isinstance(checkpoint, str) or not isinstance(index, int | None):
        raise ProofError("the hub's answer about the log cannot be read")
    if max(len(inclusion), len(consistency)) > _MAX_PATH:
        raise ProofError("the hub's proof is longer than any proof can be")
    return LogAnswer(
        checkpoint=checkpoint,
        index=index,
        inclusion=inclusion,
        consistency=consistency,
    )


def _fields(data: bytes, expected: dict[str, type]) -> dict[str, object]:
    try:
        fields = json.loads(data) if len(data) <= _MAX_QUESTION else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.keys() != expected.keys():
        raise RefusedError(Code.MALFORMED, "question")
    return fields
