"""A picture as PNG (ISO/IEC 15948), in pixels of our own making.

Filling is left to `broker.core.routes.raster`, letters to `broker.core.routes.glyphs`.
"""

import struct
import zlib
from typing import Final

from broker.core.routes.glyphs import CAPITAL, written
from broker.core.routes.picture import Anchor, Area, Disc, Label, Line, Picture, Point
from broker.core.routes.raster import Canvas, Colour, round_ring
from broker.core.routes.svg import printable

SCALE: Final = 2  # pixels for each unit of a picture
_WHITE: Final = (255, 255, 255)
_CORNERS: Final = 32  # of a disc
_CAPITAL_SHARE: Final = 0.72  # of the size of a text
_PEN: Final = 0.085  # of the size of a text
_BOLD_PEN: Final = 0.13
_HALO: Final = 3  # units
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR: Final = 2
_DEPTH: Final = 8  # bits of each colour
_ANCHORED: Final = {Anchor.START: 0.0, Anchor.MIDDLE: 0.5, Anchor.END: 1.0}


def png(picture: Picture, scale: int = SCALE) -> bytes:
    """Returns a picture as a PNG file, with its title and handling as text in it.

    Args:
        picture: What to draw.
        scale: Pixels for each unit.
    """
    canvas = Canvas(picture.width * scale, picture.height * scale, _WHITE)
    for shape in picture.shapes:
        match shape:
            case Area():
                rings = [_scaled(ring, scale) for ring in shape.rings]
                canvas.fill(rings, _colour(shape.colour), shape.opacity)
            case Line():
                line = _scaled(shape.points, scale)
                canvas.stroke([line], _colour(shape.colour), shape.width * scale)
            case Disc():
                _disc(canvas, shape, scale)
            case Label():
                _label(canvas, shape, scale)
    return _file(canvas, {"Title": picture.title, "Description": picture.description})


def text_width(text: str, size: float) -> float:
    """Returns how wide a text is, in units of the picture."""
    width, _ = written(text)
    return width * size * _CAPITAL_SHARE / CAPITAL


def _disc(canvas: Canvas, disc: Disc, scale: int) -> None:
    x, y = disc.centre
    centre, half = (x * scale, y * scale), disc.width / 2
    outer = round_ring(centre, (disc.radius + half) * scale, _CORNERS)
    inner = round_ring(centre, (disc.radius - half) * scale, _CORNERS)
    canvas.fill([outer], _colour(disc.outline))
    canvas.fill([inner], _colour(disc.colour))


def _label(canvas: Canvas, label: Label, scale: int) -> None:
    text = printable(label.text)
    unit = label.size * _CAPITAL_SHARE / CAPITAL
    width, strokes = written(text)
    left = label.at[0] - width * unit * _ANCHORED[label.anchor]
    lines = [
        [((left + x * unit) * scale, (label.at[1] - y * unit) * scale) for x, y in one]
        for one in strokes
    ]
    pen = label.size * (_BOLD_PEN if label.bold else _PEN)
    if label.halo:
        canvas.stroke(lines, _colour(label.halo), (pen + _HALO) * scale)
    canvas.stroke(lines, _colour(label.colour), pen * scale)


def _scaled(points: tuple[Point, ...], scale: int) -> list[Point]:
    return [(x * scale, y * scale) for x, y in points]


def _colour(text: str) -> Colour:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _file(canvas: Canvas, texts: dict[str, str]) -> bytes:
    step = canvas.width * 3
    # Each row begins with its filter: 0, none.
    rows = b"".join(
        b"\0" + canvas.pixels[at : at + step]
        for at in range(0, len(canvas.pixels), step)
    )
    header = struct.pack(
        ">IIBBBBB", canvas.width, canvas.height, _DEPTH, _TRUE_COLOUR, 0, 0, 0
    )
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            *(
                # iTXt: not compressed, no language, no translated keyword.
                _chunk(b"iTXt", f"{key}\0\0\0\0\0{printable(text)}".encode())
                for key, text in texts.items()
            ),
            _chunk(b"IDAT", zlib.compress(rows, 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
