"""Places and actors, in the terms in which other systems want them.

How they hang together is left to each adapter.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.reading import inner
from broker.core.country_codes import alpha_2, country_of_locode

_METRES: Final = 1000.0  # in a kilometre
_CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "person": "individual",
        "entity": "organization",
        "state-organ": "organization",
        "group": "group",
        "vessel": "unknown",
    }
)
"""Of identities, in the words of STIX, which knows no vessels."""


def location_fields(place: Mapping[str, object]) -> dict[str, object] | None:
    """Returns what is known of a place, by the names that STIX has for it.

    Args:
        place: A `Place`, in plain words.

    Returns:
        None where nothing locates it: neither a country of today nor a position.
    """
    locode = str(place.get("locode", ""))
    country = str(place.get("country", "")) or country_of_locode(locode) or ""
    told: dict[str, object] = {}
    name = place.get("name") or locode or place.get("admin_area") or country
    if name:
        told["name"] = str(name)
    # ISO 3166-1 alpha-2 everywhere else; a former country has none.
    if short := alpha_2(country):
        told["country"] = short
    if area := place.get("admin_area"):
        told["administrative_area"] = str(area)
    if description := place.get("description"):
        told["description"] = str(description)
    point = inner(place.get("point"))
    if "latitude" in point and "longitude" in point:
        told["latitude"] = point["latitude"]
        told["longitude"] = point["longitude"]
        if uncertainty := point.get("uncertainty_km"):
            told["precision"] = float(str(uncertainty)) * _METRES
    return told if told.keys() & {"country", "latitude"} else None


def identity_fields(actor: Mapping[str, object]) -> dict[str, object]:
    """Returns what is known of an actor, by the names that STIX has for it.

    Args:
        actor: An `Actor`, in plain words.
    """
    role = str(actor.get("role", ""))
    name = actor.get("name") or actor.get("description") or f"unnamed {role}"
    kind = str(actor.get("kind", ""))
    told: dict[str, object] = {
        "name": str(name),
        "identity_class": _CLASSES.get(kind, "unknown"),
        "roles": [role],
    }
    words = [str(actor[name]) for name in ("description", "country") if actor.get(name)]
    if kind == "vessel":
        words.append("vessel")
    if words:
        told["description"] = "; ".join(words)
    return told
