"""Shapes as SVG and as PNG: what one shows, the other shows."""

import struct
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.routes.glyphs import CAPITAL, written
from broker.core.routes.picture import (
    Anchor,
    Area,
    Disc,
    Label,
    Line,
    Picture,
    Point,
    Shape,
)
from broker.core.routes.png import png, text_width
from broker.core.routes.raster import Canvas
from broker.core.routes.svg import svg

RED, WHITE = (255, 0, 0), (255, 255, 255)
SQUARE = ((2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0))
HOLE = ((3.0, 3.0), (5.0, 3.0), (5.0, 5.0), (3.0, 5.0))
COORDINATE = st.floats(-5, 15, allow_nan=False)
RING = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=7)


def picture(*shapes: Shape) -> Picture:
    return Picture(width=10, height=8, title="T", description="D", shapes=shapes)


def pixels(data: bytes) -> tuple[int, int, list[bytes]]:
    """Reads a PNG as ISO/IEC 15948 has it; returns width, height and rows."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[bytes, bytes] = {}
    at = 8
    while at < len(data):
        [size] = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        [check] = struct.unpack(">I", data[at + 8 + size : at + 12 + size])
        assert check == zlib.crc32(kind + body)
        chunks[kind] = chunks.get(kind, b"") + body
        at += 12 + size
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 2)
    rows = zlib.decompress(chunks[b"IDAT"])
    step = 1 + width * 3
    assert len(rows) == step * height
    assert b"Description" in chunks[b"iTXt"]
    return width, height, [rows[n * step + 1 : (n + 1) * step] for n in range(height)]


def colour(rows: list[bytes], x: int, y: int) -> tuple[int, ...]:
    return tuple(rows[y][x * 3 : x * 3 + 3])


def test_an_area_with_a_hole_is_filled_around_the_hole() -> None:
    made = picture(Area(rings=(SQUARE, HOLE), colour="#ff0000"))
    width, height, rows = pixels(png(made, scale=1))
    assert (width, height) == (10, 8)
    assert colour(rows, 2, 2) == RED
    assert colour(rows, 4, 4) == colour(rows, 7, 4) == WHITE
    assert sum(row.count(bytes(RED)) for row in rows) == 12


def test_the_edge_of_an_area_is_as_strong_as_it_covers_a_pixel() -> None:
    canvas = Canvas(4, 1, WHITE)
    canvas.fill([[(0.5, 0), (2.25, 0), (2.25, 1), (0.5, 1)]], (0, 0, 0))
    assert [canvas.pixels[at * 3] for at in range(4)] == [127, 0, 191, 255]


def test_an_area_that_lets_through_mixes_with_what_is_below() -> None:
    canvas = Canvas(2, 1, WHITE)
    canvas.fill([[(0, 0), (1, 0), (1, 1), (0, 1)]], (0, 0, 0), 0.5)
    assert bytes(canvas.pixels) == b"\x7f\x7f\x7f\xff\xff\xff"


@given(RING)
@settings(max_examples=60, deadline=None)
def test_no_shape_writes_outside_the_picture(ring: list[Point]) -> None:
    canvas = Canvas(10, 8, WHITE)
    canvas.fill([ring], RED)
    canvas.stroke([ring], (0, 0, 0), 1.5)
    assert len(canvas.pixels) == 10 * 8 * 3


@given(RING)
@settings(max_examples=60, deadline=None)
def test_a_filled_shape_has_the_area_that_it_has(ring: list[Point]) -> None:
    inside = [(min(9, max(1, x)), min(9, max(1, y))) for x, y in ring[:3]]
    canvas = Canvas(10, 10, WHITE)
    canvas.fill([inside], (0, 0, 0))
    covered = sum(255 - value for value in canvas.pixels[::3]) / 255
    (x1, y1), (x2, y2), (x3, y3) = inside
    expected = abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / 2
    assert covered == pytest.approx(expected, abs=1.6)


def test_rows_that_nothing_is_in_stay_as_they_are() -> None:
    canvas = Canvas(4, 9, WHITE)
    apart = [[(0, 0), (4, 0), (4, 1), (0, 1)], [(0, 8), (4, 8), (4, 9), (0, 9)]]
    canvas.fill(apart, (0, 0, 0))
    rows = [canvas.pixels[at * 12] for at in range(9)]
    assert rows == [0, *[255] * 7, 0]


def test_lines_discs_and_letters_are_drawn() -> None:
    made = picture(
        Line(points=((0, 1), (9, 1)), colour="#ff0000", width=2),
        Disc(centre=(5, 5), radius=2, colour="#00ff00", outline="#000000", width=1),
    )
    _, _, rows = pixels(png(made, scale=4))
    assert colour(rows, 16, 4) == RED
    assert colour(rows, 20, 20) == (0, 255, 0)
    assert colour(rows, 28, 20) == (0, 0, 0)
    blank = png(picture(), scale=4)
    for anchor in Anchor:
        label = Label(at=(5, 6), text="Ä", size=8, anchor=anchor, halo="#ff0000")
        assert png(picture(label), scale=4) != blank


def test_letters_have_a_width_and_unknown_ones_are_boxes() -> None:
    assert written("É") == written("E")
    assert written("中") == written("文")
    assert written("") == (0, ())
    assert text_width("AB", 10) > text_width("A", 10) > 0
    _, strokes = written("AZaz09.,")
    assert all(-3 <= y <= CAPITAL + 1 for stroke in strokes for _, y in stroke)


def test_text_of_a_message_cannot_become_markup_in_a_picture() -> None:
    hostile = "</text><script>alert(1)</script>\u202e\x00&"
    made = Picture(
        width=10,
        height=8,
        title=hostile,
        description=hostile,
        shapes=(
            Area(rings=(SQUARE,), colour="#ffffff", opacity=0.5),
            Line(points=((0.0, 0.0), (1.25, 2.0)), colour="#000000", width=1.5),
            Disc(centre=(1.0, 1.0), radius=2, colour="#ffffff", outline="#000000"),
            Label(at=(0.0, 0.0), text=hostile, size=9, halo="#ffffff", bold=True),
        ),
    )
    text = svg(made)
    root = ET.fromstring(text)  # noqa: S314 - made a line above
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert names == ["svg", "title", "desc", "path", "polyline", "circle", "text"]
    assert root[-1].text == "</text><script>alert(1)</script>??&"
    assert "href" not in text
