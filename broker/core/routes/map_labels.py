"""Putting names beside places so that none covers another.

What cannot be put anywhere is left out: it can be read in the list of corridors.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from broker.core.routes.picture import Anchor, Disc, Label, Point, Shape
from broker.core.routes.png import text_width
from broker.core.routes.viewport import Viewport

_SIZE: Final = 12.0
_GAP: Final = 8.0  # units between a place and its name
_LONGEST: Final = 28  # signs
_WIDER: Final = 1.05  # of our own letters, for fonts that are not ours
_NUMBER_RADIUS: Final = 8.5

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(slots=True)
class Labels:
    """Names on a map.

    Args:
        viewport: The map.
    """

    viewport: Viewport
    shapes: list[Shape] = field(default_factory=list)
    _taken: list[Box] = field(default_factory=list)
    _crossed: list[Point] = field(default_factory=list)
    _named: set[tuple[str, int, int]] = field(default_factory=set)

    def numbered(self, number: int, at: Point | None) -> list[Shape]:
        """Returns a number in a disc; nothing where it lies outside the map."""
        if at is None or not self.viewport.holds(at):
            return []
        x, y = at
        radius = _NUMBER_RADIUS
        self._taken.append((x - radius, y - radius, x + radius, y + radius))
        return [
            Disc(centre=at, radius=radius, colour="#ffffff", outline="#222222"),
            Label(
                at=(x, y + 4),
                text=str(number),
                size=11,
                anchor=Anchor.MIDDLE,
                bold=True,
            ),
        ]

    def place(self, name: str, at: Point) -> None:
        """Puts a name beside a place, once, if there is room for it."""
        x, y = at
        same = (name, round(x), round(y))
        if not name or same in self._named or not self.viewport.holds(at):
            return
        self._named.add(same)
        text = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
        width = text_width(text, _SIZE) * _WIDER
        candidates = []
        for place, anchor, left in (
            ((x + _GAP, y + 4), Anchor.START, x + _GAP),
            ((x - _GAP, y + 4), Anchor.END, x - _GAP - width),
            ((x, y - _GAP), Anchor.MIDDLE, x - width / 2),
            ((x, y + _GAP + _SIZE), Anchor.MIDDLE, x - width / 2),
        ):
            box = (left, place[1] - _SIZE, left + width, place[1] + 4)
            if self._free(box):
                candidates.append((self._covered(box), box, place, anchor))
        if not candidates:
            return
        # The first of those that cover the least.
        _, box, place, anchor = min(candidates, key=lambda one: one[0])
        self._taken.append(box)
        self.shapes.append(
            Label(at=place, text=text, size=_SIZE, anchor=anchor, halo="#ffffff")
        )

    def avoid(self, points: Iterable[Point], radius: float) -> None:
        """Notes what names must not cover, or, without a radius, had better not."""
        for x, y in points:
            if radius:
                self._taken.append((x - radius, y - radius, x + radius, y + radius))
            else:
                self._crossed.append((x, y))

    def _covered(self, box: Box) -> int:
        left, top, right, bottom = box
        return sum(left <= x <= right and top <= y <= bottom for x, y in self._crossed)

    def _free(self, box: Box) -> bool:
        corners = ((box[0], box[1]), (box[2], box[3]))
        if not all(map(self.viewport.holds, corners)):
            return False
        return not any(_overlap(box, other) for other in self._taken)


def _overlap(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
