"""`rogatory route` on a node in memory: lists, corridors, trends and files."""

import asyncio
import functools
import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from broker.app.node_folder import Node
from broker.cli import route_files, route_options
from broker.core.routes.png import png as drawn_png
from tests.unit.broker.app.route_node import keys, node, parties, tell
from tests.unit.broker.cli.conftest import Cli, Ended
from tests.unit.broker.core.routes.route_world import grade, place
from tests.world import BEL, KEN, MEX, NOW_MS

SABHA = place("LBY", at=(14.4, 27.0, 50), name="Sabha")


@pytest.fixture
def office(
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stop_clock: Callable[[int], object],
) -> Iterator[Cli]:
    """Belgium's command line; Kenya and Mexico have told of routes."""
    told = parties(tmp_path)
    ken, mex = told.sides[KEN], told.sides[MEX]
    tell(ken, SABHA, "NER", modes=["ROAD"], trend="TREND_RISING")
    tell(mex, "LBY", "NER", evaluation=grade("E", 5), handling="TLP:AMBER")
    tell(ken, "KEN", "SOM", expiresOn="2026-12-31")
    superseded = tell(ken, "UGA", "SSD")
    tell(ken, "UGA", "COD", in_reply_to=superseded.message_digest)
    tell(told.sides[BEL], SABHA, "NER", to=(KEN,), items=["FIREARM", "CONVERTIBLE"])
    asyncio.run(told.settle())

    @contextmanager
    def session(_given: Path | None) -> Iterator[Node]:
        yield node(told.sides[BEL])

    for module in (route_options, route_files):
        monkeypatch.setattr(module, "node_session", session)
        monkeypatch.setattr(module, "unlock", lambda _node, _given: keys(BEL))
    stop_clock(NOW_MS)
    yield lambda *arguments: cli("route", *arguments)
    told.close()


def corridor(ended: Ended, path: list[str]) -> dict[str, Any]:
    [found] = [one for one in ended.json["corridors"] if one["path"] == path]
    return dict(found)


def test_the_list_shows_each_report_as_it_was_told(office: Cli) -> None:
    listed = office("list", "--json").json["routes"]
    assert [one["path"] for one in listed] == [
        ["LBY", "NER"],
        ["UGA", "COD"],
        ["LBY", "NER"],
        ["LBY", "NER"],
    ]
    assert listed[-1]["stops"][0]["uncertainty_km"] == 50
    assert (listed[2]["handling"], listed[2]["grade"]) == ("TLP:AMBER", "admiralty E5")
    everything = office("list", "--all", "--expired")
    assert "superseded" in everything.out
    assert "expired" in everything.out
    assert "KEN > SOM" in everything.out
    assert "No route" in office("list", "--country", "MEX").err


def test_a_level_shows_nothing_of_what_is_above(office: Cli) -> None:
    seen = corridor(office("corridors", "--json"), ["LBY", "NER"])
    assert (seen["reports"], seen["origins"]) == (3, ["BEL", "KEN", "MEX"])
    assert seen["handling"] == "TLP:AMBER"
    assert seen["conflicting_grades"] == [["admiralty B2", "admiralty E5"]]
    green = office("corridors", "--up-to", "TLP:GREEN", "--json")
    below = corridor(green, ["LBY", "NER"])
    assert (below["reports"], below["handling"]) == (2, "TLP:GREEN")
    assert "MEX" not in green.out
    assert "1 report(s) left out: above the level" in green.err
    assert len(office("list", "--up-to", "TLP:GREEN", "--json").json["routes"]) == 3


def test_corridors_are_listed_and_one_is_shown_with_all_of_it(office: Cli) -> None:
    listed = office("corridors")
    assert "LBY > NER" in listed.out
    assert "conflict" in listed.out
    assert "Handle what is shown as TLP:AMBER" in listed.err
    assert "1 report(s) left out: expired" in listed.err
    assert "left out: superseded or withdrawn" in listed.err
    name = corridor(office("corridors", "--json"), ["LBY", "NER"])["corridor"]
    shown = office("corridors", name).out
    assert "Sabha (LBY)" in shown
    assert "admiralty B2 against admiralty E5: for people to judge" in shown
    assert "3 report(s) of 3 origin(s):" in shown
    unknown = office("corridors", "00000000")
    assert (unknown.code, "no corridor is called" in unknown.err) == (78, True)


def test_a_label_that_is_none_is_explained(office: Cli) -> None:
    ended = office("corridors", "--up-to", "GREEN")
    assert (ended.code, "is not a TLP 2.0 label" in ended.err) == (65, True)


def test_trends_stand_beside_what_was_told(office: Cli) -> None:
    made = office("trends", "--by", "month", "--last", 4, "--json").json
    [trend] = [one for one in made["trends"] if one["path"] == ["LBY", "NER"]]
    assert [one["label"] for one in trend["parts"]] == [
        "2026-10",
        "2026-11",
        "2026-12",
        "2027-01",
    ]
    assert [one["in_use"] for one in trend["parts"]] == [3, 3, 0, 0]
    assert trend["trends_told"] == {"rising": 1}
    table = office("trends")
    assert "2026-Q4" in table.out
    assert "rising 1" in table.out


def test_geojson_is_written_once_for_its_owner_alone(
    office: Cli, tmp_path: Path
) -> None:
    out = tmp_path / "corridors.geojson"
    ended = office("export", "--geojson", out, "--up-to", "TLP:GREEN", "--json")
    assert ended.json == {"level": "TLP:GREEN", "corridors": 2, "files": [str(out)]}
    collection = json.loads(out.read_text("utf-8"))
    assert (collection["type"], collection["level"]) == (
        "FeatureCollection",
        "TLP:GREEN",
    )
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    again = office("export", "--geojson", out, "--up-to", "TLP:GREEN")
    assert (again.code, "is there already" in again.err) == (78, True)
    assert office("export", "--geojson", tmp_path / "x").code == 2  # without a level


def test_a_map_is_drawn_as_svg_and_png(
    office: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In small: what is in the picture is tested elsewhere.
    monkeypatch.setattr(route_files, "png", functools.partial(drawn_png, scale=1))
    svg, png = tmp_path / "map.svg", tmp_path / "map.png"
    ended = office("map", "--up-to", "TLP:GREEN", "--svg", svg, "--png", png, "--json")
    assert ended.json["files"] == [str(svg), str(png)]
    text = svg.read_text("utf-8")
    assert ET.fromstring(text).tag.endswith("svg")  # noqa: S314 - made a line above
    assert "TLP:GREEN" in text
    assert "AMBER" not in text
    assert png.read_bytes().startswith(b"\x89PNG")
    nothing = office("map", "--up-to", "TLP:GREEN")
    assert (nothing.code, "which file?" in nothing.err) == (78, True)


def test_the_aggregate_tells_counts_and_what_it_left_out(
    office: Cli, tmp_path: Path
) -> None:
    out = tmp_path / "aggregate.json"
    ended = office("aggregate", "--out", out, "--up-to", "TLP:AMBER")
    made = json.loads(out.read_text("utf-8"))
    assert made["tables"]["routes"] == [{"year": 2026, "of": "LBY > NER", "reports": 3}]
    assert made["handling"] == "TLP:AMBER"
    assert made["counts_left_out"]["routes"] == 1
    assert "routes: 1 count(s) left out" in ended.err
    text = out.read_text("utf-8")
    assert not any(word in text for word in ("BEL", "Sabha", "2026-1", "UGA"))
    small = tmp_path / "small.json"
    ended = office("aggregate", "--out", small, "--minimum", 4, "--json")
    assert ended.json == {"file": str(small), "counts": 0}
    assert "1 report(s) and alert(s) not counted: above TLP:GREEN" in ended.err
    assert "1 report(s) and alert(s) not counted: expired" in ended.err
    assert "No count is large enough" in ended.err
    assert office("aggregate", "--out", tmp_path / "y", "--minimum", 2).code == 2
