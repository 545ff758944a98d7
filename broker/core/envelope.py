"""Seal and verify: the life of an envelope under way, without input or output.

`bytes -> CheckedEnvelope -> VerifiedEnvelope`. Opening is left to
`broker.core.opening`, who may send what to whom to the policy, replays to the relay.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from broker.core.codec.envelope import (
    EnvelopeParts,
    SealedBody,
    SignedParts,
    decode_envelope,
    decode_signed,
    encode_envelope,
    encode_sealed_content,
    encode_signed,
    encode_wrapped_key,
)
from broker.core.codec.header import decode_header, encode_header
from broker.core.codec.kinds import KINDS
from broker.core.errors import Code, RefusedError
from broker.core.limits import Limits
from broker.core.model import Header, Link
from keys.directory.model import DirectoryView
from keys.errors import (
    KeyFormatError,
    KeyNotValidError,
    PartySuspendedError,
    SignatureError,
    UnknownKeyError,
    UnknownPartyError,
)
from keys.framing import sha256
from keys.identity import KeyId, PartyId
from keys.preauth import PayloadType
from keys.sealing import (
    SALT_SIZE,
    EncryptionPublicKey,
    commitment,
    new_content_key,
    seal_content,
)
from keys.signing import SigningKey, SigningPublicKey, signing_public_key

_TAG_SIZE: Final = 16  # bytes that AES-GCM adds
_VERIFIED: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A message as it leaves its origin.

    Attributes:
        envelope: Bytes of the envelope, with every wrap.
        message_digest: SHA-256 of the signed header: the name of the message.
        content_key: For the origin's own copy.
    """

    header: Header
    envelope: bytes
    message_digest: bytes
    content_key: bytes


def seal(
    header: Header,
    body: bytes,
    *,
    signer: SigningKey,
    keys: Mapping[PartyId, EncryptionPublicKey],
    links: Mapping[PartyId, Link],
) -> Sealed:
    """Seals `body` to the recipients of `header` and signs the whole.

    Args:
        header: What the hub may see. Its padded size is filled in here.
        body: The serialised content message.
        signer: The origin's key; its id must be the header's.
        keys: The encryption key of every recipient, as the header names them.
        links: Where the message stands with every recipient.
    """
    sealed_body = SealedBody(salt=secrets.token_bytes(SALT_SIZE), body=body)
    clear = encode_sealed_content(sealed_body)
    header = replace(header, padded_size=len(clear))
    header_bytes = encode_header(header)
    header_digest = sha256(header_bytes)
    content_key = new_content_key()
    ciphertext = seal_content(content_key, clear, header_digest=header_digest)
    wraps = tuple(
        keys[party].wrap(
            encode_wrapped_key(content_key, links[party]),
            header_digest=header_digest,
            party=party,
        )
        for party in header.parties
    )
    signed = encode_signed(
        SignedParts(
            header=header_bytes,
            ciphertext_digest=sha256(ciphertext),
            content_commitment=commitment(sealed_body.salt, body),
            wrap_digests=tuple(sha256(wrap) for wrap in wraps),
        )
    )
    parts = EnvelopeParts(
        signed_header=signed,
        signature=signer.sign(PayloadType.ENVELOPE, signed),
        ciphertext=ciphertext,
        wraps=wraps,
    )
    return Sealed(
        header=header,
        envelope=encode_envelope(parts),
        message_digest=sha256(signed),
        content_key=content_key,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEnvelope:
    """An envelope whose form, times and keys are right; its signature is not known.

    Attributes:
        digest: SHA-256 of the signed header: the name of the message.
    """

    parts: EnvelopeParts
    signed: SignedParts
    header: Header
    digest: bytes
    signing_key: SigningPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an envelope says about itself, without any proof.

    Attributes:
        digest: SHA-256 of the signed header: the name of the message.
    """

    digest: bytes
    header: Header
    signed_header: bytes


def read_claim(data: bytes, limits: Limits) -> Claim | None:
    """Reads whom a refusal is about, or None where not even that can be read."""
    try:
        parts = decode_envelope(data)
        header = decode_header(decode_signed(parts.signed_header).header, limits)
    except RefusedError:
        return None
    return Claim(
        digest=sha256(parts.signed_header),
        header=header,
        signed_header=parts.signed_header,
    )


class VerifiedEnvelope:
    """An envelope that its origin signed. Made by `verify_signature` only."""

    __slots__ = ("digest", "header", "parts", "signed")

    def __init__(self, checked: CheckedEnvelope, *, token: object) -> None:
        if token is not _VERIFIED:
            raise TypeError("a VerifiedEnvelope is made by verify_signature only")
        self.parts = checked.parts
        self.signed = checked.signed
        self.header = checked.header
        self.digest = checked.digest


def check(
    data: bytes,
    directory: DirectoryView,
    *,
    now_ms: int,
    limits: Limits,
    held_by: PartyId | None = None,
) -> CheckedEnvelope:
    """Checks everything about an envelope but its signature.

    The order is part of the contract, since the first failure names the code:

    0. size; 1. form of the envelope; 2. of the signed part; 3. of the header;
    4. kind; 5. times; 6. the origin's standing and key, from the directory alone;
    7. the recipients and their keys; 8. ciphertext and wraps are those signed.

    Args:
        data: The envelope as received.
        directory: Where every key comes from.
        now_ms: The present.
        limits: Bounds.
        held_by: None at the hub, where every wrap is there; else the recipient,
            who holds its own wrap and no other.

    Raises:
        RefusedError: With the code of the first thing that is wrong.
    """
    # 0.
    if len(data) > limits.envelope_max_size:
        raise RefusedError(Code.OVERSIZE, f"{len(data)} bytes")
    # 1. to 3.
    parts = decode_envelope(data)
    signed = decode_signed(parts.signed_header)
    header = decode_header(signed.header, limits)
    # 4.
    if header.kind not in KINDS:
        raise RefusedError(Code.UNKNOWN_KIND, ascii(header.kind[:80]))
    # 5.
    _check_times(header, now_ms, limits)
    # 6.
    signing_key = _signing_key(header, directory)
    if held_by is None:
        _check_still_trusted(header, directory, now_ms)
    # 7.
    for recipient in header.recipients:
        if held_by is None or recipient.party == held_by:
            _check_recipient_key(recipient.party, recipient.key_id, header, directory)
    # 8.
    _check_sealed_parts(parts, signed, header, held_by)
    return CheckedEnvelope(
        parts=parts,
        signed=signed,
        header=header,
        digest=sha256(parts.signed_header),
        signing_key=signing_key,
    )


def verify_signature(checked: CheckedEnvelope) -> VerifiedEnvelope:
    """Completes `check`: both halves of the origin's signature.

    Kept apart because it is most of the work and releases the interpreter lock.

    Raises:
        RefusedError: BAD_SIGNATURE.
    """
    try:
        checked.signing_key.verify(
            PayloadType.ENVELOPE, checked.parts.signed_header, checked.parts.signature
        )
    except SignatureError as error:
        raise RefusedError(Code.BAD_SIGNATURE, str(error)) from None
    return VerifiedEnvelope(checked, token=_VERIFIED)


def _check_times(header: Header, now_ms: int, limits: Limits) -> None:
    if header.created_ms > now_ms + limits.clock_skew_ms:
        raise RefusedError(
            Code.FROM_THE_FUTURE, f"{header.created_ms - now_ms} ms ahead"
        )
    if header.expires_ms <= now_ms:
        raise RefusedError(Code.EXPIRED, f"{now_ms - header.expires_ms} ms ago")
    if not 0 < header.expires_ms - header.created_ms <= limits.lifetime_max_ms:
        raise RefusedError(Code.LIFETIME_TOO_LONG)


def _signing_key(header: Header, directory: DirectoryView) -> SigningPublicKey:
    try:
        published = directory.signing_key(
            header.origin, header.signer_key_id, header.created_ms
        )
        return signing_public_key(published.key)
    except UnknownPartyError:
        raise RefusedError(Code.UNKNOWN_PARTY, header.origin) from None
    except PartySuspendedError as error:
        raise RefusedError(Code.PARTY_SUSPENDED, str(error)) from None
    except UnknownKeyError as error:
        raise RefusedError(Code.UNKNOWN_KEY, str(error)) from None
    except (KeyNotValidError, KeyFormatError) as error:
        raise RefusedError(Code.KEY_NOT_VALID, str(error)) from None


def _check_still_trusted(header: Header, directory: DirectoryView, now_ms: int) -> None:
    """Refuses, where messages enter, what may have been dated back.

    Whoever stole a key can write any time of sealing. That the hub takes nothing under
    a revoked key, nor from or to a suspended party, whatever time it names, is what
    makes a revocation hold. Expiry is another matter: a node that was offline for
    longer than its old key lived may still bring what it sealed in time.
    """
    try:
        for party in (header.origin, *header.parties):
            directory.check_standing(party, now_ms)
        directory.check_not_revoked(header.origin, header.signer_key_id, now_ms)
    except PartySuspendedError as error:
        raise RefusedError(Code.PARTY_SUSPENDED, str(error)) from None
    except KeyNotValidError as error:
        raise RefusedError(Code.KEY_NOT_VALID, str(error)) from None


def _check_recipient_key(
    party: PartyId, key_id: KeyId, header: Header, directory: DirectoryView
) -> None:
    try:
        published = directory.record(party).encryption_keys
    except UnknownPartyError:
        raise RefusedError(Code.UNKNOWN_PARTY, party) from None
    known = [key for key in published if key.key_id == key_id]
    if not known:
        raise RefusedError(Code.UNKNOWN_KEY, f"encryption key of {party}")
    if not known[0].valid_at(header.created_ms):
        raise RefusedError(Code.KEY_NOT_VALID, f"encryption key of {party}")


def _check_sealed_parts(
    parts: EnvelopeParts,
    signed: SignedParts,
    header: Header,
    held_by: PartyId | None,
) -> None:
    if sha256(parts.ciphertext) != signed.ciphertext_digest:
        raise RefusedError(Code.CIPHERTEXT_MISMATCH)
    if len(parts.ciphertext) != header.padded_size + _TAG_SIZE:
        raise RefusedError(Code.CIPHERTEXT_MISMATCH, "size")
    if len(signed.wrap_digests) != len(header.recipients):
        raise RefusedError(Code.WRAP_MISMATCH, "one wrap for each recipient")
    expected = signed.wrap_digests
    if held_by is not None:
        if held_by not in header.parties:
            raise RefusedError(Code.NOT_ADDRESSED, held_by)
        expected = (expected[header.parties.index(held_by)],)
    if tuple(sha256(wrap) for wrap in parts.wraps) != expected:
        raise RefusedError(Code.WRAP_MISMATCH)
