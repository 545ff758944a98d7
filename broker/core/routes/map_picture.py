"""Corridors on a map: lines by mode and support, places by precision, a legend.

What surrounds the map is left to `broker.core.routes.map_frame`.
"""

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.handling import Tlp
from broker.core.routes import map_frame as frame
from broker.core.routes.basemap import Basemap
from broker.core.routes.corridor import Corridor
from broker.core.routes.geometry import LonLat, circle, unwrapped
from broker.core.routes.map_labels import Labels
from broker.core.routes.picture import Area, Disc, Line, Picture, Point, Shape
from broker.core.routes.places import Gazetteer, Located, Precision
from broker.core.routes.report import Stop
from broker.core.routes.viewport import Viewport

_SEA: Final = "#dce9f2"
_LAND: Final = "#f7f4ec"
_BORDER: Final = "#b9b4a7"
_UNCERTAIN: Final = "#7d5a9e"
_UNCERTAIN_OPACITY: Final = 0.18
_DOT: Final = 4.5  # units
_ARROW: Final = 9.0  # units
_SAMPLED: Final = 6.0  # units between points that names avoid
_LEAST_ARROW: Final = 26.0  # units that a line needs to carry an arrow
_NUMBERED: Final = 8
"""So many corridors are numbered on the map, and listed in the legend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    """A corridor with the positions of its places, the unlocated ones left out."""

    corridor: Corridor
    stops: tuple[tuple[Stop, Located], ...]

    @property
    def positions(self) -> list[LonLat]:
        """Where its places are."""
        return [located.position for _, located in self.stops]


def map_picture(
    corridors: Sequence[Corridor],
    gazetteer: Gazetteer,
    basemap: Basemap,
    level: Tlp,
    today: dt.date,
) -> Picture:
    """Returns a map of corridors.

    Args:
        corridors: What to draw, the best supported first.
        gazetteer: Where countries and UN/LOCODEs lie.
        basemap: What to draw them on.
        level: Nothing above it is in them; it stands on the map.
        today: The day (UTC) that stands on the map.
    """
    tracks = [_track(corridor, gazetteer) for corridor in corridors]
    seen = [one for track in tracks for one in _extent(track)]
    viewport = Viewport.around(seen, frame.MAP_BOX)
    labels = Labels(viewport)
    drawn = [
        *_background(basemap, viewport),
        *(shape for track in tracks for shape in _uncertain(track, viewport)),
        # What is supported best is drawn last, above the rest.
        *(shape for track in reversed(tracks) for shape in _legs(track, viewport)),
        *(shape for track in reversed(tracks) for shape in _dots(track, viewport)),
    ]
    numbers = [
        shape
        for number, track in enumerate(tracks[:_NUMBERED], start=1)
        for shape in labels.numbered(number, _middle(track, viewport))
    ]
    named = [
        (_title(stop, located), viewport.point(viewport.shown(located.position)))
        for track in tracks
        for stop, located in track.stops
    ]
    labels.avoid((at for _, at in named), _DOT)
    labels.avoid(_along(drawn), 0)
    for name, at in named:
        labels.place(name, at)
    handling = frame.Handling.of(corridors, level)
    return Picture(
        width=frame.WIDTH,
        height=frame.HEIGHT,
        title=f"Corridors at {level.label}, {today}",
        description=handling.sentence,
        shapes=(
            *drawn,
            *numbers,
            *labels.shapes,
            *frame.surrounding(handling, today),
            *frame.legend(corridors, _NUMBERED),
        ),
    )


def _track(corridor: Corridor, gazetteer: Gazetteer) -> _Track:
    located = ((stop, gazetteer.locate(stop.spot)) for stop in corridor.stops)
    return _Track(
        corridor=corridor,
        stops=tuple((stop, where) for stop, where in located if where is not None),
    )


def _extent(track: _Track) -> Iterator[LonLat]:
    for _, located in track.stops:
        yield located.position
        if located.uncertainty_km:
            yield from circle(located.position, located.uncertainty_km, corners=4)


def _background(basemap: Basemap, viewport: Viewport) -> Iterator[Shape]:
    left, top, width, height = frame.MAP_BOX
    corners = (
        (left, top),
        (left + width, top),
        (left + width, top + height),
        (left, top + height),
    )
    yield Area(rings=(corners,), colour=_SEA)
    for land in basemap.lands:
        outlines = [list(viewport.copies(ring)) for ring in land.rings]
        for copy in range(len(outlines[0])):
            # A hole is seen as often as what is around it, or not at all.
            rings = [one[copy] for one in outlines if copy < len(one)]
            clipped = tuple(filter(None, map(viewport.clipped_ring, rings)))
            if clipped:
                yield Area(rings=clipped, colour=_LAND)
    for border in basemap.borders:
        yield from _lines(border, viewport, _BORDER, 0.7)


def _lines(
    line: Sequence[LonLat], viewport: Viewport, colour: str, width: float
) -> Iterator[Shape]:
    for copy in viewport.copies(line):
        for points in viewport.clipped_line(copy):
            yield Line(points=points, colour=colour, width=width)


def _along(shapes: Iterable[Shape]) -> Iterator[Point]:
    """Yields points along the lines of corridors, which names had better not cover."""
    for shape in shapes:
        if isinstance(shape, Line) and shape.colour != _BORDER:
            for start, end in itertools.pairwise(shape.points):
                steps = max(1, int(math.dist(start, end) / _SAMPLED))
                for step in range(steps + 1):
                    yield (
                        start[0] + (end[0] - start[0]) * step / steps,
                        start[1] + (end[1] - start[1]) * step / steps,
                    )


def _uncertain(track: _Track, viewport: Viewport) -> Iterator[Shape]:
    for _, located in track.stops:
        if located.uncertainty_km:
            around = circle(viewport.shown(located.position), located.uncertainty_km)
            ring = viewport.clipped_ring(map(viewport.point, around))
            if ring:
                yield Area(rings=(ring,), colour=_UNCERTAIN, opacity=_UNCERTAIN_OPACITY)


def _legs(track: _Track, viewport: Viewport) -> Iterator[Shape]:
    width = frame.line_width(track.corridor.support)
    modes = tuple(track.corridor.modes)
    for (stop, start), (_, end) in itertools.pairwise(track.stops):
        mode = stop.onward or (modes[0] if len(modes) == 1 else "")
        colour = frame.MODE_COLOURS.get(mode, frame.OTHER_MODE)
        leg = unwrapped((start.position, end.position))
        if leg[0] == leg[1]:
            continue
        for shape in _lines(leg, viewport, colour, width):
            yield shape
            if isinstance(shape, Line):
                yield from _arrow(shape.points, colour, width)


def _arrow(points: Sequence[Point], colour: str, width: float) -> Iterator[Shape]:
    """Yields a head beyond the middle of a line, if it is long enough for one."""
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)
    if length < _LEAST_ARROW:
        return
    along, across = (x2 - x1) / length, (y2 - y1) / length
    size = _ARROW + width
    tip = (x1 + (x2 - x1) * 0.62, y1 + (y2 - y1) * 0.62)
    base = (tip[0] - along * size, tip[1] - across * size)
    half = size * 0.42
    yield Area(
        rings=(
            (
                tip,
                (base[0] - across * half, base[1] + along * half),
                (base[0] + across * half, base[1] - along * half),
            ),
        ),
        colour=colour,
    )


def _dots(track: _Track, viewport: Viewport) -> Iterator[Shape]:
    for _, located in track.stops:
        at = viewport.point(viewport.shown(located.position))
        if viewport.holds(at):
            yield place_mark(at, located.precision)


def place_mark(at: Point, precision: Precision) -> Disc:
    """Returns what stands for a place: full where it is told, hollow for a country."""
    inner = "#ffffff" if precision is Precision.COUNTRY else frame.INK
    return Disc(centre=at, radius=_DOT, colour=inner, outline=frame.INK)


def _middle(track: _Track, viewport: Viewport) -> Point | None:
    """Returns where to number a corridor: on its longest leg, before the arrow."""
    legs = [
        [viewport.point(viewport.shown(one)) for one in pair]
        for pair in itertools.pairwise(track.positions)
    ]
    if not legs:
        points = map(viewport.point, map(viewport.shown, track.positions))
        return next((_below(point) for point in points), None)
    start, end = max(legs, key=lambda leg: math.dist(*leg))
    return (
        start[0] + (end[0] - start[0]) * 0.4,
        start[1] + (end[1] - start[1]) * 0.4,
    )


def _below(point: Point) -> Point:
    return point[0], point[1] + 3 * _DOT


def _title(stop: Stop, located: Located) -> str:
    spot = stop.spot
    if located.precision is Precision.COUNTRY:
        return spot.country
    return spot.name or spot.locode or spot.area or spot.country
