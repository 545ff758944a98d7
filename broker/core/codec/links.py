"""Heartbeats, requests to send again and their answers, between values and protobuf.

What follows from them is left to `broker.core.links`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.links import ResendOutcome, Resent
from keys.framing import DIGEST_SIZE
from rogatory.v1 import link_pb2 as pb

_NUMBERS_MAX: Final = 100
_NUMBER_LIMIT: Final = 1 << 48  # as of the numbers that are sealed beside the keys
_PERIOD_LIMIT_MS: Final = 366 * 86_400_000


def encode_heartbeat(next_within_ms: int) -> bytes:
    """Returns the content of a heartbeat.

    Args:
        next_within_ms: When the next message comes at the latest, in ms from now.
    """
    return write_canonical(pb.Heartbeat(next_within_ms=next_within_ms))


def read_heartbeat(body: bytes) -> int:
    """Returns when the next message comes at the latest, in ms from the sealing.

    Raises:
        RefusedError: INVALID_CONTENT, or the code of malformed bytes.
    """
    next_within_ms: int = read_canonical(pb.Heartbeat, body).next_within_ms
    if not 0 < next_within_ms <= _PERIOD_LIMIT_MS:
        raise RefusedError(Code.INVALID_CONTENT, "nextWithinMs")
    return next_within_ms


def encode_request(numbers: Sequence[int]) -> bytes:
    """Returns the content of a request.

    Args:
        numbers: What is missing, ascending, 100 at most.
    """
    return write_canonical(pb.ResendRequest(numbers=numbers))


def read_request(body: bytes) -> tuple[int, ...]:
    """Returns what is asked for, ascending.

    Raises:
        RefusedError: INVALID_CONTENT, or the code of malformed bytes.
    """
    numbers = tuple(read_canonical(pb.ResendRequest, body).numbers)
    ascending = all(low < high for low, high in pairwise(numbers))
    if not ascending or not 0 < len(numbers) <= _NUMBERS_MAX:
        raise RefusedError(Code.INVALID_CONTENT, "numbers")
    if not 0 < numbers[0] <= numbers[-1] <= _NUMBER_LIMIT:
        raise RefusedError(Code.INVALID_CONTENT, "numbers")
    return numbers


def encode_resent(resent: Resent) -> bytes:
    """Returns the content of an answer."""
    return write_canonical(
        pb.Resend(
            number=resent.number,
            outcome=pb.ResendOutcome.Name(resent.outcome.value),
            message_digest=resent.message_digest,
            envelope=resent.envelope,
            receipt=resent.receipt,
            proof=resent.proof,
        )
    )


def read_resent(body: bytes) -> Resent:
    """Reads an answer. It has what its outcome needs, and nothing besides.

    Raises:
        RefusedError: INVALID_CONTENT, or the code of malformed bytes.
    """
    message = read_canonical(pb.Resend, body)
    try:
        outcome = ResendOutcome(message.outcome)
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "outcome") from None
    if not 0 < message.number <= _NUMBER_LIMIT:
        raise RefusedError(Code.INVALID_CONTENT, "number")
    digest_size = 0 if outcome is ResendOutcome.UNKNOWN else DIGEST_SIZE
    if len(message.message_digest) != digest_size:
        raise RefusedError(Code.INVALID_CONTENT, "messageDigest")
    again = outcome is ResendOutcome.SENT_AGAIN
    stated = again or outcome is ResendOutcome.REFUSED_BY_HUB
    if bool(message.envelope) != again:
        raise RefusedError(Code.INVALID_CONTENT, "envelope")
    if bool(message.receipt) != stated or bool(message.proof) != stated:
        raise RefusedError(Code.INVALID_CONTENT, "receipt")
    return Resent(
        number=message.number,
        outcome=outcome,
        message_digest=message.message_digest,
        envelope=message.envelope,
        receipt=message.receipt,
        proof=message.proof,
    )
