"""What a contacts file may say, as JSON Schema: published, and checked against.

What several fields must say together is left to `broker.core.codec.contacts`.
"""

from collections.abc import Sequence
from typing import Final

from broker.core.addresses import (
    EMAIL_PATTERN,
    LANGUAGE_PATTERN,
    TELEPHONE_PATTERN,
    TIME_ZONE_PATTERN,
)
from keys.directory.codec.fields import MAX_LANGUAGES, MAX_TEXT
from keys.directory.codec.party import MAX_OFFICES, MAX_TASKS
from keys.directory.model import OfficeRole

MAX_PEOPLE: Final = 100  # on one card
_MAX_NOTE: Final = 2000  # characters

Schema = dict[str, object]

# Nothing that steers a terminal or reorders a line, and something to read.
_STEERING: Final = (
    r"\u0000-\u001f\u007f-\u009f\u2028-\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
)


def _line(title: str) -> Schema:
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_TEXT,
        "pattern": rf"^[^{_STEERING}]*[^{_STEERING}\s][^{_STEERING}]*$",
        "title": f"{title}: one line of at most {MAX_TEXT} characters",
    }


def _form(pattern: str, title: str) -> Schema:
    return {
        "type": "string",
        "maxLength": MAX_TEXT,
        "pattern": pattern,
        "title": title,
    }


def _list(items: Schema, most: int) -> Schema:
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": most,
        "uniqueItems": True,
        "items": items,
        "title": f"a list of at most {most} entries",
    }


def _mapping(
    properties: Schema, required: Sequence[str], *, reachable: bool = False
) -> Schema:
    schema: Schema = {
        "type": "object",
        "title": f"a mapping with {', '.join(properties)}",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }
    if reachable:
        schema["anyOf"] = [{"required": ["email"]}, {"required": ["telephone"]}]
    return schema


_ROLE: Final[Schema] = {"enum": [role.value for role in OfficeRole]}
_REACHED: Final[Schema] = {
    "email": _form(
        EMAIL_PATTERN, "an e-mail address, such as firearms.desk@police.example"
    ),
    "telephone": _form(
        TELEPHONE_PATTERN,
        "a telephone number with country code as text, such as '+254 20 0000000'",
    ),
    "languages": _list(
        _form(LANGUAGE_PATTERN, "a language tag (BCP 47), such as fr or pt-BR"),
        MAX_LANGUAGES,
    ),
}
_OFFICE: Final = _mapping(
    {
        "role": _ROLE,
        "name": _line("the name of the office"),
        **_REACHED,
        "tasks": _list(_line("a task"), MAX_TASKS),
        "round-the-clock": {"type": "boolean", "title": "true or false"},
    },
    ["role", "name"],
    reachable=True,
)
_PERSON: Final = _mapping(
    {
        "name": _line("the name of the person"),
        "function": _line("what the person does"),
        "office": _ROLE,
        **_REACHED,
        "hours": _line("when the person can be reached"),
        "time-zone": _form(
            TIME_ZONE_PATTERN,
            "the name of a time zone, such as Africa/Nairobi, or UTC",
        ),
        "until": {
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "format": "calendar-date",
            "title": "the last day in the post, such as 2027-06-30",
        },
    },
    ["name"],
    reachable=True,
)

CONTACTS_SCHEMA: Final[Schema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:rogatory:contacts",
    **_mapping(
        {
            "party": {
                "type": "string",
                "pattern": "^(?!HUB$)[A-Z]{3}$",
                "title": "a party code of three capital letters, such as KEN",
            },
            "point-of-contact": _mapping(
                {"office": _line("the name of the office"), **_REACHED},
                ["office"],
                reachable=True,
            ),
            "offices": {
                **_list(_OFFICE, MAX_OFFICES),
                "title": f"a list of at most {MAX_OFFICES} offices",
            },
            "marking-practices": _line("a title or an address"),
            "handling": {
                "type": "string",
                "title": "a handling label as text, such as 'TLP:AMBER'",
            },
            "people": {
                **_list(_PERSON, MAX_PEOPLE),
                "title": f"a list of at most {MAX_PEOPLE} people",
            },
            "note": {
                "type": "string",
                "minLength": 1,
                "maxLength": _MAX_NOTE,
                "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e"
                r"\u2066-\u2069\ud800-\udfff]*$",
                "title": f"text of at most {_MAX_NOTE} characters",
            },
        },
        ["party", "point-of-contact"],
    ),
}
"""The contacts file (draft 2020-12). `title` says in a few words what a value is."""
