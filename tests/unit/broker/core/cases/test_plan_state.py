"""Claims about who owes what in a plan, and what a party may do."""

from typing import Final

import pytest

from broker.core.cases.clocks import ACT, ANSWER, DAY_MS, HOUR_MS, CaseClocks
from broker.core.cases.events import Urgency
from broker.core.cases.plan_fold import plans_in
from broker.core.cases.plan_messages import PlanMessage, Progress, Verdict
from broker.core.cases.plan_state import PlanState, owed
from broker.core.cases.plan_steps import (
    check_answer,
    check_report,
    next_answer,
    next_report,
    possible,
)
from broker.core.errors import Code, RefusedError
from tests.unit.broker.core.cases.plan_world import (
    accepts,
    answered,
    proposed,
    reported,
    terms,
)
from tests.world import BEL, KEN, MEX, NOW_MS, STRANGER

V1: Final = terms()
V2: Final = terms("second", replaces=[V1])
FIRST: Final = proposed(BEL, V1)
AGREED: Final = (FIRST, accepts(KEN, V1), accepts(MEX, V1))
DONE: Final = (*AGREED, reported(KEN, V1, 1), reported(BEL, V1, 2))
SPANS: Final = CaseClocks()


def state(*messages: PlanMessage) -> PlanState:
    """Returns the only plan that there is."""
    [plan] = plans_in(messages).plans
    return plan


def test_whoever_has_not_answered_owes_an_answer_from_when_it_came() -> None:
    came = {FIRST.digest: {KEN: NOW_MS + HOUR_MS}}
    ken, mex = owed(state(FIRST), came, SPANS, Urgency.IMMEDIATE)
    assert (ken.by, ken.debt.clock, ken.about) == (KEN, ANSWER, FIRST.digest)
    assert ken.due_ms == NOW_MS + HOUR_MS + 8 * HOUR_MS
    assert (mex.by, mex.since_ms, mex.due_ms) == (MEX, None, None)
    [ken, _] = owed(state(FIRST), came, SPANS, Urgency.ROUTINE)
    assert ken.due_ms == NOW_MS + HOUR_MS + 7 * DAY_MS


def test_an_amendment_is_owed_an_answer_by_all_who_spoke_of_what_it_replaces() -> None:
    amends = answered(KEN, Verdict.AMEND, V1, amended=V2)
    plan = state(FIRST, accepts(MEX, V1), amends)
    assert [one.by for one in owed(plan, {}, SPANS, Urgency.ROUTINE)] == [BEL, MEX]


def test_whoever_returned_to_what_is_replaced_owes_again_from_its_own_message() -> None:
    mine = answered(KEN, Verdict.AMEND, V1, amended=V2)
    plan = state(FIRST, mine, accepts(MEX, V2), accepts(KEN, V1, 2))
    bel, ken = owed(plan, {}, SPANS, Urgency.PRIORITY)
    assert (bel.by, bel.since_ms) == (BEL, None)
    assert (ken.by, ken.since_ms) == (KEN, mine.at_ms)


def test_whoever_says_two_things_owes_a_clear_answer() -> None:
    two = (accepts(KEN, V1), answered(KEN, Verdict.DECLINE, V1))
    plan = state(FIRST, accepts(MEX, V1), *two)
    assert [one.by for one in owed(plan, {}, SPANS, Urgency.ROUTINE)] == [KEN]


def test_owners_owe_their_actions_by_their_days_at_both_ends_alike() -> None:
    first, second = owed(state(*AGREED), {}, SPANS, Urgency.ROUTINE)
    assert (first.by, first.debt.clock, first.debt.what) == (
        KEN,
        ACT,
        "action 1 of the plan",
    )
    assert first.due_ms == 1_801_526_399_999  # 2027-02-01, its last ms in UTC
    assert (first.overdue(1_801_526_400_000), second.by) == (True, BEL)
    held = state(*AGREED, reported(KEN, V1, 1, Progress.UNDER_WAY))
    assert len(owed(held, {}, SPANS, Urgency.ROUTINE)) == 2
    dropped = state(*AGREED, reported(KEN, V1, 1, Progress.DECLINED))
    assert [one.by for one in owed(dropped, {}, SPANS, Urgency.ROUTINE)] == [BEL]


@pytest.mark.parametrize(
    "messages", [DONE, (*AGREED, answered(MEX, Verdict.WITHDRAW, V1, 2))]
)
def test_nothing_is_owed_in_what_is_over(messages: tuple[PlanMessage, ...]) -> None:
    assert owed(state(*messages), {}, SPANS, Urgency.ROUTINE) == ()


def test_what_is_possible_depends_on_where_the_plan_stands() -> None:
    everything = ("accept", "amend", "decline", "withdraw")
    assert possible(state(FIRST), KEN) == everything
    assert possible(state(FIRST), BEL) == ("amend", "decline", "withdraw")
    assert possible(state(*AGREED), KEN) == ("amend", "report", "withdraw")
    assert possible(state(*AGREED), MEX) == ("amend", "withdraw")
    later = (answered(MEX, Verdict.AMEND, V1, 2, amended=V2), accepts(BEL, V2))
    amended = state(*AGREED, *later, accepts(KEN, V2, 2))
    assert possible(amended, MEX) == ("amend", "withdraw")
    assert possible(state(*DONE), KEN) == ()
    assert possible(state(FIRST), STRANGER) == ()


def test_numbers_go_on_from_what_was_said() -> None:
    plan = state(*AGREED, reported(KEN, V1, 1, sequence=4))
    assert (next_answer(plan, KEN), next_answer(plan, BEL)) == (2, 1)
    assert (next_answer(plan, STRANGER), next_report(plan, KEN, 1)) == (1, 5)
    assert next_report(plan, KEN, 2) == 1


@pytest.mark.parametrize(
    ("messages", "party", "verdict", "version", "why"),
    [
        (DONE, KEN, Verdict.WITHDRAW, V1, "is completed; now possible: nothing"),
        (AGREED, KEN, Verdict.DECLINE, V1, "possible: amend, report, withdraw"),
        ((FIRST,), STRANGER, Verdict.ACCEPT, V1, "now possible: nothing"),
        ((FIRST,), KEN, Verdict.ACCEPT, V2, "no such version"),
        (
            (
                FIRST,
                answered(KEN, Verdict.AMEND, V1, amended=V2),
            ),
            KEN,
            Verdict.ACCEPT,
            V2,
            "already",
        ),
    ],
)
def test_an_answer_without_effect_is_refused(
    messages: tuple[PlanMessage, ...],
    party: str,
    verdict: Verdict,
    version: object,
    why: str,
) -> None:
    digest = getattr(version, "digest", b"")
    with pytest.raises(RefusedError, match=why) as refused:
        check_answer(state(*messages), party, verdict, digest)  # type: ignore[arg-type]
    assert refused.value.code is Code.ILLEGAL_STEP


@pytest.mark.parametrize(
    ("messages", "action", "status", "why"),
    [
        ((FIRST,), 1, Progress.DONE, "is proposed; now possible"),
        (AGREED, 2, Progress.DONE, "BEL's to report on"),
        (AGREED, 3, Progress.DONE, "has 2 actions"),
        (AGREED, 1, Progress.AGREED, "no report"),
    ],
)
def test_a_report_without_effect_is_refused(
    messages: tuple[PlanMessage, ...], action: int, status: Progress, why: str
) -> None:
    with pytest.raises(RefusedError, match=why) as refused:
        check_report(state(*messages), KEN, action, status)
    assert refused.value.code is Code.ILLEGAL_STEP


def test_what_has_an_effect_is_let_through() -> None:
    check_answer(state(FIRST), KEN, Verdict.ACCEPT, V1.digest)
    check_report(state(*AGREED), KEN, 1, Progress.DONE)
