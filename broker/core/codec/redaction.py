"""Taking out of a content what a policy does not let through.

Which field tells what stands in the .proto files; how a single value is made less
exact is left to `broker.core.codec.blurring`. What is to be taken out is the policy's
to say.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from broker.core.codec.blurring import blurred, said_instead, withheld_text
from broker.core.codec.classes import NOTHING_TOLD, Leaf, Told, leaves_of, told_by
from broker.core.codec.documents import problems_in, read_document, write_document
from broker.core.codec.kinds import Kind, parse_kind
from broker.core.codec.options import is_required
from broker.core.codec.problems import in_order
from broker.core.errors import Code, RefusedError
from broker.core.fields import TREATED, FieldClass, Treatment, Treatments

_SHOWN_PATHS: Final = 3  # places that a refusal names
# Lists whose entries others name by position: an entry does not go alone.
_COUNTED: Final = frozenset({"items"})

Document = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A content of which something may have been withheld.

    Attributes:
        body: The content, in the one encoding of its kind.
        withheld: Classes of which something was there and is not, or is less exact.
    """

    body: bytes
    withheld: frozenset[FieldClass]


def redact(kind: str, body: bytes, treatments: Treatments) -> Redacted:
    """Withholds what `treatments` do not keep.

    A text that has to be there is replaced by "[withheld]". A message that can no
    longer say what it must goes as a whole, and so on outwards.

    Args:
        kind: Kind with version: "trace-request/1".
        body: A content that `encode_document` made or `decode_document` took.
        treatments: What becomes of each class; one that is not there is kept.

    Raises:
        RefusedError: REDACTION with the places of the content that it cannot do
            without; UNKNOWN_KIND, MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL.
    """
    known = parse_kind(kind)
    document = read_document(known, body)
    treated = _treated(known.descriptor, document, NOTHING_TOLD, treatments)
    if treated == document:
        return Redacted(body=body, withheld=frozenset())
    sound = _without_what_fails(known, treated)
    return Redacted(
        body=write_document(known, sound),
        withheld=frozenset(_differing(known.descriptor, document, sound)),
    )


def _treated(
    message: Descriptor,
    document: Mapping[str, object],
    around: Told,
    treatments: Treatments,
) -> Document:
    """Returns a message in which every value has been treated."""
    result: Document = {}
    instead: Document = {}
    for field in message.fields:
        if field.json_name not in document:
            continue
        found = document[field.json_name]
        told = told_by(field, around)
        how = _treatment(told, treatments)
        if field.message_type and how is not Treatment.DROP:
            kept = _inside(field, found, told, treatments)
        else:
            kept = _value(field, found, how)
        if kept is not None:
            result[field.json_name] = kept
        if how is Treatment.BLUR:
            instead |= said_instead(field, found)
    return {**instead, **result}


def _treatment(told: Told, treatments: Treatments) -> Treatment:
    """Returns the most closed treatment of all that is told."""
    return max(
        (treatments.get(one, Treatment.KEEP) for one in told if one in TREATED),
        default=Treatment.KEEP,
    )


def _inside(
    field: FieldDescriptor, found: object, told: Told, treatments: Treatments
) -> object | None:
    """Treats what stands inside the message, or messages, that a field holds."""

    def one(value: object) -> object | None:
        inner = field.message_type
        if not inner or not isinstance(value, dict):
            return None  # nothing that can be read is let through unread
        treated = _treated(inner, value, told, treatments)
        # What has been emptied goes; what was empty before said so.
        return treated if treated or not value else None

    return _each(found, one)


def _value(field: FieldDescriptor, found: object, how: Treatment) -> object | None:
    """Treats the value, or values, of a field as a whole."""
    match how:
        case Treatment.KEEP:
            return found
        case Treatment.BLUR:
            return _each(found, lambda value: blurred(field, value))
        case Treatment.DROP:
            instead = withheld_text(field) if is_required(field) else None
            return [instead] if instead and field.is_repeated else instead


def _each(found: object, change: Callable[[object], object | None]) -> object | None:
    """Changes a value, or each of a list; None, or an empty list, goes."""
    if not isinstance(found, list):
        return change(found)
    changed = [after for one in found if (after := change(one)) is not None]
    return changed or None


def _without_what_fails(kind: Kind, document: Document) -> Document:
    """Takes out each message that no longer says what it must, from the inside out.

    Raises:
        RefusedError: REDACTION, when the document itself would have to go.
    """
    places: list[str] = []
    while problems := in_order(problems_in(kind, document)):
        failing = [_bearer(document, problem.path) for problem in problems]
        # Of what is missing from the whole, the places inside say more.
        places = [problem.path for problem in problems if problem.path] or places
        if any(one is document for one in failing):
            shown = places[:_SHOWN_PATHS] or ["(document)"]
            raise RefusedError(Code.REDACTION, ", ".join(shown))
        document = _without(document, {id(one) for one in failing})
    return document


def _bearer(document: Document, path: str) -> Document:
    """Returns the innermost message at a path that can go without harm to others.

    Args:
        document: The document.
        path: A place in it, such as "items[0].firearm.type".
    """
    bearer: Document = document
    found: object = document
    last = ""
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(found, list):
            found = found[int(step)]
        elif isinstance(found, dict):
            found, last = found.get(step), step
        if isinstance(found, dict) and last not in _COUNTED:
            bearer = found
    return bearer


def _without(document: Document, failing: AbstractSet[int]) -> Document:
    """Returns a copy without the messages that have one of these identities."""

    def one(value: object) -> object | None:
        if not isinstance(value, dict):
            return value
        return None if id(value) in failing else _without(value, failing)

    changed = {name: _each(value, one) for name, value in document.items()}
    return {name: value for name, value in changed.items() if value is not None}


def _differing(
    message: Descriptor, before: Document, after: Document
) -> Iterator[FieldClass]:
    """Yields each class of which `before` tells what `after` does not."""
    told_before = [*leaves_of(message, before)]
    told_after = [*leaves_of(message, after)]
    for field_class in TREATED:
        if _telling(field_class, told_before) != _telling(field_class, told_after):
            yield field_class


def _telling(field_class: FieldClass, leaves: Sequence[Leaf]) -> list[Leaf]:
    return [leaf for leaf in leaves if field_class in leaf.told]
