"""The part of the world that a map shows, and where on the map each position is.

Parallels and meridians are straight; in the middle of the map a degree of longitude is
as long, compared with one of latitude, as on the ground.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

from broker.core.routes.geometry import LonLat
from broker.core.routes.picture import Point

_TURN: Final = 360.0  # degrees
_MOST_NORTH: Final = 84.0
_LEAST_SPAN: Final = 14.0  # degrees of latitude: no map looks closer than its basemap
_MARGIN: Final = 0.14  # of the span, on each side
_FLATTEST: Final = 0.25  # share of a degree of longitude, close to the poles
_CORNERS: Final = 3  # of the least polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewport:
    """A window on the world.

    Attributes:
        left: Of the window, in units of the picture.
        top: Likewise.
        width: Likewise.
        height: Likewise.
        west: Longitude of its left edge; may lie beyond 180 degrees.
        north: Latitude of its upper edge.
        across: Units for a degree of longitude.
        down: Units for a degree of latitude.
    """

    left: float
    top: float
    width: float
    height: float
    west: float
    north: float
    across: float
    down: float

    @classmethod
    def around(
        cls, positions: Sequence[LonLat], box: tuple[float, float, float, float]
    ) -> Self:
        """Returns a window that shows all positions, with the least of the rest.

        Args:
            positions: What must be seen; none: the whole world.
            box: Left, top, width and height in the picture.
        """
        left, top, width, height = box
        west, east = _longitudes([lon for lon, _ in positions])
        south, north = _latitudes([lat for _, lat in positions])
        flat = max(_FLATTEST, math.cos(math.radians((south + north) / 2)))
        span = max((east - west) * (1 + 2 * _MARGIN), 1.0)
        rise = max((north - south) * (1 + 2 * _MARGIN), _LEAST_SPAN)
        # Units for a degree of latitude that let both fit.
        down = min(height / rise, width / (span * flat))
        down = max(down, width / (_TURN * flat))  # never more than once around
        middle = _within((south + north) / 2, height / down / 2)
        return cls(
            left=left,
            top=top,
            width=width,
            height=height,
            west=(west + east) / 2 - width / (down * flat) / 2,
            north=middle + height / down / 2,
            across=down * flat,
            down=down,
        )

    def point(self, position: LonLat) -> Point:
        """Returns where a position is in the picture; it may lie outside the window."""
        lon, lat = position
        return (
            self.left + (lon - self.west) * self.across,
            self.top + (self.north - lat) * self.down,
        )

    def shown(self, position: LonLat) -> LonLat:
        """Returns the position with the longitude that is closest to the middle."""
        lon, lat = position
        middle = self.west + self.width / self.across / 2
        return lon - round((lon - middle) / _TURN) * _TURN, lat

    def copies(self, line: Sequence[LonLat]) -> Iterator[list[Point]]:
        """Yields a line in the picture, once for each time that the world is seen."""
        low, high = min(lon for lon, _ in line), max(lon for lon, _ in line)
        east = self.west + self.width / self.across
        first = math.ceil((self.west - high) / _TURN)
        last = math.floor((east - low) / _TURN)
        for turn in range(first, last + 1):
            yield [self.point((lon + turn * _TURN, lat)) for lon, lat in line]

    def clipped_ring(self, ring: Iterable[Point]) -> tuple[Point, ...]:
        """Returns the part of a polygon that is in the window (Sutherland, Hodgman)."""
        points = list(ring)
        for axis, bound, sign in self._edges():
            if not points:
                break
            points = list(_cut(points, axis, bound, sign))
        return tuple(points) if len(points) >= _CORNERS else ()

    def clipped_line(self, line: Sequence[Point]) -> Iterator[tuple[Point, ...]]:
        """Yields the parts of a line that are in the window."""
        part: list[Point] = []
        for start, end in itertools.pairwise(line):
            piece = self._segment(start, end)
            if piece is None or (part and part[-1] != piece[0]):
                if part:
                    yield tuple(part)
                part = []
            if piece is not None:
                part += piece[1:] if part else piece
        if part:
            yield tuple(part)

    def holds(self, point: Point) -> bool:
        """Tells whether a point of the picture is in the window."""
        x, y = point
        across = self.left <= x <= self.left + self.width
        return across and self.top <= y <= self.top + self.height

    def _edges(self) -> tuple[tuple[int, float, int], ...]:
        return (
            (0, self.left, 1),
            (0, self.left + self.width, -1),
            (1, self.top, 1),
            (1, self.top + self.height, -1),
        )

    def _segment(self, start: Point, end: Point) -> list[Point] | None:
        """Returns the part of a segment that is in the window (Liang, Barsky)."""
        low, high = 0.0, 1.0
        for axis, bound, sign in self._edges():
            before = (start[axis] - bound) * sign
            after = (end[axis] - bound) * sign
            if before < 0 and after < 0:
                return None
            if before < 0:
                low = max(low, before / (before - after))
            elif after < 0:
                high = min(high, before / (before - after))
        if low >= high:
            return None
        return [_between(start, end, low), _between(start, end, high)]


def _cut(
    points: Sequence[Point], axis: int, bound: float, sign: int
) -> Iterator[Point]:
    previous = points[-1]
    before = (previous[axis] - bound) * sign
    for point in points:
        after = (point[axis] - bound) * sign
        if (before < 0) != (after < 0):
            yield _between(previous, point, before / (before - after))
        if after >= 0:
            yield point
        previous, before = point, after


def _between(start: Point, end: Point, share: float) -> Point:
    if share in {0.0, 1.0}:
        return end if share else start
    return (
        start[0] + (end[0] - start[0]) * share,
        start[1] + (end[1] - start[1]) * share,
    )


def _longitudes(found: Iterable[float]) -> tuple[float, float]:
    """Returns the shortest stretch of longitudes that holds all of them."""
    ordered = sorted({lon % _TURN for lon in found})
    if not ordered:
        return -_TURN / 2, _TURN / 2
    gaps = [
        (following - lon, following)
        for lon, following in zip(
            ordered, [*ordered[1:], ordered[0] + _TURN], strict=True
        )
    ]
    widest, west = max(gaps)
    west %= _TURN
    east = west + _TURN - widest
    turns = round((west + east) / 2 / _TURN) * _TURN
    return west - turns, east - turns


def _latitudes(found: Sequence[float]) -> tuple[float, float]:
    if not found:
        return -_MOST_NORTH, _MOST_NORTH
    return max(-_MOST_NORTH, min(found)), min(_MOST_NORTH, max(found))


def _within(middle: float, half: float) -> float:
    """Returns the middle moved so that the window does not go beyond the poles."""
    if half >= _MOST_NORTH:
        return 0.0
    return max(-_MOST_NORTH + half, min(_MOST_NORTH - half, middle))
