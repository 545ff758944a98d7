"""A party repeats, or says about messages what it is in no position to say.

What is wrong with a single envelope is left to `test_party`.
"""

from dataclasses import replace

import pytest

from broker.core import subjects
from broker.core.codec.envelope import decode_envelope
from broker.core.codec.receipts import decode_bundle, encode_bundle
from broker.core.envelope import read_claim
from broker.core.errors import Code
from broker.core.model import Link, Stage
from keys.identity import HUB
from keys.preauth import PayloadType
from tests.adversaries import LIMITS, RawParty, now_ms
from tests.crafting import (
    bundle,
    receipts_submission,
    signed_anew,
    statement,
    submission,
    with_signed_bytes,
)
from tests.federation import Federation

pytestmark = pytest.mark.integration


async def test_replayed_submission_is_answered_again_and_delivered_once(
    mex: RawParty, federation: Federation
) -> None:
    message = await mex.writes_honestly("BEL")
    before = mex.received("BEL")
    data = submission(message.envelope)
    first = await mex.answer_to(data)
    mex.receipts.clear()
    await mex.submit(data)
    assert await mex.answer_to(data) == first
    await mex.writes_honestly("BEL")
    assert len(mex.received("BEL") - before) == 1
    entries = federation.log_about(message.message_digest)
    assert [entry.stage for entry in entries].count("ACCEPTED") == 1


async def test_refused_submission_stays_refused(mex: RawParty) -> None:
    message = mex.seal(mex.header("BEL"))
    data = submission(message.envelope[:-1])
    first = await mex.expect_refused(data, Code.MALFORMED)
    mex.receipts.clear()
    await mex.submit(data)
    assert await mex.answer_to(data) == first


async def test_same_id_with_other_content_is_refused(mex: RawParty) -> None:
    first = await mex.writes_honestly("BEL")
    again = mex.seal(replace(mex.header("BEL"), message_id=first.header.message_id))
    await mex.expect_refused(submission(again.envelope), Code.REPLAYED_ID)


async def test_same_message_under_another_signature_is_refused(
    mex: RawParty, federation: Federation
) -> None:
    """ML-DSA is randomised: the origin can make any number of valid signatures.

    None of them may wait for ever in the relay's hands.
    """
    message = await mex.writes_honestly("BEL")
    signed = decode_envelope(message.envelope).signed_header
    again = with_signed_bytes(message.envelope, mex.holder.signing, signed)
    assert again != message.envelope
    receipt = await mex.expect_refused(submission(again), Code.REPLAYED_ID)
    assert receipt.message_digest == message.message_digest
    async with federation.hub_bus("looking") as bus:
        await federation.all_acknowledged(bus, subjects.IN, subjects.RELAY)


async def test_id_of_another_party_cannot_be_taken(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="MEX")
    captured = read_claim(await mex.capture(digest), LIMITS)
    assert captured is not None
    header = replace(mex.header("BEL"), message_id=captured.header.message_id)
    await mex.expect_refused(submission(mex.seal(header).envelope), Code.REPLAYED_ID)


async def test_message_never_got_cannot_be_called_opened(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="BEL")
    await federation.opened("KEN", digest, ["BEL"])
    before = federation.receipts("KEN", digest)
    lie = statement(Stage.OPENED, digest, by="MEX", to="KEN", at_ms=now_ms())
    data = bundle([lie], signer="MEX", key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(data), Code.INVALID_RECEIPT)
    assert federation.receipts("KEN", digest) == before


async def test_unknown_message_cannot_be_called_opened(mex: RawParty) -> None:
    lie = statement(Stage.OPENED, bytes(32), by="MEX", to="KEN", at_ms=now_ms())
    data = bundle([lie], signer="MEX", key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(data), Code.INVALID_RECEIPT)


async def test_receipt_in_another_name_is_refused(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="BEL")
    await federation.opened("KEN", digest, ["BEL"])
    before = federation.receipts("KEN", digest)
    lie = statement(
        Stage.REFUSED, digest, by="BEL", to="KEN", at_ms=now_ms(), code="cannot-open"
    )
    own_name = bundle([lie], signer="MEX", key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(own_name), Code.INVALID_RECEIPT)
    its_name = bundle([lie], signer="BEL", key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(its_name), Code.WRONG_CONNECTION)
    hub_name = bundle([replace(lie, by=HUB)], signer=HUB, key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(hub_name), Code.WRONG_CONNECTION)
    assert federation.receipts("KEN", digest) == before


async def test_party_cannot_accept_in_the_place_of_the_hub(mex: RawParty) -> None:
    message = await mex.writes_honestly("BEL")
    lie = statement(
        Stage.ACCEPTED, message.message_digest, by="MEX", to="MEX", at_ms=now_ms()
    )
    data = bundle([lie], signer="MEX", key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(data), Code.INVALID_RECEIPT)


async def test_receipt_from_the_future_is_refused(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="MEX")
    await mex.capture(digest)
    at_ms = now_ms() + 2 * LIMITS.clock_skew_ms
    lie = statement(Stage.OPENED, digest, by="MEX", to="KEN", at_ms=at_ms)
    data = bundle([lie], signer="MEX", key=mex.holder.signing)
    await mex.expect_refused(receipts_submission(data), Code.INVALID_RECEIPT)


async def test_envelope_signature_is_no_receipt_signature(
    mex: RawParty, federation: Federation
) -> None:
    """A party is made to sign as an envelope what is then shown as receipts."""
    digest = federation.send("KEN", to="MEX")
    await mex.capture(digest)
    true = statement(Stage.OPENED, digest, by="MEX", to="KEN", at_ms=now_ms())
    data = bundle([true], signer="MEX", key=mex.holder.signing)
    parts = decode_bundle(data, LIMITS)
    envelope = mex.seal(mex.header("BEL")).envelope
    other = decode_envelope(
        signed_anew(envelope, mex.holder.signing, purpose=PayloadType.ENVELOPE)
    )
    forged = encode_bundle(replace(parts, signature=other.signature))
    await mex.expect_refused(receipts_submission(forged), Code.BAD_SIGNATURE)
    assert federation.stages("KEN", digest) == {(HUB, Stage.ACCEPTED)}
    await mex.submit(receipts_submission(data))
    await federation.opened("KEN", digest, ["MEX"])


async def test_true_receipt_beside_a_false_one_still_counts(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="MEX")
    await mex.capture(digest)
    true = statement(Stage.OPENED, digest, by="MEX", to="KEN", at_ms=now_ms())
    lie = replace(true, message_digest=bytes(32))
    data = receipts_submission(
        bundle([true, lie], signer="MEX", key=mex.holder.signing)
    )
    await mex.submit(data)
    receipt = await mex.answer_to(data)
    assert (receipt.stage, receipt.code) == (Stage.REFUSED, "invalid-receipt")
    await federation.opened("KEN", digest, ["MEX"])


async def test_same_receipt_signed_twice_does_not_stop_the_log(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="MEX")
    await mex.capture(digest)
    true = statement(Stage.OPENED, digest, by="MEX", to="KEN", at_ms=now_ms())
    for _ in range(2):
        data = bundle([true], signer="MEX", key=mex.holder.signing)
        await mex.submit(receipts_submission(data))
    await federation.opened("KEN", digest, ["MEX"])
    await mex.expect_refused(b"\xff", Code.MALFORMED)
    assert federation.verify_log() > 0


@pytest.mark.parametrize("sequence", [0, 2**63, 2**64 - 1])
async def test_impossible_link_number_does_not_stop_the_recipient(
    mex: RawParty, sequence: int
) -> None:
    """The number lies inside the seal: only the recipient sees it."""
    link = Link(sequence=sequence, previous=bytes(32))
    message = mex.seal(mex.header("BEL"), {"BEL": link})
    await mex.submit(submission(message.envelope))
    refusal = await mex.hear(
        lambda one: (
            (one.message_digest, one.stage) == (message.message_digest, Stage.REFUSED)
        ),
        "BEL's refusal",
    )
    assert (refusal.by, refusal.code) == ("BEL", Code.CANNOT_OPEN.value)
    await mex.writes_honestly("BEL")


async def test_code_of_a_receipt_cannot_be_anything_else(
    mex: RawParty, federation: Federation
) -> None:
    digest = federation.send("KEN", to="MEX")
    await mex.capture(digest)
    for code in ("\x1b[2J", "x" * 100_000):
        lie = statement(
            Stage.REFUSED, digest, by="MEX", to="KEN", at_ms=now_ms(), code=code
        )
        data = bundle([lie], signer="MEX", key=mex.holder.signing)
        await mex.expect_refused(receipts_submission(data), Code.INVALID_RECEIPT)
