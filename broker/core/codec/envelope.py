"""Header, envelope, submission and delivery between values and bytes.

Structure is checked here; signatures, keys and times are left to
`broker.core.envelope`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from broker.core.codec.handling import handling_from_proto, handling_to_proto
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling
from broker.core.limits import Limits
from broker.core.model import SUITE, Header, Link, Recipient, check_message_id
from keys.errors import PartyCodeError
from keys.framing import DIGEST_SIZE
from keys.identity import KeyId, PartyId
from keys.sealing import padded_length
from rogatory.v1 import envelope_pb2 as pb, handling_pb2

_LENGTH_SIZE = 4  # bytes
_LINK_MAX = 1 << 48  # messages between two parties; any store can count so far


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeParts:
    """An envelope, split but not trusted."""

    signed_header: bytes
    signature: bytes
    ciphertext: bytes
    wraps: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedParts:
    """What the origin signed, split but not trusted."""

    header: bytes
    ciphertext_digest: bytes
    content_commitment: bytes
    wrap_digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBody:
    """The clear text of a message, as it lies under the content key."""

    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class EnvelopeItem:
    """A submission or delivery that holds an envelope."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ReceiptsItem:
    """A submission or delivery that holds a receipt bundle."""

    data: bytes


Item = EnvelopeItem | ReceiptsItem


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
    _digest_sized(message.signer_key_id, "signer key id")
    _digest_sized(message.directory_version, "directory version")
    _digest_sized(message.policy_digest, "policy digest")
    if message.in_reply_to:
        _digest_sized(message.in_reply_to, "in reply to")
    reference = message.case_reference
    if len(reference) > limits.case_reference_max or not (
        reference.isascii() and reference.isprintable()
    ):
        raise RefusedError(Code.INVALID_HEADER, "case reference")
    if not message.kind or not message.padded_size:
        raise RefusedError(Code.INVALID_HEADER, "kind or size missing")
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
    )


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


def _digest_sized(data: bytes, what: str) -> None:
    if len(data) != DIGEST_SIZE:
        raise RefusedError(Code.INVALID_HEADER, what)


def encode_signed(parts: SignedParts) -> bytes:
    """Returns the bytes that are signed."""
    return write_canonical(
        pb.SignedHeader(
            header=parts.header,
            ciphertext_digest=parts.ciphertext_digest,
            content_commitment=parts.content_commitment,
            wrap_digests=parts.wrap_digests,
        )
    )


def decode_signed(data: bytes) -> SignedParts:
    """Splits what was signed.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or INVALID_HEADER.
    """
    message = read_canonical(pb.SignedHeader, data)
    _digest_sized(message.ciphertext_digest, "ciphertext digest")
    _digest_sized(message.content_commitment, "content commitment")
    return SignedParts(
        header=message.header,
        ciphertext_digest=message.ciphertext_digest,
        content_commitment=message.content_commitment,
        wrap_digests=tuple(message.wrap_digests),
    )


def encode_envelope(parts: EnvelopeParts) -> bytes:
    """Returns the bytes of a whole envelope."""
    return write_canonical(
        pb.Envelope(
            signed_header=parts.signed_header,
            signature=parts.signature,
            ciphertext=parts.ciphertext,
            wraps=parts.wraps,
        )
    )


def decode_envelope(data: bytes) -> EnvelopeParts:
    """Splits an envelope.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    message = read_canonical(pb.Envelope, data)
    return EnvelopeParts(
        signed_header=message.signed_header,
        signature=message.signature,
        ciphertext=message.ciphertext,
        wraps=tuple(message.wraps),
    )


def deliveries(parts: EnvelopeParts) -> Iterator[bytes]:
    """Yields one delivery for each wrap: the envelope with that wrap alone.

    The wraps come last in the encoding, so that everything before them is written
    once however many recipients there are.
    """
    shared = write_canonical(
        pb.Envelope(
            signed_header=parts.signed_header,
            signature=parts.signature,
            ciphertext=parts.ciphertext,
        )
    )
    for wrap in parts.wraps:
        own = shared + pb.Envelope(wraps=[wrap]).SerializeToString()
        yield pb.Delivery(envelope=own).SerializeToString()


def encode_submission(item: Item) -> bytes:
    """Returns what a node hands to the hub."""
    match item:
        case EnvelopeItem(data):
            return write_canonical(pb.Submission(envelope=data))
        case ReceiptsItem(data):
            return write_canonical(pb.Submission(receipts=data))


def decode_submission(data: bytes) -> Item:
    """Splits what a node handed in.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    return _item(read_canonical(pb.Submission, data))


def encode_receipt_delivery(bundle: bytes) -> bytes:
    """Returns a delivery that holds a receipt bundle."""
    return write_canonical(pb.Delivery(receipts=bundle))


def decode_delivery(data: bytes) -> Item:
    """Splits what lay in an inbox.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    return _item(read_canonical(pb.Delivery, data))


def _item(message: pb.Submission | pb.Delivery) -> Item:
    which = message.WhichOneof("item")
    if which == "envelope":
        return EnvelopeItem(message.envelope)
    if which == "receipts":
        return ReceiptsItem(message.receipts)
    raise RefusedError(Code.MALFORMED, "empty")


def encode_wrapped_key(content_key: bytes, link: Link) -> bytes:
    """Returns what HPKE seals to one recipient."""
    return write_canonical(
        pb.WrappedKey(
            content_key=content_key,
            link_sequence=link.sequence,
            link_previous=link.previous,
        )
    )


def decode_wrapped_key(data: bytes) -> tuple[bytes, Link]:
    """Returns content key and link.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or CANNOT_OPEN.
    """
    message = read_canonical(pb.WrappedKey, data)
    sized = len(message.content_key) == DIGEST_SIZE
    if not sized or len(message.link_previous) != DIGEST_SIZE:
        raise RefusedError(Code.CANNOT_OPEN, "wrapped key")
    if not 0 < message.link_sequence <= _LINK_MAX:
        raise RefusedError(Code.CANNOT_OPEN, "number of the link")
    return message.content_key, Link(
        sequence=message.link_sequence, previous=message.link_previous
    )


def encode_sealed_content(sealed: SealedBody) -> bytes:
    """Returns the clear text: length, content, zeros up to the padded size."""
    bare = write_canonical(pb.SealedContent(salt=sealed.salt, body=sealed.body))
    framed = len(bare).to_bytes(_LENGTH_SIZE, "big") + bare
    return framed.ljust(padded_length(len(framed)), b"\0")


def decode_sealed_content(data: bytes) -> SealedBody:
    """Returns salt and body.

    Raises:
        RefusedError: MALFORMED, UNKNOWN_FIELD, NOT_CANONICAL or CANNOT_OPEN.
    """
    end = _LENGTH_SIZE + int.from_bytes(data[:_LENGTH_SIZE], "big")
    if end > len(data) or len(data) != padded_length(end) or any(data[end:]):
        raise RefusedError(Code.CANNOT_OPEN, "padding")
    message = read_canonical(pb.SealedContent, data[_LENGTH_SIZE:end])
    if len(message.salt) != DIGEST_SIZE:
        raise RefusedError(Code.CANNOT_OPEN, "salt")
    return SealedBody(salt=message.salt, body=message.body)
