"""The map: what is on it, what stands around it, and what never shows."""

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings, strategies as st

from benchmarks.routes import reports as many_reports
from broker.core.handling import Restrictions, Tlp
from broker.core.routes import map_frame
from broker.core.routes.fusion import fuse
from broker.core.routes.geometry import LonLat
from broker.core.routes.map_picture import map_picture
from broker.core.routes.picture import Area, Disc, Label, Line, Picture, Point
from broker.core.routes.places import Gazetteer
from broker.core.routes.report import RouteReport
from broker.core.routes.viewport import Viewport
from broker.infra.places import basemap, country_points
from tests.unit.broker.core.routes.route_world import place, report

TODAY = dt.date(2027, 1, 20)
BOX = (0.0, 34.0, 1200.0, 600.0)
POSITIONS = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
FAR_POINTS = st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000))


@functools.cache
def gazetteer() -> Gazetteer:
    return Gazetteer(countries=country_points())


def drawn(reports: Sequence[RouteReport], level: Tlp = Tlp.AMBER) -> Picture:
    found = fuse(reports, level=level, today=TODAY, gazetteer=gazetteer())
    return map_picture(found.corridors, gazetteer(), basemap(), level, TODAY)


def texts(picture: Picture) -> list[str]:
    return [shape.text for shape in picture.shapes if isinstance(shape, Label)]


def test_a_map_carries_its_level_its_restrictions_and_a_word_on_borders() -> None:
    bound = Restrictions(no_onward=True)
    picture = drawn([report(1, ["KEN", "SOM"], modes=["ROAD"], bound=bound)])
    said = texts(picture)
    assert said.count("TLP:AMBER") == 2
    assert any("imply no opinion on the legal status" in one for one in said)
    assert any("not to be passed on" in one for one in said)
    assert "TLP:AMBER; not to be passed on" in picture.description
    assert {"KEN", "SOM", "road", "as of 2027-01-20"} <= set(said)
    assert any(one.startswith("1 KEN > SOM: firearm") for one in map(_one_space, said))


def test_nothing_above_the_level_is_on_the_map() -> None:
    amber = report(1, [place("KEN", name="Secret depot"), "SOM"], handling="TLP:AMBER")
    green = report(2, ["UGA", "SSD"], handling="TLP:GREEN")
    assert texts(drawn([amber, green], Tlp.GREEN)) == texts(drawn([green], Tlp.GREEN))
    assert not any("Secret" in one for one in texts(drawn([amber, green], Tlp.GREEN)))


def test_places_told_lines_by_mode_and_uncertainty_are_told_apart() -> None:
    way: list[Any] = [
        place("LBY", at=(14.4, 27.0, 200), name="Sabha"),
        place("NER", at=(8.0, 17.0)),
        "MLI",
    ]
    picture = drawn([report(1, way, modes=["ROAD"])])
    colours = {one.colour for one in picture.shapes if isinstance(one, Line)}
    assert map_frame.MODE_COLOURS["road"] in colours
    assert any(isinstance(one, Area) and one.opacity < 1 for one in picture.shapes)
    discs = [one.colour for one in picture.shapes if isinstance(one, Disc)]
    assert map_frame.INK in discs
    assert "Sabha" in texts(picture)


def test_an_empty_map_says_that_there_is_nothing() -> None:
    assert "No corridor at this level." in texts(drawn([]))


def test_many_corridors_are_drawn_and_the_first_ones_numbered() -> None:
    said = texts(drawn(many_reports(60, ways=40), Tlp.RED))
    assert {"1", "8"} <= set(said)
    assert "9" not in said
    assert any(one.startswith("and ") for one in said)


def test_a_corridor_within_one_country_is_numbered_too() -> None:
    said = texts(drawn([report(1, ["KEN"]), report(2, [{"country": "UGA"}])]))
    assert {"1", "2"} <= set(said)


def test_names_do_not_cover_one_another() -> None:
    near = [
        place("KEN", at=(37 + step / 90, 0), name=f"Place {step}") for step in range(9)
    ]
    shown = [one for one in texts(drawn([report(1, near)])) if one.startswith("Place")]
    assert 1 <= len(shown) < 9


def test_a_wide_line_means_many_reports() -> None:
    assert [map_frame.line_width(count) for count in (1, 2, 3, 4, 90)] == [
        1.8,
        3.2,
        3.2,
        5.0,
        5.0,
    ]


@given(st.lists(POSITIONS, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_everything_that_must_be_seen_is_in_the_window(seen: list[LonLat]) -> None:
    viewport = Viewport.around(seen, BOX)
    assert viewport.width / viewport.across <= 360.001
    for position in seen:
        x, y = viewport.point(viewport.shown(position))
        assert -1 <= x - viewport.left <= viewport.width + 1
        if abs(position[1]) <= 84 and viewport.width / viewport.across < 359:
            assert -1 <= y - viewport.top <= viewport.height + 1


@given(st.lists(FAR_POINTS, min_size=3, max_size=8))
@settings(max_examples=60, deadline=None)
def test_what_is_drawn_stays_in_the_window(ring: list[Point]) -> None:
    viewport = Viewport.around([(10, 10), (20, 20)], BOX)
    parts = [viewport.clipped_ring(ring), *viewport.clipped_line(ring)]
    for x, y in (point for part in parts for point in part):
        assert -0.01 <= x - viewport.left <= viewport.width + 0.01
        assert -0.01 <= y - viewport.top <= viewport.height + 0.01


def test_routes_over_the_pacific_are_seen_in_one_piece() -> None:
    viewport = Viewport.around([(178.4, -18.1), (-118.2, 33.7)], BOX)
    (x1, _), (x2, _) = (
        viewport.point(viewport.shown(one)) for one in ((178.4, -18.1), (-118.2, 33.7))
    )
    assert 0 < x1 < x2 < 1200


def _one_space(text: str) -> str:
    return " ".join(text.split())
