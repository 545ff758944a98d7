"""A delivery as an event of MISP's core format.

Tags and distribution are left to `adapters.misp.marking`, giving it to an instance to
`adapters.misp.adapter`.
"""

import datetime as dt
import functools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from adapters.arms import described
from adapters.misp.marking import distribution, tags
from adapters.places import location_fields
from adapters.reading import inner, parts, prose, title
from adapters.values import Delivery
from broker.core.routes.geojson import restriction_list
from keys.identity import PartyId

_OURS: Final = uuid.UUID("e0a8f9f3-9b7c-5c0e-8a4e-3d1d6a5f2c71")
_INHERIT: Final = "5"
"""Whoever sees the event sees what is in it, and nobody else."""
_UNDEFINED_THREAT: Final = "4"
_INITIAL: Final = "0"
_OBJECTS: Final = {
    "firearm": "rogatory-firearm",
    "firearm-part": "rogatory-firearm-part",
    "ammunition": "rogatory-ammunition",
}
_RENAMED: Final = {
    "firearm_type": "type",
    "ammunition_type": "type",
    "firing_action": "action",
    "other_serial_numbers": "other-serial-number",
    "import_marks": "import-mark",
    "description": "comment",
}
_GEOLOCATION: Final = {
    "name": "geolocation",
    "uuid": "cd6f2238-ba55-4888-82c4-104e6e1acf21",
    "version": 8,
    "meta-category": "misc",
    "description": "An object to describe a geographic location.",
    "attributes": {
        "latitude": {"misp-attribute": "float"},
        "longitude": {"misp-attribute": "float"},
        "accuracy-radius": {"misp-attribute": "float"},
        "countrycode": {"misp-attribute": "text"},
        "region": {"misp-attribute": "text"},
        "text": {"misp-attribute": "text"},
    },
}
"""MISP's own template, as far as it is used."""


def event_id(party: PartyId, digest: bytes) -> str:
    """Returns what the event of a message is called, always the same."""
    return str(uuid.uuid5(_OURS, f"misp-event|{party}|{digest.hex()}"))


@functools.cache
def template(name: str) -> Mapping[str, Any]:
    """Returns one of our object templates, as MISP's repository has templates."""
    file = resources.files("adapters.misp").joinpath("objects", name, "definition.json")
    found: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def misp_event(delivery: Delivery, party: PartyId) -> dict[str, Any]:
    """Returns a delivery as an event, unpublished: a person decides about that.

    The same delivery gives the same event.

    Args:
        delivery: Of one of the kinds in `adapters.reading.REPORTED`.
        party: Who exports it.
    """
    making = _Making(
        event=event_id(party, delivery.message_digest),
        timestamp=str(delivery.created_ms // 1000),
    )
    day = dt.datetime.fromtimestamp(delivery.created_ms // 1000, dt.UTC)
    objects = [making.message(delivery)]
    for part in parts(delivery, "Item"):
        objects += making.arms(part.path, part.fields)
    for part in parts(delivery, "Place"):
        objects += making.place(part.path, part.fields)
    return {
        "Event": {
            "uuid": making.event,
            "info": title(delivery),
            "date": f"{day:%Y-%m-%d}",
            "timestamp": making.timestamp,
            "published": False,
            "analysis": _INITIAL,
            "threat_level_id": _UNDEFINED_THREAT,
            "distribution": distribution(delivery.handling),
            "Orgc": {
                "name": f"Rogatory {party}",
                "uuid": str(uuid.uuid5(_OURS, f"misp-organisation|{party}")),
            },
            "Tag": [{"name": name} for name in tags(delivery)],
            "Attribute": [],
            "Object": objects,
            "EventReport": [
                {
                    "uuid": making.name("report"),
                    "name": title(delivery),
                    "content": _as_it_is(prose(delivery)),
                    "distribution": _INHERIT,
                    "timestamp": making.timestamp,
                }
            ],
        }
    }


def _as_it_is(text: str) -> str:
    """Returns a text as Markdown that shows it as it is, and runs nothing in it."""
    return "\n".join(f"    {line}" for line in text.splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What every part of one event has in common."""

    event: str
    timestamp: str

    def name(self, path: str) -> str:
        """Returns what a part of the event is called, always the same."""
        return str(uuid.uuid5(uuid.UUID(self.event), path))

    def message(self, delivery: Delivery) -> dict[str, Any]:
        """Returns the object that says what message this is."""
        values: dict[str, object] = {
            "kind": delivery.kind,
            "message-id": delivery.message_id,
            "digest": delivery.message_digest.hex(),
            "origin": delivery.origin,
            "provider": delivery.provider,
            "handling": str(delivery.handling),
            "restriction": restriction_list(delivery.handling),
            "case-reference": delivery.case_reference,
            "warning": delivery.warning,
        }
        return self._object("message", template("rogatory-message"), values)

    def arms(self, path: str, item: Mapping[str, object]) -> list[dict[str, Any]]:
        """Returns the object of an item; none when only its class is known."""
        found = described(item)
        if found is None:
            return []
        values = {
            _RENAMED.get(name, name.replace("_", "-")): value
            for name, value in found.fields.items()
        }
        values["quantity"] = item.get("quantity")
        return [self._object(path, template(_OBJECTS[found.sort]), values)]

    def place(self, path: str, place: Mapping[str, object]) -> list[dict[str, Any]]:
        """Returns the object of a place; none where nothing locates it."""
        told = location_fields(place)
        if told is None:
            return []
        point = inner(place.get("point"))
        values = {
            "latitude": told.get("latitude"),
            "longitude": told.get("longitude"),
            "accuracy-radius": point.get("uncertainty_km"),
            "countrycode": told.get("country"),
            "region": told.get("administrative_area"),
            "text": told.get("name"),
        }
        return [self._object(path, _GEOLOCATION, values)]

    def _object(
        self, path: str, made_after: Mapping[str, Any], values: Mapping[str, object]
    ) -> dict[str, Any]:
        attributes = []
        for relation, known in made_after["attributes"].items():
            value = values.get(relation)
            listed = value if isinstance(value, list) else [value]
            for number, one in enumerate(listed):
                if one is None or one == "":
                    continue
                attributes.append(
                    {
                        "uuid": self.name(f"{path}|{relation}|{number}"),
                        "object_relation": relation,
                        "type": known["misp-attribute"],
                        "category": "Other",
                        "value": str(one),
                        "to_ids": False,
                        "disable_correlation": known.get("disable_correlation", False),
                        "distribution": _INHERIT,
                        "timestamp": self.timestamp,
                    }
                )
        return {
            "uuid": self.name(path),
            "name": made_after["name"],
            "template_uuid": made_after["uuid"],
            "template_version": str(made_after["version"]),
            "meta-category": made_after["meta-category"],
            "description": made_after["description"],
            "distribution": _INHERIT,
            "timestamp": self.timestamp,
            "Attribute": attributes,
        }
