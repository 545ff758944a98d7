"""Claims about the clocks of plans within a case."""

from dataclasses import replace
from typing import Final

from broker.core.cases.case import Case, build
from broker.core.cases.clocks import DAY_MS, HOUR_MS, CaseClocks
from broker.core.cases.duties import Duty
from broker.core.cases.events import CaseEvent, Told, Urgency
from broker.core.cases.plan_duties import plan_duties, urgency_of
from broker.core.cases.plan_fold import plans_in
from broker.core.cases.plan_messages import PlanMessage
from broker.core.cases.registry import BY_OPENING
from keys.framing import sha256
from keys.identity import PartyId
from tests.unit.broker.core.cases.plan_world import accepts, proposed, terms
from tests.world import BEL, KEN, MEX, NOW_MS

V1: Final = terms()
FIRST: Final = proposed(BEL, V1)
YES: Final = (accepts(KEN, V1), accepts(MEX, V1))
ALERT: Final = sha256(b"alert")
SPANS: Final = CaseClocks()


def event(
    message: PlanMessage, name: str, *, reply_to: bytes, came_ms: int | None = None
) -> CaseEvent:
    came = {} if came_ms is None else dict.fromkeys(message.to, came_ms)
    return CaseEvent(
        digest=message.digest,
        told=Told(event=name),
        by=message.by,
        to=message.to,
        at_ms=message.at_ms,
        in_reply_to=reply_to,
        delivered_ms=came,
    )


def alert(urgency: Urgency, digest: bytes = ALERT) -> CaseEvent:
    return CaseEvent(
        digest=digest,
        told=Told(event="diversion-alert", urgency=urgency),
        by=BEL,
        to=(KEN, MEX),
        at_ms=NOW_MS - 1,
    )


def step(
    by: PartyId, name: str, words: tuple[str, ...] = (), at_ms: int = NOW_MS + 9
) -> CaseEvent:
    return CaseEvent(
        digest=sha256(f"{by} {name} {at_ms}".encode()),
        told=Told(event=name, words=words),
        by=by,
        to=(KEN,),
        at_ms=at_ms,
        in_reply_to=FIRST.digest,
    )


PROPOSAL: Final = event(
    FIRST, "mitigation-proposal", reply_to=ALERT, came_ms=NOW_MS + HOUR_MS
)


def case(*events: CaseEvent) -> Case:
    return build("BEL-1", events, BY_OPENING)


def duties(known: Case, *messages: PlanMessage) -> list[Duty]:
    return [*plan_duties(known, plans_in(messages).plans, SPANS)]


def test_an_answer_is_owed_to_whoever_proposed_as_soon_as_the_alert_is_urgent() -> None:
    ken, mex = duties(case(PROPOSAL, alert(Urgency.IMMEDIATE)), FIRST)
    assert (ken.matter, ken.state, ken.reference) == ("plan", "proposed", "BEL-1")
    assert (ken.owed.by, ken.to, mex.owed.by) == (KEN, (BEL,), MEX)
    assert ken.owed.due_ms == NOW_MS + 9 * HOUR_MS


def test_the_alert_that_is_answered_says_how_urgent_it_is() -> None:
    other = alert(Urgency.IMMEDIATE, sha256(b"another"))
    known = case(PROPOSAL, alert(Urgency.PRIORITY), other)
    assert urgency_of(known, ALERT) is Urgency.PRIORITY
    assert urgency_of(known, sha256(b"none")) is Urgency.IMMEDIATE
    assert urgency_of(case(PROPOSAL), ALERT) is Urgency.ROUTINE


def test_an_action_is_owed_to_whoever_brought_the_plan_or_else_to_all() -> None:
    first, second = duties(case(PROPOSAL), FIRST, *YES)
    assert (first.owed.by, first.to) == (KEN, (BEL,))
    assert (second.owed.by, second.to) == (BEL, (KEN, MEX))


def test_a_plan_of_another_case_or_one_that_is_closed_owes_nothing() -> None:
    assert duties(case(alert(Urgency.ROUTINE)), FIRST) == []
    assert duties(case(PROPOSAL, step(BEL, "case-step:close")), FIRST) == []


def test_what_was_told_about_it_is_known_where_it_is_owed() -> None:
    notice = step(BEL, "overdue-notice", ("answer", "1"), NOW_MS + 60 * DAY_MS)
    ken, mex = duties(case(PROPOSAL, notice), FIRST)
    assert [one.sequence for one in ken.notices] == [1]
    assert ken.owed.about == mex.owed.about == FIRST.digest


def test_what_one_party_was_told_keeps_no_notice_from_another() -> None:
    notice = step(BEL, "overdue-notice", ("answer", "1"), NOW_MS + 60 * DAY_MS)
    _, mex = duties(case(PROPOSAL, notice), FIRST)
    assert mex.notices == ()


def test_what_was_told_of_one_action_keeps_no_notice_of_a_later_one_back() -> None:
    """Both are owed about the message that brought the plan, by the same clock."""
    same_day = terms(actions=((KEN, "Hold it"), (KEN, "Open it")))
    first, second = same_day.actions
    two = replace(same_day, actions=(first, replace(second, by_when="2027-03-01")))
    messages = (proposed(BEL, two), accepts(KEN, two), accepts(MEX, two))
    known = event(messages[0], "mitigation-proposal", reply_to=ALERT, came_ms=NOW_MS)
    early, late = duties(case(known), *messages)
    assert early.owed.due_ms is not None
    notice = replace(
        step(BEL, "overdue-notice", ("act", "1"), early.owed.due_ms + 1),
        in_reply_to=early.owed.about,
    )
    early, late = duties(case(known, notice), *messages)
    assert [one.sequence for one in early.notices] == [1]
    assert late.notices == ()
