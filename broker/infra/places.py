"""The map of the world, and where countries and UN/LOCODEs lie, from files.

The files of this package, and where they come from, are described in
`broker/infra/geo/README.md`. A list of UN/LOCODEs is the operator's own.
"""

import csv
import functools
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Final

from broker.core.errors import ConfigurationError
from broker.core.routes.basemap import Basemap, Land
from broker.core.routes.geometry import LonLat, unwrapped
from broker.core.routes.places import Gazetteer

_LARGEST: Final = 64 * 1024 * 1024  # bytes of a list of places
_OFFICIAL: Final = re.compile(r"(\d{2})(\d{2})([NS]) (\d{3})(\d{2})([EW])")
"""As the official list writes positions: degrees and minutes, "5113N 00424E"."""
_COUNTRY, _PLACE, _POSITION = 1, 2, 10  # columns of the official list, from 0
_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_MINUTES: Final = 60


@functools.cache
def country_points() -> dict[str, LonLat]:
    """Returns a position inside each country, by ISO 3166-1 alpha-3."""
    lines = _read("country-points.csv").splitlines()
    return {
        row["alpha_3"]: (float(row["longitude"]), float(row["latitude"]))
        for row in csv.DictReader(lines)
    }


@functools.cache
def basemap() -> Basemap:
    """Returns land and borders at 1:110,000,000 (Natural Earth, public domain)."""
    topology = json.loads(_read("countries-110m.json"))
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    return Basemap(
        lands=tuple(
            Land(rings=tuple(_ring(ids, arcs) for ids in polygon))
            for geometry in topology["objects"]["countries"]["geometries"]
            for polygon in _polygons(geometry)
        ),
        borders=tuple(tuple(unwrapped(arc)) for arc in arcs),
    )


def gazetteer(places: Path | None) -> Gazetteer:
    """Returns where countries lie, and the UN/LOCODEs of a list that somebody brought.

    Args:
        places: The list: a part of the official one, as it is published in comma
            separated values, or a file with the columns locode, latitude, longitude.

    Raises:
        ConfigurationError: The list cannot be read, or holds no position.
    """
    locodes = {} if places is None else _locodes(places)
    return Gazetteer(countries=country_points(), locodes=locodes)


def _locodes(path: Path) -> dict[str, LonLat]:
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigurationError(f"{path} is too large to be a list of places")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    try:
        found = dict(_rows(csv.reader(_text(data).splitlines())))
    except csv.Error as error:
        raise ConfigurationError(f"{path} is no list of places: {error}") from error
    if not found:
        raise ConfigurationError(
            f"{path} holds no position of a UN/LOCODE: expected the columns locode, "
            "latitude, longitude, or a part of the official list with positions such "
            "as 5113N 00424E"
        )
    return found


def _text(data: bytes) -> str:
    """Returns the text of a list; older parts of the official one are in Latin-1."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _rows(rows: Iterable[list[str]]) -> Iterator[tuple[str, LonLat]]:
    for row in rows:
        found = _official(row) if len(row) > _POSITION else _plain(row)
        if found is not None and _LOCODE.fullmatch(found[0]):
            yield found


def _official(row: list[str]) -> tuple[str, LonLat] | None:
    match = _OFFICIAL.fullmatch(row[_POSITION].strip())
    if match is None:
        return None
    north, minutes, side, east, east_minutes, other_side = match.groups()
    latitude = int(north) + int(minutes) / _MINUTES
    longitude = int(east) + int(east_minutes) / _MINUTES
    return row[_COUNTRY] + row[_PLACE], (
        -longitude if other_side == "W" else longitude,
        -latitude if side == "S" else latitude,
    )


def _plain(row: list[str]) -> tuple[str, LonLat] | None:
    try:
        locode, latitude, longitude = row[0], float(row[1]), float(row[2])
    except (IndexError, ValueError):
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 - degrees
    return (locode.replace(" ", ""), (longitude, latitude)) if on_earth else None


def _read(name: str) -> str:
    return resources.files("broker.infra").joinpath("geo", name).read_text("utf-8")


def _arc(arc: Any, transform: Any) -> list[LonLat]:  # noqa: ANN401 - parsed JSON
    """Returns the positions of an arc, stored as differences of whole numbers."""
    scale, origin = transform["scale"], transform["translate"]
    across = itertools.accumulate(step[0] for step in arc)
    up = itertools.accumulate(step[1] for step in arc)
    return [
        (x * scale[0] + origin[0], y * scale[1] + origin[1])
        for x, y in zip(across, up, strict=True)
    ]


def _polygons(geometry: Any) -> list[list[list[int]]]:  # noqa: ANN401 - parsed JSON
    arcs: list[Any] = geometry["arcs"]
    return arcs if geometry["type"] == "MultiPolygon" else [arcs]


def _ring(ids: list[int], arcs: list[list[LonLat]]) -> tuple[LonLat, ...]:
    """Returns a ring of arcs, each of which begins where the last one ends."""
    ring: list[LonLat] = []
    for number in ids:
        # A negative number is the bitwise complement: the arc backwards.
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += part[1:] if ring else part
    whole = unwrapped(ring)
    # What goes around a pole ends a whole turn from where it began: it stays as it is.
    around_pole = abs(whole[-1][0] - whole[0][0]) > 1
    return tuple(ring if around_pole else whole)
