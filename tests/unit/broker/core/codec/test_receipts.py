"""Receipts, bundles, proofs and audit batches: one encoding each."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.codec.receipts import (
    AuditRecord,
    BundleParts,
    ReceiptPath,
    decode_audit_batch,
    decode_bundle,
    decode_proof,
    decode_receipt,
    encode_audit_batch,
    encode_bundle,
    encode_proof,
    encode_receipt,
)
from broker.core.errors import Code, RefusedError
from broker.core.limits import TIME_MS_MAX, Limits
from broker.core.model import BY_AUTHORITY, Decider, Receipt, Stage
from keys.identity import HUB, PartyId
from rogatory.v1 import audit_pb2, receipt_pb2
from tests.world import BEL, KEN, MEX, NOW_MS

DIGESTS = st.binary(min_size=32, max_size=32)
TIMES = st.integers(0, TIME_MS_MAX)
DETAILS = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=400
)
PARTIES = st.sampled_from([KEN, BEL, MEX])


@st.composite
def receipts(draw: st.DrawFn) -> Receipt:
    stage = draw(st.sampled_from(Stage))
    refusal = stage in (Stage.REFUSED, Stage.WITHHELD)
    deciders = [Decider.PERSON, Decider.SYSTEM]
    by_authority = stage in BY_AUTHORITY
    return Receipt(
        stage=stage,
        message_digest=draw(DIGESTS | st.just(b"")),
        submission_digest=draw(DIGESTS | st.just(b"")),
        by=draw(PARTIES | st.just(HUB)),
        to=draw(PARTIES),
        at_ms=draw(TIMES),
        code=draw(st.sampled_from(Code)).value if refusal else "",
        detail=draw(DETAILS),
        logged_by_ms=draw(TIMES),
        nonce=draw(st.binary(min_size=16, max_size=16)),
        authority=draw(st.sampled_from(["Firearms desk", "Ж"])) if by_authority else "",
        decider=draw(st.sampled_from(deciders)) if by_authority else Decider.NODE,
    )


paths = st.builds(
    ReceiptPath,
    receipt=st.binary(max_size=40),
    index=st.integers(0, 2**64 - 1),
    path=st.lists(DIGESTS, max_size=4).map(tuple),
)
bundles = st.builds(
    BundleParts,
    signer=st.text(max_size=5),
    signer_key_id=DIGESTS,
    tree_size=st.integers(0, 2**64 - 1),
    signature=st.binary(max_size=40),
    receipts=st.lists(paths, min_size=1, max_size=5).map(tuple),
)
records = st.builds(
    AuditRecord,
    receipt=st.binary(max_size=40),
    proof=st.binary(max_size=40),
    submission_digest=DIGESTS,
    signed_header=st.binary(max_size=40),
    recipients=st.lists(PARTIES, max_size=3).map(tuple),
    message_id=st.binary(max_size=16),
    expires_ms=TIMES,
)
GOOD: dict[str, Any] = {
    "stage": "STAGE_DELIVERED",
    "message_digest": bytes(32),
    "by": "BEL",
    "to": "KEN",
    "at_ms": NOW_MS,
    "nonce": bytes(16),
}


@given(receipts())
def test_every_receipt_is_read_as_it_was_written(receipt: Receipt) -> None:
    assert decode_receipt(encode_receipt(receipt)) == receipt


@given(bundles)
def test_every_bundle_is_read_as_it_was_written(bundle: BundleParts) -> None:
    assert decode_bundle(encode_bundle(bundle), Limits()) == bundle


@given(bundles)
def test_a_proof_stands_for_a_bundle_of_one(bundle: BundleParts) -> None:
    entry = bundle.receipts[0]
    alone = replace(bundle, receipts=(entry,))
    whole = encode_proof(bundle, entry, with_signature=True)
    assert decode_proof(entry.receipt, whole) == alone
    bare = encode_proof(bundle, entry, with_signature=False)
    assert decode_proof(entry.receipt, bare) == replace(alone, signature=b"")


@given(st.lists(records, max_size=4))
def test_every_audit_batch_is_read_as_it_was_written(batch: list[AuditRecord]) -> None:
    assert decode_audit_batch(encode_audit_batch(batch)) == batch


@settings(max_examples=200)
@given(receipts(), st.integers(min_value=0), st.integers(1, 255))
def test_no_flipped_byte_leaves_a_receipt_as_it_was(
    receipt: Receipt, at: int, mask: int
) -> None:
    data = bytearray(encode_receipt(receipt))
    data[at % len(data)] ^= mask
    try:
        read = decode_receipt(bytes(data))
    except RefusedError:
        return
    assert read != receipt
    assert encode_receipt(read) == data


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_or_canonical(data: bytes) -> None:
    with suppress(RefusedError):
        assert encode_receipt(decode_receipt(data)) == data
    with suppress(RefusedError):
        assert encode_bundle(decode_bundle(data, Limits())) == data
    with suppress(RefusedError):
        assert encode_audit_batch(decode_audit_batch(data)) == data


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"stage": "STAGE_UNSPECIFIED"}, id="no stage"),
        pytest.param({"stage": 99}, id="a stage of tomorrow"),
        pytest.param({"stage": "STAGE_ACKNOWLEDGED"}, id="nobody acknowledges it"),
        pytest.param(
            {"stage": "STAGE_ACTED", "authority": "Police"}, id="nobody decided it"
        ),
        pytest.param(
            {"stage": "STAGE_ACTED", "authority": " ", "decider": "DECIDER_PERSON"},
            id="an authority without a name",
        ),
        pytest.param({"authority": "Police"}, id="a node in an authority's name"),
        pytest.param({"decider": "DECIDER_PERSON"}, id="a node as a person"),
        pytest.param({"by": "hub"}, id="nobody says it"),
        pytest.param({"to": "HUB"}, id="it is for the hub"),
        pytest.param({"to": ""}, id="it is for nobody"),
        pytest.param({"nonce": bytes(15)}, id="a nonce that blinds too little"),
        pytest.param({"detail": "x" * 401}, id="a novel in the detail"),
        pytest.param({"detail": "\x1b[2J"}, id="orders to a terminal"),
        pytest.param({"detail": "a\u202eb"}, id="text that runs backwards"),
        pytest.param(
            {"stage": "STAGE_REFUSED", "code": "\x1b[2J"}, id="a code that is none"
        ),
        pytest.param({"message_digest": bytes(31)}, id="a short digest"),
        pytest.param({"submission_digest": bytes(33)}, id="a long digest"),
        pytest.param({"code": "expired"}, id="a code without a refusal"),
        pytest.param({"stage": "STAGE_REFUSED"}, id="a refusal without a code"),
        pytest.param({"stage": "STAGE_WITHHELD"}, id="withheld without a code"),
    ],
)
def test_a_receipt_that_cannot_be_meant_is_refused(changes: dict[str, Any]) -> None:
    decode_receipt(receipt_pb2.Receipt(**GOOD).SerializeToString(deterministic=True))
    data = receipt_pb2.Receipt(**(GOOD | changes))
    with pytest.raises(RefusedError) as refused:
        decode_receipt(data.SerializeToString(deterministic=True))
    assert refused.value.code is Code.INVALID_RECEIPT


def test_a_detail_is_cut_to_what_a_receipt_may_hold() -> None:
    receipt = decode_receipt(
        receipt_pb2.Receipt(**GOOD).SerializeToString(deterministic=True)
    )
    data = encode_receipt(replace(receipt, detail="x" * 1000))
    assert decode_receipt(data).detail == "x" * 400


def test_what_a_terminal_would_obey_is_not_written_into_a_detail() -> None:
    receipt = decode_receipt(
        receipt_pb2.Receipt(**GOOD).SerializeToString(deterministic=True)
    )
    data = encode_receipt(replace(receipt, detail="kind \x1b[2J\n"))
    assert decode_receipt(data).detail == "kind ?[2J?"


@pytest.mark.parametrize("count", [0, 3])
def test_a_bundle_of_none_or_too_many_receipts_is_refused(count: int) -> None:
    entry = ReceiptPath(receipt=b"", index=0, path=())
    bundle = BundleParts(
        signer="BEL",
        signer_key_id=b"",
        tree_size=count,
        signature=b"",
        receipts=(entry,) * count,
    )
    with pytest.raises(RefusedError) as refused:
        decode_bundle(encode_bundle(bundle), Limits(receipts_max=2))
    assert refused.value.code is Code.INVALID_RECEIPT


def test_an_audit_batch_about_nobody_in_particular_is_refused() -> None:
    data = audit_pb2.AuditBatch(entries=[{"recipients": ["nobody"]}])
    with pytest.raises(RefusedError) as refused:
        decode_audit_batch(data.SerializeToString(deterministic=True))
    assert refused.value.code is Code.MALFORMED


def test_recipients_come_back_as_parties() -> None:
    record = AuditRecord(
        receipt=b"", proof=b"", submission_digest=b"", recipients=(BEL,)
    )
    [read] = decode_audit_batch(encode_audit_batch([record]))
    assert isinstance(read.recipients[0], PartyId)
