"""Receipts signed together: each stands alone, none says more than its signer may."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.codec.receipts import BundleParts, encode_receipt, encode_root
from broker.core.errors import Code, RefusedError
from broker.core.model import Receipt, Stage, new_nonce
from broker.core.receipts import pick, read_bundle, sign_together
from keys.directory.model import DirectoryView
from keys.framing import sha256
from keys.identity import HUB
from keys.preauth import PayloadType
from keys.signing import SigningKey
from tests import world
from tests.world import BEL, KEN, MEX, NOW_MS


def statement(by: str = BEL, at_ms: int = NOW_MS, name: bytes = b"a") -> Receipt:
    return Receipt(
        stage=Stage.DELIVERED,
        message_digest=sha256(name),
        by=by,
        to=KEN,
        at_ms=at_ms,
        nonce=new_nonce(),
    )


def bundle_of(
    *receipts: Receipt, signer: str = BEL, key: SigningKey | None = None
) -> BundleParts:
    return sign_together(
        [encode_receipt(receipt) for receipt in receipts],
        signer=signer,
        key=key or world.signing_key(signer),
    )


def refusal(bundle: BundleParts, directory: DirectoryView | None = None) -> Code:
    with pytest.raises(RefusedError) as refused:
        read_bundle(bundle, directory or world.view())
    return refused.value.code


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.data())
def test_any_choice_of_receipts_verifies_by_itself(
    count: int, data: st.DataObject
) -> None:
    receipts = [statement(name=bytes([number])) for number in range(count)]
    chosen = data.draw(
        st.lists(st.integers(0, count - 1), min_size=1, unique=True).map(sorted)
    )
    part = pick(bundle_of(*receipts), chosen)
    assert read_bundle(part, world.view()) == [receipts[i] for i in chosen]


def test_the_hub_signs_with_the_key_of_the_stewards() -> None:
    receipt = statement(by=HUB)
    assert read_bundle(bundle_of(receipt, signer=HUB), world.view()) == [receipt]


def test_a_bundle_without_receipts_is_refused() -> None:
    assert refusal(pick(bundle_of(statement()), [])) is Code.INVALID_RECEIPT


def test_a_path_to_another_root_is_refused() -> None:
    first, second = bundle_of(statement()), bundle_of(statement(name=b"b"))
    mixed = replace(first, receipts=(*first.receipts, *second.receipts))
    assert refusal(mixed) is Code.INVALID_RECEIPT
    pair = bundle_of(statement(), statement(name=b"b"))
    cut = replace(pair.receipts[0], path=())
    assert refusal(replace(pair, receipts=(cut,))) is Code.INVALID_RECEIPT


def test_a_receipt_smuggled_into_a_signed_bundle_is_refused() -> None:
    bundle = bundle_of(statement())
    smuggled = replace(bundle.receipts[0], receipt=encode_receipt(statement()))
    assert refusal(replace(bundle, receipts=(smuggled,))) is Code.BAD_SIGNATURE


def test_a_signature_made_for_an_envelope_is_refused_on_receipts() -> None:
    bundle = bundle_of(statement())
    receipt = bundle.receipts[0].receipt
    root = encode_root(BEL, 1, sha256(b"\x00" + receipt))
    right = world.signing_key(BEL).sign(PayloadType.RECEIPTS, root)
    wrong = world.signing_key(BEL).sign(PayloadType.ENVELOPE, root)
    read_bundle(replace(bundle, signature=right), world.view())
    assert refusal(replace(bundle, signature=wrong)) is Code.BAD_SIGNATURE


def test_a_tree_size_that_was_not_signed_is_refused() -> None:
    bundle = bundle_of(statement(), statement(name=b"b"))
    lied = replace(pick(bundle, [0]), tree_size=3)
    assert refusal(lied) in {Code.BAD_SIGNATURE, Code.INVALID_RECEIPT}


def test_speaking_in_the_name_of_another_is_refused() -> None:
    assert refusal(bundle_of(statement(by=MEX))) is Code.INVALID_RECEIPT
    assert refusal(bundle_of(statement(by=HUB))) is Code.INVALID_RECEIPT


@pytest.mark.parametrize("signer", ["ZZZ", "nobody", ""])
def test_a_signer_who_is_no_party_is_refused(signer: str) -> None:
    bundle = bundle_of(statement(), signer=signer, key=world.signing_key(BEL))
    assert refusal(bundle) is Code.UNKNOWN_PARTY


def test_a_key_nobody_published_is_refused() -> None:
    assert refusal(bundle_of(statement(), key=world.signing_key(MEX))) is (
        Code.UNKNOWN_KEY
    )
    hubs = bundle_of(statement(by=HUB), signer=HUB, key=world.signing_key(BEL))
    assert refusal(hubs) is Code.UNKNOWN_KEY


def test_a_receipt_dated_after_the_key_was_revoked_is_refused() -> None:
    key = world.published(world.signing_key(BEL), revoked_at_ms=NOW_MS)
    directory = world.view({BEL: world.entry(BEL, signing_keys=(key,))})
    before = bundle_of(statement(at_ms=NOW_MS - 1))
    assert len(read_bundle(before, directory)) == 1
    both = bundle_of(statement(at_ms=NOW_MS - 1), statement(at_ms=NOW_MS))
    assert refusal(both, directory) is Code.KEY_NOT_VALID


def test_a_published_key_that_is_no_key_is_refused() -> None:
    broken = replace(world.published(world.signing_key(BEL)), key=b"short")
    directory = world.view({BEL: world.entry(BEL, signing_keys=(broken,))})
    assert refusal(bundle_of(statement()), directory) is Code.KEY_NOT_VALID


def test_a_malformed_receipt_under_a_good_signature_is_refused() -> None:
    bundle = sign_together([b"\xff"], signer=BEL, key=world.signing_key(BEL))
    assert refusal(bundle) is Code.MALFORMED
