"""Claims about `broker.core.codec.schema` and what the .proto files say to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from jsonschema import Draft202012Validator

from broker.core.codec.kinds import KINDS, parse_kind
from broker.core.codec.options import at_least_one, form_of, is_required
from broker.core.codec.schema import json_schema
from broker.core.errors import Code, RefusedError
from rogatory.v1 import rules_pb2


def _messages(root: Descriptor) -> Iterator[Descriptor]:
    yield root
    for field in root.fields:
        if field.message_type:
            yield from _messages(field.message_type)


def _fields() -> dict[str, FieldDescriptor]:
    return {
        field.full_name: field
        for kind in KINDS.values()
        for message in _messages(kind.descriptor)
        for field in message.fields
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_a_schema(kind: str) -> None:
    schema: Any = json_schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$ref"] == f"#/$defs/{parse_kind(kind).descriptor.name}"


@pytest.mark.parametrize("kind", KINDS)
def test_no_message_takes_what_it_does_not_know(kind: str) -> None:
    schema: Any = json_schema(kind)
    assert all(one["additionalProperties"] is False for one in schema["$defs"].values())


def test_an_enumeration_is_the_list_of_its_stated_values() -> None:
    schema: Any = json_schema("trace-request/1")
    recovery = schema["$defs"]["RecoveryEvent"]
    assert recovery["properties"]["kind"] == {
        "enum": [
            "RECOVERY_KIND_SEIZED",
            "RECOVERY_KIND_FOUND",
            "RECOVERY_KIND_SURRENDERED",
        ]
    }
    assert recovery["required"] == ["kind", "date"]


def test_what_a_trace_request_must_say_stands_in_its_schema() -> None:
    schema: Any = json_schema("trace-request/1")
    request = schema["$defs"]["TraceRequest"]
    assert request["required"] == [
        "illicitBasis",
        "legalBasis",
        "recovery",
        "items",
        "intendedUse",
    ]
    assert request["allOf"] == [
        {"oneOf": [{"required": ["undertaking"]}, {"required": ["cannotGuarantee"]}]}
    ]


def test_changing_a_schema_changes_no_other() -> None:
    changed: Any = json_schema("trace-request/1")
    changed["$defs"].clear()
    assert json_schema("trace-request/1")["$defs"]


def test_an_unknown_kind_has_no_schema() -> None:
    with pytest.raises(RefusedError) as refused:
        json_schema("telex/1")
    assert refused.value.code is Code.UNKNOWN_KIND


def test_what_is_required_can_be_told_from_what_is_not_there() -> None:
    # A number or truth value without presence would vanish from the wire when it is
    # 0 or false, and the recipient would find it missing.
    for name, field in _fields().items():
        if is_required(field) and not field.is_repeated:
            plain = field.type in {
                FieldDescriptor.TYPE_STRING,
                FieldDescriptor.TYPE_BYTES,
                FieldDescriptor.TYPE_ENUM,
            }
            assert plain or field.has_presence, name


def test_every_group_names_fields_of_its_message() -> None:
    for kind in KINDS.values():
        for message in _messages(kind.descriptor):
            assert set(at_least_one(message)) <= {one.name for one in message.fields}


def test_every_country_and_every_date_is_held_to_its_form() -> None:
    for name, field in _fields().items():
        last = field.name
        if last in {"country", "issued_by", "flag"} or last.endswith("_country"):
            assert form_of(field) == rules_pb2.FORM_COUNTRY, name
        if last == "date" or (last.endswith("_by") and last != "issued_by"):
            forms = {rules_pb2.FORM_DATE, rules_pb2.FORM_DAY}
            assert form_of(field) in forms or last == "read_by", name
        if field.type == FieldDescriptor.TYPE_BYTES and last.endswith("_digest"):
            assert form_of(field) == rules_pb2.FORM_SHA256, name


def test_the_handling_of_a_copy_needs_a_label() -> None:
    schema: Any = json_schema("onward-copy/1")
    assert schema["$defs"]["Handling"]["required"] == ["tlp"]
    assert "handling" in schema["$defs"]["OnwardCopy"]["required"]
    assert schema["$defs"]["OnwardCopy"]["properties"]["handling"]["x-field-class"] == (
        "plain"
    )
