"""Places of a route: what a message tells of each, and whether two can be the same.

Nothing here makes a place more exact than it was told. Where the tables come from is
left to `broker.infra.places`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from broker.core.countries import folded
from broker.core.country_codes import country_of_locode
from broker.core.routes.geometry import LonLat, distance_km

TOLERANCE_KM: Final = 25.0
"""How far apart two positions of one place may be told, beyond what is uncertain."""
_KM_OF_A_DEGREE: Final = 111.1  # of latitude, on the sphere, and a little less
_NONE: Final[Mapping[str, LonLat]] = MappingProxyType({})


class Precision(StrEnum):
    """How exactly a place is known, from the most exact."""

    POINT = "point"
    LOCODE = "locode"
    COUNTRY = "country"


class Relation(StrEnum):
    """Whether two places can be the same."""

    SAME = "same"
    OPEN = "open"
    APART = "apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place, as a message tells of it.

    Attributes:
        country: ISO 3166-1 alpha-3; empty outside every jurisdiction, or not told.
        area: First-level administrative area, or empty.
        name: As it is known locally, or empty.
        locode: UN/LOCODE, or empty.
        position: Longitude and latitude, or None.
        uncertainty_km: Radius within which the position lies; 0: not stated.
    """

    country: str = ""
    area: str = ""
    name: str = ""
    locode: str = ""
    position: LonLat | None = None
    uncertainty_km: int = 0
    area_key: str = field(default="", compare=False, repr=False)
    name_key: str = field(default="", compare=False, repr=False)

    @classmethod
    def of(cls, place: Mapping[str, object]) -> Self:
        """Reads a `Place` in protobuf's JSON mapping."""
        point = place.get("point")
        located: LonLat | None = None
        uncertainty = 0
        if isinstance(point, Mapping) and {"latitude", "longitude"} <= set(point):
            located = float(point["longitude"]), float(point["latitude"])
            uncertainty = int(point.get("uncertaintyKm", 0))
        locode = str(place.get("locode", ""))
        area, name = str(place.get("adminArea", "")), str(place.get("name", ""))
        country = str(place.get("country", "")) or country_of_locode(locode)
        return cls(
            country=country or "",
            area=area,
            name=name,
            locode=locode,
            position=located,
            uncertainty_km=uncertainty,
            area_key=folded(area),
            name_key=folded(name),
        )

    @property
    def title(self) -> str:
        """What people call it: the most exact thing told, then the country."""
        best = self.name or self.locode or self.area
        if not best:
            return self.country or "a position"
        return f"{best} ({self.country})" if self.country else best

    @property
    def exactness(self) -> int:
        """How much is told beyond the country; more is more exact."""
        if self.locode or (self.position and self.uncertainty_km <= TOLERANCE_KM):
            return 3
        if self.position:
            return 2
        return 1 if self.area or self.name else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A place on the map.

    Attributes:
        position: Longitude and latitude.
        precision: What the position is taken from.
        uncertainty_km: As it was told; 0: not stated, or not applicable.
    """

    position: LonLat
    precision: Precision
    uncertainty_km: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Where countries and, if somebody has brought a list, UN/LOCODEs lie.

    Attributes:
        countries: A position inside each country, by ISO 3166-1 alpha-3.
        locodes: Positions by UN/LOCODE; empty unless a list was brought.
    """

    countries: Mapping[str, LonLat] = field(default_factory=lambda: _NONE)
    locodes: Mapping[str, LonLat] = field(default_factory=lambda: _NONE)

    def locate(self, spot: Spot) -> Located | None:
        """Returns where to draw a place; None when nothing says where it is.

        A position that was told is taken as it is, never replaced by a more exact
        one: it may have been blurred on purpose.
        """
        if spot.position is not None:
            return Located(
                position=spot.position,
                precision=Precision.POINT,
                uncertainty_km=spot.uncertainty_km,
            )
        if spot.locode in self.locodes:
            return Located(
                position=self.locodes[spot.locode], precision=Precision.LOCODE
            )
        if spot.country in self.countries:
            return Located(
                position=self.countries[spot.country], precision=Precision.COUNTRY
            )
        return None


NOWHERE: Final = Gazetteer()
"""Knows no place."""


def relate(one: Spot, other: Spot, gazetteer: Gazetteer = NOWHERE) -> Relation:
    """Tells whether two places of the same country can be the same.

    SAME when both tell the same thing, or positions that agree within what is uncertain
    about them. APART when both tell something of the same sort, and it differs. OPEN
    when what they tell cannot be compared.

    Args:
        one: A place.
        other: Another, of the same country.
        gazetteer: Where UN/LOCODEs lie.
    """
    if one.locode and one.locode == other.locode:
        return Relation.SAME
    mine, theirs = _fix(one, gazetteer), _fix(other, gazetteer)
    if mine is not None and theirs is not None:
        allowed = TOLERANCE_KM + mine[1] + theirs[1]
        # Most are too far north or south of one another to look any closer.
        rise_km = abs(mine[0][1] - theirs[0][1]) * _KM_OF_A_DEGREE
        near = rise_km <= allowed and distance_km(mine[0], theirs[0]) <= allowed
        return Relation.SAME if near else Relation.APART
    if one.locode and other.locode:
        return Relation.APART
    return _by_name(one, other)


def _by_name(one: Spot, other: Spot) -> Relation:
    if one.area_key and other.area_key and one.area_key != other.area_key:
        return Relation.APART
    # Different names can be one place in two spellings.
    if one.name_key or other.name_key:
        same = one.name_key == other.name_key
        return Relation.SAME if same else Relation.OPEN
    return Relation.SAME if one.area_key and other.area_key else Relation.OPEN


def _fix(spot: Spot, gazetteer: Gazetteer) -> tuple[LonLat, int] | None:
    """Returns where a place lies, and how uncertain that is in km."""
    if spot.position is not None:
        return spot.position, spot.uncertainty_km
    if spot.locode in gazetteer.locodes:
        return gazetteer.locodes[spot.locode], 0
    return None
