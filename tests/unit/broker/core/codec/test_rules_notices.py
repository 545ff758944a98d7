"""What does not fit in notices, assistance and operations is found where it stands."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.errors import DocumentError

_FOLDER: Final = Path(__file__).parents[5] / "examples"


def problems(name: str, **changes: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any field
    """Returns what is found in an example in which some fields were changed."""
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    draft = parse_draft(yaml.safe_load(text))
    content = {**draft.content, **changes}
    content = {key: value for key, value in content.items() if value is not None}
    with pytest.raises(DocumentError) as refused:
        encode_document(draft.kind, content)
    return [(one.path, one.expected) for one in refused.value.problems]


def test_nobody_is_convicted_before_the_judgment() -> None:
    [(path, expected)] = problems(
        "prosecution-notice", stage="PROCEEDINGS_STAGE_CHARGED"
    )
    assert (path, "PROCEEDINGS_STAGE_CONVICTED" in expected) == ("convicted", True)


def test_a_brokering_notice_is_about_a_broker() -> None:
    carrier = {
        "kind": "ACTOR_KIND_ENTITY",
        "role": "ACTOR_ROLE_CARRIER",
        "name": "Example Lines",
    }
    [(path, expected)] = problems("brokering-notice", broker=carrier)
    assert (path, "ACTOR_ROLE_BROKER" in expected) == ("broker.role", True)


def test_a_registration_is_said_with_its_number() -> None:
    broker = {
        "kind": "ACTOR_KIND_ENTITY",
        "role": "ACTOR_ROLE_BROKER",
        "name": "Example Brokerage SA",
    }
    [(path, _)] = problems(
        "brokering-notice", broker=broker, finding="BROKERING_FINDING_REGISTERED"
    )
    assert path == "broker.identifiers"


def test_a_transfer_is_doubted_for_a_reason() -> None:
    [(path, expected)] = problems("transfer-notice", indicators=None)
    assert (path, expected) == (
        "",
        "expected at least one of illicitBasis, indicators",
    )


def test_what_is_converted_can_be_recognised() -> None:
    bare = [{"itemClass": "ITEM_CLASS_CONVERTIBLE"}]
    assert problems("conversion-technique", objects=bare) == [
        ("objects[0]", "expected make and model, or a description")
    ]


@pytest.mark.parametrize("name", ["assistance-need", "assistance-offer"])
def test_another_area_is_described(name: str) -> None:
    [(path, _)] = problems(name, areas=["ASSISTANCE_AREA_OTHER"], detail=None)
    assert path == "detail"


def test_a_project_has_partners_and_an_offer_that_is_not_its_need() -> None:
    [(path, _)] = problems("assistance-match", partners=["KEN"])
    assert path == "partners"
    need = "4BI/pFYtkhM7bR0TUR0Jw7fvN3VXkhMcRCAMtGpPYYU="
    [(path, _)] = problems("assistance-match", offerDigest=need)
    assert path == "offerDigest"


def test_a_question_of_a_review_has_one_number() -> None:
    finding = {"number": 1, "question": "Which?", "text": "This"}
    [(path, _)] = problems("peer-review", findings=[finding, finding])
    assert path == "findings"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"members": ["KEN"]}, "members"),
        ({"members": ["MEX", "BEL", "KEN"]}, "members"),
        ({"until": "2026-10-31"}, "until"),
        ({"until": "2028-11-01"}, "until"),
    ],
)
def test_an_operation_has_members_and_an_end(
    changes: dict[str, object], path: str
) -> None:
    assert [one for one, _ in problems("operation", **changes)] == [path]


def test_what_has_the_wrong_shape_is_reported_by_the_schema_alone() -> None:
    for name, changes in (
        ("brokering-notice", {"broker": "Example"}),
        ("conversion-technique", {"objects": ["x"]}),
        ("operation", {"from": "soon"}),
        ("peer-review", {"findings": "none"}),
    ):
        assert problems(name, **changes)
