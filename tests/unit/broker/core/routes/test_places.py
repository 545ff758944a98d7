"""Whether two places can be the same, and where each is drawn."""

from typing import Any

import pytest

from broker.core.routes.places import (
    Gazetteer,
    Located,
    Precision,
    Relation,
    Spot,
    relate,
)
from tests.unit.broker.core.routes.route_world import place

KNOWN = Gazetteer(
    countries={"KEN": (37.8, 0.6)},
    locodes={"KEMBA": (39.67, -4.05), "KENBO": (36.82, -1.29)},
)


def spot(**told: Any) -> Spot:  # noqa: ANN401 - of a Place
    return Spot.of(place("KEN", **told))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"locode": "KEMBA"}, {"locode": "KEMBA"}, Relation.SAME),
        ({"locode": "KEMBA"}, {"locode": "KENBO"}, Relation.APART),
        ({"at": (39.6, -4.0)}, {"at": (39.8, -4.1)}, Relation.SAME),
        ({"at": (39.6, -4.0)}, {"at": (36.8, -1.3)}, Relation.APART),
        ({"at": (39.6, -4.0, 300)}, {"at": (37.9, -2.5, 50)}, Relation.SAME),
        ({"adminArea": "Coast"}, {"adminArea": "COAST"}, Relation.SAME),
        ({"adminArea": "Coast"}, {"adminArea": "Rift Valley"}, Relation.APART),
        ({"name": "Eldoret"}, {"name": "eldoret"}, Relation.SAME),
        ({"name": "Eldoret"}, {"name": "Eldorett"}, Relation.OPEN),
        ({"name": "Eldoret"}, {"at": (39.6, -4.0)}, Relation.OPEN),
        ({"locode": "KEMBA"}, {"at": (39.6, -4.0)}, Relation.OPEN),
        ({"adminArea": "Coast"}, {"locode": "KEMBA"}, Relation.OPEN),
        ({}, {"locode": "KEMBA"}, Relation.OPEN),
    ],
)
def test_places_are_apart_only_where_both_tell_the_same_sort_of_thing(
    one: dict[str, Any], other: dict[str, Any], expected: Relation
) -> None:
    assert relate(spot(**one), spot(**other)) is expected
    assert relate(spot(**other), spot(**one)) is expected


def test_with_a_list_of_locodes_a_code_and_a_position_can_be_compared() -> None:
    port, near, far = spot(locode="KEMBA"), spot(at=(39.6, -4.0)), spot(at=(36.8, -1.3))
    assert relate(port, near, KNOWN) is Relation.SAME
    assert relate(port, far, KNOWN) is Relation.APART


def test_a_blurred_position_is_never_replaced_by_an_exact_one() -> None:
    told = spot(locode="KEMBA", at=(39.5, -4.0, 50))
    assert KNOWN.locate(told) == Located(
        position=(39.5, -4.0), precision=Precision.POINT, uncertainty_km=50
    )


def test_what_is_known_no_better_is_drawn_where_its_code_or_its_country_is() -> None:
    port, inland = (
        KNOWN.locate(spot(locode="KEMBA")),
        KNOWN.locate(spot(name="Nowhere")),
    )
    assert port == Located(position=(39.67, -4.05), precision=Precision.LOCODE)
    assert inland == Located(position=(37.8, 0.6), precision=Precision.COUNTRY)
    assert KNOWN.locate(Spot.of({"name": "A website"})) is None


def test_a_locode_tells_the_country() -> None:
    assert Spot.of({"locode": "BEANR"}).country == "BEL"
    assert Spot.of({"locode": "XZSEA"}).country == ""


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ({"name": "Eldoret"}, "Eldoret (KEN)"),
        ({"locode": "KEMBA"}, "KEMBA (KEN)"),
        ({}, "KEN"),
    ],
)
def test_a_place_has_a_title(told: dict[str, Any], title: str) -> None:
    assert spot(**told).title == title
    assert Spot.of({"point": {"longitude": 1, "latitude": 2}}).title == "a position"
    assert Spot.of({"name": "A website"}).title == "A website"
