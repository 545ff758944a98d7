"""Claims about `broker.core.codec.blurring`."""

from decimal import Decimal
from typing import Any, Final

import pytest
from google.protobuf.message import Message
from hypothesis import given, strategies as st

from broker.core.codec.blurring import (
    UNCERTAINTY_KM,
    WITHHELD,
    blurred,
    said_instead,
    withheld_text,
)
from rogatory.v1 import (
    actor_pb2,
    consignment_pb2,
    contact_card_pb2,
    item_pb2,
    marking_pb2,
    place_pb2,
    trace_pb2,
)

_KM_OF_DEGREE: Final = 111.3


def _field(message: type[Message], name: str) -> Any:  # noqa: ANN401 - protoc's stubs know two classes of descriptor; there is one
    return message.DESCRIPTOR.fields_by_name[name]


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ("ZZQ-00417", "ZZQ-*****"),
        ("ZZQ-0", "ZZ***"),
        ("ZZ1", "Z**"),
        ("7", "*"),
        ("ЖΣ٤٤12345678", "ЖΣ٤٤********"),
    ],
)
def test_a_serial_keeps_its_beginning_and_its_length(read: str, shown: str) -> None:
    raw = _field(marking_pb2.Serial, "raw")
    assert blurred(raw, read) == shown
    assert blurred(raw, shown) == shown


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("125000.00", "100000"),
        ("150000", "200000"),
        ("95", "100"),
        ("0.047", "0.05"),
        ("0.00", "0"),
        ("0.0096", "0.01"),
        ("0.96", "1"),
        ("9.96", "10"),
        ("7", "7"),
        ("9" * 60, "1" + "0" * 60),
    ],
)
def test_an_amount_keeps_one_digit(amount: str, rounded: str) -> None:
    assert blurred(_field(consignment_pb2.Money, "amount"), amount) == rounded


@given(st.decimals(0, 10**12, places=4))
def test_an_amount_stays_of_the_same_size(amount: Decimal) -> None:
    field = _field(consignment_pb2.Money, "amount")
    rounded = str(blurred(field, f"{amount:f}"))
    assert abs(Decimal(rounded) - amount) <= amount / 2
    assert blurred(field, rounded) == rounded


@given(st.floats(-180, 180))
def test_a_coordinate_lies_within_what_is_said(degrees: float) -> None:
    field = _field(place_pb2.Point, "longitude")
    near = float(str(blurred(field, degrees)))
    # Both coordinates are off by as much: the diagonal is the most.
    assert abs(near - degrees) * _KM_OF_DEGREE * 2**0.5 <= UNCERTAINTY_KM
    assert -180 <= near <= 180
    assert str(near) != "-0.0"


@pytest.mark.parametrize(("stated", "said"), [(3, 50), (50, 50), (200, 200)])
def test_a_point_is_never_said_to_be_better_known_than_it_was(
    stated: int, said: int
) -> None:
    assert blurred(_field(place_pb2.Point, "uncertainty_km"), stated) == said
    latitude = _field(place_pb2.Point, "latitude")
    assert said_instead(latitude, 1.0) == {"uncertaintyKm": 50}


def test_of_a_locode_the_country_stays() -> None:
    locode = _field(place_pb2.Place, "locode")
    assert blurred(locode, "KEMBA") is None
    assert said_instead(locode, "KEMBA") == {"country": "KEN"}
    assert said_instead(locode, "XZAAA") == {}


@pytest.mark.parametrize(
    ("message", "name", "value", "shown"),
    [
        (actor_pb2.Actor, "name", "Example Trading", WITHHELD),
        (actor_pb2.Actor, "country", "KEN", "KEN"),
        (contact_card_pb2.ContactPerson, "email", "one@police.example", None),
        (contact_card_pb2.ContactPerson, "telephone", "+254 20 0000001", None),
        (contact_card_pb2.ContactPerson, "until", "2027-06-30", "2027-06-30"),
        (trace_pb2.RecoveryEvent, "circumstances", "In a vehicle", WITHHELD),
        (trace_pb2.RecoveryEvent, "kind", "RECOVERY_KIND_FOUND", "RECOVERY_KIND_FOUND"),
        (place_pb2.Place, "name", "Example Port", None),
        (marking_pb2.Serial, "mask", "ZZQ-1?", None),
        (marking_pb2.Serial, "photo_sha256", "AAAA", None),
        (marking_pb2.Mark, "symbol", "a crown over 17", WITHHELD),
        (marking_pb2.Mark, "text", "RACK 1234", "RACK*****"),
        (item_pb2.Ammunition, "lot", WITHHELD, WITHHELD),
        (item_pb2.Item, "quantity", "3", "3"),
    ],
)
def test_what_becomes_of_a_value(
    message: type[Message], name: str, value: object, shown: object
) -> None:
    assert blurred(_field(message, name), value) == shown


def test_no_placeholder_stands_where_it_would_not_be_understood() -> None:
    assert withheld_text(_field(actor_pb2.Actor, "name")) == WITHHELD
    assert withheld_text(_field(contact_card_pb2.ContactPerson, "email")) is None
    assert withheld_text(_field(marking_pb2.Serial, "photo_sha256")) is None
