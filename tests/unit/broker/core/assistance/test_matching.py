"""Needs and offers are matched the same way every time, with the reasons."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from hypothesis import given, strategies as st

from broker.core.assistance.matching import done_twice, fits, newest
from broker.core.assistance.records import (
    Amount,
    Need,
    Offer,
    Project,
    Span,
    need_in,
    offer_in,
    project_in,
    span_in,
)

NEED: Final = need_in(
    {
        "title": "Machines and training",
        "country": "KEN",
        "areas": ["ASSISTANCE_AREA_MARKING", "ASSISTANCE_AREA_RECORDS"],
        "forms": ["ASSISTANCE_FORM_EQUIPMENT", "ASSISTANCE_FORM_TRAINING"],
        "period": {"from": "2027", "to": "2028"},
        "cost": {"amount": "240000.00", "currency": "EUR"},
    },
    digest=b"n" * 32,
    by="KEN",
)
OFFER: Final = offer_in(
    {
        "title": "Training",
        "areas": ["ASSISTANCE_AREA_MARKING", "ASSISTANCE_AREA_TRACING"],
        "forms": ["ASSISTANCE_FORM_TRAINING"],
        "countries": ["KEN", "TZA"],
        "period": {"from": "2026-10", "to": "2027-12"},
        "budget": {"amount": "90000.00", "currency": "EUR"},
    },
    digest=b"o" * 32,
    by="BEL",
)


def project(by: str = "KEN", at_ms: int = 0, **changes: object) -> Project:
    document: dict[str, object] = {
        "title": "Courses",
        "partners": ["BEL", "KEN"],
        "areas": ["ASSISTANCE_AREA_MARKING"],
        "period": {"from": "2027-02", "to": "2027-11"},
        **changes,
    }
    return project_in(
        document,
        digest=f"{by}{at_ms}".encode(),
        by=by,
        at_ms=at_ms,
        need=b"n" * 32,
        offer=b"o" * 32,
    )


def fitting(need: Need = NEED, offer: Offer = OFFER) -> bool:
    return bool(fits([need], [offer]))


def test_an_offer_fits_with_the_reasons_and_what_it_lacks() -> None:
    [found] = fits([NEED], [OFFER])
    assert found.score == 0.5
    assert found.reasons == (
        "areas: marking",
        "forms: training",
        "meant for KEN",
        "both: 2027-01-01 to 2027-12-31",
    )
    assert found.doubts == (
        "areas not offered: records",
        "forms not offered: equipment",
        "90000.00 EUR do not cover 240000.00 EUR",
    )


def test_it_does_not_fit_another_country_area_form_or_time() -> None:
    assert not fitting(need=replace(NEED, country="MEX"))
    assert not fitting(need=replace(NEED, areas=frozenset({"borders"})))
    assert not fitting(need=replace(NEED, forms=frozenset({"funds"})))
    assert not fitting(need=replace(NEED, span=span_in({"from": "2028-01"})))
    assert fitting(need=replace(NEED, span=span_in({"from": "2027-12-31"})))


def test_nobody_is_helped_by_their_own_offer() -> None:
    assert not fitting(offer=replace(OFFER, by="KEN"))


def test_an_offer_to_anybody_fits_and_says_so() -> None:
    [found] = fits([NEED], [replace(OFFER, countries=frozenset())])
    assert "open to every country" in found.reasons


def test_currencies_are_not_converted_and_what_is_not_known_is_said() -> None:
    pounds = replace(OFFER, budget=Amount(value=Decimal(1), currency="GBP"))
    [found] = fits([NEED], [pounds])
    assert "240000.00 EUR and 1 GBP are not compared" in found.doubts
    [bare] = fits([replace(NEED, cost=None, span=Span())], [OFFER])
    assert "what it costs, or what there is, is not known" in bare.doubts
    assert "one of them does not say when" in bare.doubts
    rich = replace(OFFER, budget=NEED.cost)
    [covered] = fits([NEED], [rich])
    assert "240000.00 EUR cover 240000.00 EUR" in covered.reasons


@given(st.permutations(range(5)), st.permutations(range(5)))
def test_the_order_in_which_they_came_changes_nothing(
    first: list[int], second: list[int]
) -> None:
    needs = [replace(NEED, digest=bytes([n]) * 32) for n in range(5)]
    offers = [
        replace(
            OFFER, digest=bytes([n]) * 32, forms=NEED.forms if n % 2 else OFFER.forms
        )
        for n in range(5)
    ]
    found = fits([needs[n] for n in first], [offers[n] for n in second])
    assert found == fits(needs, offers)
    assert [one.score for one in found] == sorted(
        (f.score for f in found), reverse=True
    )


def test_periods_are_as_wide_as_they_are_precise() -> None:
    assert str(span_in({"from": "2027", "to": "2028-02"})) == "2027-01-01 to 2028-02-29"
    assert str(span_in({"to": "2027-03-09"})) == "… to 2027-03-09"
    assert not span_in(None).stated
    assert str(span_in({"from": "soon"})) == ""


def test_the_last_word_on_a_project_counts() -> None:
    first, last = project(at_ms=1), project(at_ms=2, detail="Begun")
    assert newest([last, first]) == (last,)
    assert done_twice([first, last]) == ()


def test_two_projects_for_one_need_are_shown() -> None:
    [twice] = done_twice([project("MEX", at_ms=5), project(at_ms=1)])
    assert (twice.first.by, twice.second.by) == ("KEN", "MEX")
    assert twice.reasons == (
        "the same need",
        "BEL, KEN in marking at the same time",
    )


def test_projects_of_others_at_another_time_are_not() -> None:
    other = replace(project("MEX", at_ms=5, period={"from": "2029"}), need=b"m" * 32)
    assert done_twice([project(at_ms=1), other]) == ()
