"""What a content tells, read along the .proto files, naively.

It shares nothing with `broker.core.codec` but the kinds: what both say has to agree.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from broker.core.codec.kinds import parse_kind
from broker.core.fields import FieldClass, Treatment
from rogatory.v1 import rules_pb2

_FIELD_CLASS: Final[Any] = rules_pb2.field_class
_TEXT: Final = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
_Classes = frozenset[FieldClass]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One value of a content.

    Attributes:
        name: Full name of its field.
        raw: A text, bytes or a broken number as it is encoded; else empty.
        classes: What it tells.
        within: The messages that it stands in, but for the content itself.
    """

    name: str
    raw: bytes
    classes: _Classes
    within: tuple[str, ...]


def read(kind: str, body: bytes) -> Message:
    return parse_kind(kind).message.FromString(body)


def told_by(
    message: Message, around: _Classes = frozenset(), within: tuple[str, ...] = ()
) -> Iterator[Told]:
    """Every value of a content, and what the .proto files say that it tells."""
    for one, value in message.ListFields():
        classes = _classes(one, around)
        for place, entry in enumerate(value if one.is_repeated else [value]):
            if one.message_type:
                path = f"{within[-1] if within else ''}.{one.name}[{place}]"
                yield from told_by(entry, classes, (*within, path))
            else:
                yield Told(
                    name=one.full_name,
                    raw=_raw(entry),
                    classes=classes - {FieldClass.PLAIN},
                    within=within,
                )


def _raw(value: object) -> bytes:
    match value:
        case str():
            return value.encode()
        case bytes():
            return value
        case float():
            return struct.pack("<d", value)
        case _:
            return b""


def _classes(one: FieldDescriptor, around: _Classes) -> _Classes:
    stated = one.GetOptions().Extensions[_FIELD_CLASS]
    if FieldClass.PLAIN in around:
        return around
    if not stated:
        return around | {FieldClass.FREE_TEXT} if one.type in _TEXT else around
    if stated == FieldClass.PLAIN:
        return around or (frozenset({FieldClass.PLAIN}) if one.message_type else around)
    return around | {FieldClass(stated)}


def treatment(one: Told, treatments: Mapping[FieldClass, Treatment]) -> Treatment:
    return max((treatments[c] for c in one.classes), default=Treatment.KEEP)
