"""Drafts fit their kind, or cannot be sent before they are filled in."""

import base64
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from broker.core.codec.documents import decode_document, encode_document
from broker.core.errors import DocumentError
from broker.core.tracing.answers import CaseItem, Said, case_items
from broker.core.tracing.drafts import (
    Limit,
    closing,
    next_request,
    response,
    told_words,
)
from tests.federation import EXAMPLES
from tests.unit.broker.core.tracing.told import asked, pistol, point, said, step

MADE = step("MANUFACTURED", "AUT", "2013")
SOLD = step(
    "EXPORTED",
    "AUT",
    "2014-02-11",
    toCountry="TZA",
    document={"kind": "DOCUMENT_KIND_EXPORT_LICENCE", "number": "AT-EX-1-TEST"},
)


def _request() -> dict[str, Any]:
    text = (EXAMPLES / "trace-request.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)["content"]
    return decode_document(
        "trace-request/1", encode_document("trace-request/1", content)
    )


def _items(*answers: Said) -> tuple[CaseItem, ...]:
    return case_items([asked()], answers)


def _results(drafted: Mapping[str, object]) -> list[Any]:
    results = drafted["results"]
    assert isinstance(results, list)
    return results


def test_next_request_fits_its_kind_and_leaves_out_what_was_of_one_leg() -> None:
    first = _request()
    drafted = next_request(first, {0}, b"a" * 32, "According to BEL it was exported.")
    assert base64.b64decode(str(drafted["continues"])) == b"a" * 32
    assert drafted["question"] == "According to BEL it was exported."
    assert "answerBy" not in drafted
    assert drafted["items"] == first["items"]
    assert encode_document("trace-request/1", drafted)
    untold = next_request(first, {0}, b"")
    assert not {"question", "continues"} & set(untold)


def test_what_leads_on_is_said_with_who_says_it() -> None:
    items = _items(said("AUT", MADE, SOLD))
    assert told_words(items, "TZA") == (
        "According to AUT it was exported from AUT to TZA (2014-02-11), document "
        "AT-EX-1-TEST."
    )
    assert told_words(items, "KEN") == ""


@pytest.mark.parametrize("outcome", ["ANSWERED", "ANSWERED_RESTRICTED"])
def test_an_answer_that_tells_something_has_to_be_filled_in(outcome: str) -> None:
    limit = None
    if outcome != "ANSWERED":
        limit = Limit(
            measure="RESTRICT", grounds=("CONFIDENTIALITY_LAW",), reasons="Names"
        )
    drafted = response(_request(), outcome, limit, "National focal point")
    with pytest.raises(DocumentError) as refused:
        encode_document("trace-response/1", drafted)
    paths = {one.path for one in refused.value.problems}
    assert paths >= {"results[0].status", "results[0].chain[0].event"}
    assert all(path.startswith("results[0]") for path in paths)
    assert "mask" not in str(drafted)


@pytest.mark.parametrize(
    ("outcome", "limit"),
    [
        ("NO_RECORD", None),
        (
            "REFUSED",
            Limit(measure="REFUSE", grounds=("NATIONAL_SECURITY",), reasons="Stocks"),
        ),
        (
            "DELAYED",
            Limit(
                measure="DELAY",
                grounds=("CRIMINAL_INVESTIGATION",),
                reasons="Arrests",
                review_on="2027-01-31",
            ),
        ),
    ],
    ids=("no record", "refused", "delayed"),
)
def test_an_answer_that_tells_nothing_is_ready(
    outcome: str, limit: Limit | None
) -> None:
    assert encode_document("trace-response/1", response(_request(), outcome, limit))


def test_closing_says_what_all_answers_make_together() -> None:
    items = _items(
        said("AUT", MADE, SOLD),
        said(
            "TZA",
            step("REPORTED_STOLEN", "TZA", "2019"),
            at_ms=2,
            pointOfDiversion=point("TZA"),
            lastLegalHolder={
                "kind": "ACTOR_KIND_ENTITY",
                "role": "ACTOR_ROLE_DEALER",
                "description": "Licensed dealer",
            },
        ),
    )
    drafted = closing("POINT_OF_DIVERSION", items, [pistol()], remarks="Thank you")
    [result] = _results(drafted)
    assert result["status"] == "TRACING_STATUS_TRACED"
    assert len(result["chain"]) == 3
    assert encode_document("trace-closing/1", drafted)


def test_closing_says_nothing_of_what_is_in_conflict() -> None:
    items = _items(
        said("AUT", MADE, pointOfDiversion=point("KEN")),
        said(
            "BEL", step("MANUFACTURED", "BEL"), at_ms=2, pointOfDiversion=point("SOM")
        ),
    )
    drafted = closing("POINT_OF_DIVERSION", items, [pistol()])
    # Traced, and nothing can be said of how: no result for the item.
    assert "results" not in drafted
    assert encode_document("trace-closing/1", drafted)


@pytest.mark.parametrize(
    ("basis", "status"),
    [
        ("LAST_LEGAL_RECORD", "INSUFFICIENT_INFO"),
        ("ESTABLISHED_OTHER", "ESTABLISHED_OTHER"),
        ("NOT_TRACEABLE", "NOT_TRACEABLE"),
        ("NO_ANSWER", "INSUFFICIENT_INFO"),
    ],
)
def test_basis_says_what_an_item_counts_as(basis: str, status: str) -> None:
    drafted = closing(basis, _items(said("AUT", MADE)), [pistol()])
    [result] = _results(drafted)
    assert result["status"] == f"TRACING_STATUS_{status}"
    assert encode_document("trace-closing/1", drafted)
    stated = closing(basis, _items(said("AUT", MADE)), [pistol()], "NOT_ATTEMPTED")
    assert "NOT_ATTEMPTED" in str(stated)


def test_closing_counts_items_as_the_request_of_its_leg_does() -> None:
    other = pistol("ZZQ-2000")
    items = case_items([asked(pistol(), other)], [])
    drafted = closing("NOT_TRACEABLE", items, [other])
    [result] = _results(drafted)
    assert result["item"] == 0
