"""Both ends make the same case of what they have, whatever came when; nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.codec.documents import encode_document
from broker.core.codec.envelope import decode_envelope
from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling, Tlp
from broker.core.model import Stage
from broker.core.recalls.taken_back import Destroyed
from broker.services.case_keeper import CaseKeeper
from keys.errors import ContentError
from tests import case_world, world
from tests.case_world import DAY_MS, CaseWorld, example, step
from tests.world import AMBER, BEL, KEN, MEX, NOW_MS


@pytest.fixture
def parties(tmp_path: Path) -> Iterator[CaseWorld]:
    made = case_world.made(tmp_path)
    yield made
    made.close()


def question() -> bytes:
    missing = {"kind": "MISSING_KIND_MARKINGS", "question": "Which markings?"}
    return encode_document("trace-info-request/1", {"missing": [missing]})


async def test_both_ends_come_to_the_same_leg(parties: CaseWorld) -> None:
    asked = await parties.asked()
    parties.state(BEL, asked)
    await parties.settle()
    parties.clock.at_ms += DAY_MS
    parties.say(BEL, step("start"), after=asked)
    await parties.settle()
    assert parties.leg(KEN) == parties.leg(BEL)
    assert parties.leg(KEN).state == "in-progress"
    assert [one.event.told.event for one in parties.leg(KEN).moves] == [
        "receipt:acknowledged",
        "case-step:start",
    ]


async def test_each_addressee_has_a_leg_and_sees_its_own_alone(
    parties: CaseWorld,
) -> None:
    await parties.asked((BEL, MEX))
    [case] = parties.cases(KEN)
    assert {leg.addressee for leg in case.legs} == {BEL, MEX}
    assert [leg.addressee for leg in parties.cases(BEL)[0].legs] == [BEL]


async def test_what_is_owed_is_the_same_at_both_ends(parties: CaseWorld) -> None:
    await parties.asked()
    assert parties.duties(KEN) == parties.duties(BEL)
    due = {one.owed.debt.clock: one.owed.due_ms for one in parties.duties(KEN)}
    assert due["acknowledge"] == NOW_MS + 3 * DAY_MS


async def test_no_clock_runs_before_the_message_has_come(parties: CaseWorld) -> None:
    parties.say(KEN, example("trace-request"), (BEL,), "trace-request/1")
    assert {one.owed.due_ms for one in parties.duties(KEN)} == {None}


async def test_the_case_of_a_message_is_found_alone(parties: CaseWorld) -> None:
    asked = await parties.asked()
    answer = parties.say(BEL, step("start"), after=asked)
    await parties.asked(reference="KEN-8")
    keeper = parties.keeper(BEL)
    for digest in (asked, answer.message_digest):
        case = keeper.case_about(digest)
        assert case is not None
        assert case.name == "KEN-7"
        assert len(case.events) == 2
        assert case in parties.cases(BEL)
    assert keeper.case_about(bytes(32)) is None


async def test_what_was_stored_before_is_caught_up_with_once(
    parties: CaseWorld,
) -> None:
    await parties.asked()
    keeper = parties.keeper(BEL)
    assert keeper.catch_up() == 1
    assert keeper.catch_up() == 0
    # Another process that does the same again changes nothing.
    told = parties.sides[BEL].store.told()
    parties.sides[BEL].store.store_told(told)
    assert parties.sides[BEL].store.told() == told


async def test_what_a_content_told_is_not_readable_without_the_node_s_key(
    parties: CaseWorld, tmp_path: Path
) -> None:
    asked = await parties.asked()
    parties.say(BEL, step("reject"), after=asked)
    parties.cases(BEL)
    file = (tmp_path / "BEL.sqlite3").read_bytes()
    wal = (tmp_path / "BEL.sqlite3-wal").read_bytes()
    assert b"case-step:reject" not in file + wal
    thief = CaseKeeper(world.holder(MEX), parties.sides[BEL].store)
    with pytest.raises(ContentError):
        list(thief.cases())


async def test_what_is_taken_back_has_no_effect_any_more_at_either_end(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    start = parties.say(BEL, step("start"), after=asked)
    await parties.settle()
    assert parties.leg(KEN).state == "in-progress"
    parties.sides[BEL].recall(start)
    await parties.settle()
    assert parties.leg(KEN) == parties.leg(BEL)
    assert parties.leg(KEN).state == "submitted"
    assert not parties.leg(KEN).void
    assert start.message_digest not in parties.sides[KEN].store.told()


async def test_a_matter_whose_opening_is_taken_back_is_void(parties: CaseWorld) -> None:
    asked = await parties.asked()
    ken = parties.sides[KEN]
    ken.recall(ken.sent(asked))
    await parties.settle()
    assert parties.leg(KEN).void
    assert parties.leg(BEL).void
    assert not parties.duties(KEN)


async def test_what_retention_destroys_is_forgotten_and_owed_no_more(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    bel = parties.sides[BEL]
    parties.cases(BEL)
    assert asked in bel.store.told()
    now_ms = parties.clock.at_ms
    gone = Destroyed(
        message_digest=asked, at_ms=now_ms, rule="personal", cause=bytes(32)
    )
    bel.store.erase_batch([gone])
    assert asked not in bel.store.told()
    assert parties.leg(BEL).void
    assert parties.leg(BEL).opening.gone
    assert not parties.duties(BEL)


async def test_a_refusal_by_the_other_node_voids_what_it_refuses(
    parties: CaseWorld,
) -> None:
    closed = world.closed_policy(BEL, against=KEN)
    parties.sides[BEL].trust = world.trust({BEL: world.entry(BEL, closed)})
    parties.sides[BEL].restart()
    parties.say(KEN, example("trace-request"), (BEL,), "trace-request/1")
    await parties.settle()
    assert parties.leg(KEN).void
    assert not parties.duties(KEN)
    assert not parties.cases(BEL)


async def test_a_step_that_the_other_node_refuses_was_never_taken(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    closed = world.closed_policy(KEN, against=BEL)
    parties.sides[KEN].trust = world.trust({KEN: world.entry(KEN, closed)})
    parties.sides[KEN].restart()
    start = parties.say(BEL, step("start"), after=asked)
    await parties.settle()
    leg = parties.leg(BEL)
    assert leg.state == parties.leg(KEN).state == "submitted"
    assert [one.digest for one in leg.undelivered] == [start.message_digest]


async def test_what_an_authority_declines_is_a_step_and_voids_nothing(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    parties.state(BEL, asked, Stage.REFUSED)
    await parties.settle()
    assert parties.leg(KEN) == parties.leg(BEL)
    assert parties.leg(KEN).moves[-1].event.told.event == "receipt:declined"
    assert not parties.leg(KEN).void


async def test_an_illegal_step_is_refused_before_it_is_sealed(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    with pytest.raises(RefusedError) as refused:
        parties.say(BEL, step("withdraw"), after=asked)
    assert refused.value.code is Code.ILLEGAL_STEP
    assert "the trace of KEN to BEL is submitted; now possible: " in str(refused.value)
    assert "case-step:start" in refused.value.detail
    assert not parties.sides[BEL].store.sent(10)


async def test_a_step_without_a_matter_is_refused(parties: CaseWorld) -> None:
    with pytest.raises(RefusedError, match="answers no message"):
        parties.say(BEL, step("start"))
    with pytest.raises(RefusedError, match="answers no message"):
        parties.say(BEL, step("start"), after=bytes(32))


async def test_a_kind_that_another_matter_knows_is_refused_in_this_one(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    with pytest.raises(RefusedError, match="case-step:join"):
        parties.say(BEL, step("join"), after=asked)


async def test_an_answer_to_what_came_on_paper_may_be_sent(parties: CaseWorld) -> None:
    sent = parties.say(BEL, question(), kind="trace-info-request/1")
    assert not sent.header.in_reply_to


async def test_a_step_to_a_stranger_is_refused(parties: CaseWorld) -> None:
    asked = await parties.asked()
    with pytest.raises(RefusedError) as refused:
        parties.say(BEL, step("start"), (MEX,), after=asked)
    assert refused.value.code is Code.ILLEGAL_STEP


async def test_a_step_that_came_out_of_place_is_kept_and_has_no_effect(
    parties: CaseWorld,
) -> None:
    asked = await parties.asked()
    # BEL's software does not check what it sends.
    parties.sides[BEL].send((KEN,), step("close"), "case-step/1", AMBER, asked)
    await parties.settle()
    leg = parties.leg(KEN)
    assert leg.state == "submitted"
    [stray] = leg.out_of_place
    assert stray.event.told.event == "case-step:close"
    assert "case-step:start" in stray.allowed


async def test_what_waits_for_a_person_is_in_no_case_yet(parties: CaseWorld) -> None:
    handling = Handling(tlp=Tlp.AMBER)
    message = parties.sides[KEN].send(
        (BEL,), example("trace-request"), "trace-request/1", handling
    )
    assert decode_envelope(message.envelope).wraps
    await parties.carry(KEN)
    assert not parties.cases(BEL)
    await parties.settle()
    assert len(parties.cases(BEL)) == 1
