"""Whose records come first: at home, where it was made, where it was imported."""

from typing import Any

import pytest

from broker.core.tracing.route import Progress, next_to_ask, route_of
from broker.core.tracing.stations import Ground, stations_of
from tests.unit.broker.core.tracing.told import pistol


def _marked(*marks: tuple[str, int | None]) -> dict[str, Any]:
    listed = [
        {"country": country} | ({"year": year} if year else {})
        for country, year in marks
    ]
    return pistol(importMarks=listed)


def _countries(item: dict[str, Any], own: str = "KEN") -> list[str]:
    return [one.country for one in stations_of(item, own)]


def test_home_then_manufacture_then_the_last_importer() -> None:
    item = _marked(("SOM", 1999), ("TZA", 2014), ("UGA", None))
    assert _countries(item) == ["KEN", "AUT", "TZA", "SOM", "UGA"]


def test_of_a_former_state_its_successors_are_asked() -> None:
    found = stations_of(pistol(countryManufacture="CSK"), "KEN")
    assert [(one.country, one.ground) for one in found[1:]] == [
        ("CZE", Ground.SUCCESSOR),
        ("SVK", Ground.SUCCESSOR),
    ]
    assert "Czechoslovakia" in found[1].reason


def test_without_a_country_the_maker_leads_on() -> None:
    found = stations_of(pistol(countryManufacture=""), "KEN")
    assert [(one.country, one.ground) for one in found[1:]] == [("AUT", Ground.MAKER)]
    assert _countries(pistol(countryManufacture="", make="Example Works")) == ["KEN"]


@pytest.mark.parametrize(
    ("item", "own", "words"),
    [
        (pistol(), "AUT", "it was made here"),
        (pistol(countryManufacture="SUN"), "RUS", "it was made here"),
        (_marked(("KEN", 2014)), "KEN", "our mark of import"),
        ({"itemClass": "ITEM_CLASS_EXPLOSIVE"}, "KEN", "records at home"),
    ],
    ids=("made", "made by a former State", "imported", "without a description"),
)
def test_what_leads_home_is_looked_up_at_home(
    item: dict[str, Any], own: str, words: str
) -> None:
    [home, *rest] = stations_of(item, own)
    assert home.domestic
    assert words in home.reason
    assert own not in {one.country for one in rest}


def test_one_state_is_asked_about_all_items_at_once() -> None:
    items = [pistol("ZZQ-1"), _marked(("TZA", 2014)), pistol("ZZQ-3")]
    steps = {one.country: one for one in route_of(items, "KEN")}
    assert steps["AUT"].items == (0, 1, 2)
    assert steps["TZA"].items == (1,)


def test_an_answer_goes_before_marks_and_whoever_was_asked_is_not_next() -> None:
    items = [_marked(("TZA", 2014))]
    steps = route_of(items, "KEN", named={0: ["SOM"]}, asked={"AUT": ["answered"]})
    assert [one.country for one in steps] == ["KEN", "SOM", "AUT", "TZA"]
    assert steps[2].progress is Progress.ASKED
    following = next_to_ask(steps)
    assert following is not None
    assert (following.country, following.grounds) == ("SOM", (Ground.ANSWER,))


def test_whoever_is_no_party_is_asked_by_other_means() -> None:
    steps = route_of([pistol()], "KEN", parties=["KEN", "BEL"])
    assert [one.progress for one in steps] == [Progress.AT_HOME, Progress.ELSEWHERE]
    everybody = route_of([pistol()], "KEN", parties=["AUT"])
    assert everybody[1].progress is Progress.TO_ASK


def test_when_everybody_was_asked_nobody_is_next() -> None:
    assert next_to_ask(route_of([pistol()], "KEN", asked={"AUT": ["closed"]})) is None
