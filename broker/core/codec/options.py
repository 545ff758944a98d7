"""What the .proto files say about a field beyond its type (rules.proto).

What follows from it is left to `broker.core.codec.schema`.
"""

from collections.abc import Sequence
from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor, OneofDescriptor

from broker.core.fields import FieldClass
from rogatory.v1 import rules_pb2

# rules.proto imports handling.proto, which therefore cannot use its options.
_REQUIRED_BY_NAME: Final = frozenset({"rogatory.v1.Handling.tlp"})


def is_required(field: FieldDescriptor) -> bool:
    """Says whether a document without the field is refused."""
    return field.full_name in _REQUIRED_BY_NAME or bool(
        _option(field, rules_pb2.required)
    )


def form_of(field: FieldDescriptor) -> int:
    """Returns the number of the field's `rogatory.v1.Form`; 0 for none."""
    return int(_option(field, rules_pb2.form))


def stated_class(field: FieldDescriptor) -> FieldClass | None:
    """Returns what a field tells; None when the .proto files say nothing of it."""
    number = int(_option(field, rules_pb2.field_class))
    return FieldClass(number) if number else None


def is_one_required(oneof: OneofDescriptor) -> bool:
    """Says whether exactly one field of the group must be there."""
    return bool(_option(oneof, rules_pb2.one_required))


def at_least_one(message: Descriptor) -> Sequence[str]:
    """Returns the names of fields of which one must be there; empty for none."""
    return tuple(_option(message, rules_pb2.at_least_one))


def _option(
    bearer: Descriptor | FieldDescriptor | OneofDescriptor, extension: FieldDescriptor
) -> Any:  # noqa: ANN401 - protoc's stubs lose the type of an extension's value
    return bearer.GetOptions().Extensions[cast("Any", extension)]
