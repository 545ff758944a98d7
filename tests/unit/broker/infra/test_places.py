"""The basemap, the positions of countries, and lists of UN/LOCODEs."""

import itertools
from pathlib import Path

import pytest

from broker.core.errors import ConfigurationError
from broker.infra import places
from broker.infra.country_table import countries
from broker.infra.places import basemap, country_points, gazetteer


def row(country: str, code: str, name: str, position: str) -> str:
    """Returns a line as the official list writes one."""
    fields = ("", country, code, name, name, "", "1-------", "AI", "0001", "", position)
    return ",".join(f'"{field}"' for field in (*fields, "")) + "\n"


OFFICIAL = (
    row("BE", "", ".BELGIUM", "")
    + row("BE", "ANR", "Antwerpen", "5113N 00424E")
    + row("KE", "MBA", "Mombasa", "0403S 03940E")
    + row("US", "LAX", "Los Angeles", "3344N 11816W")
    + row("US", "XYZ", "Nowhere", "")
)


def test_every_country_has_a_position_but_scattered_islands() -> None:
    points = country_points()
    assert set(points) <= set(countries().codes)
    missing = {
        code
        for code in countries().codes
        if countries().find(code) and code not in points and not code.startswith("X")
    }
    assert {"UMI"} <= missing
    assert not missing & {"KEN", "BEL", "MEX", "SGP", "TUV", "MLT", "FJI"}
    for longitude, latitude in points.values():
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90


def test_the_basemap_has_the_land_and_no_line_around_the_world() -> None:
    world = basemap()
    assert len(world.lands) > 250
    assert basemap() is world
    for border in world.borders:
        for (longitude, _), (following, _) in itertools.pairwise(border):
            assert abs(following - longitude) < 180
    assert all(len(land.rings[0]) >= 4 for land in world.lands)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_part_of_the_official_list_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    text = OFFICIAL.replace("Antwerpen", "Antwérpen")
    path.write_text(text, encoding)
    found = gazetteer(path).locodes
    assert set(found) == {"BEANR", "KEMBA", "USLAX"}
    assert found["KEMBA"] == pytest.approx((39.667, -4.05), abs=0.01)
    assert found["USLAX"] == pytest.approx((-118.267, 33.733), abs=0.01)


def test_a_plain_list_is_read_and_nonsense_in_it_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "locode,latitude,longitude\nKE MBA,-4.05,39.67\nBEANR,91,4\nbeanr,51,4\nKE\n",
        "utf-8",
    )
    assert gazetteer(path).locodes == {"KEMBA": (39.67, -4.05)}


def test_a_list_without_any_position_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("nothing\n", "utf-8")
    with pytest.raises(ConfigurationError, match="holds no position"):
        gazetteer(path)
    monkeypatch.setattr(places, "_LARGEST", 3)
    with pytest.raises(ConfigurationError, match="too large"):
        gazetteer(path)
    with pytest.raises(ConfigurationError, match="cannot read"):
        gazetteer(tmp_path / "missing.csv")


def test_a_list_with_a_cell_without_end_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text("BEANR,51.2,4.4\nKEMBA," + "1" * 200_000, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no list of places"):
        gazetteer(path)


def test_without_a_list_countries_alone_are_known() -> None:
    assert gazetteer(None).locodes == {}
    assert "KEN" in gazetteer(None).countries
