"""One form for what both a watch-list and a declaration say."""

import pytest

from adapters.customs.terms import (
    container_term,
    goods_term,
    party_term,
    place_term,
    serial_term,
    series_term,
    vessel_term,
)

KEY = b"k" * 32


def test_spellings_of_one_thing_are_one_term() -> None:
    assert goods_term("9302.00") == goods_term("9302 00") == "930200"
    assert place_term("be anr") == "BEANR"
    assert container_term("CSQU 305438-3") == "CSQU3054383"
    assert vessel_term("IMO 9074729") == vessel_term("9074729")


@pytest.mark.parametrize("code", ["", "93", "93.0", "9" * 13, "none"])
def test_codes_that_are_none_make_no_term(code: str) -> None:
    assert not goods_term(code)
    assert not place_term(code)
    assert not container_term(code)
    assert not vessel_term(code)


def test_a_single_number_lies_in_its_series() -> None:
    series, single = series_term("ZZQ-01001", "ZZQ-01120"), serial_term("zzq 1044")
    assert series is not None
    assert single is not None
    assert (single.head, single.foot) == (series.head, series.foot)
    assert series.first <= single.first <= series.last


def test_a_series_as_long_as_no_factory_makes_is_no_term() -> None:
    assert series_term("ZZQ-1", "ZZQ-99999999") is None
    assert series_term("ZZQ-1", "XXX-9") is None


def test_a_number_that_was_read_in_part_is_no_term() -> None:
    assert serial_term("ZZQ-01?44") is None


@pytest.mark.parametrize(
    "other",
    ["EXAMPLE BROKERAGE", "Exämple Brokerage S.A.", "brokerage, example (SA)"],
)
def test_spellings_of_one_name_are_one_token(other: str) -> None:
    assert party_term(KEY, "Example Brokerage SA") == party_term(KEY, other)


def test_a_token_says_nothing_without_the_key() -> None:
    assert party_term(KEY, "Example") != party_term(b"x" * 32, "Example")
    assert "example" not in party_term(KEY, "Example").lower()


def test_names_that_say_next_to_nothing_have_no_token() -> None:
    assert not party_term(KEY, "A. B.")
    assert not party_term(KEY, "Ltd.")


def test_names_in_other_scripts_have_tokens_of_their_own() -> None:
    assert party_term(KEY, "Пример") != party_term(KEY, "例え会社の名前")
