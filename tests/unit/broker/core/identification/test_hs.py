"""Claims about codes of the Harmonized System, and remarks on codes in contents."""

import pytest

from broker.core.codec.documents import encode_document, warnings_for
from broker.core.identification.hs import dotted, goods_code, remark_on


@pytest.mark.parametrize(
    ("text", "code", "title"),
    [
        ("9302.00", "9302.00", "Revolvers and pistols, but for those of 9303 and 9304"),
        ("93020000", "9302.0000", "Revolvers and pistols, but for those"),
        ("9306", "9306", "Bombs, grenades"),
        ("3602", "3602", "Prepared explosives"),
        ("8703.10", "8703.10", ""),
    ],
)
def test_a_code_has_a_title(text: str, code: str, title: str) -> None:
    found = goods_code(text)
    assert found.code == code
    assert found.title.startswith(title)


def test_a_former_code_says_what_it_became() -> None:
    found = goods_code("9305.21")
    assert (found.former, found.now) == (True, "9305.20")
    assert "replaced by 9305.20" in remark_on("930521")


@pytest.mark.parametrize("text", ["9302.00", "9306", "8703.10", "3601.00"])
def test_what_is_right_or_of_another_chapter_is_not_remarked_upon(text: str) -> None:
    assert remark_on(text) == ""


def test_a_subheading_that_is_not_listed_is_remarked_upon() -> None:
    assert "chapter 93" in remark_on("9399.99")
    assert dotted("93") == "93"


def test_codes_in_a_content_are_remarked_upon_and_block_nothing() -> None:
    body = encode_document(
        "diversion-alert/1",
        {
            "title": "Pistols that never arrived",
            "urgency": "URGENCY_ROUTINE",
            "illicitBasis": ["ILLICIT_BASIS_NATIONAL_LAW"],
            "stage": "DIVERSION_STAGE_IN_TRANSIT",
            "methods": ["DIVERSION_METHOD_THEFT"],
            "place": {"country": "KEN", "locode": "BEANR"},
            "consignment": {
                "goods": [{"hsCode": "9305.21"}, {"hsCode": "9302.00"}],
                "legs": [
                    {
                        "mode": "TRANSPORT_MODE_SEA",
                        "loading": "QQZZZ",
                        "discharge": "XZZZZ",
                    }
                ],
            },
            "asks": [{"kind": "ASK_KIND_INFORM"}],
        },
    )
    found = {one.path: one.expected for one in warnings_for("diversion-alert/1", body)}
    assert set(found) == {
        "consignment.goods[0].hsCode",
        "consignment.legs[0].loading",
        "place.locode",
    }
    assert "this one is in BEL" in found["place.locode"]
