"""Making single values of a content less exact.

Which values are treated is left to `broker.core.codec.redaction`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from google.protobuf.descriptor import FieldDescriptor

from broker.core.codec.classes import class_of
from broker.core.codec.options import form_of
from broker.core.country_codes import country_of_locode
from broker.core.fields import FieldClass
from rogatory.v1 import rules_pb2 as pb

WITHHELD: Final = "[withheld]"
"""What stands for a text that is there and not told."""

UNCERTAINTY_KM: Final = 50  # what half a degree is off by at most, and more
_SIGNS_SHOWN: Final = 4  # of a serial number, and never more than half of it
_HALVES: Final = 2  # of a degree
_ROUND_UP: Final = 5
_TEN: Final = 10

_TEXT: Final = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES})

# What says no more than the country or the day stays, wherever it stands.
_COARSE: Final = frozenset(
    {pb.FORM_COUNTRY, pb.FORM_DATE, pb.FORM_DAY, pb.FORM_CURRENCY, pb.FORM_HS_CODE}
)
_FREE_FORMS: Final = frozenset({pb.FORM_UNSPECIFIED, pb.FORM_AS_READ})
# What has no meaning without the exact value beside it.
_GONE: Final = frozenset({"rogatory.v1.Serial.mask"})


def withheld_text(field: FieldDescriptor) -> str | None:
    """Returns what stands for a value of a field; None when nothing can."""
    free = form_of(field) in _FREE_FORMS
    return WITHHELD if free and field.type == FieldDescriptor.TYPE_STRING else None


def blurred(field: FieldDescriptor, value: object) -> object | None:
    """Returns a value made less exact; None when nothing of it can stay.

    Args:
        field: A field that holds no message.
        value: One value of it, as protobuf's JSON mapping gives it.
    """
    if field.full_name in _NUMBERS:
        return _NUMBERS[field.full_name](float(str(value)))
    stays = form_of(field) in _COARSE or value == WITHHELD
    if stays or not isinstance(value, str) or field.type not in _TEXT:
        return value
    return _blurred_text(field, value)


def _blurred_text(field: FieldDescriptor, text: str) -> str | None:
    own, form = class_of(field), form_of(field)
    if field.full_name in _GONE or own is FieldClass.EXACT_LOCATION:
        return None
    if form == pb.FORM_DECIMAL:
        return _one_digit(text)
    if own is FieldClass.FULL_SERIAL and form == pb.FORM_AS_READ:
        return _beginning(text)
    return withheld_text(field)


def said_instead(field: FieldDescriptor, value: object) -> Mapping[str, object]:
    """Returns what a message says once a field of it is blurred, if it is silent there.

    Args:
        field: A field that is being blurred.
        value: What stands there.

    Returns:
        Values by JSON name, for fields beside it that have none.
    """
    if field.full_name == "rogatory.v1.Point.latitude":
        return {"uncertaintyKm": UNCERTAINTY_KM}
    if field.full_name == "rogatory.v1.Place.locode":
        located = country_of_locode(str(value))
        return {} if located is None else {"country": located}
    return {}


def _half_degree(degrees: float) -> float:
    # Adding nothing makes of the minus zero that rounding can leave a plain one.
    return round(degrees * _HALVES) / _HALVES + 0.0


def _at_least_uncertain(radius_km: float) -> int:
    return max(UNCERTAINTY_KM, int(radius_km))


def _one_digit(amount: str) -> str:
    """Rounds a decimal number to its first significant digit, "0.047" to "0.05"."""
    whole, _, fraction = amount.partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0"
    # How many places the first digit stands before the point, or after it.
    place = len(whole) - 1 - (len(whole + fraction) - len(digits))
    first = int(digits[0]) + (int(digits[1:2] or 0) >= _ROUND_UP)
    if first == _TEN:
        first, place = 1, place + 1
    if place >= 0:
        return f"{first}{'0' * place}"
    return f"0.{'0' * (-place - 1)}{first}"


def _beginning(read: str) -> str:
    """Leaves the first signs of a serial number, and of the others their count."""
    shown = min(_SIGNS_SHOWN, len(read) // 2)
    return read[:shown] + "*" * (len(read) - shown)


_NUMBERS: Final[Mapping[str, Callable[[float], float]]] = MappingProxyType(
    {
        "rogatory.v1.Point.latitude": _half_degree,
        "rogatory.v1.Point.longitude": _half_degree,
        "rogatory.v1.Point.uncertainty_km": _at_least_uncertain,
    }
)
