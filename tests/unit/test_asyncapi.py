"""The description of the bus: valid AsyncAPI, and nothing but what is true."""

import base64
import json
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator

from broker.core import subjects
from broker.core.codec import desk
from keys.directory.publishing import PartySubmission
from keys.identity import PartyId

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "asyncapi.yaml"
SCHEMA: Final = ROOT / "tests" / "vendored" / "asyncapi" / "3.1.0.json"
ACCOUNT: Final = "{account}"

Document = dict[str, Any]


@pytest.fixture(scope="module")
def page() -> Document:
    loaded: Document = yaml.safe_load(PAGE.read_text(encoding="utf-8"))
    return loaded


def payload(page: Document, message: str) -> Draft202012Validator:
    """Returns what checks the payload of a message of JSON."""
    return Draft202012Validator(page["components"]["messages"][message]["payload"])


def references(value: object) -> list[str]:
    """Returns every reference in a document."""
    if isinstance(value, dict):
        own = [one for name, one in value.items() if name == "$ref"]
        return own + [one for part in value.values() for one in references(part)]
    if isinstance(value, list):
        return [one for part in value for one in references(part)]
    return []


def test_it_is_valid_asyncapi_3_1(page: Document) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(page)] == []


def test_what_is_no_asyncapi_is_seen_by_that_check(page: Document) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    wrong = {**page, "operations": {"x": {"action": "shout"}}}
    assert list(Draft7Validator(schema).iter_errors(wrong))


def test_every_reference_leads_somewhere(page: Document) -> None:
    for reference in references(page):
        file, _, place = reference.partition("#")
        if file:
            proto = (PAGE.parent / file).read_text(encoding="utf-8")
            assert f"message {place} {{" in proto, reference
            continue
        found: Any = page
        for part in place.removeprefix("/").split("/"):
            assert part in found, reference
            found = found[part]


def test_its_subjects_are_those_that_a_node_may_use_and_no_others(
    page: Document,
) -> None:
    allowed = subjects.node_permissions("A" + "A" * 55, "answers")
    named = {
        one["address"].replace(ACCOUNT, "A" + "A" * 55)
        for one in page["channels"].values()
        if one["address"] is not None
    }
    own_answers = "answers.>"
    assert named == {*allowed.publish, *allowed.subscribe} - {own_answers}


def test_what_the_hub_hears_is_named_as_the_hub_names_it(page: Document) -> None:
    named = {
        one["x-hub-subject"]
        for one in page["channels"].values()
        if "x-hub-subject" in one
    }
    assert named == {
        subjects.SUBMISSIONS,
        subjects.INBOXES,
        subjects.DIRECTORY_REQUESTS,
        subjects.LOG_REQUESTS,
        subjects.REGISTRAR_REQUESTS,
        subjects.NEWS,
    }


def test_questions_and_answers_are_as_the_node_writes_them(page: Document) -> None:
    questions = {
        "fileQuestion": desk.encode_file_question(
            desk.FileQuestion(path="root.json", offset=7)
        ),
        "logQuestion": desk.encode_log_question(
            desk.LogQuestion(
                leaf_hash=b"l" * 32,
                quorum=2,
                snapshot=desk.SnapshotOfVersion(version=1),
            )
        ),
        "logAnswer": desk.encode_log_answer(
            desk.LogAnswer(checkpoint="", inclusion=(b"h" * 32,), time_ms=1)
        ),
        "partySubmission": PartySubmission(
            party=PartyId("KEN"), metadata=b"{}", files={"record": b"x"}
        ).to_bytes(),
    }
    for name, data in questions.items():
        payload(page, name).validate(json.loads(data))
    files = json.loads(questions["partySubmission"])["files"]
    assert base64.b64decode(files["record"]) == b"x"


def test_a_question_with_another_member_does_not_fit(page: Document) -> None:
    question = {"path": "root.json", "offset": 0, "more": 1}
    assert not payload(page, "fileQuestion").is_valid(question)
