"""Land and borders to draw routes on, as positions.

Where they come from is left to `broker.infra.places`.
"""

from dataclasses import dataclass

from broker.core.routes.geometry import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """One piece of land.

    Attributes:
        rings: The first around it, the others around what is not part of it.
    """

    rings: tuple[tuple[LonLat, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """The world, without a word on it.

    Attributes:
        lands: Pieces of land; longitudes between -180 and 180.
        borders: Coasts and borders, each once.
    """

    lands: tuple[Land, ...]
    borders: tuple[tuple[LonLat, ...], ...]
