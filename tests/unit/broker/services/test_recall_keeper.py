"""A message is taken back, everywhere it went, and everybody says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.envelope import decode_envelope
from broker.core.codec.recall import encode_attestation, encode_notice
from broker.core.errors import Code, RefusedError, StoreConflictError, StoreError
from broker.core.model import Decider, Stage
from broker.core.protocol_kinds import ATTESTATION
from broker.core.recalls.recall import Attestation, Notice, Outcome, Reason, Standing
from broker.core.recalls.taken_back import NoticeState
from broker.core.records import SentMessage
from keys.identity import PartyId
from tests.unit.broker.infra.stored_messages import fill_disk, free_disk
from tests.unit.broker.services.recall_world import (
    ERROR,
    GREEN,
    RecallWorld,
    Side,
    as_sealed,
    gone,
    sent,
)
from tests.world import BEL, KEN, MEX, NOW_MS


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


async def test_a_recall_destroys_the_content_and_is_attested(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    notice = ken.recall(message)
    await parties.settle()
    assert gone(bel, message.message_digest)
    [standing] = ken.standing(message)
    assert standing.standing is Standing.COMPLIED
    assert standing.outcome is Outcome.DESTROYED
    said = {
        line.receipt.stage: line.receipt
        for line in ken.store.ledger(notice)
        if line.receipt.by == BEL
    }
    assert set(said) == {
        Stage.DELIVERED,
        Stage.OPENED,
        Stage.ACKNOWLEDGED,
        Stage.ACTED,
    }
    assert said[Stage.ACTED].decider is Decider.SYSTEM
    assert said[Stage.ACTED].authority == "node"


async def test_header_and_signature_stay_as_evidence(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    before = decode_envelope(bel.received(message.message_digest).envelope)
    ken.recall(message)
    await parties.settle()
    after = decode_envelope(bel.received(message.message_digest).envelope)
    assert after.signed_header == before.signed_header
    assert after.signature == before.signature
    assert bel.received(message.message_digest).header == message.header


async def test_what_was_recalled_is_not_read_handed_out_or_passed_on(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    ken.recall(message)
    await parties.settle()
    received = bel.received(message.message_digest)
    for use in (bel.holdings.content, bel.holdings.provided):
        with pytest.raises(RefusedError, match="taken back") as refused:
            use(received)
        assert refused.value.code is Code.RECALLED


async def test_nothing_is_shown_from_the_moment_a_recall_is_opened(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    ken.recall(message)
    await parties.carry(KEN)
    await bel.node.intake.take_in()
    await bel.node.opening.open_some()  # and the keeper has done nothing yet
    assert not gone(bel, message.message_digest)
    with pytest.raises(RefusedError, match="taken back"):
        bel.holdings.content(bel.received(message.message_digest))


async def test_a_recall_that_overtakes_its_message_lets_nobody_open_it(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    parties.dropped.add(message.header.message_id)
    await parties.carry(KEN)  # and the hub holds it back
    ken.recall(message)
    await parties.settle()
    assert ken.standing(message)[0].outcome is Outcome.NOT_HELD
    bel.restart()  # what was in memory is forgotten
    bel.node.deliver(as_sealed(message))
    await parties.settle()
    assert bel.node.state(as_sealed(message)) == ("refused", "recalled")
    assert gone(bel, message.message_digest)


async def test_a_recall_in_the_same_batch_lets_nobody_open_it(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = ken.send((BEL,))
    parties.dropped.add(message.header.message_id)
    await parties.carry(KEN)
    ken.recall(message)
    await parties.carry(KEN)
    bel.node.deliver(as_sealed(message))
    await parties.settle()
    assert bel.node.state(as_sealed(message)) == ("refused", "recalled")
    assert gone(bel, message.message_digest)


async def test_another_party_cannot_recall_a_message(parties: RecallWorld) -> None:
    bel, mex = parties.sides[BEL], parties.sides[MEX]
    message = await sent(parties)
    notice = _forged(mex, message)
    await parties.settle()
    assert not gone(bel, message.message_digest)
    bel.holdings.content(bel.received(message.message_digest))
    assert bel.received(notice).code == "invalid-recall"
    [alarm] = bel.alarms()
    assert "MEX" in alarm
    assert bel.store.notices_received() == []


async def test_another_party_cannot_recall_a_message_before_it_comes(
    parties: RecallWorld,
) -> None:
    ken, bel, mex = (parties.sides[one] for one in (KEN, BEL, MEX))
    message = ken.send((BEL,))
    _forged(mex, message)
    await parties.carry(MEX)
    await bel.node.intake.take_in()
    await bel.node.opening.open_some()
    await parties.carry(KEN)
    await parties.settle()
    bel.holdings.content(bel.received(message.message_digest))
    assert bel.store.taken_back(message.message_digest) is None
    assert [one.state for one in bel.store.notices_received()] == [NoticeState.VOID]
    assert bel.alarms()


async def test_nobody_recalls_our_own_message_to_us(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    notice = _forged(bel, message, to=KEN)
    await parties.settle()
    assert ken.received(notice).code == "invalid-recall"
    ken.holdings.content(ken.sent(message.message_digest))


async def test_an_attestation_by_one_who_was_not_asked_counts_for_nothing(
    parties: RecallWorld,
) -> None:
    ken, mex = parties.sides[KEN], parties.sides[MEX]
    message = await sent(parties)
    notice = ken.recall(message)
    said = Attestation(
        notice_digest=notice,
        message_digest=message.message_digest,
        outcome=Outcome.DESTROYED,
        at_ms=NOW_MS,
    )
    mex.send((KEN,), encode_attestation(said), ATTESTATION, GREEN, notice)
    await parties.settle()
    assert [one.by for one in ken.store.attested(notice)] == [BEL]
    assert any("MEX" in alarm for alarm in ken.alarms())


async def test_the_same_recall_twice_is_refused(parties: RecallWorld) -> None:
    ken = parties.sides[KEN]
    message = await sent(parties)
    ken.recall(message)
    with pytest.raises(StoreConflictError, match="already"):
        ken.recall(message, Reason.SAFETY)


async def test_neither_a_recall_nor_its_answer_can_be_taken_back(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    notice = ken.sent(ken.recall(message))
    await parties.settle()
    with pytest.raises(RefusedError, match="stays as it is"):
        ken.recall(notice)
    [answer] = [one for one in bel.store.sent() if one.header.kind == "attestation/1"]
    with pytest.raises(RefusedError, match="stays as it is"):
        bel.recall(answer)


async def test_a_recall_is_handled_as_its_message_was(parties: RecallWorld) -> None:
    ken = parties.sides[KEN]
    message = await sent(parties)
    notice = ken.sent(ken.recall(message))
    assert notice.header.handling == message.header.handling
    assert notice.header.parties == message.header.parties
    assert notice.header.in_reply_to == message.message_digest


async def test_nobody_is_told_anything_when_the_store_is_full(
    parties: RecallWorld,
) -> None:
    ken = parties.sides[KEN]
    message = await sent(parties)
    fill_disk(ken.store)
    with pytest.raises(StoreError):
        _recall_until_full(ken, message)
    free_disk(ken.store)
    noted = {one.digest for one in ken.store.notices_sent()}
    kept = {one.message_digest for one in ken.store.sent(100)}
    assert noted <= kept


def _recall_until_full(side: Side, message: SentMessage) -> None:
    for _ in range(50):
        side.recall(message)
        message = side.send((BEL,))


def _forged(by: Side, message: SentMessage, to: PartyId = BEL) -> bytes:
    """Has a party take back a message that is not its own."""
    notice = Notice(message_digest=message.message_digest, reason=ERROR)
    body, about = encode_notice(notice), message.message_digest
    return by.send((to,), body, notice.kind, GREEN, about).message_digest
