"""Contents in plain words, for people and for systems that do not know our kinds.

What a system makes of them is left to its adapter. Keys of attached files never pass
through here: whoever has the result holds words, not a way into a file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from broker.core.codec.kinds import parse_kind
from broker.core.codec.walk import parts_of, values_of

_ATTACHMENT: Final = "Attachment"
_TOLD_OF_FILES: Final = frozenset({"kind", "name", "media_type", "size", "caption"})
"""Never the key, nor what its sealed chunks are asked for by."""
_INDENT: Final = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainPart:
    """One message within a content.

    Attributes:
        path: Where: "items[0].firearm".
        fields: What stands there, as `plain_fields` has it.
    """

    path: str
    fields: Mapping[str, object]


def plain_fields(kind: str, document: Mapping[str, object]) -> dict[str, object]:
    """Returns a content with names as in the .proto files and words for values.

    Args:
        kind: Kind with version: "trace-request/1".
        document: Protobuf's JSON mapping of the content.

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    return _plain(parse_kind(kind).descriptor, document)


def plain_parts(
    kind: str, document: Mapping[str, object], message: str
) -> list[PlainPart]:
    """Returns every message of one type in a content, outermost first.

    Args:
        kind: Kind with version.
        document: Protobuf's JSON mapping of the content.
        message: Name of the type in the .proto files: "Item".

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    return [
        PlainPart(path=part.path, fields=_plain(part.message, part.fields))
        for part in parts_of(parse_kind(kind).descriptor, document)
        if part.message.name == message
    ]


def plain_lines(kind: str, document: Mapping[str, object]) -> Iterator[str]:
    """Yields a content as lines of text; what lies inside another is indented.

    Args:
        kind: Kind with version.
        document: Protobuf's JSON mapping of the content.

    Raises:
        RefusedError: UNKNOWN_KIND.
    """
    return _lines(parse_kind(kind).descriptor, document, 0)


def _plain(message: Descriptor, fields: Mapping[str, object]) -> dict[str, object]:
    result: dict[str, object] = {}
    for field, values in _told(message, fields):
        plain = [_plain_value(field, one) for one in values]
        result[field.name] = plain if field.is_repeated else plain[0]
    return result


def _plain_value(field: FieldDescriptor, value: object) -> object:
    if field.message_type and isinstance(value, Mapping):
        return _plain(field.message_type, value)
    return _word(field.enum_type, value) if field.enum_type else value


def _lines(
    message: Descriptor, fields: Mapping[str, object], depth: int
) -> Iterator[str]:
    for field, values in _told(message, fields):
        label = _INDENT * depth + field.name.replace("_", " ").capitalize()
        if not field.message_type:
            shown = "; ".join(str(_plain_value(field, one)) for one in values)
            yield f"{label}: {shown}"
            continue
        for number, value in enumerate(values, start=1):
            yield f"{label} {number}:" if len(values) > 1 else f"{label}:"
            if isinstance(value, Mapping):
                yield from _lines(field.message_type, value, depth + 1)


def _told(
    message: Descriptor, fields: Mapping[str, object]
) -> Iterator[tuple[FieldDescriptor, Sequence[object]]]:
    for field in message.fields:
        if message.name == _ATTACHMENT and field.name not in _TOLD_OF_FILES:
            continue
        values = [value for _, value in values_of(field, fields, "")]
        if values:
            yield field, values


def _word(enum: EnumDescriptor, value: object) -> str:
    """Returns "semi-auto" for FIREARM_ACTION_SEMI_AUTO."""
    # The first value of every list of ours is its name and this.
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    return str(value).removeprefix(prefix).lower().replace("_", "-")
