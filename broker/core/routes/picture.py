"""A drawing, as shapes on a plane: what both SVG and PNG are made of.

What is drawn is left to `broker.core.routes.map_picture`.
"""

from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]
"""From the upper left corner: to the right, then down, in units of the picture."""


class Anchor(StrEnum):
    """Which part of a text stands at its position."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A filled shape; a point is inside when an odd number of rings is around it.

    Attributes:
        rings: Closed polygons; the last corner joins the first.
        colour: Six hexadecimal digits after a "#".
        opacity: From 0 to 1.
    """

    rings: tuple[tuple[Point, ...], ...]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with round ends.

    Attributes:
        points: Its corners.
        colour: Six hexadecimal digits after a "#".
        width: How thick it is.
    """

    points: tuple[Point, ...]
    colour: str
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Disc:
    """A disc, or a ring around one.

    Attributes:
        centre: Its middle.
        radius: Of the disc.
        colour: Of the disc.
        outline: Colour of the ring around it.
        width: How thick the ring is.
    """

    centre: Point
    radius: float
    colour: str
    outline: str
    width: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text on one line.

    Attributes:
        at: Where its baseline begins, has its middle or ends.
        text: What it says.
        size: Its size; capital letters are some seven tenths of it high.
        colour: Six hexadecimal digits after a "#".
        anchor: Which part of it stands at `at`.
        halo: Colour of an outline that sets it off, or empty.
        bold: Whether it is heavier than the others.
    """

    at: Point
    text: str
    size: float
    colour: str = "#222222"
    anchor: Anchor = Anchor.START
    halo: str = ""
    bold: bool = False


Shape = Area | Line | Disc | Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing.

    Attributes:
        width: In its own units.
        height: Likewise.
        title: What it shows, for whoever cannot see it.
        description: How it is to be handled.
        shapes: What is on it, from the back to the front.
    """

    width: int
    height: int
    title: str
    description: str
    shapes: tuple[Shape, ...]
