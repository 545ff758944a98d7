"""How strictly documents are held against a JSON Schema: more than `jsonschema` is.

It is the one module that loads `jsonschema`, which takes long. What a misfit is called
is left to `broker.core.codec.problems`, which loads this when there is a document.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final, cast

from jsonschema import (
    Draft202012Validator,
    FormatChecker,
    ValidationError,
    validators,
)
from jsonschema.protocols import Validator

_UINT64_MAX = 2**64 - 1

FORMATS: Final = FormatChecker(formats=())
"""Checks what no pattern can say."""


@FORMATS.checks("calendar-date", raises=ValueError)
def _is_calendar_date(value: object) -> bool:
    if isinstance(value, str):
        dt.date.fromisoformat(value + "-01-01"[len(value) - 4 :])
    return True


@FORMATS.checks("nfc")
def _is_nfc(value: object) -> bool:
    return not isinstance(value, str) or unicodedata.is_normalized("NFC", value)


@FORMATS.checks("uint64", raises=ValueError)
def _is_uint64(value: object) -> bool:
    return not isinstance(value, str) or int(value) <= _UINT64_MAX


def strict_validator(schema: Mapping[str, object]) -> Validator:
    """Prepares a JSON Schema; the result may be used any number of times."""
    return cast("Validator", _STRICT(schema, format_checker=FORMATS))


def _is_number(_checker: object, value: object) -> bool:
    """JSON has no infinities and no "not a number"; YAML has."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _match_whole(
    _validator: object, pattern: str, value: object, _schema: object
) -> Iterator[ValidationError]:
    """Like "pattern", but Python's `$` no longer forgives a newline at the end."""
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _each_once(
    _validator: object, _wanted: object, value: object, _schema: object
) -> Iterator[ValidationError]:
    """Like "uniqueItems", for lists of names only: never compares deep values."""
    listed = value if isinstance(value, list) else []
    names = [one for one in listed if isinstance(one, str)]
    if len(set(names)) < len(names):
        yield ValidationError("an entry is there twice")


_STRICT: Final = validators.extend(  # type: ignore[no-untyped-call]  # no stub
    Draft202012Validator,
    {"pattern": _match_whole, "uniqueItems": _each_once},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)
