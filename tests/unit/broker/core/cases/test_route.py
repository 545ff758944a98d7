"""A route is a lead: nothing is owed for it but an answer."""

from broker.core.cases.clocks import CaseClocks
from broker.core.cases.events import CaseEvent, Told
from broker.core.cases.leg import Leg, fold
from broker.core.cases.route import ROUTE
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, KEN, NOW_MS


def event(number: int, name: str, by: PartyId) -> CaseEvent:
    return CaseEvent(
        digest=sha256(b"route event %d" % number),
        told=Told(event=name),
        by=by,
        to=(BEL if by == KEN else KEN,),
        at_ms=NOW_MS + number,
        delivered_ms={BEL: NOW_MS + number, KEN: NOW_MS + number},
    )


def leg(*steps: tuple[str, PartyId]) -> Leg:
    """Returns what steps make of a route that KEN tells BEL."""
    opening = event(0, "route-intelligence", KEN)
    later = [event(number, *step) for number, step in enumerate(steps, start=1)]
    return fold(ROUTE, opening, BEL, later)


def test_a_question_is_owed_an_answer_and_a_route_is_not() -> None:
    assert leg().owed(CaseClocks()) == ()
    asked = leg(("case-step:ask", BEL))
    [owed] = asked.owed(CaseClocks())
    assert (asked.state, owed.by) == ("asked", KEN)
    answered = leg(("case-step:ask", BEL), ("case-step:answer", KEN))
    assert answered.state == "published"
    newer = leg(("case-step:ask", BEL), ("route-intelligence", KEN))
    assert (newer.state, newer.owed(CaseClocks())) == ("published", ())


def test_only_its_origin_ends_it() -> None:
    for name, state in (
        ("correction", "superseded"),
        ("recall", "withdrawn"),
        ("case-step:withdraw", "withdrawn"),
    ):
        assert leg((name, KEN)).state == state
        refused = leg((name, BEL))
        assert (refused.state, len(refused.out_of_place)) == ("published", 1)


def test_what_was_taken_back_cannot_be_asked_about() -> None:
    over = leg(("recall", KEN), ("case-step:ask", BEL))
    assert (over.state, over.closed) == ("withdrawn", True)
    assert over.allowed(BEL) == over.allowed(KEN) == ()
