"""Claims about `broker.core.codec.rules` and `broker.core.codec.identification`."""

from typing import Any, Final, cast

import pytest
from google.protobuf.message import Message

from broker.core.codec.documents import encode_document
from broker.core.codec.identification import unidentified
from broker.core.codec.rules import rule_problems
from broker.core.errors import DocumentError, DocumentProblem
from rogatory.v1 import item_pb2, marking_pb2, place_pb2, route_pb2

_PISTOL: Final = {
    "type": "FIREARM_TYPE_PISTOL",
    "calibre": {"raw": "9x19"},
    "frameSerial": {"raw": "ZZQ-1"},
}
_CLARIFICATION: Final = "trace-clarification/1"


def _paths(kind: str, document: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        encode_document(kind, document)
    return [problem.path for problem in refused.value.problems]


def _found(message: type[Message], document: dict[str, Any]) -> list[DocumentProblem]:
    # protoc's stubs know two classes of descriptor; there is one.
    return [*rule_problems(cast("Any", message.DESCRIPTOR), document)]


def _missing(item: dict[str, object]) -> list[str]:
    return [problem.path for problem in unidentified(item, "items[0]")]


@pytest.mark.parametrize(
    ("item_class", "detail"),
    [
        ("ITEM_CLASS_ACCESSORY", "firearm"),
        ("ITEM_CLASS_FIREARM", "ammunition"),
        ("ITEM_CLASS_EXPLOSIVE", "part"),
    ],
)
def test_a_class_cannot_hide_what_is_described(item_class: str, detail: str) -> None:
    document = {"itemClass": item_class, detail: {"kind": "PART_KIND_BARREL"}}
    [problem] = _found(item_pb2.Item, document)
    assert problem.path == "itemClass"
    assert problem.expected == f"expected a class that goes with the field {detail}"


@pytest.mark.parametrize("mask", ["ZZQ-1[0O]", "ZZQ-1?", "?????0", "ZZQ-10"])
def test_a_mask_that_covers_each_character_is_taken(mask: str) -> None:
    serial = {"raw": "ZZQ-10", "mask": mask}
    assert not _found(marking_pb2.Serial, serial)


@pytest.mark.parametrize(
    "mask",
    ["ZZQ-1", "ZZQ-100", "ZZQ-1[0", "ZZQ-1[]", "ZZQ-1[O8]", "ZZQ-11", "ZZQ-1[0]"],
)
def test_a_mask_that_contradicts_the_number_is_rejected(mask: str) -> None:
    serial = {"raw": "ZZQ-10", "mask": mask}
    [problem] = _found(marking_pb2.Serial, serial)
    assert problem.path == "mask"


def test_a_character_that_could_not_be_read_may_have_alternatives() -> None:
    serial = {"raw": "ZZQ-1?", "mask": "ZZQ-1[38]"}
    assert not _found(marking_pb2.Serial, serial)


@pytest.mark.parametrize(
    ("first", "last", "sound"),
    [
        ("2025-11", "2025-11-30", True),
        ("2025-11-30", "2025", True),
        ("2025-11", "2025-10", False),
        ("2026", "2025-12-31", False),
    ],
)
def test_a_period_ends_no_earlier_than_it_begins(
    first: str, last: str, *, sound: bool
) -> None:
    period = {"from": first, "to": last}
    problems = _found(place_pb2.Period, period)
    assert (not problems) is sound


@pytest.mark.parametrize(
    ("volume", "sound"),
    [
        ({"low": "5", "high": 40}, True),
        ({"high": 0}, True),
        ({"low": 41, "high": "40"}, False),
        ({"low": "many", "high": 40}, True),  # the schema reports it
        ({"low": 4}, True),  # likewise
    ],
)
def test_an_estimate_is_no_lower_at_its_top(
    volume: dict[str, object], *, sound: bool
) -> None:
    problems = _found(route_pb2.Volume, volume)
    assert (not problems) is sound


def test_a_described_pistol_can_be_traced() -> None:
    assert _missing({"firearm": _PISTOL}) == []


def test_type_calibre_and_markings_are_each_asked_for() -> None:
    assert _missing({"firearm": {"make": "Example Works"}}) == [
        "items[0].firearm.frameSerial",
        "items[0].firearm.calibre",
        "items[0].firearm.type",
    ]


def test_an_unknown_type_is_no_type() -> None:
    firearm = {**_PISTOL, "type": "FIREARM_TYPE_UNKNOWN"}
    [problem] = unidentified({"firearm": firearm}, "items[0]")
    assert problem.value == '"FIREARM_TYPE_UNKNOWN"'


@pytest.mark.parametrize("condition", ["OBLITERATED", "NEVER_MARKED"])
def test_a_weapon_without_marks_can_be_asked_about(condition: str) -> None:
    firearm = {
        "type": "FIREARM_TYPE_PISTOL",
        "calibre": {"raw": "9x19"},
        "markingCondition": f"MARKING_CONDITION_{condition}",
    }
    assert _missing({"firearm": firearm}) == []


def test_ammunition_needs_calibre_and_headstamp_or_lot() -> None:
    assert _missing({"ammunition": {}}) == [
        "items[0].ammunition.headstamp",
        "items[0].ammunition.calibre",
    ]
    assert _missing({"ammunition": {"lot": "L-1", "calibre": {"raw": "9x19"}}}) == []


def test_a_part_needs_a_serial_number_or_a_mark() -> None:
    assert _missing({"part": {"kind": "PART_KIND_SLIDE"}}) == ["items[0].part.serial"]


def test_an_item_that_is_not_described_cannot_be_traced() -> None:
    assert _missing({"itemClass": "ITEM_CLASS_FIREARM"}) == ["items[0]"]


def test_a_description_of_the_wrong_shape_is_left_to_the_schema() -> None:
    assert _missing({"firearm": "a pistol"}) == []


def _limitation(measure: str, **more: str) -> dict[str, object]:
    return {
        "measure": f"LIMITATION_MEASURE_{measure}",
        "grounds": ["LIMITATION_GROUND_NATIONAL_SECURITY"],
        "reasons": "said in words",
        **more,
    }


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({"outcome": "TRACE_OUTCOME_ANSWERED"}, ["results"]),
        ({"outcome": "TRACE_OUTCOME_DELAYED"}, ["limitation"]),
        (
            {"outcome": "TRACE_OUTCOME_NO_RECORD", "limitation": _limitation("REFUSE")},
            ["limitation"],
        ),
        (
            {"outcome": "TRACE_OUTCOME_REFUSED", "limitation": _limitation("RESTRICT")},
            ["limitation.measure"],
        ),
        (
            {"outcome": "TRACE_OUTCOME_DELAYED", "limitation": _limitation("DELAY")},
            ["limitation.reviewOn"],
        ),
        (
            {
                "outcome": "TRACE_OUTCOME_ANSWERED",
                "results": [{"item": 0, "status": "TRACING_STATUS_TRACED"}],
            },
            ["results[0].status"],
        ),
    ],
)
def test_an_answer_says_what_its_outcome_asks_for(
    document: dict[str, Any], paths: list[str]
) -> None:
    assert _paths("trace-response/1", document) == paths


def test_a_fifth_ground_of_refusal_does_not_exist() -> None:
    limitation = {**_limitation("REFUSE"), "grounds": ["LIMITATION_GROUND_OTHER"]}
    document = {"outcome": "TRACE_OUTCOME_REFUSED", "limitation": limitation}
    assert _paths("trace-response/1", document) == ["limitation.grounds[0]"]


def test_a_delay_with_its_day_of_review_is_sound() -> None:
    document = {
        "outcome": "TRACE_OUTCOME_DELAYED",
        "limitation": _limitation("DELAY", reviewOn="2026-06-01"),
    }
    assert encode_document("trace-response/1", document)


@pytest.mark.parametrize(
    ("kind", "more", "paths"),
    [
        ("CORRECT", {}, ["corrections"]),
        ("RESOLVE", {}, ["resolution"]),
        ("UPDATE", {"corrections": [{"field": "title"}]}, ["corrections"]),
        ("CANCEL", {"asks": [{"kind": "ASK_KIND_HOLD"}]}, ["asks"]),
    ],
)
def test_an_update_carries_what_it_is_there_for(
    kind: str, more: dict[str, object], paths: list[str]
) -> None:
    document = {
        "kind": f"UPDATE_KIND_{kind}",
        "sequence": 1,
        "reason": "said in words",
        **more,
    }
    assert _paths("diversion-update/1", document) == paths


def test_a_clarification_is_a_question_or_an_answer() -> None:
    question = {"text": "Which law?"}
    answer = {"text": "This one", "fate": "LIMITATION_FATE_MAINTAINED"}
    assert _paths(_CLARIFICATION, {}) == [""]
    assert _paths(_CLARIFICATION, {"question": question, "answer": answer}) == [""]
    assert encode_document(_CLARIFICATION, {"question": question})
