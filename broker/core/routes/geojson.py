"""Corridors as GeoJSON (RFC 7946), for any program that draws maps.

Positions stand as they were told, each with how uncertain it is. The picture of our own
is left to `broker.core.routes.map_picture`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from broker.core.handling import Handling, Tlp
from broker.core.routes.corridor import Corridor
from broker.core.routes.geometry import LonLat, cut_at_antimeridian, normal_longitude
from broker.core.routes.places import Gazetteer, Located
from broker.core.routes.report import Stop

NOTE: Final = (
    "Lines join places in the order in which they were told; they are not tracks. "
    "Leads, not findings."
)
_DECIMALS: Final = 6  # of a degree: more than anybody tells
_LINE: Final = 2  # positions


def feature_collection(
    corridors: Iterable[Corridor], gazetteer: Gazetteer, level: Tlp
) -> dict[str, object]:
    """Returns a FeatureCollection: for each corridor a line, and a point for each stop.

    Lines that cross the antimeridian are cut there (3.1.9). A stop that is known no
    better than its country has the precision "country"; what nothing locates has a
    null geometry (3.2).

    Args:
        corridors: What to export.
        gazetteer: Where countries and UN/LOCODEs lie.
        level: Nothing above it is in them.
    """
    features: list[dict[str, object]] = []
    for corridor in corridors:
        features.append(_line(corridor, gazetteer))
        features += [
            _point(corridor, number, stop, gazetteer.locate(stop.spot))
            for number, stop in enumerate(corridor.stops, start=1)
        ]
    # Members beside those of RFC 7946 are foreign members (6.1).
    return {
        "type": "FeatureCollection",
        "level": level.label,
        "note": NOTE,
        "features": features,
    }


def corridor_fields(corridor: Corridor) -> dict[str, object]:
    """Returns what is known of a corridor, as programs read it."""
    return {
        "corridor": corridor.name,
        "path": list(corridor.path),
        "general": corridor.general,
        "handling": str(corridor.handling),
        "restrictions": restriction_list(corridor.handling),
        "reports": corridor.support,
        "origins": list(corridor.origins),
        "first": corridor.first.isoformat(),
        "last": corridor.last.isoformat(),
        "expires_on": corridor.expires_on and corridor.expires_on.isoformat(),
        "items": list(corridor.classes),
        "modes": dict(corridor.modes),
        "concealment": dict(corridor.concealment),
        "grades": [str(grade) for grade in corridor.grades],
        "conflicting_grades": [
            [str(one), str(other)] for one, other in corridor.conflicts
        ],
        "trends_told": dict(corridor.trends),
        "volumes_told": [list(volume) for volume in corridor.volumes],
    }


def restriction_list(handling: Handling) -> list[str]:
    """Returns what binds whoever reads it, one sentence each."""
    bound = handling.restrictions
    found: list[str] = []
    if bound.release_to:
        found.append(f"release to {', '.join(bound.release_to)} only")
    if bound.purposes:
        uses = ", ".join(use.word for use in sorted(bound.purposes))
        found.append(f"use for {uses} only")
    if bound.no_onward:
        found.append("not to be passed on without the providers' consent")
    if bound.retention_days is not None:
        found.append(f"some of it is kept for {bound.retention_days} days only")
    found += [text for text in (bound.purpose, bound.other) if text]
    return found


def _line(corridor: Corridor, gazetteer: Gazetteer) -> dict[str, object]:
    located = [gazetteer.locate(stop.spot) for stop in corridor.stops]
    positions = [one.position for one in located if one is not None]
    return {
        "type": "Feature",
        "geometry": _line_geometry(positions),
        "properties": {"feature": "corridor", **corridor_fields(corridor)},
    }


def _line_geometry(positions: Sequence[LonLat]) -> Mapping[str, object] | None:
    if len(set(positions)) < _LINE:
        return None  # the points say it all
    parts = [[_rounded(one) for one in part] for part in cut_at_antimeridian(positions)]
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts}


def _point(
    corridor: Corridor, number: int, stop: Stop, located: Located | None
) -> dict[str, object]:
    spot = stop.spot
    properties: dict[str, object] = {
        "feature": "stop",
        "corridor": corridor.name,
        "handling": str(corridor.handling),
        "number": number,
        "role": stop.role,
        "country": spot.country or None,
        "area": spot.area or None,
        "name": spot.name or None,
        "locode": spot.locode or None,
        "crossing": stop.crossing or None,
        "onward_mode": stop.onward or None,
        "precision": None if located is None else located.precision.value,
        "uncertainty_km": (located.uncertainty_km or None) if located else None,
    }
    geometry = None
    if located is not None:
        geometry = {"type": "Point", "coordinates": _rounded(located.position)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _rounded(position: LonLat) -> list[float]:
    longitude, latitude = position
    if not -180 <= longitude <= 180:  # noqa: PLR2004 - degrees of a half turn
        longitude = normal_longitude(longitude)
    return [round(longitude, _DECIMALS), round(latitude, _DECIMALS)]
