"""Criteria of a content: what of it goods can be compared with.

Which contents make one matter, and for how long, is left to `adapters.customs.drawing`.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from adapters.customs.document import part, parts, text, texts
from adapters.customs.terms import (
    container_term,
    goods_term,
    party_term,
    place_term,
    serial_term,
    series_term,
    vessel_term,
)
from adapters.customs.watchlist import Criteria
from broker.core.country_codes import country_of_locode
from broker.core.identification.ranges import Series

_Document = Mapping[str, object]

_OWN_GOODS: Final = frozenset(
    f"ACTOR_ROLE_{role}"
    for role in (
        "EXPORTER",
        "IMPORTER",
        "CONSIGNEE",
        "NOTIFY_PARTY",
        "END_USER",
        "BROKER",
        "FORWARDER",
        "RECIPIENT",
    )
)
"""Whose name stands on papers of the goods, and on few others."""

_TOO_MANY: Final = frozenset({"ACTOR_KIND_STATE_ORGAN"})
"""Whoever is named so receives goods of every kind, every day."""

_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "FIREARM_TYPE_PISTOL": ("9302",),
        "FIREARM_TYPE_REVOLVER": ("9302",),
        "FIREARM_TYPE_RIFLE": ("9301", "9303"),
        "FIREARM_TYPE_CARBINE": ("9301", "9303"),
        "FIREARM_TYPE_SHOTGUN": ("9303",),
        "FIREARM_TYPE_COMBINATION": ("9303",),
        "FIREARM_TYPE_BLANK_FIRING": ("9303", "9304"),
        "FIREARM_TYPE_REPLICA": ("9304",),
        "ITEM_CLASS_PART": ("9305",),
        "ITEM_CLASS_ACCESSORY": ("9305",),
        "ITEM_CLASS_AMMUNITION": ("9306",),
        "ITEM_CLASS_EXPLOSIVE": ("3602",),
        "ITEM_CLASS_LIGHT_WEAPON": ("9301",),
        "ITEM_CLASS_FIREARM": ("9301", "9302", "9303"),
        "ITEM_CLASS_CONVERTIBLE": ("9303", "9304"),
    }
)
"""What honest papers would say (HS 2022, chapter 93), by type, or else by class."""


def alert_criteria(document: _Document, party_key: bytes) -> Criteria:
    """Returns what a diversion alert, or an update of one, gives to compare with.

    Args:
        document: The content.
        party_key: Key of the tokens of names; empty: no names are compared.
    """
    consignment = part(document, "consignment")
    # An update adds legs to the journey itself; an alert has them in its consignment.
    legs = [*parts(consignment, "legs"), *parts(document, "legs")]
    items = list(parts(document, "items"))
    goods = {goods_term(text(line, "hsCode")) for line in parts(consignment, "goods")}
    return Criteria(
        goods=_kept(goods) or _goods_of(items),
        places=_kept(
            chain(
                (place_term(text(part(document, "place"), "locode")),),
                chain.from_iterable(map(_places_of_leg, legs)),
            )
        ),
        containers=_kept(
            container_term(text(one, "number"))
            for leg in legs
            for one in parts(leg, "containers")
        ),
        vessels=_kept(vessel_term(text(leg, "imo")) for leg in legs),
        serials=_serials(document, items),
        parties=_parties(parts(document, "parties"), party_key),
        routes=_alert_routes(document, consignment),
    )


def route_criteria(document: _Document, party_key: bytes) -> Criteria:
    """Returns what route intelligence gives to compare with; see `alert_criteria`."""
    items = list(parts(document, "items"))
    waypoints = list(parts(document, "waypoints"))
    return Criteria(
        goods=_goods_of(items),
        places=_kept(place_term(text(part(w, "place"), "locode")) for w in waypoints),
        serials=_serials(document, items),
        parties=_parties(parts(document, "actors"), party_key),
        routes=_route_of(waypoints),
    )


def loss_criteria(document: _Document) -> Criteria:
    """Returns what a loss from a stock gives to compare with: the numbers alone.

    What was lost is declared like any other of its kind, if at all: without a number
    there is nothing to tell it by.
    """
    return Criteria(serials=_serials(document, parts(document, "items")))


def _places_of_leg(leg: _Document) -> Iterator[str]:
    yield place_term(text(leg, "loading"))
    yield from map(place_term, texts(leg, "transhipment"))
    yield place_term(text(leg, "discharge"))


def _goods_of(items: Iterable[_Document]) -> frozenset[str]:
    found: set[str] = set()
    for item in items:
        by_type = _HEADINGS.get(text(part(item, "firearm"), "type"))
        found.update(by_type or _HEADINGS.get(text(item, "itemClass"), ()))
    return frozenset(found)


def _serials(document: _Document, items: Iterable[_Document]) -> frozenset[Series]:
    single = (
        serial_term(text(one, "raw"), text(one, "mask")) for one in _numbers(items)
    )
    spans = (
        series_term(text(part(one, "first"), "raw"), text(part(one, "last"), "raw"))
        for one in parts(document, "serialRanges")
    )
    return frozenset(one for one in chain(single, spans) if one is not None)


def _numbers(items: Iterable[_Document]) -> Iterator[_Document]:
    for item in items:
        firearm = part(item, "firearm")
        yield part(firearm, "frameSerial")
        for other in parts(firearm, "otherSerials"):
            yield part(other, "serial")
        yield part(part(item, "part"), "serial")


def _parties(actors: Iterable[_Document], key: bytes) -> frozenset[str]:
    if not key:
        return frozenset()
    return _kept(
        party_term(key, written)
        for one in actors
        if text(one, "role") in _OWN_GOODS and text(one, "kind") not in _TOO_MANY
        for written in (
            text(one, "name"),
            *(text(number, "value") for number in parts(one, "identifiers")),
        )
    )


def _alert_routes(
    document: _Document, consignment: _Document
) -> frozenset[tuple[str, str]]:
    by_role: dict[str, set[str]] = {}
    for one in parts(document, "affected"):
        by_role.setdefault(text(one, "role"), set()).add(text(one, "country"))
    begins = {text(consignment, "exportedFrom")}
    begins |= by_role.get("AFFECTED_ROLE_EXPORT", set())
    ends = {text(consignment, "destinedTo")}
    ends |= by_role.get("AFFECTED_ROLE_IMPORT", set())
    ends |= by_role.get("AFFECTED_ROLE_SUSPECTED_DESTINATION", set())
    return _pairs(begins, ends)


def _route_of(waypoints: Iterable[_Document]) -> frozenset[tuple[str, str]]:
    by_role: dict[str, set[str]] = {}
    for one in waypoints:
        place = part(one, "place")
        locode = place_term(text(place, "locode"))
        country = text(place, "country") or country_of_locode(locode) or ""
        by_role.setdefault(text(one, "role"), set()).add(country)
    begins = by_role.get("WAYPOINT_ROLE_ORIGIN", set())
    ends = by_role.get("WAYPOINT_ROLE_DESTINATION", set())
    return _pairs(begins, ends)


def _pairs(begins: set[str], ends: set[str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (begin, end)
        for begin in begins
        for end in ends
        if begin and end and begin != end
    )


def _kept(found: Iterable[str]) -> frozenset[str]:
    return frozenset(one for one in found if one)
