"""Claims about `encode_document` and `decode_document` that hold for any content."""

import base64
import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft202012Validator

from broker.core.codec.documents import (
    decode_document,
    encode_document,
    warnings_for,
)
from broker.core.codec.kinds import KINDS, parse_kind
from broker.core.codec.options import at_least_one, form_of, is_required
from broker.core.codec.rules import rule_problems
from broker.core.codec.schema import json_schema
from broker.core.codec.strict_schema import FORMATS
from broker.core.errors import DocumentError, RefusedError
from rogatory.v1 import rules_pb2 as pb
from tests.unit.broker.core.codec.settled_cases import SETTLED_CASES
from tests.unit.broker.core.codec.settled_notices import SETTLED_NOTICES
from tests.unit.broker.core.codec.settled_plans import SETTLED_PLANS
from tests.unit.broker.core.codec.settled_records import SETTLED_RECORDS

Document = dict[str, Any]

_QUIET: Final = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
_PLAIN: Final = st.text("aZ9 é Ж٤\n\t\u202e\U0001f52b'\"{", min_size=1, max_size=4)
_AS_READ: Final = st.text("XQZ019-/ЖΣ٤", min_size=1, max_size=6)
_DAYS: Final = st.dates().map(lambda day: day.isoformat())
_CODES: Final = st.text("AEKNXZ", min_size=3, max_size=3)
_FORMS: Final[Mapping[int, st.SearchStrategy[object]]] = {
    pb.FORM_COUNTRY: _CODES,
    pb.FORM_CURRENCY: _CODES,
    pb.FORM_DATE: st.tuples(_DAYS, st.sampled_from([4, 7, 10])).map(
        lambda pair: pair[0][: pair[1]]
    ),
    pb.FORM_DAY: _DAYS,
    pb.FORM_LOCODE: st.from_regex("[A-Z]{2}[A-Z2-9]{3}", fullmatch=True),
    pb.FORM_HS_CODE: st.sampled_from(["9302", "9302.00", "930200", "9306.30.10"]),
    pb.FORM_DECIMAL: st.decimals(0, 10**9, places=2).map(lambda one: f"{one:f}"),
    pb.FORM_SHA256: st.binary(min_size=32, max_size=32).map(
        lambda raw: base64.b64encode(raw).decode()
    ),
    pb.FORM_AS_READ: _AS_READ,
    pb.FORM_LATITUDE: st.floats(-90, 90),
    pb.FORM_LONGITUDE: st.floats(-180, 180),
    pb.FORM_YEAR: st.integers(1500, 2200),
    pb.FORM_ORDINAL: st.integers(1, 2**32 - 1),
    pb.FORM_CLOCK_HOUR: st.integers(1, 12),
    pb.FORM_TIME_MS: st.integers(1, 9_999_999_999_999).map(str),
    pb.FORM_EMAIL: st.sampled_from(["desk@police.example", "a.b+c@x-y.example.org"]),
    pb.FORM_TELEPHONE: st.sampled_from(
        ["+254 20 0000000", "+32-2-000-00-00", "+1234567"]
    ),
    pb.FORM_LANGUAGE: st.sampled_from(["en", "pt-BR", "zh-Hant-TW"]),
    pb.FORM_TIME_ZONE: st.sampled_from(["UTC", "Africa/Nairobi", "Etc/GMT-3"]),
}
_TYPES: Final[Mapping[int, st.SearchStrategy[object]]] = {
    FieldDescriptor.TYPE_STRING: _PLAIN,
    FieldDescriptor.TYPE_BYTES: st.binary(min_size=1, max_size=40).map(
        lambda raw: base64.b64encode(raw).decode()
    ),
    FieldDescriptor.TYPE_BOOL: st.just(value=True),
    FieldDescriptor.TYPE_DOUBLE: st.floats(0.001, 10**12),
    FieldDescriptor.TYPE_UINT32: st.integers(1, 2**32 - 1),
    # As text, since protobuf's JSON mapping writes 64-bit numbers so.
    FieldDescriptor.TYPE_UINT64: st.integers(1, 2**64 - 1).map(str),
}


def _without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def _classed(item: Document) -> Document:
    """Gives an item the class that its description goes with."""
    for name, item_class in (
        ("firearm", "ITEM_CLASS_LIGHT_WEAPON"),
        ("ammunition", "ITEM_CLASS_AMMUNITION"),
        ("part", "ITEM_CLASS_ACCESSORY"),
    ):
        if name in item:
            return {**item, "itemClass": item_class}
    return item


def _masked(serial: Document) -> Document:
    """Gives a serial number a mask that leaves its last character open."""
    return {**serial, "mask": serial["raw"][:-1] + "?"} if "mask" in serial else serial


def _ordered(volume: Document) -> Document:
    return _without(volume, "low") if int(volume.get("low", 0)) else volume


def _identified(request: Document) -> Document:
    """Describes each item so that it can be traced."""
    firearm = {
        "type": "FIREARM_TYPE_PISTOL",
        "calibre": {"raw": "9x19"},
        "markingCondition": "MARKING_CONDITION_NEVER_MARKED",
    }
    items = [
        {
            **_without(item, "ammunition", "part"),
            "itemClass": "ITEM_CLASS_FIREARM",
            "firearm": {**item.get("firearm", {}), **firearm},
        }
        for item in request["items"]
    ]
    return {**request, "items": items}


def _granted(grant: Document) -> Document:
    """Gives a permission somebody to pass something on to."""
    said = _without(grant, "verdict", "act", "parties")
    if "verdict" in grant:
        said |= {"verdict": "PERMISSION_VERDICT_GRANTED"}
    return {**said, "act": "PERMITTED_ACT_ONWARD", "parties": ["BEL", "XPO"]}


def _explained(response: Document) -> Document:
    """Gives a response a limitation when its outcome asks for one, and only then."""
    if response["outcome"] == "TRACE_OUTCOME_REFUSED":
        limitation = {
            "measure": "LIMITATION_MEASURE_REFUSE",
            "grounds": ["LIMITATION_GROUND_NATIONAL_SECURITY"],
            "reasons": "said in words",
        }
        return {**response, "limitation": limitation}
    return {**_without(response, "limitation"), "outcome": "TRACE_OUTCOME_NO_RECORD"}


_SETTLED: Final[Mapping[str, Callable[[Document], Document]]] = {
    "Item": _classed,
    "Serial": _masked,
    "Period": lambda period: _without(period, "to") if "from" in period else period,
    "Volume": _ordered,
    "TraceRequest": _identified,
    "TraceResponse": _explained,
    "TraceResult": lambda one: {**one, "status": "TRACING_STATUS_PENDING"},
    "DiversionUpdate": lambda one: {
        **_without(one, "corrections", "resolution"),
        "kind": "UPDATE_KIND_UPDATE",
    },
    "PermissionRequest": _granted,
    "PermissionGrant": _granted,
    "Attachment": lambda one: {**one, "name": "mark.jpg", "size": "7"},
    "Handling": lambda _: {
        "tlp": "TLP_AMBER",
        "europol": ["EUROPOL_CODE_H1", "EUROPOL_CODE_H2"],
        "restrictions": {"noOnward": True},
    },
    **SETTLED_CASES,
    **SETTLED_NOTICES,
    **SETTLED_PLANS,
    **SETTLED_RECORDS,
}
"""What the rules across fields ask for, brought about in a message of that name."""


@functools.cache
def _values(field: FieldDescriptor) -> st.SearchStrategy[object]:
    one: st.SearchStrategy[object]
    if field.message_type:
        one = documents(field.message_type)
    elif field.enum_type:
        one = st.sampled_from([value.name for value in field.enum_type.values[1:]])
    else:
        one = _FORMS.get(form_of(field), _TYPES.get(field.type, _PLAIN))
    if not field.is_repeated:
        return one
    return st.lists(one, min_size=1, max_size=2, unique=bool(field.enum_type))


@functools.cache
def _optional(message: Descriptor) -> st.SearchStrategy[set[str]]:
    """Draws names of fields that stand in no group."""
    names = [
        field.name
        for field in message.fields
        if field.containing_oneof is None or len(field.containing_oneof.fields) == 1
    ]
    return st.sets(st.sampled_from(names), max_size=3) if names else st.just(set())


@st.composite
def documents(draw: st.DrawFn, message: Descriptor) -> Document:
    """Draws a sound document of a message, in protobuf's JSON mapping."""
    wanted = {field.name for field in message.fields if is_required(field)}
    wanted |= set(at_least_one(message)[:1])
    for oneof in message.oneofs:
        wanted.add(draw(st.sampled_from([field.name for field in oneof.fields])))
    wanted |= draw(_optional(message))
    document = {
        field.json_name: draw(_values(field))
        for field in message.fields
        if field.name in wanted
    }
    settle = _SETTLED.get(message.name)
    return settle(document) if settle else document


@pytest.mark.parametrize("kind", KINDS)
def test_a_sound_document_survives_the_wire_unchanged(kind: str) -> None:
    @_QUIET
    @given(documents(parse_kind(kind).descriptor))
    def claim(document: Document) -> None:
        body = encode_document(kind, document)
        assert decode_document(kind, body) == document
        assert encode_document(kind, decode_document(kind, body)) == body
        assert isinstance(warnings_for(kind, body), list)

    claim()


_JUNK: Final[st.SearchStrategy[object]] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.lists(st.integers(), max_size=1),
    st.just({}),
    st.just({"raw": "x"}),
)


def _spoilt(draw: st.DrawFn, value: Any) -> object:  # noqa: ANN401 - any JSON value
    """Returns a copy in which one place holds junk, or nothing, or a stranger."""
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from([*sorted(value), "stranger"]))
        if name == "stranger":
            return {**value, name: draw(_JUNK)}
        if draw(st.booleans()):
            return {**value, name: _spoilt(draw, value[name])}
        return _without(value, name)
    if isinstance(value, list) and value and draw(st.booleans()):
        return [_spoilt(draw, value[0]), *value[1:], *value[:1]]
    return draw(_JUNK)


@st.composite
def spoilt_documents(draw: st.DrawFn, message: Descriptor) -> Document:
    """Draws a document that is probably not sound."""
    spoilt = _spoilt(draw, draw(documents(message)))
    return spoilt if isinstance(spoilt, dict) else {}


@pytest.mark.parametrize("kind", KINDS)
def test_published_schema_and_encoder_agree(kind: str) -> None:
    published = Draft202012Validator(json_schema(kind), format_checker=FORMATS)
    message = parse_kind(kind).descriptor

    @_QUIET
    @given(spoilt_documents(message))
    def claim(document: Document) -> None:
        fits = published.is_valid(document) and not [*rule_problems(message, document)]
        try:
            body = encode_document(kind, document)
        except DocumentError:
            assert not fits
        else:
            assert fits
            assert decode_document(kind, body) is not None

    claim()


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_from_a_fuzzer_are_refused_and_nothing_else_happens(kind: str) -> None:
    @_QUIET
    @given(documents(parse_kind(kind).descriptor), st.data())
    def claim(document: Document, data: st.DataObject) -> None:
        body = bytearray(encode_document(kind, document))
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.integers(0, 255))
        try:
            read = decode_document(kind, bytes(body))
        except RefusedError:
            return
        # Whatever is still taken has one reading and one encoding.
        assert encode_document(kind, read) == bytes(body)

    claim()
