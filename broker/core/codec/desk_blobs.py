"""Questions that bring sealed files to the hub or fetch them, and the hub's answers.

A question is one line of JSON; what it brings follows the line as it is. What the hub
makes of it is left to `broker.services.blob_desk`.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from broker.core.attachments.limits import ATTACHMENT_LIMITS
from broker.core.attachments.manifest import MANIFEST_MAX_SIZE
from broker.core.codec.desk import ASK
from broker.core.errors import Code, RefusedError
from broker.core.limits import TIME_MS_MAX
from keys.framing import DIGEST_SIZE

BLOB_PUT: Final = "blob-put"
BLOB_GET: Final = "blob-get"
BLOB_HAS: Final = "blob-has"
BLOB_DROP: Final = "blob-drop"
"""The names of the desks, as questions give them."""

_MAX_HEAD: Final = 512  # bytes
_MANIFEST: Final = -1  # in the place of a chunk's number
_FOUND: Final = b"\x01"
_MISSING: Final = b"\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldQuestion:
    """Has a file kept: brings the list of its chunks.

    Attributes:
        blob: What it is asked for by, 32 bytes.
        until_ms: Until when, in ms since the epoch.
        manifest: The list of its chunks (`Manifest.to_bytes`).
    """

    blob: bytes
    until_ms: int
    manifest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkQuestion:
    """Brings one chunk of a file that is kept for whoever brings it."""

    blob: bytes
    number: int
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PartQuestion:
    """Asks for one chunk of a file; for the list of its chunks if `number` is None."""

    blob: bytes
    number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobState:
    """What the hub has of a file.

    Attributes:
        until_ms: Until when it is kept for the party that asks; 0: it is not.
        missing: Numbers of chunks that are not there, ascending; None when there is
            nothing of the file at all.
    """

    until_ms: int = 0
    missing: tuple[int, ...] | None = None


def encode_hold(question: HoldQuestion) -> bytes:
    """Returns the bytes of a question that has a file kept."""
    head = _head(BLOB_PUT, question.blob, number=_MANIFEST, until=question.until_ms)
    return head + b"\n" + question.manifest


def encode_chunk(question: ChunkQuestion) -> bytes:
    """Returns the bytes of a question that brings a chunk."""
    head = _head(BLOB_PUT, question.blob, number=question.number, until=0)
    return head + b"\n" + question.sealed


def encode_part(question: PartQuestion) -> bytes:
    """Returns the bytes of a question for a part of a file."""
    number = _MANIFEST if question.number is None else question.number
    return _head(BLOB_GET, question.blob, number=number)


def encode_has(blob: bytes) -> bytes:
    """Returns the bytes of a question for what the hub has of a file."""
    return _head(BLOB_HAS, blob)


def encode_drop(blob: bytes) -> bytes:
    """Returns the bytes of a question that ends the keeping of a file."""
    return _head(BLOB_DROP, blob)


def decode_put(data: bytes) -> HoldQuestion | ChunkQuestion:
    """Reads what brings a chunk, or has a file kept.

    Raises:
        RefusedError: MALFORMED.
    """
    end = data.find(b"\n", 0, _MAX_HEAD)
    if end < 0:
        raise _malformed()
    blob, fields = _fields(data[:end], BLOB_PUT, ("number", "until"))
    number, until_ms, brought = fields["number"], fields["until"], data[end + 1 :]
    if number == _MANIFEST:
        if not 0 < until_ms <= TIME_MS_MAX or len(brought) > MANIFEST_MAX_SIZE:
            raise _malformed()
        return HoldQuestion(blob=blob, until_ms=until_ms, manifest=brought)
    if (
        until_ms
        or not 0 <= number < ATTACHMENT_LIMITS.chunks_max
        or not 0 < len(brought) <= ATTACHMENT_LIMITS.chunk_max_size
    ):
        raise _malformed()
    return ChunkQuestion(blob=blob, number=number, sealed=brought)


def decode_part(data: bytes) -> PartQuestion:
    """Reads a question for a part of a file.

    Raises:
        RefusedError: MALFORMED.
    """
    blob, fields = _fields(data, BLOB_GET, ("number",))
    number = fields["number"]
    if not _MANIFEST <= number < ATTACHMENT_LIMITS.chunks_max:
        raise _malformed()
    return PartQuestion(blob=blob, number=None if number == _MANIFEST else number)


def decode_has(data: bytes) -> bytes:
    """Reads which file a question is about.

    Raises:
        RefusedError: MALFORMED.
    """
    return _fields(data, BLOB_HAS, ())[0]


def decode_drop(data: bytes) -> bytes:
    """Reads which file need not be kept any more.

    Raises:
        RefusedError: MALFORMED.
    """
    return _fields(data, BLOB_DROP, ())[0]


def encode_answer(part: bytes | None) -> bytes:
    """Returns the bytes of the answer to `PartQuestion`; None: there is none."""
    return _MISSING if part is None else _FOUND + part


def decode_answer(data: bytes) -> bytes | None:
    """Reads the answer to `PartQuestion`; None when the hub has no such part.

    Raises:
        RefusedError: MALFORMED.
    """
    if data == _MISSING:
        return None
    if data[:1] != _FOUND or len(data) > 1 + ATTACHMENT_LIMITS.chunk_max_size:
        raise RefusedError(Code.MALFORMED, "answer")
    return data[1:]


def encode_state(state: BlobState) -> bytes:
    """Returns the bytes of the answer to every other question about a file."""
    missing = None if state.missing is None else list(state.missing)
    return json.dumps({"until": state.until_ms, "missing": missing}).encode()


def decode_state(data: bytes) -> BlobState:
    """Reads what the hub has of a file.

    Raises:
        RefusedError: MALFORMED.
    """
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        fields = None
    match fields:
        case {"until": int(until_ms), "missing": None, **rest} if not rest:
            return BlobState(until_ms=until_ms)
        case {"until": int(until_ms), "missing": list(missing), **rest} if (
            not rest and _are_numbers(missing)
        ):
            return BlobState(until_ms=until_ms, missing=tuple(missing))
    raise RefusedError(Code.MALFORMED, "answer")


def _are_numbers(found: Collection[object]) -> bool:
    return len(found) <= ATTACHMENT_LIMITS.chunks_max and all(
        type(one) is int and 0 <= one < ATTACHMENT_LIMITS.chunks_max for one in found
    )


def _head(ask: str, blob: bytes, **numbers: int) -> bytes:
    return json.dumps({ASK: ask, "blob": blob.hex(), **numbers}).encode()


def _fields(
    data: bytes, ask: str, names: Collection[str]
) -> tuple[bytes, dict[str, int]]:
    """Returns the file that a question is about, and its numbers."""
    try:
        found = json.loads(data) if len(data) <= _MAX_HEAD else None
        if not isinstance(found, dict) or found.keys() != {ASK, "blob", *names}:
            raise _malformed()
        blob = bytes.fromhex(str(found["blob"]))
    except (ValueError, RecursionError):
        raise _malformed() from None
    # The type because JSON's true is an integer in Python.
    numbers = {name: found[name] for name in names}
    whole = all(type(one) is int for one in numbers.values())
    if found[ASK] != ask or len(blob) != DIGEST_SIZE or not whole:
        raise _malformed()
    return blob, numbers


def _malformed() -> RefusedError:
    return RefusedError(Code.MALFORMED, "question")
