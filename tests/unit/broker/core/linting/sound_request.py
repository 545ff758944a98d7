"""A sound trace request, and what a linter finds once something in it is changed."""

import copy
from collections.abc import Callable
from typing import Any, Final

from broker.core.handling import Handling
from broker.core.linting.circumstances import Circumstances
from broker.core.linting.findings import LintReport
from broker.core.linting.trace_request import lint

TODAY: Final = "2026-03-20"
GIVEN: Final = Circumstances(
    today=TODAY,
    party="KEN",
    recipients=("AUT",),
    handling=Handling.parse("TLP:AMBER"),
    case_reference="KEN-2026-0117",
)
Change = Callable[[dict[str, Any]], object]

_SOUND: Final[dict[str, Any]] = {
    "illicitBasis": ["ILLICIT_BASIS_NATIONAL_LAW"],
    "legalBasis": "Possession without a certificate, under the firearms law",
    "recovery": {
        "kind": "RECOVERY_KIND_SEIZED",
        "date": "2026-03-09",
        "place": {"country": "KEN"},
        "circumstances": "Found in a vehicle at a road block",
    },
    "items": [
        {
            "itemClass": "ITEM_CLASS_FIREARM",
            "reference": "EX-1",
            "firearm": {
                "type": "FIREARM_TYPE_PISTOL",
                "action": "FIREARM_ACTION_SEMI_AUTO",
                "make": "Glock",
                "model": "Model 17",
                "calibre": {"raw": "9mm Luger", "designation": "9x19"},
                "countryManufacture": "AUT",
                "yearManufacture": 2013,
                "frameSerial": {"raw": "ZZQ-417", "script": "SCRIPT_LATIN"},
                "importMarks": [{"country": "KEN", "year": 2014}],
                "markingCondition": "MARKING_CONDITION_INTACT",
                "identification": {"method": "IDENTIFICATION_METHOD_FORENSIC"},
            },
        }
    ],
    "intendedUse": ["INTENDED_USE_CRIMINAL_INVESTIGATION"],
    "undertaking": {"authorities": ["National focal point"]},
    "recordsConsulted": "National register of firearms",
    "attachments": [{"name": "mark.jpg"}],
}


def request(change: Change | None = None) -> dict[str, Any]:
    """Returns the sound request, changed."""
    document = copy.deepcopy(_SOUND)
    if change is not None:
        change(document)
    return document


def of_firearm(change: Change) -> Change:
    """Returns a change of the request that changes its firearm."""
    return lambda document: change(document["items"][0]["firearm"])


def put(**fields: object) -> Change:
    """Returns a change that sets fields; None takes one out."""

    def change(where: dict[str, Any]) -> None:
        for name, value in fields.items():
            if value is None:
                where.pop(name, None)
            else:
                where[name] = value

    return change


def linted(change: Change | None = None, given: Circumstances = GIVEN) -> LintReport:
    """Returns what is found in the changed request."""
    return lint(request(change), given)


def codes(change: Change | None = None, given: Circumstances = GIVEN) -> set[str]:
    """Returns the codes of what is found in the changed request."""
    return {one.code.value for one in linted(change, given).findings}
