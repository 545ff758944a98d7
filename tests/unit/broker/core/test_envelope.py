"""An envelope is checked in one order, and opens for those it was sealed to."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.codec.envelope import (
    EnvelopeItem,
    decode_delivery,
    decode_envelope,
    deliveries,
    encode_envelope,
)
from broker.core.envelope import (
    CheckedEnvelope,
    Sealed,
    VerifiedEnvelope,
    check,
    read_claim,
    verify_signature,
)
from broker.core.errors import Code, RefusedError
from broker.core.limits import Limits
from broker.core.model import Link, Recipient
from broker.core.opening import open_envelope, read_content
from keys.directory.model import DirectoryView, Membership, Suspension
from keys.framing import sha256
from keys.identity import KeyId, PartyId
from tests import world
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, STRANGER, XPO

LIMITS = Limits()
NOBODYS = KeyId(bytes(32))


def checked(
    data: bytes,
    directory: DirectoryView | None = None,
    *,
    limits: Limits = LIMITS,
    held_by: PartyId | None = None,
) -> CheckedEnvelope:
    return check(
        data,
        directory or world.view(),
        now_ms=NOW_MS,
        limits=limits,
        held_by=held_by,
    )


def refusal(
    data: bytes,
    directory: DirectoryView | None = None,
    *,
    limits: Limits = LIMITS,
    held_by: PartyId | None = None,
) -> Code:
    with pytest.raises(RefusedError) as refused:
        checked(data, directory, limits=limits, held_by=held_by)
    return refused.value.code


def delivered(message: Sealed, party: PartyId) -> bytes:
    """Returns the envelope as the hub hands it to one recipient."""
    own = list(deliveries(decode_envelope(message.envelope)))
    item = decode_delivery(own[message.header.parties.index(party)])
    assert isinstance(item, EnvelopeItem)
    return item.data


def verified(message: Sealed, party: PartyId = BEL) -> VerifiedEnvelope:
    return verify_signature(checked(delivered(message, party), held_by=party))


def test_every_recipient_finds_what_was_sealed() -> None:
    link = Link(sequence=7, previous=sha256(b"the sixth"))
    message = world.sealed(to=[BEL, MEX, XPO], content=b"body", link=link)
    assert verify_signature(checked(message.envelope)).digest == message.message_digest
    for party in (BEL, MEX, XPO):
        opened = open_envelope(
            verified(message, party), party, world.holder(party).encryption
        )
        assert opened.body == b"body"
        assert opened.link == link
        assert opened.content_key == message.content_key


def test_a_stored_message_is_read_again_with_its_content_key() -> None:
    message = world.sealed(content=b"body")
    parts = decode_envelope(message.envelope)
    clear = read_content(parts.signed_header, parts.ciphertext, message.content_key)
    assert clear == b"body"
    with pytest.raises(RefusedError) as refused:
        read_content(parts.signed_header, parts.ciphertext, bytes(32))
    assert refused.value.code is Code.CANNOT_OPEN


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=5000))
def test_any_body_comes_out_as_it_went_in(body: bytes) -> None:
    message = world.sealed(content=body)
    opened = open_envelope(verified(message), BEL, world.holder(BEL).encryption)
    assert opened.body == body
    assert message.header.padded_size >= len(body)


def test_a_claim_is_what_a_refusal_can_be_about() -> None:
    message = world.sealed(kind="of-tomorrow/1")
    claim = read_claim(message.envelope, LIMITS)
    assert claim is not None
    assert claim.digest == message.message_digest
    assert claim.header == message.header
    assert read_claim(b"no envelope", LIMITS) is None


def test_a_verified_envelope_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="verify_signature only"):
        VerifiedEnvelope(checked(world.sealed().envelope), token=object())


TIMES = [
    pytest.param(
        {"created_ms": NOW_MS + LIMITS.clock_skew_ms + 1},
        Code.FROM_THE_FUTURE,
        id="sealed tomorrow",
    ),
    pytest.param({"expires_ms": NOW_MS}, Code.EXPIRED, id="expires now"),
    pytest.param(
        {"created_ms": NOW_MS - 2, "expires_ms": NOW_MS - 1},
        Code.EXPIRED,
        id="replayed after its time",
    ),
    pytest.param(
        {"expires_ms": NOW_MS + LIMITS.lifetime_max_ms + 1},
        Code.LIFETIME_TOO_LONG,
        id="never expires",
    ),
    pytest.param(
        {"created_ms": NOW_MS + 2, "expires_ms": NOW_MS + 1},
        Code.LIFETIME_TOO_LONG,
        id="expires before it is sealed",
    ),
]


@pytest.mark.parametrize(("times", "code"), TIMES)
def test_times_that_do_not_hold_are_refused(times: dict[str, Any], code: Code) -> None:
    assert refusal(world.sealed(**times).envelope) is code


@pytest.mark.parametrize(
    "times",
    [
        {"created_ms": NOW_MS + LIMITS.clock_skew_ms},
        {"expires_ms": NOW_MS + 1},
        {"expires_ms": NOW_MS + LIMITS.lifetime_max_ms},
    ],
)
def test_times_at_the_very_bound_are_taken(times: dict[str, Any]) -> None:
    checked(world.sealed(**times).envelope)


def test_a_message_larger_than_the_bound_is_refused_unread() -> None:
    envelope = world.sealed().envelope
    tight = Limits(envelope_max_size=len(envelope) - 1)
    assert refusal(envelope, limits=tight) is Code.OVERSIZE
    checked(envelope, limits=Limits(envelope_max_size=len(envelope)))


def test_a_kind_that_is_not_listed_is_refused() -> None:
    assert refusal(world.sealed(kind="free-text/1").envelope) is Code.UNKNOWN_KIND


def test_an_origin_that_is_no_party_is_refused() -> None:
    envelope = world.sealed().envelope
    assert refusal(envelope, world.view({KEN: None})) is Code.UNKNOWN_PARTY


def test_a_key_the_origin_never_published_is_refused() -> None:
    envelope = world.sealed(signer_key_id=NOBODYS).envelope
    assert refusal(envelope) is Code.UNKNOWN_KEY


def test_substituting_the_key_of_another_party_is_refused() -> None:
    bels = world.signing_key(BEL)
    message = world.sealed(signer=bels, signer_key_id=bels.public.key_id)
    assert refusal(message.envelope) is Code.UNKNOWN_KEY


def _with_revoked_key() -> DirectoryView:
    revoked = world.published(world.signing_key(KEN), revoked_at_ms=NOW_MS)
    return world.view({KEN: world.entry(KEN, signing_keys=(revoked,))})


def test_what_was_sealed_under_a_key_after_its_revocation_is_refused() -> None:
    directory = _with_revoked_key()
    message = world.sealed(to=[BEL])
    assert refusal(message.envelope, directory) is Code.KEY_NOT_VALID
    assert (
        refusal(delivered(message, BEL), directory, held_by=BEL) is Code.KEY_NOT_VALID
    )


def test_a_stolen_key_cannot_date_a_message_back_before_its_revocation() -> None:
    message = world.sealed(created_ms=NOW_MS - 1)
    assert refusal(message.envelope, _with_revoked_key()) is Code.KEY_NOT_VALID


def test_what_the_hub_took_before_the_revocation_can_still_be_delivered() -> None:
    message = world.sealed(to=[BEL], created_ms=NOW_MS - 1)
    checked(delivered(message, BEL), _with_revoked_key(), held_by=BEL)


def _with_suspended(party: PartyId) -> DirectoryView:
    directory = world.view()
    suspension = Suspension(since_ms=NOW_MS, reason="audit")
    membership = Membership(party=party, suspension=suspension)
    federation = replace(directory.federation, memberships=(membership,))
    return replace(directory, federation=federation)


@pytest.mark.parametrize("party", [KEN, BEL])
@pytest.mark.parametrize("age_ms", [0, 1000])
def test_nothing_goes_from_or_to_a_suspended_party(party: PartyId, age_ms: int) -> None:
    message = world.sealed(to=[BEL], created_ms=NOW_MS - age_ms)
    directory = _with_suspended(party)
    assert refusal(message.envelope, directory) is Code.PARTY_SUSPENDED


def test_a_published_key_that_is_no_key_is_refused() -> None:
    broken = replace(world.published(world.signing_key(KEN)), key=b"short")
    directory = world.view({KEN: world.entry(KEN, signing_keys=(broken,))})
    assert refusal(world.sealed().envelope, directory) is Code.KEY_NOT_VALID


def test_a_recipient_that_is_no_party_is_refused() -> None:
    envelope = world.sealed(to=[BEL, STRANGER]).envelope
    assert refusal(envelope) is Code.UNKNOWN_PARTY


def test_sealing_to_a_key_nobody_published_is_refused() -> None:
    wrong = (Recipient(party=BEL, key_id=NOBODYS),)
    assert refusal(world.sealed(recipients=wrong).envelope) is Code.UNKNOWN_KEY


def test_sealing_to_a_key_out_of_use_is_refused() -> None:
    old = world.published(world.encryption_key(BEL), valid_to_ms=NOW_MS - 1)
    directory = world.view({BEL: world.entry(BEL, encryption_keys=(old,))})
    assert refusal(world.sealed().envelope, directory) is Code.KEY_NOT_VALID


def test_a_recipient_does_not_care_about_the_keys_of_others() -> None:
    message = world.sealed(to=[BEL, MEX])
    without_mex = world.view({MEX: None})
    checked(delivered(message, BEL), without_mex, held_by=BEL)
    assert refusal(message.envelope, without_mex) is Code.UNKNOWN_PARTY


def test_a_bystander_cannot_pass_for_a_recipient() -> None:
    message = world.sealed()
    assert refusal(message.envelope, held_by=MEX) is Code.NOT_ADDRESSED


def test_the_wrap_of_another_recipient_is_refused() -> None:
    message = world.sealed(to=[BEL, MEX])
    assert refusal(delivered(message, MEX), held_by=BEL) is Code.WRAP_MISMATCH


def test_the_first_thing_that_is_wrong_names_the_code() -> None:
    """Adds defects from the last check to the first; each hides the ones before."""
    changes: dict[str, Any] = {}
    tight = Limits(envelope_max_size=100)

    def broken() -> bytes:
        parts = decode_envelope(world.sealed(**changes).envelope)
        return encode_envelope(replace(parts, ciphertext=b"?", signature=b"?"))

    assert refusal(broken()) is Code.CIPHERTEXT_MISMATCH
    changes["recipients"] = (Recipient(party=BEL, key_id=NOBODYS),)
    assert refusal(broken()) is Code.UNKNOWN_KEY
    changes["origin"] = STRANGER
    assert refusal(broken()) is Code.UNKNOWN_PARTY
    changes["expires_ms"] = NOW_MS - DAY_MS
    assert refusal(broken()) is Code.EXPIRED
    changes["kind"] = "free-text/1"
    assert refusal(broken()) is Code.UNKNOWN_KIND
    changes["case_reference"] = "x" * 65
    assert refusal(broken()) is Code.INVALID_HEADER
    assert refusal(broken() + b"\x00") is Code.MALFORMED
    assert refusal(broken() + b"\x00", limits=tight) is Code.OVERSIZE
