"""What one leg is, who owes what in it, and from when its clocks count."""

from dataclasses import replace

from hypothesis import given, strategies as st

from broker.core.cases.clocks import DAY_MS, HOUR_MS, CaseClocks, end_of_day_ms
from broker.core.cases.events import CaseEvent, Told, Urgency
from broker.core.cases.leg import Leg, Owed, fold
from broker.core.cases.lifecycle import Side
from broker.core.cases.trace import TRACE
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, KEN, MEX, NOW_MS

CAME_MS = NOW_MS + HOUR_MS
SPANS = CaseClocks()


def event(
    name: str, by: PartyId = BEL, number: int = 1, after: bytes = b"", **told: object
) -> CaseEvent:
    to = KEN if by == BEL else BEL
    return CaseEvent(
        digest=sha256(name.encode() + bytes([number])),
        told=replace(Told(event=name), **told),  # type: ignore[arg-type]
        by=by,
        to=(to,),
        at_ms=NOW_MS + number * DAY_MS,
        in_reply_to=after or OPENING.digest,
        delivered_ms={to: NOW_MS + number * DAY_MS + HOUR_MS},
    )


OPENING = CaseEvent(
    digest=sha256(b"opening"),
    told=Told(event="trace-request"),
    by=KEN,
    to=(BEL,),
    at_ms=NOW_MS,
    delivered_ms={BEL: CAME_MS},
)


def leg(*events: CaseEvent, opening: CaseEvent = OPENING) -> Leg:
    return fold(TRACE, opening, BEL, events)


def owed(found: Leg, clock: str) -> Owed:
    [one] = [one for one in found.owed(SPANS) if one.debt.clock == clock]
    return one


def test_a_clock_counts_from_when_the_message_came() -> None:
    one = owed(leg(), "acknowledge")
    assert (one.by, one.since_ms, one.due_ms) == (BEL, CAME_MS, CAME_MS + 3 * DAY_MS)
    assert not one.overdue(CAME_MS + 3 * DAY_MS)
    assert one.overdue(CAME_MS + 3 * DAY_MS + 1)


def test_no_clock_runs_before_the_message_came() -> None:
    one = owed(leg(opening=replace(OPENING, delivered_ms={})), "acknowledge")
    assert (one.since_ms, one.due_ms) == (None, None)
    assert not one.overdue(NOW_MS + 1000 * DAY_MS)


def test_what_is_urgent_has_less_time() -> None:
    told = replace(OPENING.told, urgency=Urgency.IMMEDIATE)
    one = owed(leg(opening=replace(OPENING, told=told)), "answer")
    assert one.due_ms == CAME_MS + 8 * HOUR_MS


def test_the_day_that_a_message_names_wins() -> None:
    told = replace(OPENING.told, due_on="2027-03-01", acknowledge_on="2027-01-17")
    found = leg(opening=replace(OPENING, told=told))
    assert owed(found, "answer").due_ms == end_of_day_ms("2027-03-01")
    assert owed(found, "acknowledge").due_ms == end_of_day_ms("2027-01-17")


def test_a_day_that_was_over_before_it_came_makes_nobody_late() -> None:
    told = replace(OPENING.told, due_on="2026-01-01")
    found = leg(opening=replace(OPENING, told=told))
    assert owed(found, "answer").due_ms == CAME_MS + 7 * DAY_MS


def test_who_owes_an_answer_cannot_give_itself_more_time() -> None:
    asked = event("trace-info-request")
    given = event("trace-request", KEN, 2, asked.digest)
    start = event("case-step:start", BEL, 3, due_on="2099-01-01")
    delayed = event("trace-response:delayed", BEL, 4, review_on="2027-06-01")
    assert leg(asked, given).state == "resumed"
    resumed = leg(delayed, replace(start, at_ms=start.at_ms + 2 * DAY_MS))
    assert resumed.state == "resumed"
    restarted = owed(resumed, "answer")
    assert restarted.due_ms == start.at_ms + 2 * DAY_MS + 7 * DAY_MS
    sooner = replace(start, told=replace(start.told, due_on="2027-01-21"))
    found = leg(delayed, replace(sooner, at_ms=start.at_ms + 2 * DAY_MS))
    assert owed(found, "answer").due_ms == end_of_day_ms("2027-01-21")


def test_the_day_of_review_is_named_by_who_delays() -> None:
    delayed = event("trace-response:delayed", review_on="2027-06-01")
    assert owed(leg(delayed), "review").due_ms == end_of_day_ms("2027-06-01")


def test_a_second_delay_has_a_day_of_its_own() -> None:
    first = event("trace-response:delayed", review_on="2027-06-01")
    second = event("trace-response:delayed", number=2, review_on="2027-07-01")
    assert owed(leg(first, second), "review").due_ms == end_of_day_ms("2027-07-01")


def test_a_receipt_of_a_later_message_moves_nothing() -> None:
    start = event("case-step:start")
    receipt = event("receipt:acknowledged", KEN, 2, start.digest)
    found = leg(start, receipt)
    assert found.state == "in-progress"
    assert found.moves[-1].before == found.moves[-1].after
    assert not found.out_of_place


def test_a_date_before_what_it_answers_changes_no_order() -> None:
    asked = event("trace-info-request", number=5)
    answer = replace(event("trace-request", KEN, 6, asked.digest), at_ms=0)
    assert leg(answer, asked).state == "resumed"


def test_late_answers_reopen_nothing() -> None:
    closing = event("trace-closing", KEN, 1)
    late = event("trace-response:answered", BEL, 2)
    found = leg(closing, late)
    assert found.state == "closed"
    assert found.closed
    assert not found.out_of_place


def test_a_stranger_has_no_side() -> None:
    found = leg()
    assert found.side_of(MEX) is None
    assert found.allowed(MEX) == ()
    assert found.side_of(KEN) is Side.OPENER
    assert "case-step:start" in found.allowed(BEL)
    stray = event("case-step:start", MEX)
    assert leg(stray).out_of_place[0].allowed == ()


@given(st.permutations(["trace-info-request", "case-step:start", "case-step:update"]))
def test_the_same_set_gives_the_same_leg(names: list[str]) -> None:
    order = {"case-step:start": 1, "trace-info-request": 2, "case-step:update": 3}
    events = [event(name, BEL, order[name]) for name in names]
    assert leg(*events) == leg(*reversed(events), *events)
    assert leg(*events).state == "info-requested"
