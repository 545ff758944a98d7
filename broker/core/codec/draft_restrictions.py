"""Restrictions as an officer writes them into a file (ITI-15).

The rest of the file is left to `broker.core.codec.draft`, their wire to
`broker.core.codec.handling`.
"""

from collections.abc import Mapping
from typing import Any, Final

from broker.core.codec.forms import PLAIN_TEXT
from broker.core.handling import IntendedUse, Restrictions

_DAYS_MAX: Final = 36_500

NAMES: Final = {
    "release_to": "releaseTo",
    "no_onward": "noOnward",
    "retention_days": "retentionDays",
}
"""The other style of names, which is read too."""

RESTRICTIONS_SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "title": "restrictions such as {noOnward: true, retentionDays: 365}",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "releaseTo": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": PLAIN_TEXT,
            "title": "the agencies it may be released to",
        },
        "purposes": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"enum": list(IntendedUse.words())},
            "title": "what it may be used for",
        },
        "purpose": PLAIN_TEXT,
        "noOnward": {"const": True, "title": "true, or nothing"},
        "other": PLAIN_TEXT,
        "retentionDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": _DAYS_MAX,
            "title": f"days from 1 to {_DAYS_MAX}",
        },
    },
}
"""What restrictions in a file must look like."""


def restrictions_of(fields: Mapping[str, Any]) -> Restrictions:
    """Returns the restrictions that a file states; it fits `RESTRICTIONS_SCHEMA`."""
    uses = (IntendedUse.from_word(word) for word in fields.get("purposes", ()))
    return Restrictions(
        release_to=tuple(fields.get("releaseTo", ())),
        purpose=fields.get("purpose", ""),
        no_onward=fields.get("noOnward", False),
        other=fields.get("other", ""),
        purposes=frozenset(use for use in uses if use is not None),
        retention_days=fields.get("retentionDays"),
    )
