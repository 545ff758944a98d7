"""Claims about the table of countries that comes with the package."""

import csv
from pathlib import Path

import pytest

from broker.core.countries import folded
from broker.infra import country_table
from broker.infra.country_table import countries

ROWS = list(
    csv.DictReader(
        (Path(country_table.__file__).parent / "countries.csv")
        .read_text("utf-8")
        .splitlines()
    )
)


def test_every_country_is_found_by_each_of_its_spellings() -> None:
    for row in ROWS:
        spellings = [
            row["alpha_3"],
            row["alpha_2"],
            row["m49"],
            *row["names"].split("|"),
        ]
        for spelling in filter(None, spellings):
            assert countries().find(spelling) == row["alpha_3"], spelling


def test_no_spelling_means_two_countries() -> None:
    seen: dict[str, str] = {}
    for row in ROWS:
        for spelling in (row["alpha_2"], row["m49"], *row["names"].split("|")):
            key = folded(spelling)
            assert not key or seen.setdefault(key, row["alpha_3"]) == row["alpha_3"]


def test_all_of_iso_3166_1_is_there() -> None:
    assert sum(bool(row["alpha_2"]) for row in ROWS) == 249


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Cote d'Ivoire", "CIV"),
        ("Bosnia & Herzegovina", "BIH"),
        ("NA", "NAM"),
        ("Viet Nam", "VNM"),
        ("Vietnam", "VNM"),
        ("ECOWAS", "XEC"),
        ("United States of America (the)", "USA"),
    ],
)
def test_names_in_use_are_found(text: str, code: str) -> None:
    assert countries().find(text) == code


@pytest.mark.parametrize("text", ["", "Atlantis", "HUB", "ZZ", "999", "=KEN"[0]])
def test_what_is_no_country_is_not_found(text: str) -> None:
    assert countries().find(text) is None


def test_a_country_has_a_name_to_show() -> None:
    assert countries().name("KEN") == "Kenya"
    assert countries().name("ZZZ") == ""
