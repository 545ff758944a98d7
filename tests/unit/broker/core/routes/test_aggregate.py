"""Counts off which no report can be read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.handling import Handling, IntendedUse, Restrictions, Tlp
from broker.core.routes.aggregate import (
    Aggregate,
    Cell,
    Counted,
    aggregate,
    counted_alert,
    counted_route,
)
from keys.framing import sha256
from tests.unit.broker.core.routes.route_world import report
from tests.world import BEL, KEN, MEX, XPO

TODAY = dt.date(2027, 1, 20)
GREEN = Handling(tlp=Tlp.GREEN)
BY_SEA = {"modes": frozenset({"sea"})}


def counted(number: int, **changes: Any) -> Counted:  # noqa: ANN401 - fields
    fields: dict[str, Any] = {
        "root": sha256(b"%d" % number),
        "provider": (KEN, BEL, MEX)[number % 3],
        "own": False,
        "handling": GREEN,
        "year": 2026,
        "factors": BY_SEA,
        **changes,
    }
    return Counted(**fields)


def made(counts: Sequence[Counted], level: Tlp = Tlp.GREEN) -> Aggregate:
    return aggregate(counts, level=level, today=TODAY)


def test_three_reports_of_two_origins_are_told() -> None:
    cells = made([counted(1), counted(2), counted(4)]).cells
    assert cells == (Cell(table="modes", year=2026, key="sea", reports=3),)


@pytest.mark.parametrize(
    "counts",
    [
        [counted(1), counted(2)],
        [counted(number, provider=KEN) for number in range(9)],
        [counted(1), counted(2), counted(3, year=2025)],
        [counted(1), counted(2), counted(2)],
    ],
    ids=["too few", "one origin", "another year", "a copy"],
)
def test_less_is_left_out_and_said_to_be(counts: list[Counted]) -> None:
    found = made(counts)
    assert found.cells == ()
    assert sum(found.suppressed.values()) >= 1


@given(
    st.lists(
        st.builds(
            counted,
            st.integers(0, 12),
            year=st.integers(2024, 2026),
            provider=st.sampled_from([KEN, BEL, MEX, XPO]),
            factors=st.dictionaries(
                st.sampled_from(["modes", "items"]),
                st.frozensets(st.sampled_from(["a", "b", "c"])),
            ),
        ),
        max_size=40,
    ),
    st.integers(3, 6),
)
@settings(max_examples=50, deadline=None)
def test_no_count_is_ever_told_that_is_too_small(
    counts: list[Counted], minimum: int
) -> None:
    found = aggregate(counts, level=Tlp.GREEN, today=TODAY, minimum=minimum)
    for cell in found.cells:
        behind = [
            one
            for one in counts
            if one.year == cell.year and cell.key in one.factors.get(cell.table, ())
        ]
        assert minimum <= cell.reports <= len({one.root for one in behind})
        assert len({one.provider for one in behind}) >= 2


@pytest.mark.parametrize(
    ("handling", "reason"),
    [
        (Handling(tlp=Tlp.AMBER), "above TLP:GREEN"),
        (Handling.parse("TLP:GREEN H2"), "not without its provider's consent"),
        (
            Handling(tlp=Tlp.GREEN, restrictions=Restrictions(no_onward=True)),
            "not without its provider's consent",
        ),
        (
            Handling(
                tlp=Tlp.GREEN,
                restrictions=Restrictions(
                    purposes=frozenset({IntendedUse.JUDICIAL_PROCEEDINGS})
                ),
            ),
            "not for statistics",
        ),
        (
            Handling(tlp=Tlp.GREEN, restrictions=Restrictions(other="ask first")),
            "restricted in words, or to agencies",
        ),
    ],
)
def test_what_its_provider_did_not_allow_is_not_counted(
    handling: Handling, reason: str
) -> None:
    counts = [counted(number, handling=handling) for number in range(4)]
    assert made(counts).left_out == {reason: 4}
    own = made([replace(one, own=True) for one in counts])
    assert (own.left_out == {}) is (handling.tlp is Tlp.GREEN)


def test_what_is_for_statistics_is_counted_and_binds_the_file() -> None:
    bound = Restrictions(purposes=frozenset({IntendedUse.STATISTICS}))
    amber = Handling(tlp=Tlp.AMBER, restrictions=bound)
    counts = [counted(1), counted(2), counted(3, handling=amber)]
    assert made(counts, Tlp.AMBER).handling is Tlp.AMBER
    assert made(counts[:2], Tlp.AMBER).handling is Tlp.CLEAR  # nothing is told


def test_what_has_expired_is_not_counted_not_even_our_own() -> None:
    old = [
        counted(number, own=True, expires_on=dt.date(2027, 1, 19))
        for number in range(3)
    ]
    assert made(old).left_out == {"expired": 3}
    assert made([replace(one, expires_on=TODAY) for one in old]).left_out == {}


def test_of_several_copies_the_fullest_is_counted() -> None:
    blurred = counted(1, factors={})
    full = [counted(1), counted(2), counted(3)]
    assert made([blurred, *full]).cells == made([*full, blurred]).cells != ()


def test_a_copy_that_tells_more_does_not_replace_what_its_provider_sent() -> None:
    """Whoever passes something on could otherwise put words into a State's mouth."""
    own_words = [counted(1), counted(2), counted(3)]
    more = {"modes": frozenset({"sea", "air"})}
    forged = [counted(number, factors=more, copied=True) for number in (1, 2, 3)]
    for counts in ([*forged, *own_words], [*own_words, *forged]):
        assert [cell.key for cell in made(counts).cells] == ["sea"]


def test_a_route_is_counted_by_its_ends_its_borders_and_its_factors() -> None:
    told = report(1, ["KEN", "UGA", "SSD"], modes=["ROAD"])
    factors = counted_route(told).factors
    assert factors["routes"] == {"KEN > SSD"}
    assert factors["borders"] == {"KEN > UGA", "UGA > SSD"}
    assert factors["modes"] == {"road"}
    assert counted_route(report(2, ["KEN"])).factors["routes"] == frozenset()


def test_an_alert_is_counted_by_stage_method_and_consignment() -> None:
    alert = {
        "stage": "DIVERSION_STAGE_IN_TRANSIT",
        "methods": ["DIVERSION_METHOD_FORGED_EUC"],
        "items": [{"itemClass": "ITEM_CLASS_FIREARM"}],
        "consignment": {
            "exportedFrom": "BEL",
            "destinedTo": "KEN",
            "legs": [{"mode": "TRANSPORT_MODE_SEA"}],
        },
    }
    factors = counted_alert(alert, counted(1)).factors
    assert factors == {
        "diverted_on_the_way": {"BEL > KEN"},
        "diverted_by_mode": {"sea"},
        "diverted_items": {"firearm"},
        "diversion_stages": {"in-transit"},
        "diversion_methods": {"forged-euc"},
    }
    assert not any(counted_alert({}, counted(1)).factors.values())
