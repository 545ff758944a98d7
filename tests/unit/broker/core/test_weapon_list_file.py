"""Lists of weapons are read whole, or refused with every line that is wrong."""

from pathlib import Path

import pytest

from broker.core.errors import DocumentError
from broker.core.weapon_list_columns import part_of, type_of
from broker.core.weapon_list_file import WeaponList, parse_weapon_list
from broker.infra.country_table import countries


def read(text: str) -> WeaponList:
    return parse_weapon_list(text, countries())


def refused(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read(text)
    return str(caught.value)


def test_a_row_is_a_weapon_or_a_series() -> None:
    listed = read(
        "\ufeffSerial No;First;Last;Manufacturer;Caliber;Country;Year;Type;Ref;Colour\n"
        "ZZQ-1;;;Glock;9mm Luger;Austria;1999;pistol;TEST-1;black\n"
        "\n"
        ";ZZQ-100;ZZQ-199;Zastava;7.62x39;YUG;;rifle;TEST-2;\n"
    )
    one, series = listed.entries
    assert listed.unknown == ("Colour",)
    assert one.weapon.serials[0].raw == "ZZQ-1"
    assert (one.weapon.country, one.weapon.year) == ("AUT", 1999)
    assert one.weapon.type == "FIREARM_TYPE_PISTOL"
    assert (one.reference, one.weapon.path) == ("TEST-1", "line 2")
    assert series.weapon.ranges[0].last == "ZZQ-199"
    assert series.weapon.country == "YUG"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("ZZQ-1,,,,,,", "7 cells"),
        (",,,,,", "expected a row for each"),
        (",ZZQ-1,,,,", "first and the last of a series"),
        (",ZZQ-9,ZZQ-1,,,", "first and the last of a series"),
        ("ZZQ-1,ZZQ-1,ZZQ-9,,,", "a serial number, or the first"),
        ("???,,,,,", "a sign that could be read"),
        ("ZZQ-1,,,spoon,,", "a type such as pistol"),
        ("ZZQ-1,,,,Atlantis,", "a country by code or English name"),
        ("ZZQ-1,,,,,last year", "a whole number as year"),
        ("ZZQ-1,,,,,99", "a year from 1500"),
        ("ZZQ-1\u0007,,,,,", "printable characters"),
        ('"ZZQ-1,,,,,', "comma-separated values"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(row: str, expected: str) -> None:
    text = f"serial,first,last,type,country,year\n{row}\n"
    assert expected in refused(text)


def test_every_wrong_row_is_told_and_nothing_is_taken_in() -> None:
    told = refused("serial,year\nZZQ-1,x\nZZQ-2,2001\nZZQ-3,y\n")
    assert "line 2" in told
    assert "line 4" in told
    assert "line 3" not in told


@pytest.mark.parametrize("header", ["make,model", "serial,serial", "first", ""])
def test_a_list_needs_a_column_with_numbers_once(header: str) -> None:
    assert "line 1" in refused(f"{header}\nx,y\n")


def test_types_and_parts_are_known_by_plain_words() -> None:
    assert type_of("Assault rifle") == "FIREARM_TYPE_ASSAULT_RIFLE"
    assert type_of("SMG") == "FIREARM_TYPE_SUBMACHINE_GUN"
    assert type_of("FIREARM_TYPE_PISTOL") == "FIREARM_TYPE_PISTOL"
    assert type_of("spoon") is None
    assert part_of("receiver") == "PART_KIND_FRAME_RECEIVER"


def test_the_example_can_be_taken_in() -> None:
    path = Path(__file__).parents[4] / "examples" / "records" / "holdings.csv"
    listed = read(path.read_text(encoding="utf-8"))
    assert len(listed.entries) == 3
    assert listed.unknown == ()
