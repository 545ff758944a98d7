"""The file in which a party keeps its table of embargoes, as JSON Schema and as values.

What follows from the table is left to `broker.core.embargoes`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from broker.core.codec.problems import Form, child, in_order, schema_problems
from broker.core.embargoes import Direction, Embargo, EmbargoTable
from broker.core.errors import DocumentError, DocumentProblem
from broker.core.policy.facts import ItemClass

_LINE_MAX: Final = 300  # characters
_ENTRIES_MAX: Final = 1000


def _line(title: str) -> dict[str, object]:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": _LINE_MAX,
        "pattern": r"^[^\u0000-\u001f\u007f]*\S[^\u0000-\u001f\u007f]*$",
        "title": f"{title}: one line of at most {_LINE_MAX} characters",
    }


def _list(items: dict[str, object], title: str) -> dict[str, object]:
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": _ENTRIES_MAX,
        "uniqueItems": True,
        "items": items,
        "title": title,
    }


_DAY: Final = {
    "type": "string",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "format": "date",
    "title": "a day, such as 2026-12-31",
}

EMBARGOES_SCHEMA: Final[Mapping[str, object]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:rogatory:embargoes",
    "type": "object",
    "title": "a table of embargoes",
    "additionalProperties": False,
    "required": ["checked-on", "embargoes"],
    "properties": {
        "checked-on": {
            **_DAY,
            "title": "the day on which somebody compared the table with its sources",
        },
        "embargoes": {
            "type": "array",
            "maxItems": _ENTRIES_MAX,
            "title": "embargoes; none is a table as well",
            "items": {
                "type": "object",
                "title": "an embargo",
                "additionalProperties": False,
                "required": ["regime", "resolution", "target", "from"],
                "anyOf": [{"required": ["countries"]}, {"required": ["names"]}],
                "properties": {
                    "regime": _line("what it is called"),
                    "resolution": _line("where it is laid down"),
                    "target": _line("against whom, in words"),
                    "countries": _list(
                        {
                            "type": "string",
                            "pattern": "^[A-Z]{3}$",
                            "title": "three capital letters (ISO 3166-1 alpha-3)",
                        },
                        "the territories that it is about",
                    ),
                    "names": _list(_line("a name"), "names of those that it is about"),
                    "scope": _list(
                        {"enum": list(ItemClass.words())},
                        "classes of items; left out: every item",
                    ),
                    "direction": {
                        "enum": [one.value for one in Direction],
                        "title": "to its target, from it, or both",
                    },
                    "from": {**_DAY, "title": "the first day, such as 2020-01-31"},
                    "to": {**_DAY, "title": "the last day, such as 2026-05-31"},
                    "exemptions": _list(
                        _line("an exemption"), "what it leaves free, in words"
                    ),
                },
            },
        },
    },
}

_FORM: Final = Form(EMBARGOES_SCHEMA)


def parse_embargoes(document: object) -> EmbargoTable:
    """Reads a table of embargoes.

    Args:
        document: The file as YAML or JSON gives it, days as text.

    Raises:
        DocumentError: With a problem for each place that does not fit.
    """
    problems = schema_problems(_FORM, document)
    if problems or not isinstance(document, Mapping):
        raise DocumentError(in_order(problems))
    listed = document["embargoes"]
    found = [_embargo(one) for one in listed]
    for position, one in enumerate(found):
        if one.last is not None and one.last < one.first:
            place = child(child("embargoes", position), "to")
            expected = f"expected no day before {one.first}"
            problems.append(DocumentProblem(place, str(one.last), expected))
    if problems:
        raise DocumentError(problems)
    return EmbargoTable(
        embargoes=tuple(found),
        checked_on=dt.date.fromisoformat(document["checked-on"]),
    )


def _embargo(entry: Mapping[str, object]) -> Embargo:
    scope = map(ItemClass.from_word, _texts(entry, "scope"))
    last = entry.get("to")
    return Embargo(
        regime=str(entry["regime"]),
        resolution=str(entry["resolution"]),
        target=str(entry["target"]),
        countries=frozenset(_texts(entry, "countries")),
        names=frozenset(_texts(entry, "names")),
        scope=frozenset(one for one in scope if one is not None) or None,
        direction=Direction(str(entry.get("direction", Direction.TO))),
        first=dt.date.fromisoformat(str(entry["from"])),
        last=None if last is None else dt.date.fromisoformat(str(last)),
        exemptions=tuple(_texts(entry, "exemptions")),
    )


def _texts(entry: Mapping[str, object], name: str) -> list[str]:
    value = entry.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []
