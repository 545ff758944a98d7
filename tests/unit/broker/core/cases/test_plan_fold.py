"""Claims about what messages about a plan amount to, and about those that do not."""

import itertools
from typing import Final

import pytest

from broker.core.cases.plan_fold import plans_in
from broker.core.cases.plan_messages import (
    Answer,
    PlanMessage,
    Progress,
    Proposal,
    Verdict,
)
from broker.core.cases.plan_state import Doubt, Misfit, Phase, PlanState
from keys.framing import sha256
from tests.unit.broker.core.cases.plan_world import (
    PARTIES,
    PLAN,
    accepts,
    answered,
    message,
    proposed,
    reported,
    terms,
)
from tests.world import BEL, KEN, MEX, NOW_MS, STRANGER

V1: Final = terms()
V2: Final = terms("second", replaces=[V1])
V3: Final = terms("third", replaces=[V1])
MERGED: Final = terms("merged", replaces=[V2, V3])
FIRST: Final = proposed(BEL, V1)
AGREED: Final = (FIRST, accepts(KEN, V1), accepts(MEX, V1))


def state(*messages: PlanMessage) -> PlanState:
    """Returns the only plan that there is."""
    [plan] = plans_in(messages).plans
    return plan


def misplaced(plan: PlanState) -> list[Misfit]:
    return [one.why for one in plan.misplaced]


def strays(*messages: PlanMessage) -> list[Misfit]:
    return [one.why for one in plans_in(messages).stray]


def amends(sequence: int = 1) -> PlanMessage:
    return answered(KEN, Verdict.AMEND, V1, sequence, amended=V2)


def test_whoever_proposes_agrees_and_the_others_have_said_nothing() -> None:
    plan = state(FIRST)
    assert (plan.phase, plan.agreed) == (Phase.PROPOSED, b"")
    assert [one.agrees_to for one in plan.positions] == [V1.digest, b"", b""]
    assert [one.verdict for one in plan.positions] == [Verdict.ACCEPT, None, None]


def test_it_is_agreed_once_all_parties_agree_to_one_digest() -> None:
    plan = state(*AGREED)
    assert (plan.phase, plan.agreed) == (Phase.AGREED, V1.digest)
    assert plan.versions[0].supporters == PARTIES
    assert state(*AGREED[:2]).phase is Phase.PROPOSED


def test_an_amendment_needs_the_word_of_everybody_again() -> None:
    plan = state(*AGREED, amends(2))
    assert (plan.phase, plan.agreed) == (Phase.CONTESTED, b"")
    assert [one.terms for one in plan.open_versions] == [V2]
    plan = state(*AGREED, amends(2), accepts(MEX, V2, 2), accepts(BEL, V2))
    assert (plan.phase, plan.agreed) == (Phase.AGREED, V2.digest)


def test_concurrent_amendments_are_open_alternatives() -> None:
    other = answered(MEX, Verdict.AMEND, V1, amended=V3, at_ms=NOW_MS + 1)
    plan = state(other, FIRST, amends())
    assert plan.phase is Phase.CONTESTED
    assert [one.terms for one in plan.open_versions] == [V2, V3]
    merged = answered(BEL, Verdict.AMEND, V2, amended=MERGED)
    plan = state(merged, other, FIRST, amends())
    assert [one.terms for one in plan.open_versions] == [MERGED]
    plan = state(
        merged, other, FIRST, amends(), accepts(KEN, MERGED, 2), accepts(MEX, MERGED, 2)
    )
    assert (plan.phase, plan.agreed) == (Phase.AGREED, MERGED.digest)


def test_an_amendment_that_nobody_stands_by_any_more_is_not_open() -> None:
    plan = state(FIRST, amends(), accepts(KEN, V1, 2))
    assert [one.terms for one in plan.open_versions] == [V1]
    assert plan.phase is Phase.PROPOSED


def test_a_version_waits_for_those_that_it_replaces() -> None:
    later = terms("later", replaces=[V2])
    answer = answered(MEX, Verdict.AMEND, V2, amended=later)
    plan = state(FIRST, answer)
    assert [one.terms for one in plan.versions] == [V1]
    assert misplaced(plan) == [Misfit.UNKNOWN_VERSION]
    assert plan.positions[2].doubt is Doubt.UNKNOWN_VERSION
    assert [one.terms for one in state(FIRST, answer, amends()).open_versions] == [
        later
    ]


@pytest.mark.parametrize(
    ("verdict", "phase"),
    [(Verdict.DECLINE, Phase.DECLINED), (Verdict.WITHDRAW, Phase.WITHDRAWN)],
)
def test_who_declines_or_withdraws_can_come_back(
    verdict: Verdict, phase: Phase
) -> None:
    gone = answered(MEX, verdict, V1, 2)
    assert state(*AGREED, gone).phase is phase
    assert state(*AGREED, gone, accepts(MEX, V1, 3)).phase is Phase.AGREED


def test_the_highest_sequence_counts_whatever_its_date() -> None:
    late = accepts(KEN, V1, 2, at_ms=NOW_MS - 1)
    early = answered(KEN, Verdict.DECLINE, V1, 1, at_ms=NOW_MS + 1)
    assert state(FIRST, early, late, accepts(MEX, V1)).phase is Phase.AGREED


def test_a_party_that_says_two_things_under_one_number_agrees_to_neither() -> None:
    two = (accepts(KEN, V1, 2), answered(KEN, Verdict.DECLINE, V1, 2))
    plan = state(FIRST, accepts(MEX, V1), *two)
    ken = plan.positions[1]
    assert (ken.doubt, ken.agrees_to) == (Doubt.EQUIVOCATION, b"")
    assert {*ken.messages} == {*two}
    assert plan.phase is Phase.CONTESTED
    assert state(FIRST, accepts(MEX, V1), *two, accepts(KEN, V1, 3)).agreed


def test_two_proposals_by_one_party_under_one_id_agree_to_neither() -> None:
    plan = state(FIRST, proposed(BEL, terms("other")), accepts(KEN, V1))
    assert plan.positions[0].doubt is Doubt.EQUIVOCATION
    assert len(plan.versions) == 2


def test_the_same_word_sent_twice_is_one_word() -> None:
    again = accepts(KEN, V1, nonce="sent again")
    plan = state(*AGREED, again)
    assert plan.phase is Phase.AGREED
    assert len(plan.positions[1].messages) == 2


def test_an_answer_to_a_forged_digest_is_no_agreement() -> None:
    forged = accepts(MEX, terms("nobody has seen this"))
    plan = state(FIRST, accepts(KEN, V1), forged)
    assert plan.positions[2].doubt is Doubt.UNKNOWN_VERSION
    assert (plan.phase, plan.agreed) == (Phase.CONTESTED, b"")
    assert misplaced(plan) == [Misfit.UNKNOWN_VERSION]


def test_a_party_whose_last_word_cannot_be_read_yet_no_longer_counts() -> None:
    plan = state(*AGREED, accepts(MEX, V2, 2))
    assert plan.agreed == b""
    assert state(*AGREED, accepts(MEX, V2, 2), amends(2)).agreed == b""


def test_a_stranger_has_no_effect_even_if_it_writes_to_everybody() -> None:
    intruder = accepts(STRANGER, V1, to=PARTIES)
    assert state(*AGREED, intruder) == state(*AGREED)
    assert strays(*AGREED, intruder) == [Misfit.NOT_A_PARTY]


def test_a_strangers_proposal_for_others_has_no_effect() -> None:
    assert strays(proposed(STRANGER, V1, to=PARTIES)) == [Misfit.NOT_A_PARTY]


def test_a_word_to_some_of_the_parties_only_has_no_effect() -> None:
    half = accepts(MEX, V1, to=(BEL,))
    plan = state(FIRST, accepts(KEN, V1), half)
    assert plan.phase is Phase.PROPOSED
    assert strays(*plan.messages, half) == [Misfit.OTHER_RECIPIENTS]


def test_a_word_that_a_stranger_gets_as_well_has_no_effect() -> None:
    wide = accepts(MEX, V1, to=(BEL, KEN, STRANGER))
    assert strays(FIRST, wide) == [Misfit.OTHER_RECIPIENTS]


def test_a_proposal_that_leaves_a_party_out_is_no_plan() -> None:
    assert plans_in([proposed(BEL, V1, to=(KEN,))]).plans == ()
    assert strays(proposed(BEL, V1, to=(KEN,))) == [Misfit.OTHER_RECIPIENTS]


def test_a_plan_of_the_same_id_between_others_is_another_plan() -> None:
    """Whoever copies the id for some of the parties changes nothing for all."""
    pair = terms("for the two of us", parties=(BEL, KEN))
    split = proposed(BEL, pair, to=(KEN,))
    both = plans_in([*AGREED, split])
    assert len(both.plans) == 2
    assert both.plans[0] == state(*AGREED) or both.plans[1] == state(*AGREED)


def test_an_unknown_plan_has_no_effect() -> None:
    other = terms("of another plan", plan=sha256(b"another"))
    assert strays(FIRST, accepts(KEN, other)) == [Misfit.UNKNOWN_PLAN]


def test_an_amendment_that_changes_who_is_party_is_no_version() -> None:
    fewer = terms("without Mexico", parties=(BEL, KEN), replaces=[V1])
    plan = state(*AGREED, answered(KEN, Verdict.AMEND, V1, 2, amended=fewer))
    assert [one.terms for one in plan.versions] == [V1]
    assert misplaced(plan) == [Misfit.OTHER_RECIPIENTS]
    assert plan.positions[1].doubt is Doubt.UNKNOWN_VERSION


def test_an_amendment_of_another_plans_terms_is_no_version() -> None:
    stolen = terms("second", plan=sha256(b"another"), replaces=[V1])
    plan = state(FIRST, answered(KEN, Verdict.AMEND, V1, amended=stolen))
    assert [one.terms for one in plan.versions] == [V1]


def test_only_the_owner_reports_and_only_on_what_was_agreed() -> None:
    wrong = (
        reported(MEX, V1, 1, at_ms=NOW_MS + 1),
        reported(KEN, V1, 3, at_ms=NOW_MS + 2),
        reported(KEN, V2, 1, at_ms=NOW_MS + 3),
    )
    plan = state(*AGREED, *wrong)
    assert {one.progress for one in plan.actions} == {Progress.AGREED}
    assert misplaced(plan) == [
        Misfit.NOT_THE_OWNER,
        Misfit.NO_SUCH_ACTION,
        Misfit.UNKNOWN_VERSION,
    ]
    early = state(FIRST, reported(KEN, V1, 1))
    assert (early.actions, misplaced(early)) == ((), [Misfit.NOT_AGREED])


def test_it_is_completed_once_every_action_is_done() -> None:
    held = reported(KEN, V1, 1, Progress.UNDER_WAY)
    done = (reported(KEN, V1, 1, sequence=2), reported(BEL, V1, 2))
    plan = state(*AGREED, held, *done[:1])
    assert [one.progress for one in plan.actions] == [Progress.DONE, Progress.AGREED]
    assert plan.phase is Phase.AGREED
    assert state(*AGREED, held, *done).phase is Phase.COMPLETED


def test_contradictory_reports_of_one_number_count_for_nothing() -> None:
    two = (reported(KEN, V1, 1), reported(KEN, V1, 1, Progress.DECLINED))
    action = state(*AGREED, *two, reported(BEL, V1, 2)).actions[0]
    assert (action.progress, action.doubt) == (Progress.AGREED, Doubt.EQUIVOCATION)


def test_an_amendment_is_never_without_its_version() -> None:
    for verdict, amended in itertools.product(Verdict, (None, V2)):
        if (verdict is Verdict.AMEND) != (amended is not None):
            with pytest.raises(ValueError, match=verdict):
                Answer(
                    plan_id=PLAN,
                    terms_digest=V1.digest,
                    verdict=verdict,
                    sequence=1,
                    amended=amended,
                )


def test_a_first_version_replaces_nothing() -> None:
    assert plans_in([message(BEL, Proposal(terms=V2))]).plans == ()


def test_nothing_makes_no_plan() -> None:
    assert plans_in([]).plans == ()


def test_a_thousand_amendments_in_the_worst_order_are_no_trouble() -> None:
    chain, said = V1, [FIRST]
    for number in range(1, 1000):
        newer = terms(str(number), replaces=[chain])
        said.append(
            answered(
                KEN, Verdict.AMEND, chain, number, amended=newer, at_ms=NOW_MS - number
            )
        )
        chain = newer
    plan = state(*reversed(said))
    assert [one.terms for one in plan.open_versions] == [chain]
    assert len(plan.versions) == 1000
