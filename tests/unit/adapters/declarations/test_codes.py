"""Codes out of their tables are left out and remarked upon; the rest is read."""

from collections.abc import Callable

import pytest

from adapters.declarations.codes import Codes, container, imo, words
from adapters.declarations.consignment import Mode, Nature
from adapters.declarations.limits import Limits
from adapters.declarations.reading import read
from tests.declaration_world import example, token

Read = Callable[[Codes, str], object]

_READ: dict[str, Read] = {
    "hs": lambda codes, text: codes.hs(text, "x"),
    "locode": lambda codes, text: codes.locode(text, "x"),
    "country": lambda codes, text: codes.country(text, "x"),
    "mode": lambda codes, text: codes.mode(text, "x"),
    "nature": lambda codes, text: codes.nature(text, "x"),
    "day": lambda codes, text: codes.day(text, "x"),
    "amount": lambda codes, text: codes.amount(text, "x"),
    "count": lambda codes, text: codes.count(text, "x"),
}


@pytest.mark.parametrize(
    ("what", "text", "found"),
    [
        ("hs", "9302.00.00", "93020000"),
        ("hs", "9302", "9302"),
        ("hs", "93020000101", "9302000010"),
        ("locode", "be anr", "BEANR"),
        ("locode", "XZPLT", "XZPLT"),
        ("country", "ke", "KEN"),
        ("country", "KEN", "KEN"),
        ("mode", "1", Mode.SEA),
        ("mode", "", Mode.OTHER),
        ("nature", "28", Nature.TRANSHIPMENT),
        ("day", "2026-03-12T10:00:00Z", "2026-03-12"),
        ("day", "20260312", "2026-03-12"),
        ("amount", "190,5", 190.5),
        ("count", "12.0", 12),
        ("count", "", 0),
    ],
)
def test_a_code_is_read_in_every_common_writing(
    what: str, text: str, found: object
) -> None:
    codes = Codes()
    assert _READ[what](codes, text) == found
    assert codes.remarks == ()


@pytest.mark.parametrize(
    ("what", "text", "found"),
    [
        ("hs", "PISTOLS", ""),
        ("hs", "93", ""),
        ("hs", "١٢٣٤", ""),
        ("locode", "QQABC", ""),
        ("locode", "BE1", ""),
        ("country", "QQ", ""),
        ("country", "ZZZ", ""),
        ("mode", "77", Mode.OTHER),
        ("nature", "99", Nature.UNKNOWN),
        ("day", "2026-13-40", ""),
        ("day", "yesterday", ""),
        ("amount", "-1", 0.0),
        ("amount", "nan", 0.0),
        ("amount", "1e400", 0.0),
        ("count", "many", 0),
        ("count", "inf", 0),
    ],
)
def test_a_code_out_of_the_table_is_left_out_and_remarked_upon(
    what: str, text: str, found: object
) -> None:
    codes = Codes()
    assert _READ[what](codes, text) == found
    assert len(codes.remarks) == 1
    assert text not in str(codes.remarks[0])


def test_a_subheading_that_is_not_in_use_is_kept_and_remarked_upon() -> None:
    codes = Codes()
    assert codes.hs("9305.21", "Item 1") == "930521"
    assert "replaced by 9305.20" in str(codes.remarks[0])


def test_remarks_are_bounded_and_the_rest_is_counted() -> None:
    codes = Codes(Limits(remarks_max=2))
    for _ in range(5):
        codes.country("QQ", "x")
    assert [str(one) for one in codes.remarks][
        -1
    ] == "elsewhere: expected 3 more to be mended"


def test_a_wrong_code_does_not_keep_the_rest_of_a_manifest_from_being_read() -> None:
    data = example("manifest.xml").replace(b">63090000<", b">CLOTHES<")
    found = read(data.replace(b">23<", b">99<"), token)
    assert [one.nature for one in found.consignments] == [Nature.UNKNOWN] * 2
    assert found.consignments[0].lines[0].hs == "84879090"
    assert found.consignments[1].lines[0].hs == ""
    places = [one.where for one in found.remarks]
    assert "Bol_segment 2, Goods_segment 1, Commodity_code" in places
    assert "Bol_segment 1, Bol_nature" in places


def test_a_manifest_with_fewer_bills_than_it_says_is_remarked_upon() -> None:
    data = example("manifest.xml").replace(b"bols>2<", b"bols>3<")
    assert [one.where for one in read(data, token).remarks] == ["Total_number_of_bols"]


def test_a_vessel_is_known_by_its_imo_number_alone() -> None:
    assert imo("Example Trader IMO 9074729") == "9074729"
    assert imo("9074729") == "9074729"
    assert imo("9074728") == ""  # seven digits whose check digit fails may be anything
    assert imo("IMO 9074728") == "9074728"  # unless it says that it is one
    assert imo("5NXX7") == ""


def test_marks_are_words_with_digits_and_not_endless() -> None:
    found = words("CASE 1-12, (ZZQ-01044); ZZQ-01044", "steel 2026 " + "x" * 50 + "1")
    assert found == ("1-12", "ZZQ-01044", "2026")
    assert len(words(" ".join(f"A{n:05d}" for n in range(300)))) == 200


def test_a_container_is_compared_without_what_stands_between() -> None:
    assert container("csqu 305438-3") == "CSQU3054383"
