"""Envelope, submission and delivery between values and bytes.

Structure is checked here; the header is left to `broker.core.codec.header`, signatures,
keys and times to `broker.core.envelope`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from broker.core.codec.header import check_digest_size
from broker.core.codec.strict import read_canonical, write_canonical
from broker.core.errors import Code, RefusedError
from broker.core.model import Link
from keys.framing import DIGEST_SIZE
from keys.sealing import padded_length
from rogatory.v1 import envelope_pb2 as pb

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
    check_digest_size(message.ciphertext_digest, "ciphertext digest")
    check_digest_size(message.content_commitment, "content commitment")
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
