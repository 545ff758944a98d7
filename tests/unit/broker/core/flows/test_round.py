"""What is written for a round: everybody's own, provable, and in one batch."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from broker.core import subjects
from broker.core.codec.envelope import (
    EnvelopeItem,
    ReceiptsItem,
    decode_delivery,
    decode_envelope,
)
from broker.core.codec.receipts import (
    AuditRecord,
    decode_audit_batch,
    decode_bundle,
    decode_proof,
    decode_receipt,
    encode_receipt,
)
from broker.core.envelope import Sealed, check, verify_signature
from broker.core.errors import Code
from broker.core.flows.relay import Accepted, Forwarded, Outcome, Refused
from broker.core.flows.round import Reissue, assemble, audit_bytes, output_count
from broker.core.limits import Limits
from broker.core.model import Receipt, Stage
from broker.core.ports import Outgoing
from broker.core.receipts import read_bundle, sign_together
from broker.core.trust import Trust
from keys.framing import sha256
from keys.identity import HUB, PartyId
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS, XPO

LIMITS = Limits()


def accepted(message: Sealed) -> Accepted:
    checked = check(message.envelope, world.view(), now_ms=NOW_MS, limits=LIMITS)
    return Accepted(
        submission_digest=sha256(world.submitted(message)),
        envelope=verify_signature(checked),
        arrived_ms=NOW_MS,
    )


def refused(party: PartyId = MEX, about: Sealed | None = None) -> Refused:
    parts = decode_envelope(about.envelope) if about else None
    return Refused(
        submission_digest=sha256(party.encode()),
        party=party,
        code=Code.BAD_SIGNATURE,
        detail="why",
        header=about.header if about else None,
        signed_header=parts.signed_header if parts else b"",
    )


def forwarded(
    receipts: Sequence[Receipt], by: PartyId = BEL, rejected: tuple[str, ...] = ()
) -> Forwarded:
    bundle = sign_together(
        [encode_receipt(one) for one in receipts],
        signer=by,
        key=world.signing_key(by),
    )
    return Forwarded(
        submission_digest=sha256(b"receipts"),
        party=by,
        bundle=bundle,
        receipts=tuple(receipts),
        rejected=rejected,
    )


def written(
    outcomes: Sequence[Outcome],
    reissues: Sequence[Reissue] = (),
    trust: Trust | None = None,
) -> list[Outgoing]:
    outgoing = assemble(
        outcomes,
        reissues,
        trust=trust or world.trust(),
        key=world.signing_key(HUB),
        now_ms=NOW_MS,
        limits=LIMITS,
    )
    assert len(outgoing) <= sum(map(output_count, outcomes)) + len(reissues) + 1
    return outgoing


def inbox_of(party: PartyId, outgoing: Sequence[Outgoing]) -> list[Outgoing]:
    subject = subjects.inbox(world.account(party))
    return [item for item in outgoing if item.subject == subject]


def receipts_for(party: PartyId, outgoing: Sequence[Outgoing]) -> list[Receipt]:
    """Returns the receipts a party finds in its inbox, all of them verified."""
    found = []
    for item in inbox_of(party, outgoing):
        delivery = decode_delivery(item.payload)
        if isinstance(delivery, ReceiptsItem):
            bundle = decode_bundle(delivery.data, LIMITS)
            found.extend(read_bundle(bundle, world.view()))
    return found


def audited(outgoing: Sequence[Outgoing]) -> list[AuditRecord]:
    [batch] = [one for one in outgoing if one.subject == subjects.AUDIT_ENTRIES]
    return decode_audit_batch(batch.payload)


def test_each_recipient_is_handed_its_own_wrap_and_no_other() -> None:
    message = world.sealed(to=[BEL, MEX])
    outgoing = written([accepted(message)])
    wraps = decode_envelope(message.envelope).wraps
    for party, wrap in zip((BEL, MEX), wraps, strict=True):
        [item] = inbox_of(party, outgoing)
        delivery = decode_delivery(item.payload)
        assert isinstance(delivery, EnvelopeItem)
        assert decode_envelope(delivery.data).wraps == (wrap,)
        assert item.dedup_id == f"{message.message_digest.hex()}.{party}"


def test_the_origin_gets_a_receipt_that_promises_inclusion() -> None:
    message = world.sealed()
    [receipt] = receipts_for(KEN, written([accepted(message)]))
    assert receipt.stage is Stage.ACCEPTED
    assert receipt.message_digest == message.message_digest
    assert receipt.submission_digest == sha256(world.submitted(message))
    assert receipt.by == HUB
    assert receipt.logged_by_ms == NOW_MS + LIMITS.inclusion_promise_ms


def test_the_log_gets_whom_an_accepted_message_is_for() -> None:
    message = world.sealed(to=[BEL, MEX])
    [record] = audited(written([accepted(message)]))
    assert record.recipients == (BEL, MEX)
    assert record.message_id == message.header.message_id
    assert record.expires_ms == message.header.expires_ms
    assert sha256(record.signed_header) == message.message_digest


def test_a_refusal_is_told_to_the_owner_of_the_connection_alone() -> None:
    message = world.sealed(KEN)
    outgoing = written([refused(MEX, about=message)])
    assert not inbox_of(KEN, outgoing)
    assert not inbox_of(BEL, outgoing)
    [receipt] = receipts_for(MEX, outgoing)
    assert receipt.code == "bad-signature"
    assert receipt.message_digest == message.message_digest
    [record] = audited(outgoing)
    assert record.message_id == message.header.message_id
    assert record.recipients == ()


def test_a_refusal_of_what_cannot_be_read_is_about_no_message() -> None:
    outgoing = written([refused()])
    [receipt] = receipts_for(MEX, outgoing)
    assert receipt.message_digest == b""
    assert receipt.submission_digest == refused().submission_digest


def test_one_signature_covers_a_round_and_each_entry_of_the_log_leads_to_it() -> None:
    messages = [world.sealed(), world.sealed(to=[MEX]), world.sealed(BEL, to=[KEN])]
    statements = [world.receipt(messages[0], stage) for stage in list(Stage)[1:3]]
    outgoing = written(
        [*(accepted(one) for one in messages), refused(), forwarded(statements)]
    )
    signature = b""
    proven = []
    for record in audited(outgoing):
        parts = decode_proof(record.receipt, record.proof)
        signature = parts.signature or signature
        whole = replace(parts, signature=signature)
        proven.extend(read_bundle(whole, world.view()))
    signatures = [
        decode_proof(record.receipt, record.proof).signature != b""
        for record in audited(outgoing)
    ]
    assert signatures == [True, False, False, False, True, False]
    assert [one.by for one in proven] == [HUB] * 4 + [BEL] * 2


def test_nonces_of_a_round_differ() -> None:
    outcomes = [refused(party) for party in (KEN, BEL, MEX)] * 3
    nonces = [decode_receipt(one.receipt).nonce for one in audited(written(outcomes))]
    assert len(set(nonces)) == 9


def test_forwarded_receipts_reach_each_reader_apart() -> None:
    to_ken, to_mex = world.sealed(KEN), world.sealed(MEX)
    receipts = [
        world.receipt(to_ken, Stage.OPENED),
        world.receipt(to_mex, Stage.OPENED),
        world.receipt(to_ken, Stage.DELIVERED),
    ]
    outgoing = written([forwarded(receipts)])
    assert receipts_for(KEN, outgoing) == [receipts[0], receipts[2]]
    assert receipts_for(MEX, outgoing) == [receipts[1]]
    assert not inbox_of(BEL, outgoing)
    assert len(audited(outgoing)) == 3


def test_what_was_withheld_concerns_the_log_and_nobody_else() -> None:
    own = world.receipt(world.sealed(BEL), Stage.WITHHELD, code="export-policy", to=BEL)
    outgoing = written([forwarded([own])])
    assert [item.subject for item in outgoing] == [subjects.AUDIT_ENTRIES]


def test_what_was_left_out_of_a_bundle_is_refused_in_the_open() -> None:
    good = world.receipt(world.sealed(), Stage.OPENED)
    outgoing = written([forwarded([good], rejected=("of an unknown message",))])
    [refusal] = receipts_for(BEL, outgoing)
    assert refusal.code == "invalid-receipt"
    assert refusal.detail == "of an unknown message"
    assert len(audited(outgoing)) == 2


def test_a_receipt_asked_for_again_is_given_again_and_not_logged_twice() -> None:
    first = written([accepted(world.sealed())])
    [record] = audited(first)
    again = written([], [Reissue(party=KEN, receipt=record.receipt)])
    assert receipts_for(KEN, again) == receipts_for(KEN, first)
    assert not [one for one in again if one.subject == subjects.AUDIT_ENTRIES]


def test_the_audit_of_a_round_leaves_reissues_out_and_keeps_its_proofs() -> None:
    [record] = audited(written([accepted(world.sealed())]))
    outgoing = written([refused()], [Reissue(party=KEN, receipt=record.receipt)])
    [logged] = audited(outgoing)
    bundle = decode_proof(logged.receipt, logged.proof)
    assert read_bundle(bundle, world.view())[0].stage is Stage.REFUSED


def test_a_reader_who_has_left_the_federation_is_passed_over() -> None:
    receipt = world.receipt(world.sealed(), Stage.OPENED)
    outgoing = written([forwarded([receipt])], trust=world.trust({KEN: None}))
    assert [item.subject for item in outgoing] == [subjects.AUDIT_ENTRIES]


def test_the_same_decision_has_the_same_ids() -> None:
    receipt = world.receipt(world.sealed(), Stage.OPENED)
    outcome = forwarded([receipt])
    first, second = written([outcome]), written([outcome])
    ids = [item.dedup_id for item in first]
    assert ids == [item.dedup_id for item in second]
    assert len(set(ids)) == len(ids)


def test_nothing_decided_is_nothing_written() -> None:
    assert written([]) == []


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(accepted(world.sealed(to=[BEL, MEX, XPO])), id="accepted"),
        pytest.param(refused(about=world.sealed()), id="refused"),
        pytest.param(
            forwarded(
                [world.receipt(world.sealed(), Stage.OPENED) for _ in range(20)],
                rejected=("x" * 400,) * 20,
            ),
            id="forwarded",
        ),
    ],
)
def test_what_the_audit_of_an_outcome_takes_is_not_underestimated(
    outcome: Outcome,
) -> None:
    many = [outcome] * 20
    [batch] = [one for one in written(many) if one.subject == subjects.AUDIT_ENTRIES]
    assert len(batch.payload) <= sum(map(audit_bytes, many)) + 4096
