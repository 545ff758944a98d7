"""Going through a document along its protobuf message.

What to look for on the way is left to the callers.
"""

import base64
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from broker.core.codec.problems import child, shown
from broker.core.errors import DocumentProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message within a document.

    Args:
        path: Where, as "items[0].firearm"; empty for the document itself.
        message: Descriptor of the message.
        fields: What stands there, by JSON name.
    """

    path: str
    message: Descriptor
    fields: Mapping[str, object]


def parts_of(message: Descriptor, document: object, path: str = "") -> Iterator[Part]:
    """Yields every message of a document, outermost first.

    What is not of the right shape is passed over: the schema reports it.
    """
    if not isinstance(document, Mapping):
        return
    yield Part(path=path, message=message, fields=document)
    for field in message.fields:
        inner = field.message_type
        if inner:
            for place, value in values_of(field, document, path):
                yield from parts_of(inner, value, place)


def values_of(
    field: FieldDescriptor, fields: Mapping[str, object], path: str
) -> Iterator[tuple[str, object]]:
    """Yields path and value of each value that a field has."""
    value = fields.get(field.json_name)
    place = child(path, field.json_name)
    if not field.is_repeated:
        if value is not None:
            yield place, value
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield child(place, position), one


def with_json_names(
    message: Descriptor,
    document: Mapping[str, object],
    problems: list[DocumentProblem],
) -> dict[str, object]:
    """Returns a copy in which fields bear their JSON names and YAML values are JSON.

    Args:
        message: Descriptor of the message that the document is to become.
        document: As it was read: names in lowerCamelCase or as in the .proto files;
            dates and bytes as YAML makes them.
        problems: Takes one problem for each field that is there under both names.
    """
    return _renamed(message, document, "", problems)


def _renamed(
    message: Descriptor,
    found: Mapping[str, object],
    path: str,
    problems: list[DocumentProblem],
) -> dict[str, object]:
    fields = {field.name: field for field in message.fields}
    fields |= {field.json_name: field for field in message.fields}
    result: dict[str, object] = {}
    for name, inner in found.items():
        field = fields.get(name)
        if field is None:
            # The schema reports it; nothing is known about its inside.
            result[str(name)] = inner
            continue
        place = child(path, field.json_name)
        if field.json_name in result:
            expected = f"expected it once, as {field.json_name} or as {field.name}"
            problems.append(DocumentProblem(place, shown(inner), expected))
        result[field.json_name] = _renamed_field(field, inner, place, problems)
    return result


def _renamed_field(
    field: FieldDescriptor, value: object, path: str, problems: list[DocumentProblem]
) -> object:
    if field.is_repeated and isinstance(value, list | tuple):
        return [
            _renamed_value(field, one, child(path, position), problems)
            for position, one in enumerate(value)
        ]
    return _renamed_value(field, value, path, problems)


def _renamed_value(
    field: FieldDescriptor, value: object, path: str, problems: list[DocumentProblem]
) -> object:
    if field.message_type and isinstance(value, Mapping):
        return _renamed(field.message_type, value, path, problems)
    # What YAML reads by itself goes back to what JSON would carry.
    if field.type == FieldDescriptor.TYPE_STRING and isinstance(value, dt.date):
        return value.isoformat()
    if field.type == FieldDescriptor.TYPE_BYTES and isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
