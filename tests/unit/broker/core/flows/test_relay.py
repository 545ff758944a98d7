"""What the hub decides about one submission."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from broker.core.codec.envelope import (
    EnvelopeItem,
    ReceiptsItem,
    decode_envelope,
    encode_envelope,
    encode_submission,
)
from broker.core.codec.receipts import encode_bundle, encode_receipt
from broker.core.envelope import Sealed
from broker.core.errors import Code
from broker.core.flows.relay import (
    Accepted,
    Examined,
    Forwarded,
    Known,
    Outcome,
    Refused,
    Rules,
    conclude,
    examine,
)
from broker.core.flows.usage import nothing_used
from broker.core.handling import Handling, Tlp
from broker.core.limits import Limits
from broker.core.model import Receipt, Stage
from broker.core.receipts import pick, read_bundle, sign_together
from broker.core.trust import Trust
from keys.directory.model import PartyEntry
from keys.framing import sha256
from keys.identity import PartyId
from keys.preauth import PayloadType
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS, XPO


def known(message: Sealed) -> Known:
    return Known(
        message_digest=message.message_digest,
        origin=message.header.origin,
        recipients=frozenset(message.header.parties),
    )


def rules(
    *accepted: Sealed, trust: Trust | None = None, limits: Limits | None = None
) -> Rules:
    by_id = {one.header.message_id: known(one) for one in accepted}
    by_digest = {one.message_digest: known(one) for one in accepted}
    trust = trust or world.trust()
    return Rules(
        directory=trust.view,
        engines=trust.engines,
        limits=limits or Limits(),
        now_ms=NOW_MS,
        by_id=by_id.get,
        by_digest=by_digest.get,
        usage=nothing_used,
    )


def outcome(data: bytes, party: PartyId, by: Rules | None = None) -> Outcome:
    by = by or rules()
    found = examine(data, sha256(data), party, by)
    return conclude(found, by) if isinstance(found, Examined) else found


def refusal(data: bytes, party: PartyId, by: Rules | None = None) -> Refused:
    found = outcome(data, party, by)
    assert isinstance(found, Refused)
    assert found.party == party
    assert found.submission_digest == sha256(data)
    return found


def bundled(*receipts: Receipt, by: PartyId = BEL) -> bytes:
    parts = sign_together(
        [encode_receipt(one) for one in receipts],
        signer=by,
        key=world.signing_key(by),
    )
    return encode_submission(ReceiptsItem(encode_bundle(parts)))


def test_a_message_that_lacks_nothing_is_accepted() -> None:
    message = world.sealed(to=[BEL, MEX])
    data = world.submitted(message)
    found = outcome(data, KEN)
    assert isinstance(found, Accepted)
    assert found.submission_digest == sha256(data)
    assert found.envelope.digest == message.message_digest


def test_a_message_over_the_connection_of_another_is_refused() -> None:
    message = world.sealed(KEN)
    found = refusal(world.submitted(message), MEX)
    assert found.code is Code.WRONG_CONNECTION
    assert found.header == message.header
    assert sha256(found.signed_header) == message.message_digest


def test_a_forged_signature_is_refused_before_anything_is_said_about_policy() -> None:
    message = world.sealed(signer=world.signing_key(MEX))
    assert refusal(world.submitted(message), MEX).code is Code.BAD_SIGNATURE


def test_an_id_that_was_used_before_is_refused() -> None:
    first = world.sealed()
    second = world.sealed(message_id=first.header.message_id)
    found = refusal(world.submitted(second), KEN, rules(first))
    assert found.code is Code.REPLAYED_ID


def test_a_message_signed_a_second_time_is_a_replay() -> None:
    """ML-DSA draws afresh: the same header has as many signatures as one likes."""
    message = world.sealed()
    parts = decode_envelope(message.envelope)
    anew = world.signing_key(KEN).sign(PayloadType.ENVELOPE, parts.signed_header)
    assert anew != parts.signature
    other = encode_envelope(replace(parts, signature=anew))
    data = encode_submission(EnvelopeItem(other))
    assert isinstance(outcome(data, KEN), Accepted)
    assert refusal(data, KEN, rules(message)).code is Code.REPLAYED_ID


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param(
            {KEN: world.entry(KEN, world.closed_policy(KEN, against=BEL))},
            Code.EXPORT_POLICY,
            id="the origin does not send there",
        ),
        pytest.param(
            {BEL: world.entry(BEL, world.closed_policy(BEL, against=KEN))},
            Code.IMPORT_POLICY,
            id="the recipient does not take it",
        ),
        pytest.param(
            {KEN: replace(world.entry(KEN), policy=None)},
            Code.EXPORT_POLICY,
            id="the origin has no policy",
        ),
        pytest.param(
            {BEL: replace(world.entry(BEL), policy=None)},
            Code.IMPORT_POLICY,
            id="the recipient has no policy",
        ),
    ],
)
def test_one_policy_that_says_no_refuses_the_whole_message(
    changed: Mapping[PartyId, PartyEntry], code: Code
) -> None:
    message = world.sealed(to=[BEL, MEX])
    found = refusal(world.submitted(message), KEN, rules(trust=world.trust(changed)))
    assert found.code is code


def test_handling_above_the_ceiling_is_refused_with_the_near_miss() -> None:
    message = world.sealed(handling=Handling(tlp=Tlp.RED))
    found = refusal(world.submitted(message), KEN)
    assert found.code is Code.EXPORT_POLICY
    assert "TLP:RED above TLP:AMBER" in found.detail


def test_an_oversize_submission_is_refused_unread() -> None:
    data = world.submitted(world.sealed())
    found = refusal(data, KEN, rules(limits=Limits(envelope_max_size=len(data) - 1)))
    assert found.code is Code.OVERSIZE
    assert found.header is None
    assert found.signed_header == b""


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x0a\x01\xff"])
def test_a_submission_that_cannot_be_read_is_about_no_message(data: bytes) -> None:
    found = refusal(data, KEN)
    assert found.code is Code.MALFORMED
    assert found.header is None


def test_receipts_that_a_thief_dates_back_under_a_revoked_key_are_refused() -> None:
    message = world.sealed()
    stolen = world.published(world.signing_key(BEL), revoked_at_ms=NOW_MS)
    honest = world.published(world.signing_key("BEL/new"))
    changed = world.entry(BEL, signing_keys=(stolen, honest))
    receipt = world.receipt(message, Stage.OPENED, at_ms=NOW_MS - 1)
    after = rules(message, trust=world.trust({BEL: changed}))
    assert refusal(bundled(receipt), BEL, after).code is Code.KEY_NOT_VALID


def test_receipts_of_a_party_that_is_in_no_directory_are_refused() -> None:
    receipt = world.receipt(world.sealed(), Stage.OPENED)
    gone = rules(trust=world.trust({BEL: None}))
    assert refusal(bundled(receipt), BEL, gone).code is Code.UNKNOWN_PARTY


def test_receipts_are_forwarded_as_they_were_signed() -> None:
    message = world.sealed()
    receipts = (
        world.receipt(message, Stage.DELIVERED),
        world.receipt(message, Stage.OPENED),
    )
    data = bundled(*receipts)
    found = outcome(data, BEL, rules(message))
    assert isinstance(found, Forwarded)
    assert found.receipts == receipts
    assert found.rejected == ()
    assert found.submission_digest == sha256(data)
    assert read_bundle(found.bundle, world.view()) == list(receipts)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"message_digest": bytes(32)}, id="of an unknown message"),
        pytest.param({"message_digest": b""}, id="of no message"),
        pytest.param({"to": XPO}, id="told to somebody else"),
        pytest.param({"stage": Stage.ACCEPTED}, id="said in the hub's place"),
        pytest.param(
            {"stage": Stage.WITHHELD, "code": "export-policy"},
            id="withheld for another",
        ),
        pytest.param({"at_ms": NOW_MS + 300_001}, id="of tomorrow"),
    ],
)
def test_a_receipt_its_author_cannot_give_is_left_out(
    change: dict[str, Any],
) -> None:
    message = world.sealed()
    good = world.receipt(message, Stage.DELIVERED)
    bad = replace(world.receipt(message, Stage.OPENED), **change)
    by = rules(message)
    assert refusal(bundled(bad), BEL, by).code is Code.INVALID_RECEIPT
    found = outcome(bundled(good, bad), BEL, by)
    assert isinstance(found, Forwarded)
    assert found.receipts == (good,)
    assert len(found.rejected) == 1
    assert read_bundle(found.bundle, world.view()) == [good]


def test_a_receipt_of_a_party_the_message_was_not_for_is_refused() -> None:
    message = world.sealed(to=[BEL])
    forged = world.receipt(message, Stage.OPENED, by=MEX)
    found = refusal(bundled(forged, by=MEX), MEX, rules(message))
    assert found.code is Code.INVALID_RECEIPT
    assert "another's message" in found.detail


def test_a_refusal_by_the_recipient_reaches_the_origin() -> None:
    message = world.sealed()
    no = world.receipt(message, Stage.REFUSED)
    found = outcome(bundled(no), BEL, rules(message))
    assert isinstance(found, Forwarded)


def test_what_a_party_withheld_is_stated_by_itself_alone() -> None:
    own = Receipt(
        stage=Stage.WITHHELD,
        message_digest=sha256(b"decision"),
        by=BEL,
        to=BEL,
        at_ms=NOW_MS,
        code="export-policy",
        nonce=bytes(16),
    )
    found = outcome(bundled(own), BEL)
    assert isinstance(found, Forwarded)


def test_receipts_over_the_connection_of_another_are_refused() -> None:
    message = world.sealed()
    data = bundled(world.receipt(message, Stage.OPENED))
    found = refusal(data, MEX, rules(message))
    assert found.code is Code.WRONG_CONNECTION
    assert found.header is None


def test_part_of_what_was_signed_together_is_refused() -> None:
    message = world.sealed()
    parts = sign_together(
        [
            encode_receipt(world.receipt(message, stage))
            for stage in (Stage.DELIVERED, Stage.OPENED)
        ],
        signer=BEL,
        key=world.signing_key(BEL),
    )
    part = encode_bundle(pick(parts, [1]))
    data = encode_submission(ReceiptsItem(part))
    assert refusal(data, BEL, rules(message)).code is Code.INVALID_RECEIPT


def test_receipts_that_nobody_signed_are_refused() -> None:
    message = world.sealed()
    parts = sign_together(
        [encode_receipt(world.receipt(message, Stage.OPENED))],
        signer=BEL,
        key=world.signing_key(MEX),
    )
    data = encode_submission(ReceiptsItem(encode_bundle(parts)))
    assert refusal(data, BEL, rules(message)).code is Code.UNKNOWN_KEY
