"""Handling as STIX 2.1 data markings: TLP 2.0, and the rest in words.

The five markings of TLP 2.0 are FIRST's and OASIS's, and stand here as published.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.stix.naming import fixed_id
from broker.core.handling import Handling, Tlp
from broker.core.routes.geojson import restriction_list

TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_CREATED: Final = "2022-10-01T00:00:00.000Z"
_STATEMENT_CREATED: Final = "2026-01-01T00:00:00.000Z"
_TLP: Final[Mapping[Tlp, str]] = MappingProxyType(
    {
        Tlp.CLEAR: "94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tlp.GREEN: "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tlp.AMBER: "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tlp.AMBER_STRICT: "939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp.RED: "e828b379-4e03-4974-9ac4-e53a884c97c1",
    }
)


def markings(handling: Handling) -> list[dict[str, object]]:
    """Returns the marking-definitions that say what `handling` says.

    TLP by its own marking. Europol codes, PAP and restrictions have none in STIX: they
    are stated in words, which bind whoever reads them as much.
    """
    made = [_tlp(handling.tlp)]
    words = [code.name for code in sorted(handling.europol)]
    if handling.pap is not None:
        words.append(f"PAP:{handling.pap.name}")
    told = [f"Handling codes: {' '.join(words)}"] if words else []
    told += restriction_list(handling)
    if told:
        made.append(_statement(". ".join(told)))
    return made


def tlp_rank(marking_id: str) -> int:
    """Returns how strict a TLP marking is, from 1; 0 for any other marking."""
    uuid = marking_id.removeprefix("marking-definition--")
    return next((int(tlp) for tlp, known in _TLP.items() if known == uuid), 0)


def _tlp(tlp: Tlp) -> dict[str, object]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{_TLP[tlp]}",
        "created": _TLP_CREATED,
        "name": tlp.label,
        "extensions": {
            TLP_EXTENSION: {
                "extension_type": "property-extension",
                "tlp_2_0": tlp.label.removeprefix("TLP:").lower(),
            }
        },
    }


def _statement(text: str) -> dict[str, object]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": fixed_id("marking-definition", text),
        "created": _STATEMENT_CREATED,
        "definition_type": "statement",
        "definition": {"statement": text},
    }
