"""GeoJSON that any reader takes, and that tells no more than was told."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings, strategies as st

from benchmarks.routes import reports as many_reports
from broker.core.handling import Restrictions, Tlp
from broker.core.routes.fusion import fuse
from broker.core.routes.geojson import feature_collection
from broker.core.routes.places import Gazetteer
from broker.core.routes.report import RouteReport
from tests.unit.broker.core.routes.route_world import place, report
from tests.unit.broker.core.routes.test_fusion import TODAY

KNOWN = Gazetteer(countries={"KEN": (37.8, 0.6), "SOM": (45.7, 4.8)})
CORPUS = many_reports(40, ways=20)


def exported(reports: Sequence[RouteReport], level: Tlp = Tlp.RED) -> Any:  # noqa: ANN401 - JSON
    found = fuse(reports, level=level, today=TODAY)
    return json.loads(json.dumps(feature_collection(found.corridors, KNOWN, level)))


def test_a_corridor_is_a_line_and_each_place_a_point() -> None:
    bound = Restrictions(
        no_onward=True, other="ask first", retention_days=30, release_to=("police",)
    )
    made = exported(
        [report(1, ["KEN", place("SOM", at=(42.5, -0.5, 50))], bound=bound)]
    )
    line, kenya, somalia = made["features"]
    assert made["type"] == "FeatureCollection"
    assert line["geometry"] == {
        "type": "LineString",
        "coordinates": [[37.8, 0.6], [42.5, -0.5]],
    }
    told = line["properties"]
    assert (told["reports"], told["handling"]) == (1, "TLP:GREEN")
    assert told["restrictions"] == [
        "release to police only",
        "not to be passed on without the providers' consent",
        "some of it is kept for 30 days only",
        "ask first",
    ]
    assert kenya["properties"]["precision"] == "country"
    assert somalia["properties"]["precision"] == "point"
    assert somalia["properties"]["uncertainty_km"] == 50
    assert somalia["geometry"] == {"type": "Point", "coordinates": [42.5, -0.5]}


def test_what_nothing_locates_has_no_geometry() -> None:
    line, website, _ = exported([report(1, [{"name": "A website"}, "KEN"])])["features"]
    assert website["geometry"] is None
    assert website["properties"]["precision"] is None
    assert line["geometry"] is None  # one place makes no line


def test_a_line_over_the_pacific_is_cut_in_two() -> None:
    way = [place("FJI", at=(178.4, -18.1)), place("USA", at=(-118.2, 33.7))]
    geometry = exported([report(1, way)])["features"][0]["geometry"]
    assert geometry["type"] == "MultiLineString"
    first, second = geometry["coordinates"]
    assert (first[-1][0], second[0][0]) == (180, -180)


@given(st.lists(st.sampled_from(CORPUS), max_size=20), st.sampled_from(list(Tlp)))
@settings(max_examples=20, deadline=None)
def test_every_position_is_on_earth_and_nothing_is_above_the_level(
    made: list[RouteReport], level: Tlp
) -> None:
    collection = exported(made, level)
    for feature in collection["features"]:
        label = feature["properties"]["handling"].split()[0]
        assert Tlp.from_label(label) <= level
        for longitude, latitude in _positions(feature["geometry"]):
            assert -180 <= longitude <= 180
            assert -90 <= latitude <= 90


def _positions(geometry: Any) -> list[list[float]]:  # noqa: ANN401 - JSON
    if geometry is None:
        return []
    coordinates: list[Any] = geometry["coordinates"]
    if geometry["type"] == "Point":
        return [coordinates]
    if geometry["type"] == "LineString":
        return coordinates
    return [one for part in coordinates for one in part]
