"""What each value of a document tells, as the .proto files say it.

What becomes of it is left to `broker.core.codec.redaction`; what follows from it, to
`broker.core.codec.facts`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from broker.core.codec.options import stated_class
from broker.core.codec.walk import values_of
from broker.core.fields import FieldClass

Told: TypeAlias = frozenset[FieldClass]
"""Classes that apply together; the most closed treatment of them counts."""

NOTHING_TOLD: Final[Told] = frozenset()
"""What applies at the outside of a document."""

_PLAIN: Final[Told] = frozenset({FieldClass.PLAIN})
_TEXT: Final = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One value that holds no others.

    Attributes:
        field: The field that it stands in.
        value: As protobuf's JSON mapping gives it.
        told: What it tells; empty for nothing that a policy treats.
    """

    field: FieldDescriptor
    value: object
    told: Told


def class_of(field: FieldDescriptor) -> FieldClass | None:
    """Returns what a field tells by itself; None for a number that says nothing.

    Text of which the .proto files say nothing may tell anything: FREE_TEXT.
    """
    stated = stated_class(field)
    if stated is None and field.type in _TEXT:
        return FieldClass.FREE_TEXT
    return stated


def told_by(field: FieldDescriptor, around: Told) -> Told:
    """Returns what applies to a field, or to everything inside it.

    Args:
        field: The field.
        around: What applies to the message that it stands in: what is said of a
            message as a whole holds for each of its fields.
    """
    own = class_of(field)
    if own is FieldClass.PLAIN and field.message_type and not around:
        return _PLAIN  # for all of it, whatever its fields say elsewhere
    if own is None or own is FieldClass.PLAIN or FieldClass.PLAIN in around:
        return around
    return around | {own}


def leaves_of(
    message: Descriptor, document: Mapping[str, object], around: Told = NOTHING_TOLD
) -> Iterator[Leaf]:
    """Yields every value of a document that holds no others, in a fixed order.

    Args:
        message: Descriptor of the message.
        document: Protobuf's JSON mapping of it.
        around: What applies to all of it.
    """
    for field in message.fields:
        if field.json_name not in document:
            continue
        told = told_by(field, around)
        inner = field.message_type
        for _, value in values_of(field, document, ""):
            if inner and isinstance(value, Mapping):
                yield from leaves_of(inner, value, told)
            else:
                yield Leaf(field=field, value=value, told=told - _PLAIN)
