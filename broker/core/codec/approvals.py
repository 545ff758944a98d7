"""Releases, what officers say about them, and what waits: between values and bytes.

Signatures and counting are left to `broker.core.approvals`.
"""

from collections.abc import Sequence
from typing import Final

from broker.core.codec.handling import handling_from_proto, handling_to_proto
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED, FieldClass
from broker.core.pending import HeldDocument
from broker.core.policy.decision import Approval
from broker.core.releases import (
    LAST_MS,
    OFFICER_MAX,
    REASON_MAX,
    Evidence,
    Release,
    ReleaseParcel,
    SignedApproval,
    Statement,
    Verdict,
)
from keys.approving import SIGNATURE_MAX_SIZE
from keys.errors import PartyCodeError
from keys.framing import DIGEST_SIZE
from keys.identity import PartyId
from rogatory.v1 import approval_pb2 as pb, handling_pb2

STATEMENT_MAX_SIZE: Final = 2048  # bytes
RELEASE_MAX_SIZE: Final = 262_144  # bytes


def encode_statement(statement: Statement) -> bytes:
    """Returns the bytes of a statement: what its officer signs."""
    return write_canonical(
        pb.Approval(
            release_digest=statement.release_digest,
            verdict=pb.Verdict.Name(statement.verdict),
            officer=statement.officer,
            at_ms=statement.at_ms,
            expires_ms=statement.expires_ms,
            reason=statement.reason,
        )
    )


def decode_statement(data: bytes) -> Statement:
    """Reads what an officer signed.

    Raises:
        RefusedError: INVALID_APPROVAL, whatever is wrong with it.
    """
    if len(data) > STATEMENT_MAX_SIZE:
        raise _invalid(f"{len(data)} bytes")
    try:
        message = read_canonical(pb.Approval, data)
        verdict = Verdict(message.verdict)
    except RefusedError as error:
        raise _invalid(f"cannot be read: {error.code}") from None
    except ValueError:
        raise _invalid("says neither approve nor reject") from None
    if len(message.release_digest) != DIGEST_SIZE:
        raise _invalid("is about nothing")
    if not 0 < len(message.officer) <= OFFICER_MAX:
        raise _invalid("names no officer")
    if max(message.at_ms, message.expires_ms) > LAST_MS:
        raise _invalid("its time is none that anybody could read")
    # The reason ends up on terminals: nothing that reverses or hides text.
    if len(message.reason) > REASON_MAX or not message.reason.isprintable():
        raise _invalid("its reason is too long, or cannot be printed")
    return Statement(
        release_digest=message.release_digest,
        verdict=verdict,
        officer=message.officer,
        at_ms=message.at_ms,
        expires_ms=message.expires_ms,
        reason=message.reason,
    )


def encode_signed_approval(signed: SignedApproval) -> bytes:
    """Returns the bytes of a statement with its signature."""
    return write_canonical(
        pb.SignedApproval(approval=signed.statement, signature=signed.signature)
    )


def decode_signed_approval(data: bytes) -> SignedApproval:
    """Splits what `encode_signed_approval` joined; trusts nothing in it.

    Raises:
        RefusedError: INVALID_APPROVAL.
    """
    if len(data) > STATEMENT_MAX_SIZE + SIGNATURE_MAX_SIZE + 16:
        raise _invalid(f"{len(data)} bytes")
    try:
        message = read_canonical(pb.SignedApproval, data)
    except RefusedError as error:
        raise _invalid(f"cannot be read: {error.code}") from None
    return SignedApproval(statement=message.approval, signature=message.signature)


def encode_release(release: Release) -> bytes:
    """Returns the bytes of a release, the same for the same value."""
    return write_canonical(
        pb.Release(
            origin=release.origin,
            kind=release.kind,
            policy_digest=release.policy_digest,
            case_reference=release.case_reference,
            in_reply_to=release.in_reply_to,
            parcels=[_parcel_to_proto(parcel) for parcel in release.parcels],
        )
    )


def decode_release(data: bytes) -> Release:
    """Reads a release.

    Raises:
        RefusedError: OVERSIZE, MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or
            INVALID_HANDLING.
    """
    if len(data) > RELEASE_MAX_SIZE:
        raise RefusedError(Code.OVERSIZE, f"release of {len(data)} bytes")
    message = read_canonical(pb.Release, data)
    if len(message.policy_digest) != DIGEST_SIZE:
        raise RefusedError(Code.MALFORMED, "policy of a release")
    if len(message.in_reply_to) not in (0, DIGEST_SIZE):
        raise RefusedError(Code.MALFORMED, "a release answers what is no message")
    if not message.parcels:
        raise RefusedError(Code.MALFORMED, "a release of nothing")
    try:
        parcels = tuple(_parcel_from_proto(one) for one in message.parcels)
        origin = PartyId(message.origin)
    except PartyCodeError:
        raise RefusedError(Code.MALFORMED, "party code in a release") from None
    first = [parcel.recipients[0] for parcel in parcels]
    if first != sorted(set(first)):
        raise RefusedError(Code.NOT_CANONICAL, "parcels not in order")
    return Release(
        origin=origin,
        kind=message.kind,
        policy_digest=message.policy_digest,
        case_reference=message.case_reference,
        in_reply_to=message.in_reply_to,
        parcels=parcels,
    )


def encode_evidence(evidence: Evidence) -> bytes:
    """Returns the bytes of what released a message."""
    return write_canonical(
        pb.ReleaseEvidence(
            release=evidence.release,
            approvals=[
                pb.SignedApproval(approval=one.statement, signature=one.signature)
                for one in evidence.approvals
            ],
        )
    )


def decode_evidence(data: bytes) -> Evidence:
    """Splits what `encode_evidence` joined; trusts nothing in it.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    message = read_canonical(pb.ReleaseEvidence, data)
    return Evidence(
        release=message.release,
        approvals=tuple(
            SignedApproval(statement=one.approval, signature=one.signature)
            for one in message.approvals
        ),
    )


def encode_held(held: HeldDocument) -> bytes:
    """Returns the bytes of a document that waits; content, to be kept protected."""
    return write_canonical(
        pb.HeldDocument(
            kind=held.kind,
            body=held.body,
            recipients=held.recipients,
            handling=handling_to_proto(held.handling),
            case_reference=held.case_reference,
            in_reply_to=held.in_reply_to,
            lifetime_ms=held.lifetime_ms or 0,
            partial=held.partial,
        )
    )


def decode_held(data: bytes) -> HeldDocument:
    """Reads what `encode_held` wrote; the content is not looked at.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or INVALID_HANDLING.
    """
    message = read_canonical(pb.HeldDocument, data)
    try:
        recipients = tuple(PartyId(code) for code in message.recipients)
    except PartyCodeError:
        raise RefusedError(Code.MALFORMED, "party code of a document") from None
    return HeldDocument(
        kind=message.kind,
        body=message.body,
        recipients=recipients,
        handling=handling_from_proto(message.handling),
        case_reference=message.case_reference,
        in_reply_to=message.in_reply_to,
        lifetime_ms=message.lifetime_ms or None,
        partial=message.partial,
    )


def _parcel_to_proto(parcel: ReleaseParcel) -> pb.ReleaseParcel:
    return pb.ReleaseParcel(
        recipients=parcel.recipients,
        body_digest=parcel.body_digest,
        handling=handling_to_proto(parcel.handling),
        withheld=[handling_pb2.FieldClass.Name(one) for one in parcel.withheld],
        approvals=[
            pb.NeededApproval(
                rule=one.rule_id, needed=one.needed, officers=sorted(one.officers)
            )
            for one in parcel.approvals
        ],
    )


def _parcel_from_proto(message: pb.ReleaseParcel) -> ReleaseParcel:
    recipients = tuple(PartyId(code) for code in _ascending(message.recipients))
    if not recipients or len(message.body_digest) != DIGEST_SIZE:
        raise RefusedError(Code.MALFORMED, "a parcel for nobody, or of nothing")
    return ReleaseParcel(
        recipients=recipients,
        body_digest=message.body_digest,
        handling=handling_from_proto(message.handling),
        withheld=_classes(message.withheld),
        approvals=tuple(
            Approval(
                rule_id=one.rule,
                needed=one.needed,
                officers=frozenset(_ascending(one.officers)),
            )
            for one in message.approvals
        ),
    )


def _classes(values: Sequence[int]) -> tuple[FieldClass, ...]:
    try:
        found = tuple(FieldClass(value) for value in values)
    except ValueError:
        raise RefusedError(Code.MALFORMED, "class of fields in a release") from None
    if found != tuple(sorted(set(found))) or not set(found) <= set(TREATED):
        raise RefusedError(Code.NOT_CANONICAL, "classes of fields not in order")
    return found


def _ascending(texts: Sequence[str]) -> list[str]:
    if list(texts) != sorted(set(texts)):
        raise RefusedError(Code.NOT_CANONICAL, "names not ascending and unique")
    return list(texts)


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_APPROVAL, detail)
