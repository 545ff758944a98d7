"""Open: what a recipient finds inside an envelope, and what it reads again later.

`VerifiedEnvelope -> Opened`. That the content fits its kind is left to the flows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from broker.core.codec.envelope import (
    SealedBody,
    decode_sealed_content,
    decode_signed,
    decode_wrapped_key,
)
from broker.core.envelope import VerifiedEnvelope
from broker.core.errors import Code, RefusedError
from broker.core.model import Link
from keys.errors import ContentError, UnwrapError
from keys.framing import sha256
from keys.identity import KeyId, PartyId
from keys.sealing import EncryptionKey, commitment, open_content


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a recipient found inside.

    Attributes:
        body: The serialised content message; that it fits its kind is not known.
        link: Where the message says it stands between origin and recipient.
        content_key: To read the stored ciphertext again later.
    """

    body: bytes
    link: Link
    content_key: bytes


def open_envelope(
    verified: VerifiedEnvelope, me: PartyId, keys: Mapping[KeyId, EncryptionKey]
) -> Opened:
    """Opens the envelope with the one wrap that is ours.

    Raises:
        RefusedError: NOT_ADDRESSED, CANNOT_OPEN, COMMITMENT_MISMATCH, or the code of
            a malformed inner part.
    """
    header = verified.header
    ours = [r for r in header.recipients if r.party == me]
    if not ours or len(verified.parts.wraps) != 1:
        raise RefusedError(Code.NOT_ADDRESSED, me)
    key = keys.get(ours[0].key_id)
    if key is None:
        raise RefusedError(Code.CANNOT_OPEN, "sealed to a key that is not held here")
    header_digest = sha256(verified.signed.header)
    try:
        wrapped = key.unwrap(
            verified.parts.wraps[0], header_digest=header_digest, party=me
        )
    except UnwrapError as error:
        raise RefusedError(Code.CANNOT_OPEN, str(error)) from None
    content_key, link = decode_wrapped_key(wrapped)
    body = read_content(
        verified.parts.signed_header, verified.parts.ciphertext, content_key
    )
    return Opened(body=body, link=link, content_key=content_key)


def read_content(signed_header: bytes, ciphertext: bytes, content_key: bytes) -> bytes:
    """Decrypts content and checks it against the origin's commitment.

    Also reads a stored message again, years later.

    Raises:
        RefusedError: CANNOT_OPEN, COMMITMENT_MISMATCH, or the code of a malformed
            part.
    """
    return read_sealed(signed_header, ciphertext, content_key).body


def read_sealed(
    signed_header: bytes, ciphertext: bytes, content_key: bytes
) -> SealedBody:
    """Does what `read_content` does, and returns also what the commitment is over.

    Whoever shows somebody else the content has to show both.

    Raises:
        RefusedError: As `read_content`.
    """
    signed = decode_signed(signed_header)
    try:
        clear = open_content(
            content_key, ciphertext, header_digest=sha256(signed.header)
        )
    except ContentError as error:
        raise RefusedError(Code.CANNOT_OPEN, str(error)) from None
    sealed = decode_sealed_content(clear)
    if commitment(sealed.salt, sealed.body) != signed.content_commitment:
        raise RefusedError(Code.COMMITMENT_MISMATCH)
    return sealed
