"""Claims about the lifecycle of an alert, as two parties see it."""

from typing import Final

import pytest

from broker.core.cases.clocks import ACKNOWLEDGE, ACT, ANSWER, HOUR_MS, CaseClocks
from broker.core.cases.diversion import (
    ACKNOWLEDGED,
    ACTING,
    ASKING,
    CANCELLED,
    DECLINED,
    DIVERSION,
    ISSUED,
    REPORTED,
    RESOLVED,
)
from broker.core.cases.events import CaseEvent, Told, Urgency
from broker.core.cases.leg import Leg, fold
from broker.core.cases.plan import PLAN
from broker.core.codec.case_events import told_by
from broker.core.codec.documents import decode_document, encode_document
from broker.core.codec.draft import parse_draft
from broker.core.errors import DocumentError
from broker.infra.document_files import load_file
from keys.framing import sha256
from keys.identity import PartyId
from tests.federation import EXAMPLES
from tests.world import BEL, KEN, NOW_MS

HERE_MS: Final = NOW_MS + HOUR_MS


def event(name: str, by: PartyId, at: int, told: Told | None = None) -> CaseEvent:
    return CaseEvent(
        digest=sha256(f"{name} {by} {at}".encode()),
        told=told or Told(event=name),
        by=by,
        to=(KEN,) if by == BEL else (BEL,),
        at_ms=NOW_MS + at,
        in_reply_to=b"" if name == "diversion-alert" else OPENING.digest,
        delivered_ms={KEN: HERE_MS} if by == BEL else {BEL: HERE_MS},
    )


OPENING: Final = CaseEvent(
    digest=sha256(b"alert"),
    told=Told(event="diversion-alert", urgency=Urgency.IMMEDIATE),
    by=BEL,
    to=(KEN,),
    at_ms=NOW_MS,
    delivered_ms={KEN: HERE_MS},
)


def leg(*steps: tuple[str, PartyId]) -> Leg:
    events = [event(name, by, at) for at, (name, by) in enumerate(steps, 1)]
    return fold(DIVERSION, OPENING, KEN, events)


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((), ISSUED),
        ((("receipt:acknowledged", KEN),), ACKNOWLEDGED),
        ((("receipt:acknowledged", KEN), ("case-step:start", KEN)), ACTING),
        ((("case-step:ask", KEN),), ASKING),
        ((("case-step:ask", KEN), ("case-step:answer", BEL)), ACTING),
        ((("case-step:report", KEN), ("receipt:acknowledged", KEN)), REPORTED),
        ((("case-step:decline", KEN), ("case-step:report", KEN)), REPORTED),
        ((("case-step:decline", KEN),), DECLINED),
        (
            (("diversion-update:update", BEL), ("diversion-update:cancel", BEL)),
            CANCELLED,
        ),
        ((("case-step:report", KEN), ("diversion-update:resolve", BEL)), RESOLVED),
        ((("diversion-update:resolve", BEL), ("case-step:report", KEN)), RESOLVED),
    ],
)
def test_an_alert_is_where_its_steps_lead(
    steps: tuple[tuple[str, PartyId], ...], state: str
) -> None:
    assert leg(*steps).state == state


@pytest.mark.parametrize("sort", ["cancel", "resolve"])
def test_an_addressee_cannot_end_an_alert(sort: str) -> None:
    found = leg((f"diversion-update:{sort}", KEN))
    assert found.state == ISSUED
    assert [one.event.by for one in found.out_of_place] == [KEN]


def test_what_is_found_out_afterwards_is_added_and_reopens_nothing() -> None:
    found = leg(("diversion-update:resolve", BEL), ("diversion-update:update", KEN))
    assert (found.state, found.out_of_place) == (RESOLVED, ())


def test_an_acknowledgement_and_a_report_are_owed_by_the_clocks_of_the_alert() -> None:
    spans = CaseClocks()
    assert [(one.debt.clock, one.by, one.due_ms) for one in leg().owed(spans)] == [
        (ACKNOWLEDGE, KEN, HERE_MS + 8 * HOUR_MS),
        (ACT, KEN, HERE_MS + 8 * HOUR_MS),
    ]
    begun = leg(("receipt:acknowledged", KEN), ("case-step:start", KEN))
    assert [one.debt.clock for one in begun.owed(spans)] == [ACT]
    [asked] = leg(("case-step:ask", KEN)).owed(spans)
    assert (asked.debt.clock, asked.by) == (ANSWER, BEL)
    assert leg(("case-step:report", KEN)).owed(spans) == ()


def test_the_last_day_that_an_alert_names_is_when_its_report_is_due() -> None:
    draft = parse_draft(load_file(EXAMPLES / "diversion-alert.yaml"))
    told = told_by(draft.kind, encode_document(draft.kind, draft.content))
    assert (told.urgency, told.due_on) == (Urgency.IMMEDIATE, "2026-04-02")
    assert told.acknowledge_on == "2026-03-20"


def test_a_plan_between_two_ends_when_its_proposer_closes_it_and_owes_nothing() -> None:
    opening = CaseEvent(
        digest=sha256(b"proposal"),
        told=Told(event="mitigation-proposal"),
        by=BEL,
        to=(KEN,),
        at_ms=NOW_MS,
    )
    names = ("mitigation-answer:amend", "mitigation-answer:accept", "case-step:close")
    steps = [
        CaseEvent(
            digest=sha256(name.encode()),
            told=Told(event=name),
            by=by,
            to=(KEN,) if by == BEL else (BEL,),
            at_ms=NOW_MS + at,
            in_reply_to=opening.digest,
        )
        for at, (name, by) in enumerate(zip(names, (KEN, BEL, BEL), strict=True))
    ]
    states = [
        fold(PLAN, opening, KEN, steps[:count]).state for count in range(len(steps) + 1)
    ]
    assert states == ["proposed", "amended", "accepted", "closed"]
    assert fold(PLAN, opening, KEN, ()).owed(CaseClocks()) == ()


@pytest.mark.parametrize(
    ("act", "asks", "sound"),
    [
        ("REPORT", [1, 3], True),
        ("START", [2], True),
        ("DECLINE", [1], True),
        ("ANSWER", [1], False),
        ("REPORT", [3, 1], False),
        ("REPORT", [1, 1], False),
        ("REPORT", [0], False),
    ],
)
def test_a_step_names_what_it_is_about_once_and_only_if_it_is_about_something_asked(
    act: str, asks: list[int], *, sound: bool
) -> None:
    content = {"act": f"CASE_ACT_{act}", "asks": asks}
    if sound:
        assert decode_document("case-step/1", encode_document("case-step/1", content))
        return
    with pytest.raises(DocumentError, match="asks"):
        encode_document("case-step/1", content)
