"""Claims about `broker.core.addresses`."""

import pytest
from hypothesis import given, strategies as st

from broker.core.addresses import (
    is_email,
    is_language,
    is_telephone,
    looks_personal,
    tidy_telephone,
)


@pytest.mark.parametrize(
    "text", ["desk@police.example", "a@b.cd", "x+y.z@sub-domain.police.example.org"]
)
def test_addresses_in_use_are_taken(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "desk",
        "@police.example",
        "desk@police",
        "desk@-police.example",
        "desk@police..example",
        '"quoted desk"@police.example',
        "desk@police.example\n",
        "desk@police.example, other@police.example",
        "désk@police.example",
        f"{'x' * 65}@police.example",
        f"x@{'y' * 60}.{'z' * 60}.{'w' * 60}.{'v' * 60}",
    ],
)
def test_what_is_no_address_is_not_taken(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize("text", ["+254 20 0000000", "+32-2-000-00-00", "+1234567"])
def test_numbers_with_country_code_are_taken(text: str) -> None:
    assert is_telephone(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "020 0000000",
        "+0 20 0000000",
        "+254  20 000",
        "+" + "1" * 16,
        "+12\n",
        "+1a",
    ],
)
def test_what_is_no_number_is_not_taken(text: str) -> None:
    assert not is_telephone(text)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("(+254) 20 000.0000", "+254 20 000 0000"),
        ("00254 20 0000000", "+254 20 0000000"),
        ("+44 (0)20 0000 0000", "+44 20 0000 0000"),
        (" +254\u00a020\u20130000000 ", "+254 20 0000000"),
        ("call us", "call us"),
        ("020 0000000", "020 0000000"),
    ],
)
def test_numbers_are_tidied_as_far_as_they_are_understood(
    written: str, tidy: str
) -> None:
    assert tidy_telephone(written) == tidy


@given(st.text())
def test_what_is_tidied_is_a_number_or_was_not_touched(written: str) -> None:
    tidy = tidy_telephone(written)
    assert is_telephone(tidy) or tidy == written.strip()


@pytest.mark.parametrize("text", ["fr", "pt-BR", "zh-Hant-TW"])
def test_language_tags_are_taken(text: str) -> None:
    assert is_language(text)


@pytest.mark.parametrize("text", ["", "french", "f", "fr_FR", "fr-", "fr\n"])
def test_what_is_no_language_tag_is_not_taken(text: str) -> None:
    assert not is_language(text)


@pytest.mark.parametrize(
    "email",
    [
        "jane.doe@police.example",
        "j.doe@police.example",
        "jane_doe@police.example",
        "Anne-Marie.Smith@police.example",
        "jane.q.doe@police.example",
    ],
)
def test_addresses_of_persons_are_recognised(email: str) -> None:
    assert looks_personal(email)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "desk@police.example",
        "firearms.desk@police.example",
        "head.of.office@police.example",
        "ncb.nairobi@police.example",
        "unit7.team2@police.example",
        "jdoe@police.example",
        "control-unit.west@police.example",
        "a.b@police.example",
    ],
)
def test_addresses_of_offices_are_left_alone(email: str) -> None:
    assert not looks_personal(email)
