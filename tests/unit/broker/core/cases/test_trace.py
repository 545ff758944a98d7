"""The trace as the tracing instrument has it: what may follow what, what is owed."""

from dataclasses import replace
from itertools import count

import pytest

from broker.core.cases.clocks import DAY_MS, HOUR_MS, CaseClocks, end_of_day_ms
from broker.core.cases.events import CaseEvent, Told
from broker.core.cases.leg import Leg, fold
from broker.core.cases.trace import (
    ACKNOWLEDGED,
    ANSWERED,
    CLARIFICATION,
    CLOSED,
    DECLINED,
    DELAYED,
    IN_PROGRESS,
    INFO_REQUESTED,
    NO_RECORD,
    REFUSED,
    REJECTED,
    RESTRICTED,
    RESUMED,
    SUBMITTED,
    TRACE,
    UPHELD,
    WITHDRAWN,
)
from broker.core.codec.case_events import told_by
from broker.core.codec.documents import encode_document
from broker.core.tracing.standing import EXPIRED, VOID, standing
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, KEN, NOW_MS

_OPENER = ("trace-request", "trace-clarification:question", "trace-closing", "withdraw")
OPENING = CaseEvent(
    digest=sha256(b"opening"),
    told=Told(event="trace-request"),
    by=KEN,
    to=(BEL,),
    at_ms=NOW_MS,
    delivered_ms={BEL: NOW_MS + HOUR_MS},
)


def event(name: str, number: int, **told: str) -> CaseEvent:
    by, to = (KEN, BEL) if name.endswith(_OPENER) else (BEL, KEN)
    at_ms = NOW_MS + number * DAY_MS
    return CaseEvent(
        digest=sha256(name.encode() + bytes([number])),
        told=replace(Told(event=name), **told),  # type: ignore[arg-type]  # of a test
        by=PartyId(by),
        to=(PartyId(to),),
        at_ms=at_ms,
        in_reply_to=OPENING.digest,
        delivered_ms={PartyId(to): at_ms + HOUR_MS},
    )


def leg(*names: str) -> Leg:
    return fold(
        TRACE, OPENING, BEL, [event(name, at) for at, name in enumerate(names, 1)]
    )


ACK, START, ASK = "receipt:acknowledged", "case-step:start", "trace-info-request"
COMPLETE, CLOSE = "trace-request", "trace-closing"
QUESTION = "trace-clarification:question"


def answer(outcome: str) -> str:
    return f"trace-response:{outcome}"


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ((), SUBMITTED),
        ((ACK,), ACKNOWLEDGED),
        ((ACK, START), IN_PROGRESS),
        ((START,), IN_PROGRESS),
        ((ACK, ASK), INFO_REQUESTED),
        ((ACK, ASK, COMPLETE), RESUMED),
        ((ASK, START), RESUMED),
        ((ACK, answer("answered")), ANSWERED),
        ((answer("no-record"), answer("answered")), ANSWERED),
        ((answer("refused"), answer("answered-restricted")), RESTRICTED),
        ((answer("delayed"),), DELAYED),
        ((answer("delayed"), START), RESUMED),
        ((answer("delayed"), answer("delayed")), DELAYED),
        ((answer("delayed"), QUESTION), DELAYED),
        ((answer("delayed"), QUESTION, "trace-clarification:maintained"), DELAYED),
        ((answer("delayed"), QUESTION, "trace-clarification:lifted"), RESUMED),
        ((answer("refused"), QUESTION), CLARIFICATION),
        ((answer("refused"), QUESTION, "trace-clarification:maintained"), UPHELD),
        ((answer("refused"), QUESTION, "trace-clarification:narrowed"), RESUMED),
        ((answer("refused"), QUESTION, answer("answered")), ANSWERED),
        (
            (answer("refused"), QUESTION, "trace-clarification:maintained", QUESTION),
            CLARIFICATION,
        ),
        ((ACK, "case-step:reject"), REJECTED),
        ((ACK, "case-step:withdraw"), WITHDRAWN),
        ((answer("answered"), CLOSE), CLOSED),
        ((CLOSE,), CLOSED),
        ((answer("no-record"), ACK), NO_RECORD),
        # A late answer counts in the statistics, and reopens nothing.
        ((CLOSE, answer("answered")), CLOSED),
    ],
    ids=count(),
)
def test_a_trace_goes_on_as_the_instrument_has_it(
    names: tuple[str, ...], state: str
) -> None:
    found = leg(*names)
    assert found.state == state
    assert found.out_of_place == ()


@pytest.mark.parametrize(
    ("names", "state"),
    [
        ((answer("answered"), answer("refused")), ANSWERED),
        ((answer("answered"), answer("delayed")), ANSWERED),
        ((answer("answered"), answer("answered-restricted")), ANSWERED),
        ((answer("answered-restricted"), answer("no-record")), RESTRICTED),
        ((answer("answered"), QUESTION), ANSWERED),
        ((answer("no-record"), QUESTION), NO_RECORD),
        ((answer("answered"), ASK), ANSWERED),
        ((answer("refused"), "trace-clarification:lifted"), REFUSED),
        ((answer("answered"), "case-step:withdraw"), ANSWERED),
        ((COMPLETE,), SUBMITTED),
        ((CLOSE, answer("refused")), CLOSED),
        ((CLOSE, "case-step:update"), CLOSED),
        (("case-step:withdraw", answer("answered")), WITHDRAWN),
    ],
    ids=count(),
)
def test_what_was_told_cannot_be_withheld_afterwards(
    names: tuple[str, ...], state: str
) -> None:
    found = leg(*names)
    assert found.state == state
    [misplaced] = found.out_of_place
    assert misplaced.event.told.event == names[-1]


def test_an_authority_that_declines_ends_the_leg() -> None:
    declined = event("receipt:declined", 2)
    found = fold(TRACE, OPENING, BEL, [event(ACK, 1), declined])
    assert (found.state, found.closed) == (DECLINED, True)


def test_beginning_to_search_gives_no_more_time() -> None:
    spans = CaseClocks()
    before = [one.due_ms for one in leg(ACK).owed(spans)]
    assert [one.due_ms for one in leg(ACK, START).owed(spans)] == before
    [resumed] = leg(ACK, ASK, COMPLETE).owed(spans)
    assert resumed.due_ms is not None
    assert resumed.due_ms > (before[0] or 0)


def test_a_second_delay_has_a_day_of_review_of_its_own() -> None:
    delays = [
        event(answer("delayed"), 1, review_on="2027-02-01"),
        event(answer("delayed"), 2, review_on="2027-03-01"),
    ]
    for shown, day in ((delays[:1], "2027-02-01"), (delays, "2027-03-01")):
        [owed] = fold(TRACE, OPENING, BEL, shown).owed(CaseClocks())
        assert owed.due_ms == end_of_day_ms(day)


def test_nothing_is_owed_once_the_reasons_were_explained() -> None:
    found = leg(answer("refused"), QUESTION, "trace-clarification:maintained")
    assert found.owed(CaseClocks()) == ()
    assert CLOSE in found.allowed(KEN)


def test_what_nobody_received_in_its_lifetime_has_expired() -> None:
    unread = fold(TRACE, replace(OPENING, delivered_ms={}), BEL, [])
    assert standing(unread, NOW_MS + DAY_MS, NOW_MS + DAY_MS) == SUBMITTED
    assert standing(unread, NOW_MS + DAY_MS, NOW_MS + DAY_MS + 1) == EXPIRED
    # What was received can still be answered.
    assert standing(leg(), NOW_MS, NOW_MS + 99 * DAY_MS) == SUBMITTED
    assert standing(leg(ACK), NOW_MS, NOW_MS + 99 * DAY_MS) == ACKNOWLEDGED
    assert standing(replace(unread, void=True), NOW_MS, NOW_MS) == VOID


@pytest.mark.parametrize("fate", ["MAINTAINED", "NARROWED", "LIFTED"])
def test_an_explanation_is_named_by_what_becomes_of_the_limit(fate: str) -> None:
    content = {"answer": {"text": "The law says so", "fate": f"LIMITATION_FATE_{fate}"}}
    body = encode_document("trace-clarification/1", content)
    told = told_by("trace-clarification/1", body)
    assert told.event == f"trace-clarification:{fate.lower()}"
