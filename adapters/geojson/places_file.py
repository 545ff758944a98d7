"""Where places lie, from a list of the operator's.

Without one, routes have the positions that were told, and no others.
"""

import csv
from pathlib import Path
from typing import Final

from adapters.errors import SystemAwayError
from broker.core.routes.geometry import LonLat
from broker.core.routes.places import NOWHERE, Gazetteer

_LARGEST: Final = 64 * 1024 * 1024  # bytes
_COUNTRY_LENGTH: Final = 3  # letters; a UN/LOCODE has five


def read_places(path: Path | None) -> Gazetteer:
    """Reads a list with the columns code, latitude, longitude.

    A code is a UN/LOCODE, or ISO 3166-1 alpha-3 for a position inside a country. Lines
    that are neither are passed over, such as the one with the names of the columns.

    Raises:
        SystemAwayError: It cannot be read.
    """
    if path is None:
        return NOWHERE
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file.read(_LARGEST).splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SystemAwayError("the list of places cannot be read") from error
    countries: dict[str, LonLat] = {}
    locodes: dict[str, LonLat] = {}
    for row in rows:
        found = _position(row)
        if found is not None:
            code = row[0].replace(" ", "")
            into = countries if len(code) == _COUNTRY_LENGTH else locodes
            into[code] = found
    return Gazetteer(countries=countries, locodes=locodes)


def _position(row: list[str]) -> LonLat | None:
    try:
        latitude, longitude = float(row[1]), float(row[2])
    except (IndexError, ValueError):
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 - degrees
    return (longitude, latitude) if on_earth else None
