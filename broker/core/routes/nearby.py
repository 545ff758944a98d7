"""Which corridors are worth comparing a report with, found without trying them all.

Whether they do belong together is left to `broker.core.routes.alike`.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from broker.core.routes.alike import Sketch
from broker.core.routes.geometry import EARTH_RADIUS_KM, LonLat
from broker.core.routes.places import TOLERANCE_KM, Gazetteer, Spot

_MOST_UNCERTAIN_KM: Final = 100
"""What is told less exactly is compared with everything."""
_CELL_KM: Final = TOLERANCE_KM + 2 * _MOST_UNCERTAIN_KM
"""As far apart as two places of one cell's width can be, and still be one."""
_STEPS: Final = tuple(itertools.product((-1, 0, 1), repeat=3))

_Cell = tuple[int, int, int]


@dataclass(slots=True)
class _Filed:
    """Sketches by where their places in one country of the path lie."""

    by_cell: dict[_Cell, set[int]] = field(default_factory=dict)
    anywhere: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Neighbourhood:
    """Files sketches of one path, and finds those that may be compatible with another.

    Args:
        gazetteer: Where UN/LOCODEs lie.
    """

    gazetteer: Gazetteer
    _filed: dict[int, _Filed] = field(default_factory=dict)
    _count: int = 0

    def add(self, sketch: Sketch) -> None:
        """Files a sketch under the next number, from 0."""
        for position, spots in enumerate(sketch.places):
            filed = self._filed.setdefault(position, _Filed())
            cells = self._cells(spots)
            if cells is None:
                filed.anywhere.add(self._count)
            else:
                for cell in cells:
                    filed.by_cell.setdefault(cell, set()).add(self._count)
        self._count += 1

    def near(self, sketch: Sketch, least: int = 0) -> Iterator[int]:
        """Yields the numbers of all that may be compatible, ascending.

        Args:
            sketch: What is to be compared with them.
            least: No number below this.
        """
        if least == self._count:
            return
        best: list[set[int]] | None = None
        fewest = self._count
        for position, filed in self._filed.items():
            cells = self._cells(sketch.places[position])
            if cells is None:
                continue
            sets = [filed.anywhere, *_around(cells, filed.by_cell)]
            size = sum(map(len, sets))
            if size < fewest:
                best, fewest = sets, size
        if best is None:
            yield from range(least, self._count)
        else:
            found = (number for numbers in best for number in numbers)
            yield from sorted({number for number in found if number >= least})

    def _cells(self, spots: tuple[Spot, ...]) -> set[_Cell] | None:
        """Returns where places lie; None when one of them can be nearly anywhere."""
        if not spots:
            return None
        cells = set()
        for spot in spots:
            located = spot.position or self.gazetteer.locodes.get(spot.locode)
            if located is None or spot.uncertainty_km > _MOST_UNCERTAIN_KM:
                return None
            cells.add(_cell(located))
        return cells


def _around(cells: set[_Cell], by_cell: dict[_Cell, set[int]]) -> list[set[int]]:
    wanted = {(x + dx, y + dy, z + dz) for x, y, z in cells for dx, dy, dz in _STEPS}
    return [by_cell[cell] for cell in wanted if cell in by_cell]


def _cell(position: LonLat) -> _Cell:
    """Returns the cube that a position lies in.

    Cubes in space rather than fields of degrees: neither a pole nor the antimeridian is
    an exception, and the straight line is never longer than the way on the ground.
    """
    longitude, latitude = map(math.radians, position)
    scale = EARTH_RADIUS_KM / _CELL_KM
    return (
        math.floor(scale * math.cos(latitude) * math.cos(longitude)),
        math.floor(scale * math.cos(latitude) * math.sin(longitude)),
        math.floor(scale * math.sin(latitude)),
    )
