"""What surrounds a map: banners with its handling, a legend, a word on borders.

The map is left to `broker.core.routes.map_picture`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from broker.core.handling import Tlp
from broker.core.routes.corridor import Corridor
from broker.core.routes.geojson import restriction_list
from broker.core.routes.picture import Anchor, Area, Disc, Label, Line, Point, Shape

WIDTH: Final = 1200
HEIGHT: Final = 860
_BANNER: Final = 34
_LEGEND: Final = 178
MAP_BOX: Final = (
    0.0,
    float(_BANNER),
    float(WIDTH),
    float(HEIGHT - 2 * _BANNER - _LEGEND),
)
"""Left, top, width and height of the map."""

INK: Final = "#222222"
_PALE: Final = "#5c5c5c"
_PAPER: Final = "#ffffff"
_BLACK: Final = "#000000"
OTHER_MODE: Final = "#6b6b6b"
MODE_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sea": "#1f5fa8",
        "inland-water": "#3f9fbf",
        "road": "#9c4a1a",
        "rail": "#5b3a86",
        "air": "#b3246b",
        "post": "#2f7d32",
        "on-foot": "#8a7a10",
    }
)
"""By mode of transport; told apart by people who do not see red and green alike."""
_TLP_COLOURS: Final[Mapping[Tlp, str]] = MappingProxyType(
    {
        # FIRST, Traffic Light Protocol 2.0: the label in its colour on black.
        Tlp.RED: "#ff2b2b",
        Tlp.AMBER_STRICT: "#ffc000",
        Tlp.AMBER: "#ffc000",
        Tlp.GREEN: "#33ff00",
        Tlp.CLEAR: "#ffffff",
    }
)
_WIDTHS: Final = ((4, 5.0), (2, 3.2), (1, 1.8))
"""From so many reports on, a line is so wide."""
_DISCLAIMER: Final = (
    "Boundaries and names on this map imply no opinion on the legal status of any "
    "territory. Basemap: Natural Earth."
)
_TRACKS: Final = (
    "Lines join places in the order told; they are not tracks. Leads, not findings."
)
_ROW: Final = 17  # units between lines of the legend
_SMALL: Final = 11.5
_LONGEST_RESTRICTION: Final = 110  # signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What binds whoever has the map.

    Attributes:
        label: The level of the map.
        words: Europol and PAP labels, and restrictions, each once.
    """

    label: Tlp
    words: tuple[str, ...]

    @classmethod
    def of(cls, corridors: Sequence[Corridor], level: Tlp) -> Self:
        """Returns what binds whoever sees all of several corridors.

        The level is that of the map, even where nothing on it is as high.
        """
        words: dict[str, None] = {}
        for corridor in corridors:
            codes = str(corridor.handling).split()[1:]
            words.update(dict.fromkeys(codes))
            words.update(dict.fromkeys(restriction_list(corridor.handling)))
        return cls(label=level, words=tuple(words))

    @property
    def sentence(self) -> str:
        """The same as one text."""
        return "; ".join((self.label.label, *self.words))


def line_width(support: int) -> float:
    """Returns how wide the line of a corridor with so many reports is."""
    return next(width for least, width in _WIDTHS if support >= least)


def surrounding(handling: Handling, today: dt.date) -> Iterator[Shape]:
    """Yields both banners and the paper of the legend."""
    below = HEIGHT - _BANNER
    yield _box(0, below - _LEGEND, _LEGEND, _PAPER)
    for top in (0, below):
        yield _box(0, top, _BANNER, _BLACK)
        yield Label(
            at=(WIDTH / 2, top + 23),
            text=handling.label.label,
            size=17,
            colour=_TLP_COLOURS[handling.label],
            anchor=Anchor.MIDDLE,
            bold=True,
        )
    yield Label(
        at=(WIDTH - 14, 22), text=f"as of {today}", size=12, colour=_PAPER,
        anchor=Anchor.END,
    )  # fmt: skip
    bound = "; ".join(handling.words)
    if len(bound) > _LONGEST_RESTRICTION:
        bound = f"{bound[: _LONGEST_RESTRICTION - 1]}…"
    if bound:
        yield Label(
            at=(14, below - 8), text=f"Restrictions: {bound}", size=_SMALL, bold=True
        )


def legend(corridors: Sequence[Corridor], numbered: int) -> Iterator[Shape]:
    """Yields what the map's lines and marks mean, and the first corridors by number.

    Args:
        corridors: What is drawn.
        numbered: How many of them carry a number.
    """
    top = HEIGHT - _BANNER - _LEGEND + 20
    yield from _modes(corridors, (14, top))
    yield from _marks((196, top))
    yield from _listed(corridors, numbered, (452, top))
    for row, text in enumerate((_TRACKS, _DISCLAIMER)):
        yield Label(at=(14, top + 108 + row * 15), text=text, size=10.5, colour=_PALE)


def _modes(corridors: Sequence[Corridor], at: Point) -> Iterator[Shape]:
    seen = {mode for corridor in corridors for mode in corridor.modes}
    entries = [(m, colour) for m, colour in MODE_COLOURS.items() if m in seen]
    rows = [*entries[:5], ("other, several or not told", OTHER_MODE)]
    for row, (mode, colour) in enumerate(rows):
        x, y = at[0], at[1] + row * _ROW
        yield Line(points=((x, y - 4), (x + 24, y - 4)), colour=colour, width=3.2)
        yield Label(at=(x + 32, y), text=mode, size=_SMALL)


def _marks(at: Point) -> Iterator[Shape]:
    x, y = at[0] + 24, at[1]
    words = ("1 report", "2 or 3 reports", "4 reports or more")
    for row, (_, width) in enumerate(reversed(_WIDTHS)):
        line = y + row * _ROW - 4
        yield Line(points=((x, line), (x + 24, line)), colour=INK, width=width)
        yield Label(at=(x + 32, y + row * _ROW), text=words[row], size=_SMALL)
    for row, (colour, text) in enumerate(
        ((INK, "place as told"), (_PAPER, "known as a country only")), start=3
    ):
        mark = (x + 12, y + row * _ROW - 4)
        yield Disc(centre=mark, radius=4.5, colour=colour, outline=INK)
        yield Label(at=(x + 32, y + row * _ROW), text=text, size=_SMALL)
    yield Disc(
        centre=(x + 12, y + 5 * _ROW - 4), radius=7, colour="#e4dcec", outline="#e4dcec"
    )
    yield Label(at=(x + 32, y + 5 * _ROW), text="how uncertain, as told", size=_SMALL)


def _listed(corridors: Sequence[Corridor], numbered: int, at: Point) -> Iterator[Shape]:
    x, y = at
    for row, corridor in enumerate(corridors[:numbered]):
        origins = len(corridor.origins)
        words = (
            f"{row + 1}  {corridor.title}: {', '.join(corridor.classes)}; "
            f"{corridor.support} report(s) of {origins} origin(s); "
            f"{corridor.handling}"
        )
        yield Label(at=(x, y + row * (_ROW - 3)), text=words, size=_SMALL)
    more = len(corridors) - numbered
    if more > 0:
        yield Label(
            at=(x, y + numbered * (_ROW - 3)),
            text=f"and {more} more, without a number",
            size=_SMALL,
            colour=_PALE,
        )
    if not corridors:
        yield Label(at=(x, y), text="No corridor at this level.", size=_SMALL)


def _box(left: float, top: float, height: float, colour: str) -> Area:
    return Area(
        rings=(
            (
                (left, top),
                (WIDTH, top),
                (WIDTH, top + height),
                (left, top + height),
            ),
        ),
        colour=colour,
    )
