"""JSON Schema of a kind, derived from its protobuf message.

Rules that span several fields are left to `broker.core.codec.rules`.
"""

from collections.abc import Sequence
from typing import Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from broker.core.codec.classes import class_of
from broker.core.codec.forms import FORMS, PLAIN_TEXT
from broker.core.codec.kinds import parse_kind
from broker.core.codec.options import (
    at_least_one,
    form_of,
    is_one_required,
    is_required,
)

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SHOWN_FIELDS = 6  # names that a title lists

_SCALARS: Final[dict[int, dict[str, object]]] = {
    FieldDescriptor.TYPE_STRING: dict(PLAIN_TEXT),
    FieldDescriptor.TYPE_BYTES: {
        "type": "string",
        "contentEncoding": "base64",
        # As of digests: the same bytes have one spelling.
        "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}"
        "[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)$",
        "title": "bytes in base64",
    },
    FieldDescriptor.TYPE_BOOL: {"type": "boolean", "title": "true or false"},
    FieldDescriptor.TYPE_DOUBLE: {
        "type": "number",
        "minimum": 0,
        "maximum": 10**12,
        "title": f"a number from 0 to {10**12}",
    },
    FieldDescriptor.TYPE_UINT32: {
        "type": "integer",
        "minimum": 0,
        "maximum": 2**32 - 1,
        "title": f"a whole number from 0 to {2**32 - 1}",
    },
    # JSON's numbers end at 53 bits: protobuf writes 64 as text and reads both.
    FieldDescriptor.TYPE_UINT64: {
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": 2**64 - 1,
        "pattern": "^(0|[1-9][0-9]*)$",
        "format": "uint64",
        "title": "a whole number from 0",
    },
}


def json_schema(kind: str) -> dict[str, object]:
    """Returns the JSON Schema (draft 2020-12) of a kind such as "trace-request/1".

    It describes protobuf's JSON mapping with lowerCamelCase names, narrowed by what
    the kind makes mandatory. Each message is one entry of `$defs`. `title` says in a
    few words what a value must be; `x-field-class`, what it tells.

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    root = parse_kind(kind).descriptor
    definitions: dict[str, object] = {}
    pending = [root]
    while pending:
        message = pending.pop()
        if message.name not in definitions:
            definitions[message.name] = _message_schema(message)
            pending.extend(
                field.message_type for field in message.fields if field.message_type
            )
    return {
        "$schema": _DIALECT,
        "$id": f"urn:rogatory:kind:{kind}",
        **_reference(root),
        "$defs": dict(sorted(definitions.items())),
    }


def _reference(message: Descriptor) -> dict[str, object]:
    return {"$ref": f"#/$defs/{message.name}", "title": _title(message)}


def _title(message: Descriptor) -> str:
    names = [field.json_name for field in message.fields]
    more = ", …" if len(names) > _SHOWN_FIELDS else ""
    return f"a mapping with {', '.join(names[:_SHOWN_FIELDS])}{more}"


def _message_schema(message: Descriptor) -> dict[str, object]:
    schema: dict[str, object] = {
        "type": "object",
        "title": _title(message),
        "properties": {
            field.json_name: _field_schema(field) for field in message.fields
        },
        "additionalProperties": False,
    }
    required = [field.json_name for field in message.fields if is_required(field)]
    if required:
        schema["required"] = required
    groups = _groups(message)
    if groups:
        schema["allOf"] = groups
    return schema


def _groups(message: Descriptor) -> list[dict[str, object]]:
    """Returns what a message demands of several fields together."""
    groups: list[dict[str, object]] = []
    for oneof in message.oneofs:
        names = [field.json_name for field in oneof.fields]
        if len(names) == 1:
            continue  # protobuf's own way to write an optional field
        branches = _branches(names)
        if not is_one_required(oneof):
            branches.append({"not": {"anyOf": _branches(names)}})
        groups.append({"oneOf": branches})
    wanted = at_least_one(message)
    if wanted:
        names = [message.fields_by_name[name].json_name for name in wanted]
        groups.append({"anyOf": _branches(names)})
    return groups


def _branches(names: Sequence[str]) -> list[dict[str, object]]:
    return [{"required": [name]} for name in names]


def _field_schema(field: FieldDescriptor) -> dict[str, object]:
    one = _value_schema(field)
    told = class_of(field)
    said: dict[str, object] = {} if told is None else {"x-field-class": told.word}
    if not field.is_repeated:
        return {**one, **said}
    schema: dict[str, object] = {
        "type": "array",
        "items": one,
        "minItems": 1,
        **said,
    }
    if field.enum_type:
        schema["uniqueItems"] = True
    return schema


def _value_schema(field: FieldDescriptor) -> dict[str, object]:
    if field.message_type:
        return _reference(field.message_type)
    if field.enum_type:
        # The value 0 is protobuf's "not stated": said by leaving the field out.
        return {"enum": [value.name for value in field.enum_type.values[1:]]}
    form = FORMS.get(form_of(field))
    if form is None:
        return dict(_SCALARS[field.type])
    if "type" in form:
        return dict(form)
    return {**_SCALARS[field.type], **form}
