"""What was passed on, handed out, held or kept is dealt with as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.admitted import AdmissionState, HandedOut
from broker.core.codec.permission import encode_copy
from broker.core.errors import RefusedError, StoreConflictError
from broker.core.model import Decider, Stage
from broker.core.onward import ONWARD_KIND
from broker.core.onward_copy import copy_of
from broker.core.pending import HeldDocument, Pending, PendingState
from broker.core.recalls.recall import Notice, Outcome, Reason, Standing
from broker.core.recalls.taken_back import Hold
from broker.services.pending_vault import protect_document
from broker.services.recall_keeper import RecallRules
from tests import world
from tests.unit.broker.services.recall_world import (
    ERROR,
    GREEN,
    HOUR_MS,
    RecallWorld,
    as_sealed,
    forward,
    gone,
    sent,
)
from tests.unit.broker.services.test_node_opening import policy, under
from tests.world import BEL, KEN, MEX, NOW_MS, XPO


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[RecallWorld]:
    made = RecallWorld(tmp_path)
    for party in (KEN, BEL, MEX):
        made.side(party)
    yield made
    made.close()


async def test_copies_that_went_on_are_recalled_in_turn(parties: RecallWorld) -> None:
    ken, bel, mex = (parties.sides[one] for one in (KEN, BEL, MEX))
    message = await sent(parties)
    copy = forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    mex.holdings.content(mex.received(copy.message_digest))
    ken.recall(message)
    await parties.settle()
    assert gone(mex, copy.message_digest)
    assert not bel.sent(copy.message_digest).protected_key
    [standing] = ken.standing(message)
    [downstream] = standing.downstream
    assert (downstream.party, downstream.told) == (MEX, True)
    assert downstream.copy_digest == copy.message_digest
    [second] = mex.store.notices_received()
    assert second.notice.reason is Reason.PROVIDER_RECALLED


async def test_a_copy_of_a_copy_is_recalled_through_every_hand(
    parties: RecallWorld,
) -> None:
    xpo = parties.side(XPO)
    ken, bel, mex = (parties.sides[one] for one in (KEN, BEL, MEX))
    message = await sent(parties)
    first = forward(bel, message.message_digest, (MEX,))
    await parties.settle()
    second = forward(mex, first.message_digest, (XPO,))
    await parties.settle()
    ken.recall(message)
    await parties.settle()
    assert gone(xpo, second.message_digest)


async def test_drafts_that_pass_it_on_are_destroyed_and_withdrawn(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message, other = await sent(parties), await sent(parties)
    for number, one in enumerate((message, other, None)):
        held = HeldDocument(
            kind=ONWARD_KIND if one else world.KIND,
            body=encode_copy(
                copy_of(
                    bel.holdings.provided(bel.received(one.message_digest)), (MEX,), ()
                )
            )
            if one
            else world.body(),
            recipients=(MEX,),
            handling=GREEN,
        )
        pending_id = bytes([number]) * 16
        store_key = world.holder(BEL).store_key
        bel.store.hold(
            Pending(
                pending_id=pending_id,
                held_ms=NOW_MS,
                lapses_ms=NOW_MS + HOUR_MS,
                state=PendingState.WAITING,
                changed_ms=NOW_MS,
                digest=bytes(32),
                protected=protect_document(store_key, pending_id, held),
            )
        )
    ken.recall(message)
    await parties.settle()
    drafts = {one.pending_id[0]: one for one in bel.store.pending()}
    assert (drafts[0].state, drafts[0].protected) == (PendingState.WITHDRAWN, b"")
    assert {drafts[1].state, drafts[2].state} == {PendingState.WAITING}
    assert drafts[1].protected
    assert drafts[2].protected


async def test_desks_are_told_and_listed(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    given = HandedOut(
        message_digest=message.message_digest,
        desk="police",
        agency="police",
        purpose="",
        at_ms=NOW_MS,
        file_digest=bytes(32),
    )
    bel.store.note_handed_out(given)
    ken.recall(message)
    await parties.settle()
    [notice] = bel.store.desk_notices("police")
    assert notice.destroy
    assert bel.store.note_told(notice.number, "a clerk", NOW_MS)
    assert not bel.store.note_told(notice.number, "again", NOW_MS)
    assert bel.store.desk_notices() == []
    assert [one.told_by for one in bel.store.desk_notices(settled=True)] == ["a clerk"]
    [standing] = ken.standing(message)
    assert [one.desk for one in standing.downstream] == ["police"]
    with pytest.raises(StoreConflictError, match="taken it back"):
        bel.store.note_handed_out(given)


async def test_a_correction_marks_and_keeps_until_told_to_destroy(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    wrong, right = await sent(parties), await sent(parties)
    marks = Notice(
        message_digest=wrong.message_digest,
        reason=ERROR,
        replacement=right.message_digest,
        destroy=False,
    )
    ken.desk.send(wrong, marks)
    await parties.settle()
    received = bel.received(wrong.message_digest)
    bel.holdings.content(received)  # a person may still read it
    with pytest.raises(RefusedError, match="replaced"):
        bel.holdings.provided(received)
    assert ken.standing(wrong)[0].standing is Standing.MARKED
    ken.recall(wrong)
    await parties.settle()
    assert gone(bel, wrong.message_digest)
    assert ken.standing(wrong)[0].standing is Standing.COMPLIED


async def test_what_has_to_be_kept_by_law_is_kept_and_said_so(
    parties: RecallWorld,
) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    message = await sent(parties)
    digest = message.message_digest
    bel.store.keep_by_law(
        Hold(message_digest=digest, authority="Court of Appeal", at_ms=NOW_MS)
    )
    notice = ken.recall(message)
    await parties.settle()
    assert not gone(bel, digest)
    bel.holdings.content(bel.received(digest))
    with pytest.raises(RefusedError, match="kept here by law"):
        bel.holdings.provided(bel.received(digest))
    assert ken.standing(message)[0].standing is Standing.KEPT
    [said] = [
        line.receipt
        for line in ken.store.ledger(notice)
        if line.receipt.stage is Stage.ACKNOWLEDGED
    ]
    assert (said.authority, said.decider) == ("Court of Appeal", Decider.PERSON)
    bel.clock.at_ms += HOUR_MS
    assert bel.store.end_hold(digest, NOW_MS)
    assert not bel.store.end_hold(digest, NOW_MS)
    await parties.settle()
    assert gone(bel, digest)
    assert ken.standing(message)[0].standing is Standing.COMPLIED


async def test_a_node_that_asks_waits_for_a_person(tmp_path: Path) -> None:
    parties = RecallWorld(tmp_path)
    ken, bel = parties.side(KEN), parties.side(BEL, RecallRules(automatic=False))
    message = await sent(parties)
    ken.recall(message)
    await parties.settle()
    assert not gone(bel, message.message_digest)
    with pytest.raises(RefusedError, match="taken back"):
        bel.holdings.content(bel.received(message.message_digest))
    [alarm] = bel.alarms()
    assert "a person has to decide" in alarm
    [waiting] = bel.store.notices_received(message.message_digest)
    assert bel.keeper.carry_out(waiting)
    assert not bel.keeper.carry_out(waiting)
    await parties.settle()
    assert ken.standing(message)[0].outcome is Outcome.DESTROYED
    assert bel.store.sounded_alarms(only_open=True) == []
    parties.close()


async def test_quarantine_ends_for_what_is_recalled(parties: RecallWorld) -> None:
    ken, bel = parties.sides[KEN], parties.sides[BEL]
    under(bel.node, policy(quarantine=True))
    message = await sent(parties)
    assert bel.received(message.message_digest).waits
    ken.recall(message)
    await parties.settle()
    assert bel.node.state(as_sealed(message)) == ("refused", "recalled")
    assert gone(bel, message.message_digest)
    admission = bel.store.admission(message.message_digest)
    assert admission is not None
    assert admission.state is AdmissionState.DESTROYED
    stages = {line.receipt.stage for line in ken.store.ledger(message.message_digest)}
    assert Stage.REFUSED in stages
