"""What `rogatory trace show` says of what is rare: delays, restrictions, conflicts."""

from typing import Any

import pytest

from broker.app.contents import Content
from broker.app.tracing import TraceCase, TraceLeg
from broker.cli import trace_show
from broker.core.cases.case import Case
from broker.core.cases.clocks import CaseClocks
from broker.core.cases.events import CaseEvent, Told
from broker.core.cases.leg import fold
from broker.core.cases.trace import TRACE
from broker.core.codec.documents import encode_document
from broker.core.handling import Handling, IntendedUse, Restrictions
from broker.core.tracing.answers import case_items
from broker.core.tracing.custody import custody_of
from broker.core.trails.trail import Role
from tests.unit.broker.core.tracing.told import asked, pistol, point, said, step
from tests.world import BEL, KEN, NOW_MS, header

BOUND = Restrictions(
    release_to=("Police",),
    purposes=frozenset({IntendedUse.STATISTICS}),
    purpose="Joint operation Harbour",
    no_onward=True,
    other="Not for the media",
    retention_days=365,
)
OPENING = CaseEvent(
    digest=b"q" * 32,
    told=Told(event="trace-request"),
    by=KEN,
    to=(BEL,),
    at_ms=NOW_MS,
    delivered_ms={BEL: NOW_MS},
    name="01a202fd-1657",
)


def _content(kind: str, document: dict[str, Any]) -> Content:
    bound = Handling.parse("TLP:AMBER H2", BOUND)
    return Content(
        message_digest=b"m" * 32,
        header=header(BEL, (KEN,), kind=kind, handling=bound),
        role=Role.RECEIVED,
        at_ms=NOW_MS,
        body=encode_document(kind, document),
    )


def _trace(*answers: Content, request: Content | None = None) -> TraceCase:
    leg = TraceLeg(
        leg=fold(TRACE, OPENING, BEL, ()),
        standing="submitted",
        request=request,
        answers=answers,
    )
    told = [
        said("AUT", step("MANUFACTURED", "AUT", "2013"), pointOfDiversion=point("KEN")),
        said(
            "BEL",
            step("MANUFACTURED", "BEL", "1998"),
            at_ms=2,
            lastLegalHolder={"name": "Example Trading Ltd", "country": "KEN"},
            nextCountry="SOM",
        ),
    ]
    items = case_items([asked(pistol(), {"itemClass": "ITEM_CLASS_PART"})], told)
    return TraceCase(
        case=Case(reference="KEN-1", legs=(), loose=()),
        legs=(leg,),
        items=items,
        custodies=tuple(map(custody_of, items)),
    )


def _delayed() -> Content:
    limitation = {
        "measure": "LIMITATION_MEASURE_DELAY",
        "grounds": ["LIMITATION_GROUND_CRIMINAL_INVESTIGATION"],
        "reasons": "Arrests are to come",
        "reviewOn": "2027-01-31",
    }
    document = {"outcome": "TRACE_OUTCOME_DELAYED", "limitation": limitation}
    return _content("trace-response/1", document)


def test_grounds_reasons_review_and_restrictions_are_shown() -> None:
    row = " ".join(trace_show.answer_row(_delayed()))
    for words in (
        "criminal-investigation: Arrests are to come",
        "looked at again on 2027-01-31",
        "no onward release without consent",
        "for Police",
        "to be used for statistics",
        "Joint operation Harbour",
        "Not for the media",
        "kept 365 days",
    ):
        assert words in row


def test_what_is_owed_and_what_cannot_be_read_is_said() -> None:
    [leg] = _trace().legs
    row = " ".join(trace_show.leg_row(leg, CaseClocks(), NOW_MS + 10**10))
    for words in ("cannot be read", "BEL: an acknowledgement, OVERDUE since"):
        assert words in row


def test_contradictions_are_shown_with_both_sides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    trace = _trace(_delayed())
    for at, custody in enumerate(trace.custodies):
        trace_show.say_custody(trace, at, custody)
    out = capsys.readouterr().out
    for words in (
        "does not agree: manufacture",
        "(BEL / AUT)",
        "last lawful holder: KEN, Example Trading Ltd",
        "records come next: SOM",
        "item 1: ",
        "nothing is known of it yet",
    ):
        assert words in out
