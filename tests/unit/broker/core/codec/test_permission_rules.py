"""Claims about what `broker.core.codec.rules` asks of permissions and onward copies."""

from typing import Any, Final

import pytest

from broker.core.codec.documents import encode_document
from broker.core.errors import DocumentError

_ASKED: Final[dict[str, Any]] = {
    "messageDigest": "A" * 43 + "=",
    "act": "PERMITTED_ACT_ONWARD",
    "parties": ["BEL"],
    "purposes": ["INTENDED_USE_ANALYSIS"],
    "reason": "In words",
}
_GRANTED: Final[dict[str, Any]] = {
    "messageDigest": "A" * 43 + "=",
    "act": "PERMITTED_ACT_ONWARD",
    "verdict": "PERMISSION_VERDICT_GRANTED",
    "parties": ["BEL"],
}


def _paths(kind: str, document: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        encode_document(kind, document)
    return [problem.path for problem in refused.value.problems]


def _without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in document.items() if other != name}


@pytest.mark.parametrize(
    ("kind", "document", "paths"),
    [
        ("permission-request/1", _without(_ASKED, "parties"), ["parties"]),
        (
            "permission-request/1",
            _ASKED | {"act": "PERMITTED_ACT_JUDICIAL"},
            ["parties"],
        ),
        ("permission-request/1", _ASKED | {"parties": ["BEL", "BEL"]}, ["parties"]),
        ("permission-request/1", _ASKED | {"parties": 3}, ["parties"]),
        ("permission-grant/1", _without(_GRANTED, "parties"), ["parties"]),
        (
            "permission-grant/1",
            _GRANTED
            | {
                "verdict": "PERMISSION_VERDICT_REFUSED",
                "purposes": ["INTENDED_USE_ANALYSIS"],
                "until": "2027-01-01",
            },
            ["parties", "purposes", "until"],
        ),
        (
            "permission-grant/1",
            _GRANTED | {"verdict": "PERMISSION_VERDICT_WITHDRAWN"},
            ["parties"],
        ),
    ],
)
def test_a_permission_says_what_it_is_for_and_nothing_else(
    kind: str, document: dict[str, Any], paths: list[str]
) -> None:
    assert _paths(kind, document) == paths


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("permission-request/1", _ASKED),
        (
            "permission-request/1",
            _without(_ASKED, "parties") | {"act": "PERMITTED_ACT_JUDICIAL"},
        ),
        ("permission-grant/1", _GRANTED),
        (
            "permission-grant/1",
            _without(_GRANTED, "parties") | {"verdict": "PERMISSION_VERDICT_REFUSED"},
        ),
    ],
)
def test_a_sound_permission_is_taken(kind: str, document: dict[str, Any]) -> None:
    assert encode_document(kind, document)


@pytest.mark.parametrize(
    ("handling", "paths"),
    [
        ({"tlp": "TLP_AMBER", "restrictions": {"retentionDays": 30}}, []),
        ({"pap": "PAP_RED"}, ["handling", "handling.tlp"]),
        ({"tlp": "TLP:AMBER"}, ["handling.tlp"]),
        ({"tlp": "TLP_AMBER", "restrictions": {}}, ["handling"]),
        (
            {"tlp": "TLP_AMBER", "europol": ["EUROPOL_CODE_H2", "EUROPOL_CODE_H1"]},
            ["handling"],
        ),
        (
            {"tlp": "TLP_AMBER", "europol": ["EUROPOL_CODE_H0", "EUROPOL_CODE_H1"]},
            ["handling"],
        ),
    ],
)
def test_the_handling_of_a_copy_is_as_strict_as_that_of_a_message(
    handling: dict[str, Any], paths: list[str]
) -> None:
    copy = {
        "provider": "KEN",
        "messageDigest": "A" * 43 + "=",
        "handling": handling,
        "traceInfoRequest": {
            "missing": [{"kind": "MISSING_KIND_TYPE", "question": "Which?"}]
        },
    }
    if paths:
        assert _paths("onward-copy/1", copy) == paths
    else:
        assert encode_document("onward-copy/1", copy)
