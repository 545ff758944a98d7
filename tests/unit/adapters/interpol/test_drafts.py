"""What the register says, as drafts: sound, and as strict as what they rest on."""

from dataclasses import replace

import pytest

from adapters.interpol.drafts import Hit, answer_to, notice_of, response_to
from adapters.interpol.filing import Found, firearms_in
from adapters.interpol.parts import (
    Answer,
    CustodyStep,
    Firearm,
    HandlingTerms,
    Limitation,
    Record,
)
from adapters.interpol.pieces import AnswerHandlingError, lead_to
from adapters.values import Delivery
from broker.core.codec.documents import encode_document
from tests.adapter_world import example_delivery

_FIREARM = Firearm(
    serial_number="ZZQ-00417",
    make="Example Works",
    model="Model 17",
    calibre="9x19",
    type="FIREARM_TYPE_PISTOL",
    country_of_manufacture="BEL",
    year=2013,
)
_OPEN = HandlingTerms(label="TLP:CLEAR")


def _request() -> tuple[Delivery, Found]:
    items = [
        {
            "itemClass": "ITEM_CLASS_FIREARM",
            "firearm": {
                "type": "FIREARM_TYPE_PISTOL",
                "make": "Example Works",
                "model": "Model 17",
                "calibre": {"raw": "9mm Luger"},
                "frameSerial": {"raw": "ZZQ 00417"},
            },
        }
    ]
    request = example_delivery(
        "trace-request", handling="TLP:AMBER", content={"items": items}
    )
    return request, firearms_in(request)[0][0]


def _hit(found: Found, terms: HandlingTerms, status: str = "STOLEN") -> Hit:
    record = Record(
        record_id="SIM-REC-000001",
        version=1,
        status=status,
        owner_ncb="IP BRUSSELS",
        owner_country="BEL",
        firearm=_FIREARM,
        handling=terms,
    )
    lead = lead_to(found, _FIREARM)
    return Hit(found=found, record=record, lead=lead, system="SIMULATOR")


def _answer(outcome: str, **fields: object) -> Answer:
    given = Answer(
        answer_id="1", ncb="IP BRUSSELS", country="BEL", outcome=outcome, handling=_OPEN
    )
    return replace(given, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("terms", "label"),
    [
        (_OPEN, "TLP:AMBER"),
        (HandlingTerms(label="TLP:RED PAP:RED"), "TLP:RED PAP:RED"),
        (HandlingTerms(label="TLP:GREEN", no_onward=True), "TLP:AMBER H2"),
        (HandlingTerms(label="TLP:GREEN H0", retention_days=9), "TLP:AMBER H3"),
        (
            HandlingTerms(label="TLP:GREEN H1", no_onward=True, other="As agreed"),
            "TLP:AMBER H1 H2 H3",
        ),
    ],
)
def test_a_draft_is_handled_as_strictly_as_all_it_rests_on(
    terms: HandlingTerms, label: str
) -> None:
    request, found = _request()
    made = response_to(request, [_hit(found, terms)])
    assert made.submission.handling == label
    assert notice_of(request, _hit(found, terms)).submission.handling == label


def test_bounds_that_a_label_cannot_say_are_told_the_person() -> None:
    request, found = _request()
    terms = HandlingTerms(
        label="TLP:GREEN",
        release_to=("Police",),
        uses=("CRIMINAL_INVESTIGATION",),
        no_onward=True,
    )
    reasons = response_to(request, [_hit(found, terms)]).reasons
    assert "the register binds it: release to Police only" in reasons
    assert "the register binds it: use for criminal-investigation only" in reasons


@pytest.mark.parametrize(
    "terms",
    [HandlingTerms(label="SECRET"), HandlingTerms(label="TLP:RED", uses=("FUN",))],
)
def test_nothing_is_made_of_what_does_not_say_how_it_is_handled(
    terms: HandlingTerms,
) -> None:
    request, found = _request()
    with pytest.raises(AnswerHandlingError):
        response_to(request, [_hit(found, terms)])


@pytest.mark.parametrize(
    "answer",
    [
        _answer("NO_RECORD", remarks="Nothing is known here"),
        _answer("NO_RECORD"),
        _answer(
            "ANSWERED",
            firearm=_FIREARM,
            steps=(
                CustodyStep(
                    event="CUSTODY_EVENT_EXPORTED",
                    date="2014",
                    country="BEL",
                    to_country="KEN",
                ),
            ),
            next_country="KEN",
        ),
        _answer("ANSWERED", firearm=_FIREARM, diverted_in="KEN"),
        _answer(
            "DELAYED",
            limitation=Limitation(
                grounds=("CRIMINAL_INVESTIGATION",),
                reasons="It is under way",
                review_on="2026-12-01",
            ),
        ),
        _answer(
            "REFUSED",
            limitation=Limitation(grounds=("NATIONAL_SECURITY",), reasons="As stated"),
        ),
        _answer(
            "ANSWERED_RESTRICTED",
            firearm=_FIREARM,
            limitation=Limitation(grounds=("CONFIDENTIALITY_LAW",), reasons="Names"),
        ),
    ],
    ids=lambda one: (
        f"{one.outcome}-{bool(one.firearm)}-{one.diverted_in}-{one.remarks}"
    ),
)
def test_every_sort_of_answer_makes_a_sound_document(answer: Answer) -> None:
    request, found = _request()
    made = answer_to(request, found, "SIM-TRC-000001", answer, "SIMULATOR")
    encode_document(made.submission.kind, made.submission.content)
    assert made.submission.content["outcome"] == f"TRACE_OUTCOME_{answer.outcome}"
    assert made.reasons[0].startswith("SIMULATOR: IP BRUSSELS (BEL)")


@pytest.mark.parametrize("status", ["STOLEN", "LOST", "CAPTURED", "MISSING"])
def test_every_sort_of_loss_makes_a_sound_notice(status: str) -> None:
    request, found = _request()
    made = notice_of(request, _hit(found, _OPEN, status)).submission
    encode_document(made.kind, made.content)
    assert made.content["kind"] == f"LOSS_KIND_{status}"


def test_a_record_that_nobody_misses_makes_no_step_of_custody() -> None:
    request, found = _request()
    made = response_to(request, [_hit(found, _OPEN, "RECOVERED")]).submission
    encode_document(made.kind, made.content)
    assert "chain" not in str(made.content["results"])
