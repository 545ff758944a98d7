"""A draft of every kind names what there is, and cannot be sent before it is filled."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from broker.core.codec.documents import encode_document
from broker.core.codec.draft import parse_draft
from broker.core.codec.draft_page import draft_page
from broker.core.codec.kinds import CONTENT_KINDS
from broker.core.codec.schema import json_schema
from broker.core.errors import ConfigurationError, DocumentError
from broker.core.onward import ONWARD_KIND

KINDS = [kind for kind in CONTENT_KINDS if kind != ONWARD_KIND]


@pytest.mark.parametrize("kind", ["trace-request/1", "case-step/1", "actor-profile/1"])
def test_what_is_commented_out_is_known_to_the_schema_once_it_is_not(kind: str) -> None:
    lines = draft_page(kind).splitlines()
    whole = [line.removeprefix("# ") for line in lines if not line.startswith("#:")]
    content = yaml.safe_load("\n".join(whole))["content"]
    schema = json_schema(kind)
    _walk(content, schema["$defs"], schema)


def _walk(value: object, messages: Any, place: Any) -> None:  # noqa: ANN401 - JSON Schema
    if "$ref" not in place or not isinstance(value, Mapping):
        return
    properties = messages[place["$ref"].rpartition("/")[2]]["properties"]
    assert set(value) == set(properties)
    for name, inner in value.items():
        field = properties[name]
        for one in inner if isinstance(inner, list) else [inner]:
            _walk(one, messages, field.get("items", field))


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_is_a_file_that_lacks_what_has_to_be_said(kind: str) -> None:
    document = yaml.safe_load(draft_page(kind))
    assert document["kind"] == kind
    filled = {**document, "handling": "TLP:AMBER", "to": ["BEL"]}
    if filled["content"] is None:
        return
    with pytest.raises(DocumentError):
        encode_document(kind, parse_draft(filled).content)


def test_a_step_is_sent_once_it_is_filled_in() -> None:
    document = yaml.safe_load(draft_page("case-step"))
    assert document["content"] == {"act": None}
    document |= {"handling": "TLP:AMBER", "to": ["BEL"]}
    document["content"]["act"] = "CASE_ACT_START"
    draft = parse_draft(document)
    assert encode_document(draft.kind, draft.content)


def test_no_line_is_too_long_to_be_read() -> None:
    lines = draft_page("trace-request").splitlines()
    assert max(map(len, lines)) <= 90


def test_what_is_no_document_has_no_draft() -> None:
    with pytest.raises(ConfigurationError, match="trace-request"):
        draft_page("recall")


def test_a_copy_of_what_others_sent_is_not_written_by_hand() -> None:
    with pytest.raises(ConfigurationError, match="forward"):
        draft_page("onward-copy")
