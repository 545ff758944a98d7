"""Distances and lines on the globe, in degrees of WGS 84.

What lies where is left to `broker.core.routes.places`, drawing to the map.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Final

LonLat = tuple[float, float]
"""Longitude and latitude in degrees, in the order of GeoJSON (RFC 7946, 3.1.1)."""

EARTH_RADIUS_KM: Final = 6371.0088  # mean radius, IUGG
_HALF_TURN: Final = 180.0  # degrees
_TURN: Final = 360.0  # degrees


def distance_km(one: LonLat, other: LonLat) -> float:
    """Returns the length of the great circle between two positions, in km."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*one, *other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def normal_longitude(longitude: float) -> float:
    """Returns the same meridian between -180 and 180 degrees."""
    turned = (longitude + _HALF_TURN) % _TURN - _HALF_TURN
    # Both ends name the antimeridian: what was said is kept.
    return _HALF_TURN if turned == -_HALF_TURN and longitude > 0 else turned


def unwrapped(positions: Iterable[LonLat]) -> list[LonLat]:
    """Returns positions with longitudes that go the short way from each to the next.

    They may lie beyond 180 degrees.
    """
    line: list[LonLat] = []
    for longitude, latitude in positions:
        if line:
            turns = round((longitude - line[-1][0]) / _TURN)
            line.append((longitude - turns * _TURN, latitude))
        else:
            line.append((longitude, latitude))
    return line


def cut_at_antimeridian(positions: Sequence[LonLat]) -> list[list[LonLat]]:
    """Returns a line in parts, none of which crosses the antimeridian.

    As RFC 7946, 3.1.9 asks: each part ends, and the next begins, on the antimeridian.

    Args:
        positions: The line; between two positions it goes the short way.
    """
    line = unwrapped(positions)
    parts: list[list[LonLat]] = []
    turn: int | None = None
    for start, end in itertools.pairwise(line):
        for first, last in _within_turns(start, end):
            middle = (first[0] + last[0]) / 2
            this_turn = math.floor((middle + _HALF_TURN) / _TURN)
            if this_turn != turn:
                parts.append([_turned(first, this_turn)])
                turn = this_turn
            parts[-1].append(_turned(last, this_turn))
    return parts or [[_turned(one, round(one[0] / _TURN))] for one in line[:1]]


def _within_turns(start: LonLat, end: LonLat) -> list[tuple[LonLat, LonLat]]:
    """Returns a segment, or both of its parts where it crosses an antimeridian."""
    low, high = min(start[0], end[0]), max(start[0], end[0])
    seam = (math.floor((low - _HALF_TURN) / _TURN) + 1) * _TURN + _HALF_TURN
    if seam >= high:
        return [(start, end)]
    share = (seam - start[0]) / (end[0] - start[0])
    crossing = (seam, start[1] + share * (end[1] - start[1]))
    return [(start, crossing), (crossing, end)]


def _turned(position: LonLat, turns: int) -> LonLat:
    """Returns a position moved back by whole turns, to where longitudes are normal."""
    longitude = position[0] - turns * _TURN
    return max(-_HALF_TURN, min(_HALF_TURN, longitude)), position[1]


def circle(centre: LonLat, radius_km: float, corners: int = 48) -> list[LonLat]:
    """Returns a closed polygon around a position; longitudes are not normalised.

    Args:
        centre: Its middle.
        radius_km: Its radius on the ground.
        corners: How many corners it has.
    """
    lon, lat = centre
    north = math.degrees(radius_km / EARTH_RADIUS_KM)
    # Close to a pole a circle on the ground spans every meridian.
    east = north / max(0.05, math.cos(math.radians(lat)))
    ring = []
    for corner in range(corners + 1):
        turn = 2 * math.pi * corner / corners
        ring.append(
            (
                lon + east * math.cos(turn),
                max(-90.0, min(90.0, lat + north * math.sin(turn))),
            )
        )
    return ring
