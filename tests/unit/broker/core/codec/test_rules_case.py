"""Messages that move a case: what they must not say together."""

from typing import Any

import pytest

from broker.core.codec.documents import encode_document
from broker.core.errors import DocumentError


def _paths(kind: str, content: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        encode_document(kind, content)
    return [one.path for one in refused.value.problems]


def test_only_what_adds_to_a_matter_is_counted() -> None:
    for act in ("UPDATE", "CORRECT"):
        content = {"act": f"CASE_ACT_{act}", "sequence": 2}
        assert encode_document("case-step/1", content)
    assert _paths("case-step/1", {"act": "CASE_ACT_START", "sequence": 1}) == [
        "sequence"
    ]


def test_closing_says_one_thing_of_an_item() -> None:
    result = {"item": 0, "status": "TRACING_STATUS_NOT_TRACEABLE"}
    content = {"basis": "CLOSING_BASIS_NOT_TRACEABLE", "results": [result]}
    assert encode_document("trace-closing/1", content)
    twice = {**content, "results": [result, result]}
    assert _paths("trace-closing/1", twice) == ["results[1].item"]


@pytest.mark.parametrize("basis", ["NOT_TRACEABLE", "NO_ANSWER"])
def test_a_trace_that_ends_in_vain_has_traced_nothing(basis: str) -> None:
    result = {
        "item": 0,
        "status": "TRACING_STATUS_TRACED",
        "pointOfDiversion": {"place": {"country": "KEN"}},
    }
    content = {"basis": f"CLOSING_BASIS_{basis}", "results": [result]}
    assert _paths("trace-closing/1", content) == ["results[0].status"]
    content["basis"] = "CLOSING_BASIS_POINT_OF_DIVERSION"
    assert encode_document("trace-closing/1", content)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("clock", "Acknowledge"),
        ("clock", "a clock"),
        ("state", "-submitted"),
        ("state", "x" * 41),
        ("state", "submitted; and pay"),
        ("office", "O" * 121),
    ],
)
def test_overdue_notice_carries_no_free_words(name: str, value: str) -> None:
    content = {
        "clock": "acknowledge",
        "state": "in-progress",
        "dueMs": "1800000000000",
        "sequence": 1,
        "office": "Alternate focal point",
    }
    assert encode_document("overdue-notice/1", content)
    assert _paths("overdue-notice/1", {**content, name: value}) == [name]


def test_what_is_of_the_wrong_shape_is_left_to_the_schema() -> None:
    assert _paths("trace-closing/1", {"basis": 3, "results": [3]}) == [
        "basis",
        "results[0]",
    ]
    assert "clock" in _paths("overdue-notice/1", {"clock": 3})
