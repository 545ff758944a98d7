"""Claims about `broker.core.country_codes`."""

import csv
from importlib.resources import files

import pytest

from broker.core.country_codes import alpha_2, country_of_locode


def _table() -> list[dict[str, str]]:
    text = files("broker.infra").joinpath("countries.csv").read_text(encoding="utf-8")
    return [*csv.DictReader(text.splitlines())]


def test_every_country_of_the_table_is_found_by_its_locodes() -> None:
    known = {row["alpha_2"]: row["alpha_3"] for row in _table() if row["alpha_2"]}
    found = {
        first + second: country_of_locode(f"{first}{second}AAA")
        for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    }
    assert {one: country for one, country in found.items() if country} == known


@pytest.mark.parametrize("locode", ["XZOOO", "", "K"])
def test_a_place_outside_every_jurisdiction_lies_in_no_country(locode: str) -> None:
    assert country_of_locode(locode) is None


def test_two_letters_stand_for_a_country_of_today_and_for_no_other() -> None:
    assert alpha_2("KEN") == "KE"
    assert [alpha_2(code) for code in ("SUN", "XPO", "", "KE")] == [None] * 4
