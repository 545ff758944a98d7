"""Questions of a witness to the desk: what to cosign, and here is the cosignature.

Whether a cosignature holds is left to `keys.cosigning`.
"""

import base64
import json
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from broker.core.audit.checkpoint import MAX_SIZE
from broker.core.codec.desk import ASK, MAX_OFFER
from broker.core.errors import Code, ProofError, RefusedError
from keys.notes import NAME, NoteSignature

CANDIDATE: Final = "candidate"
"""Asks for the checkpoint that witnesses are to cosign; answered as a `LogAnswer`."""
COSIGN: Final = "cosign"
"""Brings a cosignature; answered with a `CosignOutcome`."""

_KEY_ID_SIZE: Final = 4  # bytes
_MAX_VALUE: Final = 4096  # bytes; an ML-DSA-44 cosignature has 2428


@unique
class CosignOutcome(StrEnum):
    """What became of a cosignature."""

    TAKEN = "taken"
    UNKNOWN_WITNESS = "unknown-witness"
    UNKNOWN_CHECKPOINT = "unknown-checkpoint"
    INVALID = "invalid"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignOffer:
    """A cosignature as a witness hands it in.

    Attributes:
        size: Of the checkpoint that it is for.
        signature: The line.
    """

    size: int
    signature: NoteSignature


def encode_candidate_question(since: int) -> bytes:
    """Returns the bytes of the question what to cosign.

    Args:
        since: Size of the newest checkpoint the witness has seen; 0 for none. The
            answer proves that it is continued.
    """
    return json.dumps({ASK: CANDIDATE, "since": since}).encode()


def decode_candidate_question(data: bytes) -> int:
    """Returns the size that the witness has seen.

    Raises:
        RefusedError: MALFORMED.
    """
    match _object(data):
        case {"ask": "candidate", "since": int(since), **rest} if not rest:
            if type(since) is int and 0 <= since <= MAX_SIZE:
                return since
    raise RefusedError(Code.MALFORMED, "question")


def encode_cosign_offer(offer: CosignOffer) -> bytes:
    """Returns the bytes that hand a cosignature in."""
    return json.dumps(
        {
            ASK: COSIGN,
            "size": offer.size,
            "name": offer.signature.name,
            "key_id": offer.signature.key_id.hex(),
            "value": base64.b64encode(offer.signature.value).decode("ascii"),
        }
    ).encode()


def decode_cosign_offer(data: bytes) -> CosignOffer:
    """Reads a cosignature that is handed in.

    Raises:
        RefusedError: MALFORMED.
    """
    match _object(data):
        case {
            "ask": "cosign",
            "size": int(size),
            "name": str(name),
            "key_id": str(key_id),
            "value": str(value),
            **rest,
        } if not rest and type(size) is int and 0 <= size <= MAX_SIZE:
            try:
                signature = NoteSignature(
                    name=name,
                    key_id=bytes.fromhex(key_id),
                    value=base64.b64decode(value, validate=True),
                )
            except ValueError:
                raise RefusedError(Code.MALFORMED, "cosignature") from None
            # A name is logged: no half of a character, nor anything else strange.
            if (
                NAME.fullmatch(name)
                and len(signature.key_id) == _KEY_ID_SIZE
                and 0 < len(signature.value) <= _MAX_VALUE
            ):
                return CosignOffer(size=size, signature=signature)
    raise RefusedError(Code.MALFORMED, "cosignature")


def encode_outcome(outcome: CosignOutcome) -> bytes:
    """Returns the bytes of an answer to a cosignature."""
    return json.dumps({"outcome": outcome.value}).encode()


def decode_outcome(data: bytes) -> CosignOutcome:
    """Reads what became of a cosignature.

    Raises:
        ProofError: It is not such an answer.
    """
    try:
        return CosignOutcome(json.loads(data)["outcome"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProofError("the hub's answer to a witness cannot be read") from error


def _object(data: bytes) -> object:
    try:
        return json.loads(data) if len(data) <= MAX_OFFER else None
    except (ValueError, RecursionError):
        return None
