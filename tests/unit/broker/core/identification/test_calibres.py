"""Claims about what spellings of calibres mean."""

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.identification.calibre_table import AMBIGUOUS, CALIBRES
from broker.core.identification.calibres import read, same


@pytest.mark.parametrize(
    ("raw", "designation"),
    [
        ("9mm Luger", "9x19"),
        ("9 mm Parabellum", "9x19"),
        ("9X19", "9x19"),
        ("9\u00d719 mm NATO", "9x19"),
        ("Cal. 9 mm Para", "9x19"),
        (".380 ACP", "9x17"),
        ("9mm Kurz", "9x17"),
        ("9mm Makarov", "9x18"),
        ("7,62x39", "7.62x39"),
        ("7,62 \u0445 39", "7.62x39"),
        ("7.62x39mm M43", "7.62x39"),
        ("7.62x54", "7.62x54R"),
        ("7.62x54R", "7.62x54R"),
        ("7.62 NATO", "7.62x51"),
        (".308 Win", "308 Winchester"),
        ("0.308 Winchester", "308 Winchester"),
        ("5.56", "5.56x45"),
        (".223 Rem.", "223 Remington"),
        (".50 BMG", "12.7x99"),
        ("12.7x108", "12.7x108"),
        ("12 ga", "12 gauge"),
        ("12/70", "12 gauge"),
        (".410", "410 bore"),
        ("9 mm P.A.K.", "9 pak"),
    ],
)
def test_a_name_means_one_designation(raw: str, designation: str) -> None:
    found = read(raw)
    assert found.designation == designation
    assert not found.ambiguous
    assert found.listed


@pytest.mark.parametrize("raw", ["9mm", "7.62", "7,65 mm", ".38", "357", ".45", ".22"])
def test_a_bare_measure_is_ambiguous(raw: str) -> None:
    found = read(raw)
    assert found.ambiguous
    assert found.designation is None
    assert len(found.candidates) > 1


def test_measures_that_nobody_listed_are_kept_as_they_are() -> None:
    found = read("9.5x60R")
    assert (found.designation, found.listed) == ("9.5x60R", False)


def test_what_is_no_calibre_is_not_known() -> None:
    assert read("ZZQ-00417").candidates == ()


@pytest.mark.parametrize(
    ("a", "b"),
    [("9mm Luger", "9x19"), ("9mm", "9x18"), (".308 Win", "7.62x51"), ("odd", "Odd")],
)
def test_two_spellings_of_one_calibre_agree(a: str, b: str) -> None:
    assert same(a, b) is True
    assert same(b, a) is True


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("9x18", "9x19"),
        ("9x17", "9x18"),
        ("7.62x39", "7.62x51"),
        ("12.7x99", "12.7x108"),
    ],
)
def test_calibres_that_do_not_fit_one_another_differ(a: str, b: str) -> None:
    assert same(a, b) is False
    assert same(b, a) is False


def test_what_is_not_understood_is_not_compared() -> None:
    assert same("nonsense", "9x19") is None
    assert same("", "") is None


def test_the_table_contradicts_itself_nowhere() -> None:
    lines = CALIBRES.replace(";\n ", ";").strip().splitlines()
    designations = {line.partition(" = ")[0] for line in lines}
    for line in lines:
        name, _, rest = line.partition(" = ")
        aliases, _, others = rest.partition(" ~ ")
        assert set(filter(None, others.split("; "))) <= designations, line
        for alias in aliases.split("; "):
            found = read(alias)
            assert name in found.candidates, (alias, found)
    for line in AMBIGUOUS.strip().splitlines():
        several = line.partition(" = ")[2].split("; ")
        assert set(several) <= designations, line


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_nothing_that_anybody_types_breaks_it(raw: str) -> None:
    found = read(raw)
    assert found.ambiguous == (len(found.candidates) > 1)
    assert (found.designation is None) == (len(found.candidates) != 1)
