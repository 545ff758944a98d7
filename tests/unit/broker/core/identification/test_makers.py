"""Claims about makers, and about States that are no more."""

import pytest
from hypothesis import given, strategies as st

from broker.core.country_codes import country_of_locode, is_country
from broker.core.identification.historic import FORMER_STATES, related, successors
from broker.core.identification.makers import canonical, canonical_key, maker_key, same


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S&W", "Smith & Wesson"),
        ("S. & W.", "Smith & Wesson"),
        ("Smith and Wesson", "Smith & Wesson"),
        ("F.N.", "FN Herstal"),
        ("GLOCK Ges.m.b.H.", "Glock"),
        ("Pietro Beretta S.p.A.", "Beretta"),
        ("Crvena Zastava", "Zastava"),
        ("\u0417\u0430\u0441\u0442\u0430\u0432\u0430", "Zastava"),
        ("\u0418\u0416\u041c\u0410\u0428", "Izhmash"),
        ("Sars\u0131lmaz", "Sarsilmaz"),
        ("Heckler & Koch GmbH", "Heckler & Koch"),
        ("circle 10", "Arsenal"),
    ],
)
def test_a_maker_is_known_by_its_other_names(text: str, name: str) -> None:
    found = canonical(text)
    assert found is not None
    assert found.name == name


def test_the_country_tells_makers_of_one_name_apart() -> None:
    assert canonical("CZ") is None
    for country, name in (("CZE", "CZ"), ("CSK", "CZ"), ("YUG", "Zastava")):
        found = canonical("CZ", country)
        assert found is not None
        assert found.name == name


def test_a_maker_that_is_not_listed_is_compared_as_text() -> None:
    assert canonical("Example Works") is None
    assert same("Example Works", "EXAMPLE works Ltd.") is True
    assert same("Example Works", "Other Works") is False
    assert same("", "Glock") is None
    assert maker_key("The Arms Co") == "thearmsco"
    assert canonical_key("S&W") == canonical_key("Smith Wesson")


def test_former_states_lead_to_states_of_today() -> None:
    assert "RUS" in successors("SUN")
    assert successors("DDR") == ("DEU",)
    assert successors("KEN") == ()
    for former in FORMER_STATES.values():
        assert all(map(is_country, former.successors)), former
        assert not is_country(former.code)
        assert 1970 < former.until < 2020


def test_a_former_state_is_related_to_its_successors_only() -> None:
    assert related("SUN", "UKR")
    assert related("CZE", "CSK")
    assert not related("RUS", "UKR")
    assert related("KEN", "KEN")


def test_every_country_of_the_table_is_one() -> None:
    for text in ("Glock", "Zastava", "Baikal", "FN", "CETME"):
        found = canonical(text)
        assert found is not None
        for code in found.countries:
            assert is_country(code) or code in FORMER_STATES
    assert country_of_locode("BEANR") == "BEL"


@given(st.text(max_size=30))
def test_nothing_that_anybody_types_breaks_it(text: str) -> None:
    canonical(text)
    assert maker_key(text) == maker_key(text.upper().lower()) or not text.isascii()
