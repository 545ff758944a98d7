"""What an attacker may do to an envelope, and what stops it."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

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
from broker.core.codec.header import encode_header
from broker.core.envelope import (
    Sealed,
    VerifiedEnvelope,
    check,
    verify_signature,
)
from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling, Tlp
from broker.core.limits import Limits
from broker.core.model import FIRST_LINK, Header, Link
from broker.core.opening import Opened, open_envelope
from keys.framing import sha256
from keys.identity import PartyId
from keys.preauth import PayloadType
from keys.sealing import commitment, new_content_key, seal_content
from keys.signing import ED25519_SIGNATURE_SIZE, SigningKey
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS


def parts_of(message: Sealed) -> EnvelopeParts:
    return decode_envelope(message.envelope)


def received(data: bytes, held_by: PartyId | None = None) -> VerifiedEnvelope:
    return verify_signature(
        check(data, world.view(), now_ms=NOW_MS, limits=Limits(), held_by=held_by)
    )


def refusal(parts: EnvelopeParts | bytes, held_by: PartyId | None = None) -> Code:
    data = parts if isinstance(parts, bytes) else encode_envelope(parts)
    with pytest.raises(RefusedError) as refused:
        received(data, held_by)
    return refused.value.code


def signed_anew(
    parts: EnvelopeParts, signed: SignedParts, key: SigningKey
) -> EnvelopeParts:
    data = encode_signed(signed)
    signature = key.sign(PayloadType.ENVELOPE, data)
    return replace(parts, signed_header=data, signature=signature)


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(slice(None, ED25519_SIGNATURE_SIZE), id="ML-DSA stripped"),
        pytest.param(slice(ED25519_SIGNATURE_SIZE, None), id="Ed25519 stripped"),
        pytest.param(slice(0, 0), id="both stripped"),
    ],
)
def test_stripping_a_signature_is_refused(kept: slice) -> None:
    parts = parts_of(world.sealed())
    stripped = replace(parts, signature=parts.signature[kept])
    assert refusal(stripped) is Code.BAD_SIGNATURE


def test_half_a_signature_of_another_message_is_refused() -> None:
    ours, other = parts_of(world.sealed()), parts_of(world.sealed())
    at = ED25519_SIGNATURE_SIZE
    for mixed in (
        ours.signature[:at] + other.signature[at:],
        other.signature[:at] + ours.signature[at:],
    ):
        assert refusal(replace(ours, signature=mixed)) is Code.BAD_SIGNATURE


def test_a_signature_made_for_receipts_is_refused_on_an_envelope() -> None:
    parts = parts_of(world.sealed())
    other = world.signing_key(KEN).sign(PayloadType.RECEIPTS, parts.signed_header)
    assert refusal(replace(parts, signature=other)) is Code.BAD_SIGNATURE


def test_tampering_with_the_handling_is_refused() -> None:
    message = world.sealed()
    parts = parts_of(message)
    laxer = replace(
        decode_signed(parts.signed_header),
        header=encode_header(replace(message.header, handling=Handling(tlp=Tlp.CLEAR))),
    )
    forged = replace(parts, signed_header=encode_signed(laxer))
    assert refusal(forged) is Code.BAD_SIGNATURE


def test_adding_a_recipient_is_refused() -> None:
    message = world.sealed(to=[BEL])
    parts, both = parts_of(message), world.header(to=[BEL, MEX])
    added = replace(
        decode_signed(parts.signed_header),
        header=encode_header(replace(message.header, recipients=both.recipients)),
    )
    forged = replace(parts, signed_header=encode_signed(added))
    assert refusal(forged) is Code.WRAP_MISMATCH


def test_swapping_the_ciphertext_of_two_messages_is_refused() -> None:
    ours, other = parts_of(world.sealed()), parts_of(world.sealed())
    swapped = replace(ours, ciphertext=other.ciphertext)
    assert refusal(swapped) is Code.CIPHERTEXT_MISMATCH


def test_a_ciphertext_of_another_size_than_the_header_says_is_refused() -> None:
    message = world.sealed()
    parts = parts_of(message)
    signed = decode_signed(parts.signed_header)
    longer = replace(message.header, padded_size=message.header.padded_size + 1)
    forged = signed_anew(
        parts, replace(signed, header=encode_header(longer)), world.signing_key(KEN)
    )
    assert refusal(forged) is Code.CIPHERTEXT_MISMATCH


@pytest.mark.parametrize("wraps", [0, 1, 3])
def test_more_or_fewer_wraps_than_recipients_are_refused(wraps: int) -> None:
    parts = parts_of(world.sealed(to=[BEL, MEX]))
    other = replace(parts, wraps=(parts.wraps * 2)[:wraps])
    assert refusal(other) is Code.WRAP_MISMATCH
    digests = tuple(sha256(wrap) for wrap in other.wraps)
    signed = replace(decode_signed(parts.signed_header), wrap_digests=digests)
    forged = signed_anew(other, signed, world.signing_key(KEN))
    assert refusal(forged) is Code.WRAP_MISMATCH


def test_swapping_two_wraps_is_refused() -> None:
    parts = parts_of(world.sealed(to=[BEL, MEX]))
    swapped = replace(parts, wraps=parts.wraps[::-1])
    assert refusal(swapped) is Code.WRAP_MISMATCH


def stolen(message: Sealed, thief: PartyId) -> EnvelopeParts:
    """Returns the sealed parts of a message under a header of somebody else."""
    parts = parts_of(message)
    own = world.header(thief, to=message.header.parties)
    head = replace(own, padded_size=message.header.padded_size)
    signed = replace(decode_signed(parts.signed_header), header=encode_header(head))
    return signed_anew(parts, signed, world.signing_key(thief))


def test_a_stolen_ciphertext_that_is_signed_anew_does_not_open() -> None:
    forged = encode_envelope(stolen(world.sealed(to=[BEL]), MEX))
    received(forged)  # the hub cannot tell
    with pytest.raises(RefusedError) as refused:
        open_envelope(received(forged, BEL), BEL, world.holder(BEL).encryption)
    assert refused.value.code is Code.CANNOT_OPEN


def forwarded(wrapped_for: PartyId) -> VerifiedEnvelope:
    """Returns a message of BEL to MEX whose wrap was made for `wrapped_for`."""
    head = replace(world.header(BEL, to=[MEX]), padded_size=256)
    content = SealedBody(salt=bytes(32), body=b"body")
    return received(made(head, wrapped_for, content), MEX)


def made(
    head: Header,
    wrapped_for: PartyId,
    content: SealedBody,
    *,
    committed: bytes | None = None,
    link: Link = FIRST_LINK,
    wrapped: Callable[[bytes, Link], bytes] = encode_wrapped_key,
) -> bytes:
    """Returns an envelope in which anything may be wrong, but which is signed."""
    clear = encode_sealed_content(content)
    header = encode_header(replace(head, padded_size=len(clear)))
    key = new_content_key()
    ciphertext = seal_content(key, clear, header_digest=sha256(header))
    wrap = world.encryption_key(head.parties[0]).public.wrap(
        wrapped(key, link),
        header_digest=sha256(header),
        party=wrapped_for,
    )
    signed = encode_signed(
        SignedParts(
            header=header,
            ciphertext_digest=sha256(ciphertext),
            content_commitment=committed or commitment(content.salt, content.body),
            wrap_digests=(sha256(wrap),),
        )
    )
    signature = world.signing_key(head.origin).sign(PayloadType.ENVELOPE, signed)
    return encode_envelope(
        EnvelopeParts(
            signed_header=signed,
            signature=signature,
            ciphertext=ciphertext,
            wraps=(wrap,),
        )
    )


def opening(data: bytes) -> Opened:
    return open_envelope(received(data, BEL), BEL, world.holder(BEL).encryption)


def opening_refusal(data: bytes) -> Code:
    with pytest.raises(RefusedError) as refused:
        opening(data)
    return refused.value.code


def test_surreptitious_forwarding_of_a_wrap_does_not_open() -> None:
    with pytest.raises(RefusedError) as refused:
        open_envelope(forwarded(BEL), MEX, world.holder(MEX).encryption)
    assert refused.value.code is Code.CANNOT_OPEN
    assert open_envelope(forwarded(MEX), MEX, world.holder(MEX).encryption).body


def test_unequal_content_for_two_recipients_is_noticed() -> None:
    """The commitment is signed once for all: other content is not under it."""
    content = SealedBody(salt=bytes(32), body=b"for BEL")
    promised = commitment(bytes(32), b"for MEX")
    data = made(world.header(), BEL, content, committed=promised)
    assert opening_refusal(data) is Code.COMMITMENT_MISMATCH


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda _key, _link: b"\xff", id="no protobuf"),
        pytest.param(
            lambda key, link: encode_wrapped_key(key[:31], link), id="short key"
        ),
        pytest.param(
            lambda _key, link: encode_wrapped_key(bytes(32), link), id="another's key"
        ),
    ],
)
def test_a_wrap_without_the_content_key_is_refused(
    wrapped: Callable[[bytes, Link], bytes],
) -> None:
    content = SealedBody(salt=bytes(32), body=b"body")
    data = made(world.header(), BEL, content, wrapped=wrapped)
    assert opening_refusal(data) in {Code.CANNOT_OPEN, Code.MALFORMED}


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(Link(sequence=1, previous=b""), id="no previous digest"),
        pytest.param(Link(sequence=0, previous=bytes(32)), id="hides a gap"),
        pytest.param(Link(sequence=1 << 63, previous=bytes(32)), id="bursts a store"),
    ],
)
def test_a_link_that_no_sequence_has_is_refused(link: Link) -> None:
    content = SealedBody(salt=bytes(32), body=b"body")
    data = made(world.header(), BEL, content, link=link)
    assert opening_refusal(data) is Code.CANNOT_OPEN


def test_a_short_salt_is_refused() -> None:
    data = made(world.header(), BEL, SealedBody(salt=b"short", body=b"body"))
    assert opening_refusal(data) is Code.CANNOT_OPEN


def test_a_key_that_is_not_held_here_opens_nothing() -> None:
    data = world.sealed().envelope
    with pytest.raises(RefusedError) as refused:
        open_envelope(received(data, BEL), BEL, {})
    assert refused.value.code is Code.CANNOT_OPEN


def test_an_envelope_verified_at_the_hub_does_not_open_for_a_bystander() -> None:
    seen = received(world.sealed(to=[BEL]).envelope)
    both = received(world.sealed(to=[BEL, MEX]).envelope)
    for envelope, party in ((seen, MEX), (both, BEL)):
        with pytest.raises(RefusedError) as refused:
            open_envelope(envelope, party, world.holder(party).encryption)
        assert refused.value.code is Code.NOT_ADDRESSED


@cache
def small_envelope() -> bytes:
    return world.sealed(to=[BEL], content=b"body").envelope


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0), st.integers(1, 255))
def test_any_flipped_byte_is_refused(at: int, mask: int) -> None:
    data = bytearray(small_envelope())
    data[at % len(data)] ^= mask
    with pytest.raises(RefusedError):
        received(bytes(data), BEL)


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0), st.integers(0, 64))
def test_any_cut_is_refused(at: int, length: int) -> None:
    data = small_envelope()
    start = at % len(data)
    cut = data[:start] + data[start + 1 + length :]
    with pytest.raises(RefusedError):
        received(cut, BEL)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(RefusedError):
        received(data)


def test_appending_anything_is_refused() -> None:
    for tail in (b"\x00", b"\x2a\x00", b"\x22\x00", secrets.token_bytes(3)):
        with pytest.raises(RefusedError):
            received(small_envelope() + tail, BEL)
