"""Messages made by hand: right ones, and ones that no honest software makes.

Whom they are submitted to, and what becomes of them, is left to the tests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from broker.core.codec.envelope import (
    EnvelopeItem,
    EnvelopeParts,
    ReceiptsItem,
    SignedParts,
    decode_envelope,
    decode_signed,
    encode_envelope,
    encode_signed,
    encode_submission,
)
from broker.core.codec.header import encode_header
from broker.core.codec.receipts import encode_bundle, encode_receipt
from broker.core.envelope import Sealed, seal
from broker.core.handling import Handling
from broker.core.holder import Holder
from broker.core.model import (
    FIRST_LINK,
    Header,
    Link,
    Receipt,
    Recipient,
    Stage,
    new_message_id,
    new_nonce,
)
from broker.core.receipts import sign_together
from broker.core.trust import Trust
from keys.framing import sha256
from keys.identity import PartyId
from keys.preauth import PayloadType
from keys.sealing import EncryptionPublicKey
from keys.signing import SigningKey

HOUR_MS: Final = 3_600_000
UNKNOWN_FIELD: Final = b"\xea\x06\x03new"
"""A field of the number 109, of which nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sealed, before anything is wrong with it."""

    kind: str
    body: bytes
    handling: Handling
    now_ms: int


def header_for(
    letter: Letter, holder: Holder, recipients: Sequence[str], trust: Trust
) -> Header:
    """Returns the header that an honest node would write."""
    return Header(
        message_id=new_message_id(letter.now_ms),
        kind=letter.kind,
        origin=holder.party,
        signer_key_id=holder.signing.public.key_id,
        recipients=tuple(
            Recipient(party=PartyId(party), key_id=sealing_key(trust, party).key_id)
            for party in sorted(recipients)
        ),
        handling=letter.handling,
        created_ms=letter.now_ms,
        expires_ms=letter.now_ms + HOUR_MS,
        directory_version=trust.view.snapshot_digest,
        policy_digest=trust.policy_digests[holder.party],
    )


def sealing_key(trust: Trust, party: str) -> EncryptionPublicKey:
    """Returns the published key that others seal to."""
    return EncryptionPublicKey(trust.view.record(PartyId(party)).encryption_keys[0].key)


def sealed(
    letter: Letter,
    header: Header,
    signer: SigningKey,
    trust: Trust,
    links: Mapping[str, Link] | None = None,
) -> Sealed:
    """Seals a letter under any header at all."""
    known = links or {}
    return seal(
        header,
        letter.body,
        signer=signer,
        keys={party: sealing_key(trust, party) for party in header.parties},
        links={party: known.get(party, FIRST_LINK) for party in header.parties},
    )


def submission(envelope: bytes) -> bytes:
    """Returns what a node hands to the hub for an envelope."""
    return encode_submission(EnvelopeItem(envelope))


def with_parts(
    envelope: bytes, change: Callable[[EnvelopeParts], EnvelopeParts]
) -> bytes:
    """Changes an envelope from outside: whoever does it cannot sign."""
    return encode_envelope(change(decode_envelope(envelope)))


def signed_anew(
    envelope: bytes,
    key: SigningKey,
    *,
    header: Header | bytes | None = None,
    change: Callable[[SignedParts], SignedParts] = lambda parts: parts,
    purpose: PayloadType = PayloadType.ENVELOPE,
) -> bytes:
    """Puts another signed part around what was sealed, and signs it with `key`.

    Args:
        envelope: What was sealed.
        key: Whoever signs; the name in the header may be another's.
        header: In place of the header, if given.
        change: Applied to the signed part.
        purpose: What the signature says it is.
    """
    parts = decode_envelope(envelope)
    signed = decode_signed(parts.signed_header)
    if isinstance(header, Header):
        header = encode_header(header)
    if header is not None:
        signed = replace(signed, header=header)
    return with_signed_bytes(envelope, key, encode_signed(change(signed)), purpose)


def with_signed_bytes(
    envelope: bytes,
    key: SigningKey,
    signed_header: bytes,
    purpose: PayloadType = PayloadType.ENVELOPE,
) -> bytes:
    """Signs any bytes at all in the place of the signed part."""
    return with_parts(
        envelope,
        lambda parts: replace(
            parts,
            signed_header=signed_header,
            signature=key.sign(purpose, signed_header),
        ),
    )


def rewrapped(envelope: bytes, key: SigningKey, wraps: Sequence[bytes]) -> bytes:
    """Replaces the wraps and signs for them."""
    digests = tuple(sha256(wrap) for wrap in wraps)
    bare = with_parts(envelope, lambda parts: replace(parts, wraps=tuple(wraps)))
    return signed_anew(
        bare, key, change=lambda parts: replace(parts, wrap_digests=digests)
    )


def statement(
    stage: Stage,
    message_digest: bytes,
    *,
    by: str,
    to: str,
    at_ms: int,
    code: str = "",
    detail: str = "",
) -> Receipt:
    """Returns a receipt, true or not."""
    return Receipt(
        stage=stage,
        message_digest=message_digest,
        by=by,
        to=to,
        at_ms=at_ms,
        code=code,
        detail=detail,
        nonce=new_nonce(),
    )


def bundle(receipts: Sequence[Receipt], *, signer: str, key: SigningKey) -> bytes:
    """Returns a receipt bundle, signed by whoever holds `key`."""
    encoded = [encode_receipt(receipt) for receipt in receipts]
    return encode_bundle(sign_together(encoded, signer=signer, key=key))


def receipts_submission(data: bytes) -> bytes:
    """Returns what a node hands to the hub for a receipt bundle."""
    return encode_submission(ReceiptsItem(data))


def fields_of(message: bytes) -> list[bytes]:
    """Splits protobuf into its fields, each with tag and length."""
    return list(_fields(message))


def framed(number: int, value: bytes) -> bytes:
    """Returns a length-delimited field."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _fields(message: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(message):
        start = at
        tag, at = _read_varint(message, at)
        value, at = _read_varint(message, at)
        if tag & 7 == 2:  # length-delimited; the only other wire type here is varint
            at += value
        yield message[start:at]


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
