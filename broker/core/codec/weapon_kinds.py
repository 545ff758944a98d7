"""Which kinds of content can describe objects, and the weapons in one content.

What is made of them is left to `broker.core.identification`.
"""

from typing import Final

from google.protobuf.descriptor import Descriptor

from broker.core.codec.documents import read_document
from broker.core.codec.kinds import CONTENT_KINDS, parse_kind
from broker.core.codec.permission import read_copy
from broker.core.identification.weapon import Weapon, weapons_in
from broker.core.onward import ONWARD_KIND

_DESCRIBING: Final = frozenset({"Item", "SerialRange"})


def _describes(message: Descriptor, seen: set[str]) -> bool:
    if message.name in _DESCRIBING:
        return True
    seen.add(message.full_name)
    return any(
        field.message_type is not None
        and field.message_type.full_name not in seen
        and _describes(field.message_type, seen)
        for field in message.fields
    )


WEAPON_KINDS: Final = tuple(
    kind
    for kind in CONTENT_KINDS
    if kind == ONWARD_KIND or _describes(parse_kind(kind).descriptor, set())
)
"""Kinds with version whose contents can describe objects, copies of them included."""


def read_weapons(kind: str, body: bytes) -> tuple[tuple[Weapon, ...], bytes]:
    """Returns the weapons of a content, and what it is a copy of.

    Args:
        kind: Kind with version.
        body: The content.

    Returns:
        The weapons; and the digest of the message that an onward copy is of, or empty.

    Raises:
        RefusedError: The content cannot be read.
    """
    if kind == ONWARD_KIND:
        copy = read_copy(body)
        document = read_document(parse_kind(copy.kind), copy.body)
        return weapons_in(copy.kind, document), copy.message_digest
    return weapons_in(kind, read_document(parse_kind(kind), body)), b""
