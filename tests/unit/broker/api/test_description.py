"""What the interface says of itself: true, valid, and the same as in the documents."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from openapi_spec_validator import validate

from broker.api.answering import problem, problem_of, status_of
from broker.api.application import description_text
from broker.api.problems import ApiCode
from broker.core.errors import Code, RefusedError

DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "openapi.json"
_METHODS: Final = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def text() -> str:
    return description_text()


@pytest.fixture(scope="module")
def described(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found


def operations(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]


def test_the_document_is_what_the_interface_says(text: str) -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text, (
        "make it again with: rogatory api openapi -o docs/openapi.json"
    )


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    validate(described)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(
    described: dict[str, Any],
) -> None:
    found = operations(described)
    names = [one["operationId"] for _, one in found]
    assert len(set(names)) == len(names)
    for place, one in found:
        assert one["operationId"].isalnum(), place
        assert one["summary"], place
        assert one["description"], place


def test_every_refusal_is_a_problem_document(described: dict[str, Any]) -> None:
    for place, operation in operations(described):
        for status, answer in operation["responses"].items():
            if int(status) < 400 or (place, status) == ("get /v1/health/ready", "503"):
                continue
            content = answer["content"]
            assert list(content) == ["application/problem+json"], (place, status)


def test_everything_but_health_asks_who_calls(described: dict[str, Any]) -> None:
    for place, operation in operations(described):
        open_to_all = "/health/" in place
        assert ("security" in operation) is not open_to_all, place


def test_no_answer_is_of_any_shape(described: dict[str, Any]) -> None:
    for place, operation in operations(described):
        answers = operation["responses"]
        good = [one for status, one in answers.items() if int(status) < 400]
        assert good, place
        for one in good:
            for shape in one.get("content", {}).values():
                assert shape.get("schema"), place


@pytest.mark.parametrize("code", list(Code))
def test_every_refusal_of_a_message_has_an_answer(code: Code) -> None:
    found = problem_of(RefusedError(code, "why"))
    assert found.code == code.value
    assert 400 <= status_of(code) < 600
    assert found.title
    assert found.advice


@pytest.mark.parametrize("code", list(ApiCode))
def test_every_refusal_of_the_interface_has_words(code: ApiCode) -> None:
    found = problem(code)
    assert found.title.endswith(".")
    assert found.advice.endswith(".")
