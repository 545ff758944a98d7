"""Filling shapes with colour, pixel by pixel, with smooth edges.

Pictures and their file formats are left to `broker.core.routes.png`.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from broker.core.routes.picture import Point

_SUBROWS: Final = 4  # of a row of pixels
_CORNERS: Final = 8  # of what stands for a round end
_FULL: Final = 0.999  # of a pixel; what sums lack of the whole
_NOTHING: Final = 0.001

Colour = tuple[int, int, int]
Ring = Sequence[Point]


@dataclass(slots=True)
class Canvas:
    """Pixels, three bytes each, row by row from the top.

    Args:
        width: In pixels.
        height: Likewise.
        colour: Of every pixel at first.
    """

    width: int
    height: int
    colour: Colour
    pixels: bytearray = field(init=False)

    def __post_init__(self) -> None:
        """Makes the pixels."""
        self.pixels = bytearray(bytes(self.colour) * (self.width * self.height))

    def fill(
        self,
        rings: Iterable[Ring],
        colour: Colour,
        opacity: float = 1.0,
        *,
        union: bool = False,
    ) -> None:
        """Fills a shape.

        Args:
            rings: Closed polygons, in pixels.
            colour: Red, green, blue.
            opacity: From 0 to 1.
            union: Whether all that is within any ring is filled; otherwise what is
                within an odd number of them. All rings then turn the same way.
        """
        edges = sorted(_edges(rings, self.height * _SUBROWS))
        if not edges:
            return
        changes: dict[int, float] = {}
        active: list[_Edge] = []
        following = 0
        subrow = edges[0][0]
        while active or following < len(edges):
            if not active and edges[following][0] > subrow:
                self._colour(subrow // _SUBROWS, changes, colour, opacity)
                changes, subrow = {}, edges[following][0]
            while following < len(edges) and edges[following][0] <= subrow:
                active.append(edges[following])
                following += 1
            active = [edge for edge in active if edge[1] > subrow]
            for start, end in _spans(active, subrow, union=union):
                self._cover(changes, start, end)
            subrow += 1
            if subrow % _SUBROWS == 0:
                self._colour(subrow // _SUBROWS - 1, changes, colour, opacity)
                changes = {}
        self._colour(subrow // _SUBROWS, changes, colour, opacity)

    def stroke(self, lines: Iterable[Ring], colour: Colour, width: float) -> None:
        """Draws lines with round corners and ends.

        Args:
            lines: Each a row of points, in pixels.
            colour: Red, green, blue.
            width: In pixels.
        """
        rings = [ring for line in lines for ring in _thick(line, width / 2)]
        self.fill(rings, colour, union=True)

    def _cover(self, changes: dict[int, float], start: float, end: float) -> None:
        """Notes where, along a row, how much more or less of a pixel is covered."""
        start, end = max(0.0, start), min(float(self.width), end)
        if end <= start:
            return
        share = 1 / _SUBROWS
        first, last = int(start), int(end)
        if first == last:
            pieces = [(first, (end - start) * share, first + 1)]
        else:
            pieces = [(first, (first + 1 - start) * share, first + 1)]
            if last > first + 1:
                pieces.append((first + 1, share, last))
            if end > last:
                pieces.append((last, (end - last) * share, last + 1))
        for begin, cover, beyond in pieces:
            changes[begin] = changes.get(begin, 0.0) + cover
            changes[beyond] = changes.get(beyond, 0.0) - cover

    def _colour(
        self, row: int, changes: dict[int, float], colour: Colour, opacity: float
    ) -> None:
        """Colours a row, as far as each pixel of it is covered."""
        covered = 0.0
        places = sorted(changes)
        base = row * self.width
        for place, following in itertools.pairwise(places):
            covered += changes[place]
            if covered < _NOTHING:
                continue
            whole = covered >= _FULL
            amount = opacity if whole else covered * opacity
            self._blend(base + place, base + following, colour, amount)

    def _blend(self, start: int, end: int, colour: Colour, amount: float) -> None:
        if amount >= _FULL:
            self.pixels[start * 3 : end * 3] = bytes(colour) * (end - start)
            return
        pixels, keep = self.pixels, 1 - amount
        red, green, blue = (part * amount for part in colour)
        for at in range(start * 3, end * 3, 3):
            pixels[at] = int(pixels[at] * keep + red)
            pixels[at + 1] = int(pixels[at + 1] * keep + green)
            pixels[at + 2] = int(pixels[at + 2] * keep + blue)


_Edge = tuple[int, int, float, float, int]
"""First sub-row, the one after the last, x at sub-row 0, step of x, direction."""


def _edges(rings: Iterable[Ring], subrows: int) -> Iterator[_Edge]:
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
            low, high = sorted((y1, y2))
            # A sub-row is cut at its middle.
            first = max(0, math.ceil(low * _SUBROWS - 0.5))
            last = min(subrows, math.ceil(high * _SUBROWS - 0.5))
            if first >= last:
                continue
            step = (x2 - x1) / (y2 - y1) / _SUBROWS
            at_zero = x1 + (0.5 / _SUBROWS - y1) * step * _SUBROWS
            yield first, last, at_zero, step, 1 if y2 > y1 else -1


def _spans(
    edges: Iterable[_Edge], subrow: int, *, union: bool
) -> Iterator[tuple[float, float]]:
    inside = 0
    start = 0.0
    crossings = sorted((edge[2] + edge[3] * subrow, edge[4]) for edge in edges)
    for at, direction in crossings:
        before = inside
        inside = inside + direction if union else 1 - inside
        if not before:
            start = at
        elif not inside:
            yield start, at


def _thick(line: Ring, half: float) -> Iterator[Ring]:
    """Yields polygons that cover a line; all of them turn the same way."""
    for (x1, y1), (x2, y2) in itertools.pairwise(line):
        length = math.hypot(x2 - x1, y2 - y1)
        if length:
            across, along = (y2 - y1) / length * half, (x2 - x1) / length * half
            yield (
                (x1 + across, y1 - along),
                (x2 + across, y2 - along),
                (x2 - across, y2 + along),
                (x1 - across, y1 + along),
            )
    for x, y in line:
        yield round_ring((x, y), half, _CORNERS)


def round_ring(centre: Point, radius: float, corners: int) -> list[Point]:
    """Returns a regular polygon around a point.

    Args:
        centre: Its middle.
        radius: From there to each corner.
        corners: How many.
    """
    x, y = centre
    turns = (2 * math.pi * corner / corners for corner in range(corners))
    return [
        (x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns
    ]
