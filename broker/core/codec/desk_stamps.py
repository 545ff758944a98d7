"""Questions for time-stamps of the log, and the hub's answers.

What a time-stamp proves is left to `keys.timestamps`, keeping them to the hub's store.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

from broker.core.audit.checkpoint import MAX_SIZE
from broker.core.codec.desk import ASK
from broker.core.errors import Code, ProofError, RefusedError
from keys.notes import MAX_NOTE_SIZE
from keys.timestamps import MAX_TOKEN

STAMP_DESK: Final = "stamp"
"""The name of the desk, as a question gives it."""

_MAX_QUESTION: Final = 512  # bytes
_UNREADABLE: Final = "the hub's answer about time-stamps cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAnswer:
    """A checkpoint of the log, and the time-stamp on it; nothing of it is verified.

    Attributes:
        note: The checkpoint as the log signed it; the token is about its bytes. Empty
            when there is no such time-stamp.
        token: What the time-stamp authority answered: a DER TimeStampResp (RFC 3161).
    """

    note: str
    token: bytes


NO_STAMP: Final = StampAnswer(note="", token=b"")
"""The answer where nothing was time-stamped that fits the question."""


def encode_stamp_question(index: int | None = None) -> bytes:
    """Returns the bytes of a question for a time-stamp.

    Args:
        index: Of an entry: asks for the first time-stamp on a checkpoint that covers
            it, which shows best how old the entry is. None asks for the newest.
    """
    return json.dumps({ASK: STAMP_DESK, "index": index}).encode()


def decode_stamp_question(data: bytes) -> int | None:
    """Reads a question for a time-stamp: the entry, or None for the newest.

    Raises:
        RefusedError: MALFORMED.
    """
    try:
        fields = json.loads(data) if len(data) <= _MAX_QUESTION else None
    except (ValueError, RecursionError):
        fields = None
    match fields:
        case {"ask": "stamp", "index": None, **rest} if not rest:
            return None
        case {"ask": "stamp", "index": int(index), **rest} if (
            not rest and type(index) is int and 0 <= index < MAX_SIZE
        ):
            return index
        case _:
            raise RefusedError(Code.MALFORMED, "question")


def encode_stamp_answer(answer: StampAnswer) -> bytes:
    """Returns the bytes of an answer."""
    token = base64.b64encode(answer.token).decode("ascii")
    return json.dumps({"note": answer.note, "token": token}).encode()


def decode_stamp_answer(data: bytes) -> StampAnswer:
    """Reads an answer; `NO_STAMP` when there is no such time-stamp.

    Raises:
        ProofError: It is not such an answer.
    """
    try:
        fields = json.loads(data)
        note, encoded = fields["note"], fields["token"]
        token = base64.b64decode(encoded, validate=True)
    except (
        ValueError,
        KeyError,
        TypeError,
        RecursionError,
        binascii.Error,
    ) as error:
        raise ProofError(_UNREADABLE) from error
    if not isinstance(note, str) or bool(note) != bool(token):
        raise ProofError(_UNREADABLE)
    if len(note) > MAX_NOTE_SIZE or len(token) > MAX_TOKEN:
        raise ProofError("the hub's time-stamp is longer than any can be")
    return StampAnswer(note=note, token=token)
