"""Questions that a node asks the hub, and the answers: directory files, log proofs.

Nothing here needs to be secret or trusted: files are verified by their signatures,
proofs by the checkpoint.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import MAX_SIZE
from broker.core.audit.snapshot import LoggedSnapshot
from broker.core.errors import Code, ProofError, RefusedError

ASK: Final = "ask"
"""Under which a question names the desk that it is for."""
MAX_OFFER: Final = 65_536  # bytes of a question that brings something
CHUNK_SIZE: Final = 512 * 1024  # bytes of a file in one answer
_MAX_QUESTION: Final = 4096  # bytes
_MAX_PATH: Final = 64  # hashes of a proof
_MAX_SNAPSHOTS: Final = 4  # in one answer
_WANTED: Final = ("quorum", "size")
_MAX_TIME_MS: Final = 1 << 53  # what JSON carries exactly
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
        snapshot: Show every statement about the version of the directory whose
            snapshot this is; None to ask about none.
        quorum: Answer for the newest checkpoint that so many witnesses of the
            directory have cosigned; 0 for the newest of all.
        size: Answer for the checkpoint of exactly this size; 0 for any.
    """

    leaf_hash: bytes = b""
    since: int = 0
    snapshot: "SnapshotName | None" = None
    quorum: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOfVersion:
    """The snapshot of this version, from 1."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLike:
    """The snapshot with this SHA-256, 32 bytes."""

    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotAt:
    """The newest snapshot that was signed by then, in ms since the epoch."""

    at_ms: int


SnapshotName = SnapshotOfVersion | SnapshotLike | SnapshotAt
"""How a snapshot of the directory is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAnswer:
    """A checkpoint and the proofs under it that were asked for.

    Attributes:
        checkpoint: The signed note, with the lines of witnesses; empty while the log
            is, and when there is none of the size or quorum that was asked for.
        index: Where the leaf is; None when it is not there, or was not asked for.
        inclusion: Its path.
        consistency: The proof from the older size.
        snapshots: The statements about the version that was asked for: one, or
            none; more are proof of a fork.
        time_ms: What the hub takes for the present, in ms since the epoch; 0 from
            one that does not say.
    """

    checkpoint: str
    index: int | None = None
    inclusion: tuple[bytes, ...] = ()
    consistency: tuple[bytes, ...] = ()
    snapshots: tuple[LoggedSnapshot, ...] = ()
    time_ms: int = 0


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


def asked_for(data: bytes) -> str:
    """Returns which desk a question is for by its own word; empty: the log's proofs.

    Raises:
        RefusedError: MALFORMED.
    """
    # What follows a line is brought along as it is, for a desk that takes such.
    line = data[: data.find(b"\n", 0, MAX_OFFER) + 1] or data
    if len(line) > MAX_OFFER:
        raise RefusedError(Code.MALFORMED, "question")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise RefusedError(Code.MALFORMED, "question") from None
    name = fields.get(ASK, "") if isinstance(fields, dict) else None
    if not isinstance(name, str):
        raise RefusedError(Code.MALFORMED, "question")
    return name


def encode_log_question(question: LogQuestion) -> bytes:
    """Returns the bytes of a question about the log."""
    fields: dict[str, object] = {
        "leaf": question.leaf_hash.hex(),
        "since": question.since,
        "snapshot": _name_fields(question.snapshot),
    }
    # Left out where they say nothing: a hub that knows no witnesses understands.
    wanted = {"quorum": question.quorum, "size": question.size}
    fields |= {name: value for name, value in wanted.items() if value}
    return json.dumps(fields).encode()


def decode_log_question(data: bytes) -> LogQuestion:
    """Reads a question about the log.

    Raises:
        RefusedError: MALFORMED.
    """
    fields = _fields(
        data, {"leaf": str, "since": int, "snapshot": dict}, optional=_WANTED
    )
    leaf, since = fields["leaf"], fields["since"]
    quorum, size = (fields.get(name, 0) for name in _WANTED)
    if not isinstance(leaf, str) or not isinstance(since, int) or since < 0:
        raise RefusedError(Code.MALFORMED, "question")
    if type(quorum) is not int or type(size) is not int:
        raise RefusedError(Code.MALFORMED, "question")
    if not 0 <= min(quorum, size) <= max(quorum, size) <= MAX_SIZE:
        raise RefusedError(Code.MALFORMED, "question")
    try:
        return LogQuestion(
            leaf_hash=bytes.fromhex(leaf),
            since=since,
            snapshot=_name(fields["snapshot"]),
            quorum=quorum,
            size=size,
        )
    except ValueError:
        raise RefusedError(Code.MALFORMED, "leaf hash or snapshot") from None


def encode_log_answer(answer: LogAnswer) -> bytes:
    """Returns the bytes of an answer about the log."""
    return json.dumps(
        {
            "checkpoint": answer.checkpoint,
            "index": answer.index,
            "inclusion": _hexes(answer.inclusion),
            "consistency": _hexes(answer.consistency),
            "snapshots": [
                {
                    "statement": one.statement.hex(),
                    "index": one.index,
                    "inclusion": _hexes(one.inclusion),
                }
                for one in answer.snapshots
            ],
            "time_ms": answer.time_ms,
        }
    ).encode()


def decode_log_answer(data: bytes) -> LogAnswer:
    """Reads an answer about the log.

    Raises:
        ProofError: It is not such an answer.
    """
    try:
        fields = json.loads(data)
        index, time_ms, checkpoint = (
            fields[name] for name in ("index", "time_ms", "checkpoint")
        )
        snapshots = tuple(_logged(one) for one in fields["snapshots"])
        inclusion = _hashes(fields["inclusion"])
        consistency = _hashes(fields["consistency"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProofError("the hub's answer about the log cannot be read") from error
    if not isinstance(checkpoint, str) or not isinstance(index, int | None):
        raise ProofError("the hub's answer about the log cannot be read")
    if type(time_ms) is not int or not 0 <= time_ms <= _MAX_TIME_MS:
        raise ProofError("the hub's answer about the log names no time")
    if len(snapshots) > _MAX_SNAPSHOTS:
        raise ProofError("the hub shows more snapshots than were asked for")
    return LogAnswer(
        checkpoint=checkpoint,
        index=index,
        inclusion=inclusion,
        consistency=consistency,
        snapshots=snapshots,
        time_ms=time_ms,
    )


def _name_fields(name: SnapshotName | None) -> dict[str, int | str] | None:
    match name:
        case SnapshotOfVersion(version=version):
            return {"version": version}
        case SnapshotLike(digest=digest):
            return {"digest": digest.hex()}
        case SnapshotAt(at_ms=at_ms):
            return {"at_ms": at_ms}
        case None:
            return None


def _name(fields: object) -> SnapshotName | None:
    """Reads how a snapshot is asked for.

    Raises:
        ValueError: Not so.
    """
    match fields:
        case None:
            return None
        case {"version": int(version), **rest} if not rest and 0 < version < 1 << 63:
            return SnapshotOfVersion(version=version)
        case {"at_ms": int(at_ms), **rest} if not rest and 0 <= at_ms < 1 << 63:
            return SnapshotAt(at_ms=at_ms)
        case {"digest": str(digest), **rest} if not rest:
            return SnapshotLike(digest=bytes.fromhex(digest))
        case _:
            raise ValueError("no name of a snapshot")


def _logged(fields: dict[str, object]) -> LoggedSnapshot:
    statement, index = fields["statement"], fields["index"]
    if not isinstance(statement, str) or type(index) is not int:
        raise ValueError("no snapshot")
    return LoggedSnapshot(
        statement=bytes.fromhex(statement),
        index=index,
        inclusion=_hashes(fields["inclusion"]),
    )


def _hexes(path: Iterable[bytes]) -> list[str]:
    return [node.hex() for node in path]


def _hashes(path: object) -> tuple[bytes, ...]:
    if not isinstance(path, Sequence) or len(path) > _MAX_PATH:
        raise ValueError("the hub's proof is longer than any proof can be")
    return tuple(bytes.fromhex(node) for node in path)


def _fields(
    data: bytes, expected: dict[str, type], *, optional: Collection[str] = ()
) -> dict[str, object]:
    try:
        fields = json.loads(data) if len(data) <= _MAX_QUESTION else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.keys() - optional != expected.keys():
        raise RefusedError(Code.MALFORMED, "question")
    return fields
