"""Recalls, corrections and attestations between values and protobuf.

What follows from them is left to `broker.core.recalls.recall`.
"""

from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.protocol_kinds import CORRECTION, RECALL
from broker.core.recalls.recall import Attestation, Downstream, Notice, Outcome, Reason
from keys.errors import PartyCodeError
from keys.framing import DIGEST_SIZE
from keys.identity import PartyId
from rogatory.v1 import recall_pb2 as pb


def encode_notice(notice: Notice) -> bytes:
    """Returns the content of a message of `notice.kind`."""
    reason = pb.RecallReason.Name(notice.reason)
    if notice.kind == RECALL:
        return write_canonical(
            pb.Recall(message_digest=notice.message_digest, reason=reason)
        )
    return write_canonical(
        pb.CorrectionNotice(
            message_digest=notice.message_digest,
            replacement_digest=notice.replacement,
            reason=reason,
            destroy=notice.destroy,
        )
    )


def read_notice(kind: str, body: bytes) -> Notice:
    """Reads the content of a recall or a correction.

    Raises:
        RefusedError: INVALID_CONTENT, UNKNOWN_KIND, or the code of malformed bytes.
    """
    if kind == RECALL:
        recall = read_canonical(pb.Recall, body)
        _check_digest(recall.message_digest, "messageDigest")
        return Notice(
            message_digest=recall.message_digest, reason=_reason(recall.reason)
        )
    if kind != CORRECTION:
        raise RefusedError(Code.UNKNOWN_KIND, f"{kind} takes nothing back")
    correction = read_canonical(pb.CorrectionNotice, body)
    _check_digest(correction.message_digest, "messageDigest")
    _check_digest(correction.replacement_digest, "replacementDigest")
    return Notice(
        message_digest=correction.message_digest,
        reason=_reason(correction.reason),
        replacement=correction.replacement_digest,
        destroy=correction.destroy,
    )


def encode_attestation(said: Attestation) -> bytes:
    """Returns the content of an attestation."""
    return write_canonical(
        pb.Attestation(
            notice_digest=said.notice_digest,
            message_digest=said.message_digest,
            outcome=pb.RecallOutcome.Name(said.outcome),
            at_ms=said.at_ms,
            downstream=[
                pb.Downstream(
                    party=one.party or "",
                    copy_digest=one.copy_digest,
                    desk=one.desk,
                    at_ms=one.at_ms,
                    told=one.told,
                )
                for one in said.downstream
            ],
        )
    )


def read_attestation(body: bytes) -> Attestation:
    """Reads the content of an attestation.

    Raises:
        RefusedError: INVALID_CONTENT, or the code of malformed bytes.
    """
    message = read_canonical(pb.Attestation, body)
    _check_digest(message.notice_digest, "noticeDigest")
    _check_digest(message.message_digest, "messageDigest")
    try:
        outcome = Outcome(message.outcome)
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "outcome") from None
    return Attestation(
        notice_digest=message.notice_digest,
        message_digest=message.message_digest,
        outcome=outcome,
        at_ms=message.at_ms,
        downstream=tuple(_downstream(one) for one in message.downstream),
    )


def _downstream(message: pb.Downstream) -> Downstream:
    try:
        party = PartyId(message.party) if message.party else None
    except PartyCodeError:
        raise RefusedError(Code.INVALID_CONTENT, "downstream.party") from None
    return Downstream(
        party=party,
        copy_digest=message.copy_digest,
        desk=message.desk,
        at_ms=message.at_ms,
        told=message.told,
    )


def _check_digest(digest: bytes, field: str) -> None:
    if len(digest) != DIGEST_SIZE:
        raise RefusedError(Code.INVALID_CONTENT, field)


def _reason(number: int) -> Reason:
    try:
        return Reason(number)
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "reason") from None
