"""The header of a message between values and bytes.

Whether it is true, and signed, is left to `broker.core.envelope`.
"""

from functools import lru_cache

from broker.core.codec.handling import handling_from_proto, handling_to_proto
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass
from broker.core.handling import Handling
from broker.core.limits import TIME_MS_MAX, Limits
from broker.core.model import SUITE, Header, Recipient, check_message_id
from keys.errors import PartyCodeError
from keys.framing import DIGEST_SIZE
from keys.identity import KeyId, PartyId
from rogatory.v1 import envelope_pb2 as pb, handling_pb2


def encode_header(header: Header) -> bytes:
    """Returns the bytes of a header; the origin does this once."""
    return write_canonical(
        pb.Header(
            message_id=header.message_id,
            kind=header.kind,
            origin=header.origin,
            signer_key_id=header.signer_key_id,
            suite=SUITE,
            recipients=[
                pb.Recipient(party=recipient.party, key_id=recipient.key_id)
                for recipient in header.recipients
            ],
            handling=handling_to_proto(header.handling),
            created_ms=header.created_ms,
            expires_ms=header.expires_ms,
            case_reference=header.case_reference,
            in_reply_to=header.in_reply_to,
            directory_version=header.directory_version,
            policy_digest=header.policy_digest,
            padded_size=header.padded_size,
            withheld=[handling_pb2.FieldClass.Name(one) for one in header.withheld],
            approvals_digest=header.approvals_digest,
        )
    )


def decode_header(data: bytes, limits: Limits) -> Header:
    """Reads a header and checks its form.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL, UNSUPPORTED_SUITE,
            INVALID_HEADER, INVALID_RECIPIENTS or INVALID_HANDLING.
    """
    message = read_canonical(pb.Header, data)
    if message.suite != SUITE:
        raise RefusedError(Code.UNSUPPORTED_SUITE, ascii(message.suite[:80]))
    check_message_id(message.message_id)
    check_digest_size(message.signer_key_id, "signer key id")
    check_digest_size(message.directory_version, "directory version")
    check_digest_size(message.policy_digest, "policy digest")
    if message.in_reply_to:
        check_digest_size(message.in_reply_to, "in reply to")
    if message.approvals_digest:
        check_digest_size(message.approvals_digest, "approvals digest")
    reference = message.case_reference
    if len(reference) > limits.case_reference_max or not (
        reference.isascii() and reference.isprintable()
    ):
        raise RefusedError(Code.INVALID_HEADER, "case reference")
    if not message.kind or not message.padded_size:
        raise RefusedError(Code.INVALID_HEADER, "kind or size missing")
    if max(message.created_ms, message.expires_ms) > TIME_MS_MAX:
        raise RefusedError(Code.INVALID_HEADER, "time")
    return Header(
        message_id=message.message_id,
        kind=message.kind,
        origin=_party(message.origin, Code.INVALID_HEADER),
        signer_key_id=KeyId(message.signer_key_id),
        recipients=_recipients(message, limits),
        handling=_handling(message.handling.SerializeToString(deterministic=True)),
        created_ms=message.created_ms,
        expires_ms=message.expires_ms,
        case_reference=message.case_reference,
        in_reply_to=message.in_reply_to,
        directory_version=message.directory_version,
        policy_digest=message.policy_digest,
        padded_size=message.padded_size,
        withheld=_withheld(message),
        approvals_digest=message.approvals_digest,
    )


def _withheld(message: pb.Header) -> tuple[FieldClass, ...]:
    try:
        classes = tuple(FieldClass(number) for number in message.withheld)
    except ValueError:
        raise RefusedError(Code.INVALID_HEADER, "class of fields not known") from None
    # PLAIN, the first of all, is nothing that anybody withholds.
    if list(classes) != sorted({*classes} - {FieldClass.PLAIN}):
        raise RefusedError(Code.INVALID_HEADER, "classes of fields not in order")
    return classes


def _recipients(message: pb.Header, limits: Limits) -> tuple[Recipient, ...]:
    recipients = tuple(
        Recipient(
            party=_party(recipient.party, Code.INVALID_RECIPIENTS),
            key_id=KeyId(recipient.key_id),
        )
        for recipient in message.recipients
    )
    parties = [recipient.party for recipient in recipients]
    if not parties or len(parties) > limits.recipients_max:
        raise RefusedError(Code.INVALID_RECIPIENTS, f"{len(parties)} recipients")
    if parties != sorted(set(parties)):
        raise RefusedError(Code.INVALID_RECIPIENTS, "not sorted, or not unique")
    if message.origin in parties:
        raise RefusedError(Code.INVALID_RECIPIENTS, "the origin itself")
    for recipient in recipients:
        if len(recipient.key_id) != DIGEST_SIZE:
            raise RefusedError(Code.INVALID_RECIPIENTS, f"key id of {recipient.party}")
    return recipients


@lru_cache(maxsize=1024)
def _party(code: str, otherwise: Code) -> PartyId:
    try:
        return PartyId(code)
    except PartyCodeError:
        raise RefusedError(otherwise, "party code") from None


@lru_cache(maxsize=1024)
def _handling(data: bytes) -> Handling:
    # There are few different ones: reading one costs more than finding it again.
    return handling_from_proto(handling_pb2.Handling.FromString(data))


def check_digest_size(data: bytes, what: str) -> None:
    """Refuses what is no digest.

    Raises:
        RefusedError: INVALID_HEADER.
    """
    if len(data) != DIGEST_SIZE:
        raise RefusedError(Code.INVALID_HEADER, what)
