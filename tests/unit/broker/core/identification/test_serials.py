"""Claims about the keys of serial numbers, their scripts and their masks."""

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.identification.masks import EXPANSIONS_MAX, SPELLINGS_MAX, reading
from broker.core.identification.scripts import (
    by_shape,
    by_sound,
    plain,
    script_of,
    scripts_of,
)
from broker.core.identification.serials import exact_key, exchanged, keys_of

SIGNS = st.text(
    st.sampled_from("ABEHKMOPTXZQ0123456789-. ?/\u0410\u0412\u0421\u03a1\u0661"),
    max_size=16,
)


@pytest.mark.parametrize(
    "raw",
    [
        "ZZQ-00417",
        "zzq 00417",
        "ZZQ.004/17",
        "\uff3aZQ\u201300417",
        "ZZQ\u0660\u0660417",
    ],
)
def test_spelling_does_not_change_the_exact_key(raw: str) -> None:
    assert keys_of(raw).k0 == {"ZZQ00417"}


def test_look_alikes_of_other_scripts_meet_by_shape() -> None:
    cyrillic, latin = "ZZQ\u0410\u0412\u0421123", "ZZQABC123"
    assert not keys_of(cyrillic).k0 & keys_of(latin).k0
    assert keys_of(cyrillic).k1 == keys_of(latin).k1


def test_greek_letters_meet_by_shape() -> None:
    assert by_shape("\u0391\u0392\u0397\u03a1") == "ABHP"


def test_a_clerk_who_transliterates_is_found_by_sound() -> None:
    cyrillic = "ZZQ\u0412\u041d123"
    assert keys_of(cyrillic).k2 & keys_of("ZZQVN123").k2
    assert not keys_of(cyrillic).k1 & keys_of("ZZQVN123").k1


def test_several_ways_to_transliterate_are_all_kept() -> None:
    assert by_sound("\u0425\u0416") == {"KHZH", "HZH", "KHZ", "HZ"}


@pytest.mark.parametrize(
    ("a", "b"), [("ZZQ-1O0", "ZZQ-100"), ("ZZQ-I7", "ZZQ-17"), ("ZZQ-L7", "ZZQ-17")]
)
def test_letters_that_are_read_for_digits_meet_by_shape(a: str, b: str) -> None:
    assert keys_of(a).k1 & keys_of(b).k1


def test_letters_between_digits_are_left_out_of_k3_only() -> None:
    assert keys_of("ZZQ369J257").k3 == keys_of("ZZQ369257").k3
    assert keys_of("ZZQ369J257").k3 == keys_of("ZZQ369M257").k3
    assert keys_of("ZZQ369J257").k1 != keys_of("ZZQ369257").k1
    assert keys_of("A369257B").k3 == {"A369257B"}


def test_the_last_digits_are_kept_for_readings_in_part() -> None:
    assert keys_of("ZZQ-00417").k4 == {"0417", "00417"}
    assert keys_of("??Q-?0417").k4 == {"0417"}
    assert keys_of("ZZQ-0041?").k4 == frozenset()


def test_alternatives_give_several_keys() -> None:
    assert keys_of("ZZQ-10", "ZZQ-1[0O]").k0 == {"ZZQ10", "ZZQ1O"}
    assert keys_of("ZZQ-10", "ZZQ-1[0O]").k1 == {"ZZQ10"}


def test_what_is_not_legible_is_filled_by_what_stands_beside_it() -> None:
    keys = keys_of("ZZQ-00?17")
    assert not keys.k0
    assert len(keys.possible) == 10
    assert "ZZQ00417" in keys.possible
    assert "ZZAQ7" not in keys_of("Z?Q7").possible
    assert len(keys_of("Z?Q7").possible) >= 24


def test_what_could_be_too_much_is_not_spelled_out() -> None:
    assert keys_of("ZZQ-????").possible == frozenset()
    assert len(keys_of("ZZQ-???1").possible) == EXPANSIONS_MAX


@pytest.mark.parametrize("raw", ["[withheld]", "", "???", "- ."])
def test_what_says_nothing_has_no_keys(raw: str) -> None:
    keys = keys_of(raw)
    assert not (keys.k0 | keys.k1 | keys.k2 | keys.k3 | keys.k4 | keys.near)


def test_a_number_that_was_blurred_has_no_exact_keys() -> None:
    assert not keys_of("ZZQ-*****").k0
    assert not keys_of("ZZQ-*****").possible


def test_accents_are_scratches_but_a_short_i_is_a_letter() -> None:
    assert plain("Z\u00c4\u0307Q") == "ZAQ"
    assert plain("\u0439") == "\u0419"


def test_scripts_are_named() -> None:
    assert scripts_of("Z1\u0416") == {"latin", "cyrillic"}
    assert script_of("\u4e2d") == "han"
    assert script_of("\u0e01") == "other"
    assert script_of("7") == ""


def test_a_reading_knows_what_it_lacks() -> None:
    read = reading("ZZQ?1", "")
    assert (read.unknown, read.known, read.is_certain) == (1, 4, False)
    assert read.tail() == "1"
    assert reading("ZZQ").is_certain
    assert reading("").spellings() == ()


@settings(max_examples=50)
@given(SIGNS)
def test_keys_do_not_depend_on_case_joints_or_form(raw: str) -> None:
    spaced = unicodedata.normalize("NFD", "-".join(raw).lower())
    assert keys_of(raw) == keys_of(spaced)


@settings(max_examples=50)
@given(SIGNS)
def test_one_sign_missing_or_two_exchanged_leave_a_key_in_common(raw: str) -> None:
    keys = keys_of(raw.replace("?", ""))
    for key in keys.look_alike:
        if len(key) >= 6:
            shorter = key[:2] + key[3:]
            assert shorter in keys.near
            for other in exchanged(key):
                assert keys_of(other).near & keys.near


@settings(max_examples=50)
@given(SIGNS)
def test_the_exact_key_is_its_own(raw: str) -> None:
    assert exact_key(exact_key(raw)) == exact_key(raw)


@pytest.mark.parametrize("raw", ["7" * 65, "A" * 100_000, "\ufdfa" * 60])
def test_what_is_longer_than_any_number_has_no_keys(raw: str) -> None:
    """Keys of near numbers would otherwise take the square of its length."""
    assert reading(raw).places == ()
    keys = keys_of(raw)
    assert not (keys.k0 | keys.near | keys.k4 | keys.possible)


def test_a_mask_of_everything_is_spelled_out_in_part_and_loses_nothing() -> None:
    read = reading("?" * 8, "ZZQ-[0123456789][OQ0][17]5[5S6][ABCD]")
    certain = {one: signs for one, signs in enumerate(read.places) if len(signs) == 1}
    assert {0: ("Z",), 1: ("Z",), 2: ("Q",), 6: ("5",)}.items() <= certain.items()
    assert read.unknown >= 1
    whole = reading("?" * 5, "ZZQ-[01]4")
    assert whole.spellings() == ("ZZQ04", "ZZQ14")


@given(st.text("[]?0123456789ABO", max_size=60))
def test_no_mask_is_spelled_out_without_end(mask: str) -> None:
    read = reading("?", mask)
    assert len(read.spellings()) <= SPELLINGS_MAX
    assert len(read.filled()) <= EXPANSIONS_MAX
