"""Claims about the columns and cells of a list of contacts."""

import pytest

from broker.core.contact_columns import (
    Column,
    column_of,
    language_of,
    parts,
    role_of,
)
from keys.directory.model import OfficeRole


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("E-mail 2", Column.EMAIL),
        ("Country/Territory", Column.COUNTRY),
        ("NAME OF AUTHORITY", Column.NAME),
        ("Phone No.", Column.TELEPHONE),
        ("Working language(s)", None),
        ("Contact Person", Column.PERSON),
        ("Shoe size", None),
    ],
)
def test_titles_are_known_in_many_spellings(title: str, column: Column | None) -> None:
    assert column_of(title) is column


@pytest.mark.parametrize("role", OfficeRole)
def test_every_role_is_known_by_its_own_name(role: OfficeRole) -> None:
    assert role_of(role.value) is role
    assert role_of(role.value.replace("-", " ").upper()) is role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("National Police", OfficeRole.POLICE),
        ("Customs administration", OfficeRole.CUSTOMS),
        ("INTERPOL NCB", OfficeRole.INTERPOL_NCB),
        ("Ministry of Defence", OfficeRole.MILITARY),
        ("Competent authority (Firearms Protocol)", OfficeRole.TRACING_AUTHORITY),
        ("policeman", None),
    ],
)
def test_a_role_is_recognised_by_its_words(text: str, role: OfficeRole | None) -> None:
    assert role_of(text) is role


def test_languages_are_known_by_tag_and_name() -> None:
    assert [language_of(x) for x in ("en", "pt-BR", "Spanish", "eng", "no")] == [
        "en",
        "pt-BR",
        "es",
        None,
        "no",
    ]


def test_what_a_cell_lists_is_taken_apart_once() -> None:
    assert parts("a; b,a\n n/a | c") == ["a", "b", "c"]
