"""Distances, and lines that cross the antimeridian."""

import itertools

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.routes.geometry import (
    LonLat,
    circle,
    cut_at_antimeridian,
    distance_km,
    normal_longitude,
    unwrapped,
)

LONGITUDES = st.floats(-180, 180, allow_nan=False)
LATITUDES = st.floats(-89, 89, allow_nan=False)
POSITIONS = st.tuples(LONGITUDES, LATITUDES)


def test_distances_are_those_of_the_ground() -> None:
    antwerp, mombasa = (4.4, 51.217), (39.667, -4.05)
    assert distance_km(antwerp, mombasa) == pytest.approx(6950, rel=0.01)
    assert distance_km((179.9, 0), (-179.9, 0)) == pytest.approx(22.2, rel=0.01)
    assert distance_km((0, 90), (180, 90)) == pytest.approx(0, abs=1e-6)


@given(POSITIONS, POSITIONS)
@settings(deadline=None)
def test_a_way_is_as_long_in_both_directions(one: LonLat, other: LonLat) -> None:
    assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-6)
    assert distance_km(one, one) == pytest.approx(0, abs=1e-6)


@given(st.lists(POSITIONS, min_size=2, max_size=8))
@settings(deadline=None)
def test_no_part_of_a_line_crosses_the_antimeridian(line: list[LonLat]) -> None:
    for part in cut_at_antimeridian(line):
        assert len(part) >= 2
        assert all(-180 <= lon <= 180 for lon, _ in part)
        for (lon, _), (following, _) in itertools.pairwise(part):
            assert abs(following - lon) <= 180 + 1e-9


@given(st.lists(POSITIONS, min_size=1, max_size=8))
@settings(deadline=None)
def test_cutting_keeps_every_place_of_a_line(line: list[LonLat]) -> None:
    kept = [one for part in cut_at_antimeridian(line) for one in part]
    if len(set(unwrapped(line))) > 1:
        for lon, lat in line:
            assert any(
                abs((lon - x + 180) % 360 - 180) < 1e-6 and lat == y for x, y in kept
            )


def test_a_line_over_the_pacific_is_cut_where_it_crosses() -> None:
    first, second = cut_at_antimeridian([(170, -10), (-170, 10)])
    assert first == [(170, -10), (180, 0)]
    assert second == [(-180, 0), (-170, 10)]
    assert cut_at_antimeridian([(10, 1), (20, 2)]) == [[(10, 1), (20, 2)]]
    assert cut_at_antimeridian([]) == []


def test_a_line_that_ends_on_the_antimeridian_is_whole() -> None:
    assert cut_at_antimeridian([(170, 0), (180, 0)]) == [[(170, 0), (180, 0)]]


@given(st.floats(-1000, 1000, allow_nan=False))
@settings(deadline=None)
def test_every_meridian_has_one_normal_name(longitude: float) -> None:
    normal = normal_longitude(longitude)
    assert -180 <= normal <= 180
    turns = (longitude - normal) / 360
    assert turns == pytest.approx(round(turns), abs=1e-6)


@given(POSITIONS, st.integers(1, 900))
@settings(deadline=None)
def test_a_circle_keeps_to_its_radius(centre: LonLat, radius: int) -> None:
    ring = circle(centre, radius)
    assert ring[0] == pytest.approx(ring[-1])
    if abs(centre[1]) < 60:
        north = max(ring, key=lambda one: one[1])
        assert distance_km(centre, north) == pytest.approx(radius, rel=0.05)
