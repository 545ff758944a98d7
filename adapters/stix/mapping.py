"""A delivery as STIX 2.1 objects: a report, a note that people read, and what is in it.

Where the objects go is left to the TAXII server and the push; taking them back, to
`adapters.stix.revoking`.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from adapters.arms import described
from adapters.places import identity_fields, location_fields
from adapters.reading import (
    fields,
    many,
    name_of,
    parts,
    prose,
    title,
)
from adapters.stix.dates import seen
from adapters.stix.definitions import ARMS, MESSAGE, definitions
from adapters.stix.markings import markings
from adapters.stix.naming import fixed_id, object_id, observable_id, stix_time
from adapters.values import Delivery
from broker.core.routes.grades import Grade
from keys.identity import PartyId

StixObject = dict[str, object]

_INCIDENTS: Final = frozenset(
    {"diversion-alert", "stock-loss", "recovery-record", "transfer-notice"}
)
"""Kinds that tell of something that happened."""
_CONFIDENCE: Final[Mapping[str, int]] = MappingProxyType(
    {"1": 90, "2": 70, "3": 50, "4": 30, "5": 10}
)
"""Of the Admiralty scale (STIX 2.1, appendix A); 6 means that it cannot be judged. The
scale of Europol has none there, and schemes are never converted into one another."""
_NUMBER_MAX: Final = 999_999_999  # of what was observed, in STIX
_PARTY_CREATED: Final = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A delivery as STIX 2.1 objects.

    Attributes:
        frame: What other deliveries have as well: definitions, parties, markings.
        made: What was made of this one; the report is among the last.
    """

    frame: tuple[StixObject, ...]
    made: tuple[StixObject, ...]

    @property
    def objects(self) -> tuple[StixObject, ...]:
        """All of them; what is referred to comes first, where it is here at all."""
        return self.frame + self.made


def map_delivery(delivery: Delivery, party: PartyId) -> Mapped:
    """Returns a delivery as STIX 2.1 objects.

    The same delivery gives the same objects. Every object that says anything of the
    content carries its handling.

    Args:
        delivery: Of one of the kinds in `adapters.reading.REPORTED`.
        party: Who exports it.
    """
    making = _Making(delivery=delivery, party=party)
    for part in parts(delivery, "Item"):
        making.add_item(part.path, part.fields)
    for part in parts(delivery, "Place"):
        making.add_location(part.path, part.fields)
    for part in parts(delivery, "Actor"):
        making.add_actor(part.path, part.fields)
    making.add_route()
    if name_of(delivery.kind) in _INCIDENTS:
        making.add_incident()
    making.add_note()
    making.add_report()
    return Mapped(frame=tuple(making.frame), made=tuple(making.made))


def party_identity(party: PartyId) -> StixObject:
    """Returns the identity of a party of the federation."""
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": fixed_id("identity", party),
        "created": _PARTY_CREATED,
        "modified": _PARTY_CREATED,
        "name": f"National focal point {party}",
        "identity_class": "organization",
        "sectors": ["government"],
    }


@dataclass(slots=True)
class _Making:
    """The objects of one delivery, while they are made."""

    delivery: Delivery
    party: PartyId
    frame: list[StixObject] = field(init=False)
    made: list[StixObject] = field(default_factory=list)
    fields: Mapping[str, object] = field(init=False)
    refs: list[str] = field(init=False)
    locations: dict[str, str] = field(default_factory=dict)
    time: str = field(init=False)

    def __post_init__(self) -> None:
        one = self.delivery
        marks = markings(one.handling)
        parties = dict.fromkeys((self.party, one.origin, one.provider))
        self.frame = [*definitions(), *map(party_identity, parties), *marks]
        self.refs = [str(mark["id"]) for mark in marks]
        self.fields = fields(one)
        self.time = stix_time(one.created_ms)

    def add(self, type_: str, path: str, told: Mapping[str, object]) -> str:
        """Adds an object of this message, and returns its id."""
        id_ = object_id(type_, self.party, self.delivery.message_digest, path)
        self.made.append(
            {
                "type": type_,
                "spec_version": "2.1",
                "id": id_,
                "created": self.time,
                "modified": self.time,
                "created_by_ref": fixed_id("identity", self.party),
                "object_marking_refs": self.refs,
                **told,
            }
        )
        return id_

    def add_item(self, path: str, item: Mapping[str, object]) -> None:
        """Adds what was seen of an item, and how often."""
        thing = described(item)
        if thing is None:
            return
        digest = self.delivery.message_digest.hex()
        id_ = observable_id(thing.sort, thing.identifying, f"{digest}|{path}")
        if id_ not in {one["id"] for one in self.made}:
            self.made.append(
                {
                    "type": thing.sort,
                    "spec_version": "2.1",
                    "id": id_,
                    "object_marking_refs": self.refs,
                    **thing.fields,
                    "extensions": {ARMS: {"extension_type": "new-sco"}},
                }
            )
        first, last = seen(self.fields, self.time)
        number = int(str(item.get("quantity") or 1))
        self.add(
            "observed-data",
            path,
            {
                "first_observed": first,
                "last_observed": last,
                "number_observed": min(max(number, 1), _NUMBER_MAX),
                "object_refs": [id_],
            },
        )

    def add_location(self, path: str, place: Mapping[str, object]) -> None:
        """Adds a place, where STIX can say it."""
        told = location_fields(place)
        if told is not None:
            self.locations[path] = self.add("location", path, told)

    def add_actor(self, path: str, actor: Mapping[str, object]) -> None:
        """Adds an actor, and where it sits."""
        id_ = self.add("identity", path, identity_fields(actor))
        if place := self.locations.get(f"{path}.address"):
            self.relate(id_, place, "")

    def add_route(self) -> None:
        """Adds the legs between places of a route, in the order of travel."""
        waypoints = many(self.fields.get("waypoints"))
        ends = [
            (self.locations.get(f"waypoints[{number}].place"), waypoint)
            for number, waypoint in enumerate(waypoints)
        ]
        known = [(place, waypoint) for place, waypoint in ends if place]
        for (one, waypoint), (other, _) in itertools.pairwise(known):
            mode = waypoint.get("onward_mode")
            how = f"route leg, by {mode}" if mode else "route leg"
            self.relate(one, other, how)

    def add_incident(self) -> None:
        """Adds what happened, with what was seen and where."""
        told = {"name": title(self.delivery)}
        if words := self.fields.get("circumstances") or self.fields.get("narrative"):
            told["description"] = str(words)
        incident = self.add("incident", "incident", told)
        of = ("observed-data", "location", "identity")
        for one in [one for one in self.made if one["type"] in of]:
            self.relate(incident, str(one["id"]), "")

    def relate(self, one: str, other: str, description: str) -> None:
        """Adds a relationship between two objects."""
        told = {
            "relationship_type": "related-to",
            "source_ref": one,
            "target_ref": other,
        }
        if description:
            told["description"] = description
        self.add("relationship", f"{one}|{other}", told)

    def add_note(self) -> None:
        """Adds all that the message says, as text."""
        main = [str(one["id"]) for one in self.made if one["type"] == "incident"]
        seen_ = [str(one["id"]) for one in self.made if one["type"] == "observed-data"]
        self.add(
            "note",
            "note",
            {
                "abstract": title(self.delivery),
                "content": prose(self.delivery),
                "authors": [str(self.delivery.provider)],
                "object_refs": main or seen_ or [fixed_id("identity", self.party)],
            },
        )

    def add_report(self) -> None:
        """Adds the report, which holds everything together."""
        one = self.delivery
        labels = [f"rogatory:{name_of(one.kind)}"]
        told: dict[str, object] = {
            "name": title(one),
            "report_types": ["observed-data"],
            "published": self.time,
            # Not our observables: strict readers refuse a report that names a type
            # which they do not know. What was observed leads to them.
            "object_refs": [
                str(made["id"]) for made in self.made if "modified" in made
            ],
            "labels": [*labels, "rogatory:doubted"] if one.warning else labels,
            "external_references": [
                {"source_name": "Rogatory message", "external_id": one.message_id}
            ],
            "extensions": {MESSAGE: self._message()},
        }
        if (confidence := self._confidence()) is not None:
            told["confidence"] = confidence
        report = self.add("report", "report", told)
        if one.in_reply_to:
            answered = object_id("report", self.party, one.in_reply_to, "report")
            self.relate(report, answered, "replies to")

    def _message(self) -> dict[str, object]:
        one = self.delivery
        told: dict[str, object] = {
            "extension_type": "property-extension",
            "kind": one.kind,
            "message_id": one.message_id,
            "digest": one.message_digest.hex(),
            "origin": str(one.origin),
            "provider": str(one.provider),
            "handling": str(one.handling),
            "content": self.fields,
        }
        if one.case_reference:
            told["case_reference"] = one.case_reference
        return told

    def _confidence(self) -> int | None:
        grade = Grade.of(self.delivery.document.get("evaluation"))
        if grade is None or grade.scheme != "admiralty":
            return None
        return _CONFIDENCE.get(grade.information)
