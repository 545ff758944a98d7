"""Claims about lists of contacts: what is read, and what hostile ones achieve."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from broker.core.contact_columns import (
    starts_formula,
)
from broker.core.contact_lists import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    ContactList,
    parse_contact_list,
)
from broker.core.contact_records import ImportedOffice
from broker.core.countries import Countries, Country
from broker.core.errors import DocumentError
from keys.directory.model import OfficeRole
from keys.identity import PartyId
from tests.world import BEL, KEN

TABLE = Countries.of(
    [
        Country(code=KEN, alpha_2="KE", m49="404", names=("Kenya",)),
        Country(code=BEL, alpha_2="BE", m49="056", names=("Belgium",)),
        Country(code=PartyId("GMB"), alpha_2="GM", m49="270", names=("Gambia",)),
        Country(code=PartyId("XPO"), alpha_2="", m49="", names=("INTERPOL",)),
    ]
)
HEADER = "Country,Authority,Type,E-mail,Phone,Languages,24/7"


def read(*rows: str, header: str = HEADER, **options: str) -> ContactList:
    return parse_contact_list("\n".join((header, *rows)), TABLE, **options)  # type: ignore[arg-type]  # options are texts here


def refused(*rows: str, header: str = HEADER) -> list[str]:
    return [str(one) for one in read(*rows, header=header).refused]


def no_list(text: str) -> str:
    with pytest.raises(DocumentError) as error:
        parse_contact_list(text, TABLE)
    (problem,) = error.value.problems
    return str(problem)


def test_a_row_becomes_an_office() -> None:
    found = read(
        'Kenya,Bureau,Tracing,"a@b.cd; e@f.gh",+254 20 0000000,"en, French",yes'
    )
    assert found.offices == (
        ImportedOffice(
            country=KEN,
            name="Bureau",
            role=OfficeRole.TRACING_AUTHORITY,
            emails=("a@b.cd", "e@f.gh"),
            telephones=("+254 20 0000000",),
            languages=("en", "fr"),
            round_the_clock=True,
            line=2,
        ),
    )
    assert (found.rows, found.merged, found.left_out) == (1, 0, 0)
    assert found.refused == found.remarks == ()


@pytest.mark.parametrize(
    "spelling", ["KEN", "ken", "KE", "404", "kenya", "KENYA", " Kenya "]
)
def test_a_country_is_found_by_code_and_by_name(spelling: str) -> None:
    assert read(f"{spelling},Bureau,,a@b.cd,,,").offices[0].country == KEN


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The Gambia", "GMB"),
        ("Gambia (the)", "GMB"),
        ("56", "BEL"),
        ("interpol", "XPO"),
    ],
)
def test_articles_and_leading_zeros_do_not_matter(text: str, code: str) -> None:
    assert TABLE.find(text) == code


def test_a_country_that_is_none_is_refused_with_its_line() -> None:
    assert refused("Kenya,Bureau,,,,,", "Atlantis,Bureau,,,,,") == [
        (
            'line 3, country: found "Atlantis", expected a country or organisation: '
            "ISO 3166-1 alpha-3 or alpha-2, M49, ICAO Doc 9303, or its English name"
        )
    ]


def test_lines_are_counted_also_within_cells() -> None:
    assert refused('Kenya,"Two\nlines",,,,,', "Atlantis,X,,,,,")[0].startswith("line 4")
    assert read('Kenya,"Two\nlines",,,,,').offices[0].name == "Two lines"


def test_an_office_without_a_name_is_refused() -> None:
    assert refused("Kenya,-,,a@b.cd,,,") == [
        (
            "line 2, name: found nothing, expected the name of the office, of at "
            "most 200 characters"
        )
    ]
    assert "201 characters" in refused(f"Kenya,{'x' * 201},,,,,")[0]


def test_a_row_of_another_width_is_refused() -> None:
    assert refused("Kenya,Bureau") == [
        "line 2: found 2 cells, expected 7 as in the header"
    ]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "  =1", '"\t=1"'],
)
def test_a_formula_is_refused_and_never_stored(cell: str) -> None:
    (problem,) = refused(f"Kenya,{cell},,a@b.cd,,,")
    assert "no formula" in problem


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-1", "@x"])
def test_a_formula_that_poses_as_a_telephone_is_refused(cell: str) -> None:
    (problem,) = refused(f"Kenya,Bureau,,a@b.cd,{cell},,")
    assert problem.startswith("line 2, telephone")


@pytest.mark.parametrize(
    "row",
    [
        "Kenya,Bureau,,a@b.cd;=cmd@x.yy,,,",
        "Kenya,Bureau,,a@b.cd,+254 20 0000000;=1,,",
        "Kenya,Bureau,,a@b.cd,+254 20 0000000;+cmd,,",
    ],
)
def test_a_formula_behind_something_sound_is_refused(row: str) -> None:
    assert "no formula" in refused(row)[0]


def test_a_country_code_is_no_formula() -> None:
    assert refused("Kenya,Bureau,,,+254 20 0000000,,") == []


@pytest.mark.parametrize("cell", ["a\x1b[2Jb", "a\u202eb", "a\x00b", "a\ud800b"])
def test_what_steers_a_terminal_is_refused(cell: str) -> None:
    (problem,) = refused(f"Kenya,{cell},,a@b.cd,,,")
    assert "control characters" in problem


def test_a_cell_that_is_too_long_is_refused() -> None:
    assert refused(f"Kenya,Bureau,,,,{'x' * (MAX_CELL + 1)},") == [
        "line 2, languages: found 2001 characters, expected at most 2000 characters"
    ]


def test_what_is_not_understood_is_left_out_and_said() -> None:
    found = read("Kenya,Bureau,wizardry,desk at police,020 0000,Klingon,")
    assert found.offices[0] == ImportedOffice(country=KEN, name="Bureau", line=2)
    assert {one.path for one in found.remarks} == {
        "line 2, role",
        "line 2, e-mail",
        "line 2, telephone",
        "line 2, languages",
        "line 2",
    }


def test_a_persons_address_is_remarked_upon() -> None:
    (remark,) = read("Kenya,Bureau,,jane.doe@police.example,,,").remarks
    assert "not a person's" in str(remark)


def test_names_of_people_are_not_imported() -> None:
    found = read(
        "Kenya,Bureau,Jane Doe,=hostile,a@b.cd",
        header="Country,Authority,Contact person,First name,E-mail",
    )
    assert found.people == ("Contact person", "First name")
    assert "Jane" not in repr(found.offices)


def test_columns_that_nobody_knows_are_reported_and_not_read() -> None:
    found = read("Kenya,Bureau,=1,x", header="Country,Name,Website,")
    assert found.unknown == ("Website", "column 4")
    assert found.refused == ()


def test_the_same_office_twice_is_one() -> None:
    found = read(
        "Kenya,Bureau,tracing,a@b.cd,,en,",
        "KEN,BUREAU,tracing,e@f.gh,+254 20 0000000,fr,yes",
        "KEN,Bureau,police,a@b.cd,,,",
    )
    first, second = found.offices
    assert first.emails == ("a@b.cd", "e@f.gh")
    assert first.languages == ("en", "fr")
    assert first.round_the_clock
    assert first.line == 2
    assert second.role is OfficeRole.POLICE
    assert (found.rows, found.merged) == (3, 1)


def test_a_role_is_given_where_the_list_says_none() -> None:
    rows = ("Kenya,A,,a@b.cd,,,", "Kenya,B,customs,a@b.cd,,,")
    found = parse_contact_list(
        "\n".join((HEADER, *rows)), TABLE, role=OfficeRole.TRACING_AUTHORITY
    )
    assert [one.role for one in found.offices] == [
        OfficeRole.TRACING_AUTHORITY,
        OfficeRole.CUSTOMS,
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_seen_from_the_header(delimiter: str) -> None:
    text = "\ufeffCountry,Name,Email\r\nKenya,Bureau,a@b.cd\r\n".replace(",", delimiter)
    assert parse_contact_list(text, TABLE).offices[0].emails == ("a@b.cd",)


def test_empty_rows_are_passed_over() -> None:
    assert read("", ",,,,,,", "-,-,-,-,-,-,-").rows == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "line 1: found"),
        ("Name,Email\nBureau,a@b.cd", "line 1: found"),
        ("Country,Email\nKenya,a@b.cd", "line 1: found"),
        ("Country,Name,State\nKenya,B,C", 'line 1: found "State", expected one column'),
        ('Country,Name\nKenya,"unfinished', "line 2: found unexpected end of data"),
        ("Country,Name" + ",x" * MAX_COLUMNS, "line 1: found more than that"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(text: str, found: str) -> None:
    assert no_list(text).startswith(found)


def test_a_list_without_an_end_is_refused() -> None:
    text = "Country,Name\n" + "Kenya,Bureau\n" * (MAX_ROWS + 1)
    assert f"line {MAX_ROWS + 2}" in no_list(text)


def test_a_cell_without_an_end_is_refused() -> None:
    assert "field larger than field limit" in no_list(
        f'Country,Name\nKenya,"{"x" * 200_000}"'
    )


def test_problems_without_number_are_cut_off_and_counted() -> None:
    found = read(*["Atlantis,X,,,,,"] * 500)
    assert (len(found.refused), found.left_out) == (100, 500)


_cells = st.text('aK=+-@,;"\n\t\x1b\u202e é+254 20', max_size=8)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_cells, min_size=7, max_size=7), max_size=4))
def test_whatever_stands_in_cells_nothing_hostile_is_stored(
    rows: list[list[str]],
) -> None:
    text = io.StringIO()
    header = HEADER.replace("Type", "Tasks").split(",")
    csv.writer(text).writerows([header, *([*row] for row in rows)])
    for office in parse_contact_list(text.getvalue(), TABLE).offices:
        stored = (office.name, *office.emails, *office.languages, *office.tasks)
        for value in stored:
            assert not starts_formula(value)
            assert value.isprintable()


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_contact_list(text, TABLE)
    except DocumentError:
        return
