"""Sound documents of any kind in which every text is a canary: unique, and findable.

`full` fills every field there is, `partial` draws some of them. What must become of
the canaries is left to the tests.
"""

import base64
import itertools
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field as attribute
from types import MappingProxyType
from typing import Any, Final, Protocol

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import strategies as st

from broker.core.codec.classes import NOTHING_TOLD, Told, told_by
from broker.core.codec.documents import encode_document
from broker.core.codec.kinds import parse_kind
from broker.core.codec.options import at_least_one, form_of, is_required
from broker.core.fields import FieldClass
from rogatory.v1 import rules_pb2 as pb
from tests.unit.broker.core.codec.canary_shapes import (
    FIXED_FORMS,
    NUMBERS,
    SETTLED,
    SHAPES,
    Document,
    digits_of,
)

_LIST_LENGTH: Final = 2
_SERIAL: Final = "rogatory.v1.Serial.raw"


_FORCED: Final = frozenset(
    {
        # What rules across fields ask for.
        "Firearm.type",
        "Firearm.calibre",
        "Firearm.frame_serial",
        "Ammunition.calibre",
        "Ammunition.lot",
        "Part.serial",
        "TraceResponse.limitation",
        "PermissionRequest.parties",
        "PermissionGrant.parties",
    }
)
_FIXED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Firearm.type": "FIREARM_TYPE_PISTOL",
        "TraceResponse.outcome": "TRACE_OUTCOME_ANSWERED_RESTRICTED",
        "TraceResult.status": "TRACING_STATUS_PENDING",
        "Limitation.measure": "LIMITATION_MEASURE_RESTRICT",
        "PermissionRequest.act": "PERMITTED_ACT_ONWARD",
        "PermissionGrant.act": "PERMITTED_ACT_ONWARD",
        "PermissionGrant.verdict": "PERMISSION_VERDICT_GRANTED",
    }
)
_RIVALS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"DiversionUpdate": ("corrections", "resolution")}
)
"""By name of a message: fields of which a rule allows only one."""

_HANDLING: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "tlp": "TLP_AMBER",
        "europol": ["EUROPOL_CODE_H1", "EUROPOL_CODE_H2"],
        "restrictions": {"noOnward": True, "other": "Kept whatever else goes"},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """Something unique that stands in one field of a document.

    Attributes:
        text: What to look for in JSON, logs and other text.
        raw: What to look for in protobuf and other bytes.
        field: Full name of the field: "rogatory.v1.Serial.raw".
        told: What it tells; empty for what no policy treats.
    """

    text: str
    raw: bytes
    field: str
    told: frozenset[FieldClass]

    def is_in(self, data: bytes) -> bool:
        """Says whether it can be found in bytes, as it is or as text."""
        return self.raw in data or self.text.encode() in data


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """A sound document and the canaries in it.

    Attributes:
        kind: Kind with version.
        document: Protobuf's JSON mapping.
        body: The same as it is sealed.
        canaries: Every one, in the order of the fields.
    """

    kind: str
    document: Document
    body: bytes
    canaries: tuple[Canary, ...]


def full(kind: str, tag: str, variant: int = 0) -> Seeded:
    """Returns a document in which every field is filled, lists with two entries.

    Args:
        kind: Kind with version.
        tag: Capital letters and digits, the same number of them for each document
            whose canaries are to differ from those of the others. LOCODEs have too
            few signs for that: they differ within a document only.
        variant: Which of the alternatives to take where only one can be there; those
            from 0 to `variants(kind)` take every one of them.
    """
    return _seeded(kind, _Sower(tag=tag, whim=_Everything(variant)))


def variants(kind: str) -> int:
    """Returns how many variants of a kind it takes to see every alternative."""
    lengths = {len(oneof.fields) for oneof in _oneofs(parse_kind(kind).descriptor)}
    return math.lcm(*lengths, 2)


def every_variant(kind: str, tag: str) -> Iterator[Seeded]:
    """Yields documents in which, together, every field of a kind is filled.

    Args:
        kind: Kind with version.
        tag: As for `full`; each document adds three signs of its own.
    """
    for variant in range(variants(kind)):
        yield full(kind, f"{tag}{variant:03d}", variant)


@st.composite
def partial(draw: st.DrawFn, kind: str, tag: str = "CANARY") -> Seeded:
    """Draws a document in which some fields are filled."""
    return _seeded(kind, _Sower(tag=tag, whim=_Drawn(draw)))


class Whim(Protocol):
    """What is left open by what a document must say."""

    def wants(self) -> bool:
        """Says whether to fill a field that may be left out."""

    def choice(self, choices: Sequence[FieldDescriptor]) -> FieldDescriptor:
        """Returns the one of several fields that is to be filled."""

    def count(self) -> int:
        """Returns how many entries a list gets."""


class _Everything:
    def __init__(self, variant: int) -> None:
        self._variant = variant
        self._asked = itertools.count()

    def wants(self) -> bool:
        return True

    def choice(self, choices: Sequence[FieldDescriptor]) -> FieldDescriptor:
        return choices[self._variant % len(choices)]

    def count(self) -> int:
        return _LIST_LENGTH


class _Drawn:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def wants(self) -> bool:
        return self._draw(st.integers(0, 2)) == 0

    def choice(self, choices: Sequence[FieldDescriptor]) -> FieldDescriptor:
        return self._draw(st.sampled_from(choices))

    def count(self) -> int:
        return self._draw(st.integers(1, _LIST_LENGTH))


@dataclass(slots=True, kw_only=True)
class _Sower:
    tag: str
    whim: Whim
    canaries: list[Canary] = attribute(default_factory=list)

    def message(self, message: Descriptor, around: Told) -> Document:
        """Returns a sound document of a message."""
        if message.name == "Handling":
            return dict(_HANDLING)
        document = {
            field.json_name: self._field(field, told_by(field, around))
            for field in self._filled(message)
        }
        return SETTLED.get(message.name, dict)(document)

    def _filled(self, message: Descriptor) -> list[FieldDescriptor]:
        names = {
            field.name
            for field in message.fields
            if is_required(field)
            or f"{message.name}.{field.name}" in _FORCED
            or (not _is_alternative(field) and self.whim.wants())
        }
        names |= {self.whim.choice([*one.fields]).name for one in message.oneofs}
        rivals = _RIVALS.get(message.name, ())
        if rivals and names.issuperset(rivals):
            kept = self.whim.choice([message.fields_by_name[one] for one in rivals])
            names -= {*rivals} - {kept.name}
        if at_least_one(message) and names.isdisjoint(at_least_one(message)):
            wanted = [message.fields_by_name[one] for one in at_least_one(message)]
            names.add(self.whim.choice(wanted).name)
        return [field for field in message.fields if field.name in names]

    def _field(self, field: FieldDescriptor, told: Told) -> object:
        if not field.is_repeated:
            return self._value(field, told, 1)
        unique = field.enum_type or form_of(field) in FIXED_FORMS
        count = 1 if unique else self.whim.count()
        return [self._value(field, told, place) for place in range(count)]

    def _value(self, field: FieldDescriptor, told: Told, place: int) -> object:
        if field.message_type:
            return self.message(field.message_type, told)
        if field.enum_type:
            name = field.full_name.removeprefix("rogatory.v1.")
            return _FIXED.get(name, field.enum_type.values[1 + place % 2].name)
        if field.type in {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}:
            return self._text(field, told)
        return self._number(field, told)

    def _number(self, field: FieldDescriptor, told: Told) -> object:
        form = form_of(field)
        if form in {pb.FORM_LATITUDE, pb.FORM_LONGITUDE}:
            digits = digits_of(f"{self.tag}N{len(self.canaries):04d}X")
            degrees = float(f"12.1{digits}7")
            self._found(field, told, repr(degrees), struct.pack("<d", degrees))
            return degrees
        if field.type == FieldDescriptor.TYPE_BOOL:
            return True
        if field.type == FieldDescriptor.TYPE_UINT64:
            return "1790000000000" if form == pb.FORM_TIME_MS else "7"
        return NUMBERS.get(form, 7)

    def _text(self, field: FieldDescriptor, told: Told) -> str:
        form = form_of(field)
        if form in FIXED_FORMS:
            return FIXED_FORMS[form]
        if form not in SHAPES and field.type == FieldDescriptor.TYPE_BYTES:
            return "Zm9v"  # opaque: nothing that a policy treats
        number = len(self.canaries)
        # Of fixed width, so that none is a part of another.
        text = f"{self.tag}N{number:04d}X"
        value = SHAPES[form](text, number) if form in SHAPES else text
        if field.full_name == _SERIAL:
            # The mask repeats all but the last sign.
            self._found(field, told, value[:-1], value[:-1].encode())
        elif form == pb.FORM_SHA256:
            self._found(field, told, value, base64.b64decode(value))
        else:
            self._found(field, told, value, value.encode())
        return value

    def _found(self, field: FieldDescriptor, told: Told, text: str, raw: bytes) -> None:
        told -= {FieldClass.PLAIN}
        name = field.full_name
        self.canaries.append(Canary(text=text, raw=raw, field=name, told=told))


def _seeded(kind: str, sower: _Sower) -> Seeded:
    document = sower.message(parse_kind(kind).descriptor, NOTHING_TOLD)
    body = encode_document(kind, document)
    return Seeded(
        kind=kind,
        document=document,
        body=body,
        # What a rule across fields took out again is not there.
        canaries=tuple(one for one in sower.canaries if one.raw in body),
    )


def _is_alternative(field: FieldDescriptor) -> bool:
    oneof = field.containing_oneof
    return oneof is not None and len(oneof.fields) > 1


def _oneofs(message: Descriptor) -> Iterator[Any]:
    yield from message.oneofs
    for field in message.fields:
        if field.message_type:
            yield from _oneofs(field.message_type)
