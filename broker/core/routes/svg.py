"""A picture as SVG: one file that refers to nothing outside of it, and runs nothing."""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from broker.core.routes.picture import Area, Disc, Label, Line, Picture, Point, Shape

_FONT: Final = "DejaVu Sans, Verdana, Arial, sans-serif"
_HALO: Final = 3  # units that an outline is wide


def svg(picture: Picture) -> str:
    """Returns a picture as an SVG document.

    Text may hold anything that a message can: it is escaped, and what cannot be
    printed is replaced.
    """
    size = f'width="{picture.width}" height="{picture.height}"'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {picture.width} {picture.height}" role="img" '
        f"font-family={quoteattr(_FONT)}>"
    )
    lines = [
        opening,
        f"<title>{_text(picture.title)}</title>",
        f"<desc>{_text(picture.description)}</desc>",
        *(element for shape in picture.shapes for element in _elements(shape)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def printable(text: str) -> str:
    """Returns a text without what would steer its reader: controls, directions."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _elements(shape: Shape) -> Iterator[str]:
    match shape:
        case Area():
            path = " ".join(f"M{_points(ring)}Z" for ring in shape.rings if ring)
            opacity = "" if shape.opacity == 1 else f' fill-opacity="{shape.opacity}"'
            yield (
                f'<path d="{path}" fill="{shape.colour}" fill-rule="evenodd"{opacity}/>'
            )
        case Line():
            yield (
                f'<polyline points="{_points(shape.points)}" fill="none" '
                f'stroke="{shape.colour}" stroke-width="{_number(shape.width)}" '
                'stroke-linecap="round" stroke-linejoin="round"/>'
            )
        case Disc():
            x, y = shape.centre
            yield (
                f'<circle cx="{_number(x)}" cy="{_number(y)}" '
                f'r="{_number(shape.radius)}" fill="{shape.colour}" '
                f'stroke="{shape.outline}" stroke-width="{_number(shape.width)}"/>'
            )
        case Label():
            yield _label(shape)


def _label(label: Label) -> str:
    x, y = label.at
    weight = ' font-weight="bold"' if label.bold else ""
    halo = ""
    if label.halo:
        halo = (
            f' stroke="{label.halo}" stroke-width="{_HALO}" paint-order="stroke" '
            'stroke-linejoin="round"'
        )
    return (
        f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(label.size)}" '
        f'fill="{label.colour}" text-anchor="{label.anchor}"{weight}{halo}>'
        f"{_text(label.text)}</text>"
    )


def _text(text: str) -> str:
    return escape(printable(text))


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
