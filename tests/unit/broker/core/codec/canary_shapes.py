"""What a canary looks like in a field that has a form, and what rules then ask for.

Where canaries go is left to `canaries`.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from rogatory.v1 import rules_pb2 as pb
from tests.unit.broker.core.codec.settled_cases import SETTLED_CASES
from tests.unit.broker.core.codec.settled_notices import SETTLED_NOTICES
from tests.unit.broker.core.codec.settled_plans import SETTLED_PLANS
from tests.unit.broker.core.codec.settled_records import SETTLED_RECORDS

Document = dict[str, Any]

_SIGNS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"

FIXED_FORMS: Final[Mapping[int, str]] = MappingProxyType(
    {
        # What no policy treats by itself, or what has too few values to be unique.
        pb.FORM_COUNTRY: "KEN",
        pb.FORM_CURRENCY: "EUR",
        pb.FORM_DATE: "2026-03",
        pb.FORM_DAY: "2026-03-09",
        pb.FORM_HS_CODE: "9302.00",
        pb.FORM_LANGUAGE: "en",
    }
)
NUMBERS: Final[Mapping[int, int]] = MappingProxyType(
    {pb.FORM_YEAR: 2013, pb.FORM_CLOCK_HOUR: 3}
)


def digits_of(text: str) -> str:
    """Returns ten digits that depend on a text."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return f"{number % 10**10:010d}"


def _locode(_: str, number: int) -> str:
    signs = []
    for _place in range(3):
        number, sign = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[sign])
    return "KE" + "".join(reversed(signs))


SHAPES: Final[Mapping[int, Callable[[str, int], str]]] = MappingProxyType(
    {
        pb.FORM_LOCODE: _locode,
        pb.FORM_DECIMAL: lambda text, _: f"7{digits_of(text)}.25",
        pb.FORM_SHA256: lambda text, _: base64.b64encode(
            hashlib.sha256(text.encode()).digest()
        ).decode(),
        pb.FORM_EMAIL: lambda text, _: f"{text}@police.example",
        pb.FORM_TELEPHONE: lambda text, _: f"+999 {digits_of(text)}",
        pb.FORM_TIME_ZONE: lambda text, _: f"Canary/{text}",
    }
)

_CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "firearm": "ITEM_CLASS_FIREARM",
        "ammunition": "ITEM_CLASS_AMMUNITION",
        "part": "ITEM_CLASS_PART",
    }
)


def _item(item: Document) -> Document:
    classes = [item_class for name, item_class in _CLASSES.items() if name in item]
    return {**item, "itemClass": classes[0]}


def _serial(serial: Document) -> Document:
    if "mask" in serial:
        return {**serial, "mask": serial["raw"][:-1] + "?"}
    return serial


def _update(update: Document) -> Document:
    if "resolution" in update:
        return {**update, "kind": "UPDATE_KIND_RESOLVE"}
    if "corrections" in update:
        return {**update, "kind": "UPDATE_KIND_CORRECT"}
    return {**update, "kind": "UPDATE_KIND_UPDATE"}


def _volume(volume: Document) -> Document:
    return {**volume, "high": "7"}


SETTLED: Final[Mapping[str, Callable[[Document], Document]]] = MappingProxyType(
    {
        "Item": _item,
        "Serial": _serial,
        "Volume": _volume,
        "DiversionUpdate": _update,
        **SETTLED_CASES,
        **SETTLED_NOTICES,
        **SETTLED_PLANS,
        **SETTLED_RECORDS,
    }
)
"""By name of a message: what makes a drawn one keep the rules across its fields."""
