"""Claims about `broker.core.codec.classes` and what the .proto files say to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from broker.core.codec.classes import class_of, leaves_of
from broker.core.codec.kinds import KINDS, parse_kind
from broker.core.codec.options import stated_class
from broker.core.codec.schema import json_schema
from broker.core.fields import FieldClass
from rogatory.v1 import handling_pb2

_TEXT = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
_NUMBERS = {
    FieldDescriptor.TYPE_DOUBLE,
    FieldDescriptor.TYPE_UINT32,
    FieldDescriptor.TYPE_UINT64,
}


def _fields(message: Descriptor) -> Iterator[FieldDescriptor]:
    """Yields every field inside a message, except inside what is plain as a whole."""
    for field in message.fields:
        yield field
        if field.message_type and stated_class(field) is not FieldClass.PLAIN:
            yield from _fields(field.message_type)


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_of_a_content_says_what_it_tells(kind: str) -> None:
    silent = {
        field.full_name
        for field in _fields(parse_kind(kind).descriptor)
        if field.type in _TEXT and stated_class(field) is None
    }
    assert not silent


def test_every_number_has_been_weighed() -> None:
    # A new one is added here once somebody has asked whom or what it could single out.
    found = {
        field.full_name.removeprefix("rogatory.v1.")
        for kind in KINDS.values()
        for field in _fields(kind.descriptor)
        if field.type in _NUMBERS
    }
    assert found == {
        "ActionReport.action",
        "ActionReport.sequence",
        "Ammunition.net_explosive_mass_g",
        "Ammunition.year_manufacture",
        "Attachment.chunk_size",
        "Attachment.size",
        "Attestation.at_ms",
        "CaseStep.asks",
        "CaseStep.sequence",
        "Consignment.gross_weight_kg",
        "Consignment.net_weight_kg",
        "Consignment.packages",
        "ContactCard.attested_at_ms",
        "ConversionTechnique.seen",
        "CoveredGoods.quantity",
        "DiversionUpdate.sequence",
        "Downstream.at_ms",
        "Firearm.barrel_length_mm",
        "Firearm.capacity",
        "Firearm.year_manufacture",
        "GoodsLine.quantity",
        "HeadstampEntry.clock_position",
        "Heartbeat.next_within_ms",
        "ImportMark.year",
        "Item.quantity",
        "ManufactureTrend.seen",
        "MissingInformation.item",
        "MitigationAnswer.sequence",
        "OverdueNotice.due_ms",
        "OverdueNotice.sequence",
        "PeopleCount.count",
        "Point.latitude",
        "Point.longitude",
        "Point.uncertainty_km",
        "ProsecutionNotice.convicted",
        "RecoveryCount.arms",
        "RecoveryCount.identifiable",
        "Resend.number",
        "ResendRequest.numbers",
        "Resolution.recovered",
        "ReviewFinding.number",
        "SerialRange.quantity",
        "StatisticsReturn.revision",
        "StatisticsReturn.year",
        "TraceResult.item",
        "VerificationResponse.delivered",
        "Volume.high",
        "Volume.low",
    }


def test_of_numbers_only_coordinates_tell_something_by_themselves() -> None:
    # Counts, years, lengths and dates describe objects and events; they stay.
    telling = {
        field.full_name
        for kind in KINDS.values()
        for field in _fields(kind.descriptor)
        if field.type not in _TEXT and not field.message_type and class_of(field)
    }
    assert telling == {
        "rogatory.v1.Point.latitude",
        "rogatory.v1.Point.longitude",
        "rogatory.v1.Point.uncertainty_km",
    }


def test_text_that_nobody_classified_may_tell_anything() -> None:
    # protoc's stubs know two classes of descriptor; there is one.
    descriptor: Any = handling_pb2.Restrictions.DESCRIPTOR
    field = descriptor.fields_by_name["purpose"]
    assert stated_class(field) is None
    assert class_of(field) is FieldClass.FREE_TEXT


def test_what_binds_the_recipient_of_a_copy_is_never_treated() -> None:
    document = {
        "handling": {"tlp": "TLP_RED", "restrictions": {"other": "In words"}},
        "traceInfoRequest": {"remarks": "Free"},
    }
    leaves = [*leaves_of(parse_kind("onward-copy/1").descriptor, document)]
    assert [(leaf.field.name, leaf.told) for leaf in leaves] == [
        ("tlp", frozenset()),
        ("other", frozenset()),
        ("remarks", frozenset({FieldClass.FREE_TEXT})),
    ]


def test_what_is_said_of_a_message_holds_for_all_inside() -> None:
    document = {
        "parties": [{"address": {"country": "KEN", "point": {"latitude": 1.0}}}],
    }
    leaves = [*leaves_of(parse_kind("diversion-alert/1").descriptor, document)]
    assert [(leaf.field.name, leaf.told) for leaf in leaves] == [
        ("country", frozenset({FieldClass.PERSONAL})),
        ("latitude", frozenset({FieldClass.PERSONAL, FieldClass.EXACT_LOCATION})),
    ]


def test_the_published_schema_says_it_too() -> None:
    schema = json_schema("trace-request/1")
    match schema:
        case {"$defs": {"Place": {"properties": dict(properties)}}}:
            said = {
                name: one.get("x-field-class")
                for name, one in properties.items()
                if isinstance(one, dict)
            }
        case _:
            pytest.fail("no such message")
    assert said == {
        "country": "plain",
        "adminArea": "plain",
        "name": "exact-location",
        "locode": "exact-location",
        "point": "exact-location",
        "description": "exact-location",
    }
