"""Every format comes to the same value."""

from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st
from lxml import etree

from adapters.declarations.consignment import Mode, Nature
from adapters.declarations.errors import UnreadableError
from adapters.declarations.limits import Limits
from adapters.declarations.reading import read
from adapters.declarations.wco import SCHEMA
from adapters.declarations.wco_model import NAMES
from tests.declaration_world import FORMATS, example, token


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_to_the_same_consignment(name: str) -> None:
    found = read(example(name), token).consignments[0]
    assert found.reference == "TEST-BL-0001"
    assert found.nature is Nature.IMPORT
    assert [one.number for one in found.containers] == ["CSQU3054383"]
    assert (found.exported_from, found.destined_to) == ("BEL", "KEN")
    assert (found.packages, found.gross_kg) == (12, 190.5)
    journey = found.journey
    assert (journey.mode, journey.imo, journey.flag) == (Mode.SEA, "9074729", "BEL")
    assert journey.loading == "BEANR"
    assert token("Example Brokerage SA") in found.parties
    assert token("Example Importers Ltd") in found.parties
    [line] = found.lines
    assert line.packages == 12
    assert "1-12" in line.marks


@pytest.mark.parametrize("name", FORMATS)
def test_an_example_has_no_mistakes(name: str) -> None:
    assert read(example(name), token).remarks == ()


@pytest.mark.parametrize("name", FORMATS)
def test_no_name_is_left_of_what_was_read(name: str) -> None:
    shown = repr(read(example(name), token))
    for word in ("Example Brokerage", "Importers", "IMPORTERS", "Jane", "JANE", "Roe"):
        assert word not in shown


def test_a_declaration_says_the_same_in_xml_and_in_json() -> None:
    xml, json = (
        read(example(f"declaration.{form}"), token) for form in ("xml", "json")
    )
    assert xml == json
    assert xml.consignments[0].lines[0].serials == ("ZZQ-01001", "ZZQ-01120")


def test_a_manifest_has_a_consignment_for_each_bill() -> None:
    for name in ("manifest.xml", "cuscar.edi"):
        found = read(example(name), token)
        bills = [one.reference for one in found.consignments]
        assert bills == ["TEST-BL-0001", "TEST-BL-0002"]
        assert found.line_count == 2
        assert [one.lines[0].hs[:6] for one in found.consignments] == [
            "848790",
            "630900",
        ]


def test_a_format_is_told_by_what_a_file_says() -> None:
    with pytest.raises(UnreadableError) as raised:
        read(b"BILL;CONTAINER\nTEST;CSQU3054383\n", token)
    assert raised.value.code == "unknown-format"


@pytest.mark.parametrize("name", FORMATS)
def test_more_lines_than_the_limit_are_refused_and_not_cut(name: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(example(name), token, Limits(lines_max=0))
    assert raised.value.code == "too-large"


@pytest.mark.parametrize("name", ["manifest.xml", "cuscar.edi"])
def test_more_bills_than_the_limit_are_refused_and_not_cut(name: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read(example(name), token, Limits(bills_max=1))
    assert raised.value.code == "too-large"


@pytest.mark.parametrize("name", FORMATS)
def test_a_byte_order_mark_does_not_matter(name: str) -> None:
    assert read(b"\xef\xbb\xbf" + example(name), token) == read(example(name), token)


def test_the_schema_has_the_names_that_are_read_and_no_others() -> None:
    element = "{http://www.w3.org/2001/XMLSchema}element"
    names = {one.get("name") for one in etree.parse(SCHEMA).iter(element)}
    assert names == NAMES | {"Declaration"}


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.binary(max_size=4))),
)
def test_whatever_is_changed_in_a_file_it_is_read_or_refused(
    name: str, changes: list[tuple[float, int, bytes]]
) -> None:
    data = bytearray(example(name))
    for share, length, instead in changes:
        at = int(share * len(data))
        data[at : at + length] = instead
    with suppress(UnreadableError):
        assert read(bytes(data), token).consignments
