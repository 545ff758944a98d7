"""What we add to STIX 2.1, as extension-definitions: firearms, and our messages.

The objects that use them are made elsewhere here.
"""

from typing import Final

from adapters.stix.naming import fixed_id

ARMS: Final = fixed_id("extension-definition", "arms")
"""Observables `firearm`, `firearm-part` and `ammunition`."""
MESSAGE: Final = fixed_id("extension-definition", "message")
"""What a report says of the message that it was made of."""
_AUTHOR: Final = fixed_id("identity", "Rogatory")
_CREATED: Final = "2026-01-01T00:00:00.000Z"

_ARMS_SCHEMA: Final = (
    "Three observables. firearm: item_class, firearm_type, firing_action, make, model, "
    "variant, calibre, country_of_manufacture (ISO 3166-1 alpha-3), "
    "year_of_manufacture, serial_number (as read; ? stands for a character that could "
    "not be read), other_serial_numbers (texts 'part: number'), import_marks (texts "
    "'country year'), marking_condition, manufacture_mode. firearm-part: part, make, "
    "fits, calibre, country_of_manufacture, serial_number, marking_condition. "
    "ammunition: calibre, ammunition_type, make, country_of_manufacture, "
    "year_of_manufacture, headstamp (list of texts), lot. Each may have a description. "
    "All are texts but for years. Identifying: make, model, calibre, "
    "country_of_manufacture, serial_number for a firearm; part, make, fits, calibre, "
    "serial_number for a part; calibre, make, year_of_manufacture, headstamp, lot for "
    "ammunition."
)
_MESSAGE_SCHEMA: Final = (
    "kind: what the message is, as 'diversion-alert/1'. message_id and digest: which "
    "one it is; digest is the SHA-256 of its signed header in hexadecimal. origin and "
    "provider: codes of parties (ISO 3166-1 alpha-3 or ICAO Doc 9303). handling: its "
    "label. case_reference: if it has one. content: all that it says, with the names "
    "and values of the message definition of that kind."
)


def definitions() -> list[dict[str, object]]:
    """Returns the extension-definitions, and the identity that they are made by."""
    return [
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": _AUTHOR,
            "created": _CREATED,
            "modified": _CREATED,
            "name": "Rogatory",
            "description": "Software by which national focal points exchange messages.",
            "identity_class": "system",
        },
        _definition(
            ARMS,
            "Firearms, parts and ammunition",
            "Observables for weapons as they were marked and read.",
            _ARMS_SCHEMA,
            "new-sco",
        ),
        _definition(
            MESSAGE,
            "Message of a focal point",
            "Where a report comes from, and all that it says, for programs.",
            _MESSAGE_SCHEMA,
            "property-extension",
        ),
    ]


def _definition(
    id_: str, name: str, description: str, schema: str, sort: str
) -> dict[str, object]:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": id_,
        "created": _CREATED,
        "modified": _CREATED,
        "created_by_ref": _AUTHOR,
        "name": name,
        "description": description,
        "schema": schema,
        "version": "1.0.0",
        "extension_types": [sort],
    }
