"""What a field must look like beyond its type, as fragments of JSON Schema.

Which field has which form stands in the .proto files; how a misfit is reported is
left to `broker.core.codec.problems`.
"""

from collections.abc import Mapping
from typing import Final

from broker.core.addresses import (
    EMAIL_PATTERN,
    LANGUAGE_PATTERN,
    TELEPHONE_PATTERN,
    TIME_ZONE_PATTERN,
)
from broker.core.limits import TIME_MS_MAX
from rogatory.v1 import rules_pb2 as pb

PLAIN_TEXT: Final[Mapping[str, object]] = {
    "type": "string",
    "minLength": 1,
    # No control characters but tab and newline, and no lone surrogates: the text is
    # shown on terminals, and it must be UTF-8 on the wire.
    "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]*$",
    "title": "text",
}
"""Text that nothing else is known about."""


def _text(pattern: str, title: str, form: str = "") -> dict[str, object]:
    schema: dict[str, object] = {"type": "string", "pattern": pattern, "title": title}
    return {**schema, "format": form} if form else schema


def _number(low: int, high: int, title: str) -> dict[str, object]:
    return {"minimum": low, "maximum": high, "title": title}


FORMS: Final[Mapping[int, Mapping[str, object]]] = {
    pb.FORM_COUNTRY: _text(
        # Codes of parties are read from these, and the hub is none.
        "^(?!HUB$)[A-Z]{3}$",
        "three capital letters (ISO 3166-1 alpha-3), such as KEN",
    ),
    pb.FORM_DATE: _text(
        "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
        "a date as text: '2026', '2026-03' or '2026-03-09'",
        "calendar-date",
    ),
    pb.FORM_DAY: _text(
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "a day, such as 2026-03-09", "calendar-date"
    ),
    pb.FORM_LOCODE: _text(
        "^[A-Z]{2}[A-Z2-9]{3}$", "a UN/LOCODE without a space, such as BEANR"
    ),
    pb.FORM_HS_CODE: _text(
        r"^[0-9]{4}(\.?[0-9]{2}){0,3}$",
        "a Harmonized System code as text, such as '9302.00'",
    ),
    pb.FORM_CURRENCY: _text("^[A-Z]{3}$", "a currency (ISO 4217), such as EUR"),
    pb.FORM_DECIMAL: _text(
        r"^(0|[1-9][0-9]*)(\.[0-9]+)?$", "a decimal number as text, such as '125000.00'"
    ),
    pb.FORM_SHA256: {
        # The last of 43 characters carries four bits, so two of its bits are zero:
        # one digest has one spelling.
        "type": "string",
        "contentEncoding": "base64",
        "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
        "title": "a SHA-256 digest, 32 bytes in base64",
    },
    pb.FORM_AS_READ: {
        "type": "string",
        "minLength": 1,
        "pattern": r"^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$",
        "format": "nfc",
        "title": "text on one line in Unicode normalisation form C",
    },
    pb.FORM_LATITUDE: _number(-90, 90, "degrees from -90 to 90"),
    pb.FORM_LONGITUDE: _number(-180, 180, "degrees from -180 to 180"),
    pb.FORM_YEAR: _number(1500, 2200, "a year from 1500 to 2200"),
    pb.FORM_ORDINAL: {"minimum": 1, "title": "a whole number from 1"},
    pb.FORM_CLOCK_HOUR: _number(1, 12, "an hour of the clock face, from 1 to 12"),
    pb.FORM_TIME_MS: {
        "minimum": 1,
        "maximum": TIME_MS_MAX,
        "pattern": "^[1-9][0-9]{0,12}$",
        "title": "milliseconds since 1970-01-01T00:00:00Z, before the year 2287",
    },
    pb.FORM_EMAIL: _text(
        EMAIL_PATTERN, "an e-mail address, such as firearms.desk@police.example"
    ),
    pb.FORM_TELEPHONE: _text(
        TELEPHONE_PATTERN,
        "a telephone number with country code as text, such as '+254 20 0000000'",
    ),
    pb.FORM_LANGUAGE: _text(
        LANGUAGE_PATTERN, "a language tag (BCP 47), such as fr or pt-BR"
    ),
    pb.FORM_TIME_ZONE: _text(
        TIME_ZONE_PATTERN, "the name of a time zone, such as Africa/Nairobi, or UTC"
    ),
    pb.FORM_CONTAINER: PLAIN_TEXT,
    pb.FORM_IMO: PLAIN_TEXT,
    pb.FORM_AIR_WAYBILL: PLAIN_TEXT,
}
"""By number of `rogatory.v1.Form`: what it adds to the schema of the type."""
