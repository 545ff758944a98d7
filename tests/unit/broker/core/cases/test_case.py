"""Cases are made of the set of what happened: not of the order, not of repetitions."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given, settings, strategies as st

from broker.core.cases.case import Case, build, build_all
from broker.core.cases.events import CaseEvent, Told
from broker.core.cases.registry import BY_OPENING
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, KEN, MEX, NOW_MS

PEOPLE = (KEN, BEL, MEX)
NAMES = (
    "trace-request",
    "diversion-alert",
    "trace-info-request",
    "trace-response:delayed",
    "trace-response:answered",
    "trace-closing",
    "case-step:start",
    "case-step:update",
    "case-step:withdraw",
    "overdue-notice",
    "contact-card",
)
RECEIPTS = (
    "receipt:acknowledged",
    "receipt:refused",
    "receipt:declined",
    "receipt:acted",
)


def message(
    number: int,
    name: str,
    by: PartyId = KEN,
    to: tuple[PartyId, ...] = (BEL,),
    after: CaseEvent | None = None,
) -> CaseEvent:
    return CaseEvent(
        digest=sha256(b"message %d" % number),
        told=Told(event=name),
        by=by,
        to=to,
        at_ms=NOW_MS + number,
        in_reply_to=after.digest if after else b"",
        name=f"id-{number}",
    )


@st.composite
def stories(draw: st.DrawFn) -> list[CaseEvent]:
    """Messages and receipts between three parties, with any answers and any dates."""
    events = [message(0, "trace-request", to=(BEL, MEX))]
    for number in range(1, draw(st.integers(1, 14))):
        after = draw(st.sampled_from([*events, None]))
        by = draw(st.sampled_from(PEOPLE))
        others = [one for one in PEOPLE if one != by]
        to = tuple(sorted(draw(st.sets(st.sampled_from(others), min_size=1))))
        name = draw(st.sampled_from(NAMES))
        event = message(number, name, by, to, after)
        if after is not None and by in after.to and draw(st.booleans()):
            name = draw(st.sampled_from(RECEIPTS))
            event = replace(event, told=Told(event=name), to=(after.by,))
        events.append(replace(event, at_ms=NOW_MS + draw(st.integers(-9, 9))))
    return events


@settings(max_examples=30)
@given(stories(), st.data())
def test_any_order_and_any_repetition_give_the_same_case(
    events: list[CaseEvent], data: st.DataObject
) -> None:
    again = data.draw(st.permutations([*events, *data.draw(st.lists(_one_of(events)))]))
    assert build("R", again, BY_OPENING) == build("R", events, BY_OPENING)


def _one_of(events: Sequence[CaseEvent]) -> st.SearchStrategy[CaseEvent]:
    return st.sampled_from(events)


@settings(max_examples=30)
@given(stories())
def test_both_ends_of_each_leg_come_to_the_same_whatever_else_one_knows(
    events: list[CaseEvent],
) -> None:
    seen = {
        party: build(
            "R",
            [one for one in events if party in (one.by, *one.to)],
            BY_OPENING,
            party,
        )
        for party in PEOPLE
    }
    for case in seen.values():
        for leg in case.legs:
            other_end = seen[leg.opener], seen[leg.addressee]
            assert all(leg in one.legs for one in other_end)


@settings(max_examples=30)
@given(stories())
def test_each_event_has_one_place_between_two_parties(events: list[CaseEvent]) -> None:
    case = build("R", events, BY_OPENING)
    places = [
        (frozenset((leg.opener, leg.addressee)), digest)
        for leg in case.legs
        for digest in (
            leg.opening.digest,
            *(one.event.digest for one in leg.moves),
            *(one.event.digest for one in leg.out_of_place),
            *(one.digest for one in leg.undelivered),
        )
    ]
    assert len(places) == len(set(places))
    shown = {digest for _, digest in places} | {one.digest for one in case.loose}
    missing = [one for one in events if one.digest not in shown]
    assert all(one.follows for one in missing)


def test_a_case_has_one_leg_for_each_addressee() -> None:
    opening = message(0, "trace-request", to=(MEX, BEL))
    case = build("OPERATION-7", [opening], BY_OPENING)
    assert [(leg.opener, leg.addressee) for leg in case.legs] == [
        (KEN, BEL),
        (KEN, MEX),
    ]
    assert not case.closed
    assert case.name == "OPERATION-7"


def test_a_matter_without_a_reference_is_called_by_what_opened_it() -> None:
    opening = message(0, "trace-request")
    answer = message(1, "trace-response:answered", BEL, (KEN,), opening)
    [case] = build_all([answer, opening], BY_OPENING)
    assert case.name == "id-0"


def test_what_answers_belongs_to_the_case_of_what_it_answers() -> None:
    opening = replace(message(0, "trace-request"), reference="A")
    answer = message(1, "trace-response:answered", BEL, (KEN,), opening)
    stray = message(2, "contact-card")
    [case] = build_all([stray, answer, opening], BY_OPENING)
    assert [one.digest for one in case.events] == [opening.digest, answer.digest]


def test_matters_with_one_reference_are_one_case() -> None:
    openings = [
        replace(message(number, "trace-request", to=(to,)), reference="A")
        for number, to in enumerate((BEL, MEX))
    ]
    [case] = build_all(openings, BY_OPENING)
    assert len(case.legs) == 2


def test_a_message_of_another_matter_under_our_reference_moves_nothing() -> None:
    opening = replace(message(0, "trace-request"), reference="A")
    forged = message(1, "trace-response:refused", MEX, (KEN,))
    [case] = build_all([opening, replace(forged, reference="A")], BY_OPENING)
    assert case.legs[0].state == "submitted"
    assert [one.digest for one in case.loose] == [forged.digest]


def test_an_answer_of_a_stranger_to_the_matter_moves_nothing() -> None:
    opening = message(0, "trace-request")
    forged = message(1, "trace-response:refused", MEX, (KEN,), opening)
    case = build("", [opening, forged], BY_OPENING)
    assert case.legs[0].state == "submitted"
    assert [one.digest for one in case.loose] == [forged.digest]


def test_a_chain_of_answers_as_long_as_anybody_likes_does_no_harm() -> None:
    events = [message(0, "trace-request")]
    for number in range(1, 3000):
        events.append(message(number, "diversion-alert", after=events[-1]))
    assert len(build("", events, BY_OPENING).legs) == 3000


def test_one_matter_in_reply_to_another_is_a_leg_of_its_own() -> None:
    opening = message(0, "trace-request")
    answer = message(1, "trace-response:answered", BEL, (KEN,), opening)
    alert = message(2, "diversion-alert", KEN, (BEL,), answer)
    case = build("", [opening, answer, alert], BY_OPENING)
    assert [leg.lifecycle.name for leg in case.legs] == ["trace", "diversion"]


def test_a_second_request_answers_a_question_and_opens_nothing() -> None:
    opening = message(0, "trace-request")
    question = message(1, "trace-info-request", BEL, (KEN,), opening)
    completed = message(2, "trace-request", KEN, (BEL,), question)
    answer = message(3, "trace-response:answered", BEL, (KEN,), completed)
    [leg] = build("", [opening, question, completed, answer], BY_OPENING).legs
    assert leg.state == "answered"


def _story(number: int) -> list[CaseEvent]:
    """Ten messages of one trace, all of it in one reference."""
    base = number * 100
    names: tuple[tuple[str, PartyId], ...] = (
        ("trace-request", KEN),
        ("case-step:start", BEL),
        ("trace-info-request", BEL),
        ("trace-request", KEN),
        ("trace-response:delayed", BEL),
        ("case-step:update", BEL),
        ("trace-response:answered-restricted", BEL),
        ("trace-clarification:question", KEN),
        ("trace-response:answered", BEL),
        ("trace-closing", KEN),
    )
    events: list[CaseEvent] = []
    for at, (name, by) in enumerate(names):
        to = (BEL,) if by == KEN else (KEN,)
        after = events[(at - 1) // 2 * (number % 2)] if events else None
        one = message(base + at, name, by, to, after)
        events.append(replace(one, reference="" if at else f"CASE-{number:04}"))
    return events


def test_a_thousand_cases_of_ten_messages_end_the_same_in_any_order() -> None:
    events = [one for number in range(1000) for one in _story(number)]
    orders = (
        events,
        events[::-1],
        sorted(events, key=lambda one: sha256(one.digest)),
    )
    begun = time.process_time()
    ended = [_by_name(build_all(one, BY_OPENING)) for one in orders]
    assert all(one == ended[0] for one in ended)
    assert len(ended[0]) == 1000
    assert {leg.state for case in ended[0].values() for leg in case.legs} == {"closed"}
    assert time.process_time() - begun < 10


def _by_name(cases: Iterable[Case]) -> dict[str, Case]:
    return {case.name: case for case in cases}
