"""What is passed on binds at least as much as what it came from."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import Code, RefusedError
from broker.core.handling import (
    Europol,
    Handling,
    IntendedUse,
    Pap,
    Restrictions,
    Tlp,
)
from broker.core.tightening import AND, check_not_looser, tighten, with_terms
from tests.unit.broker.core.handlings import handlings

AMBER = Handling(tlp=Tlp.AMBER)
BOUND = Handling(
    tlp=Tlp.AMBER_STRICT,
    europol=frozenset({Europol.H1, Europol.H2}),
    pap=Pap.AMBER,
    restrictions=Restrictions(
        release_to=("customs", "police"),
        purpose="tracing",
        no_onward=True,
        other="not for media",
        purposes=frozenset({IntendedUse.ANALYSIS, IntendedUse.STATISTICS}),
        retention_days=30,
    ),
)


def joined(*several: Handling) -> object:
    """Returns what tightening gives, apart from the order of words; None for nobody."""
    try:
        result = several[0]
        for one in several[1:]:
            result = tighten(result, one)
    except RefusedError:
        return None
    bounds = result.restrictions
    return (
        replace(result, restrictions=Restrictions()),
        frozenset(bounds.release_to),
        frozenset(bounds.purpose.split(AND)),
        frozenset(bounds.other.split(AND)),
        replace(bounds, release_to=(), purpose="", other=""),
    )


def holds(source: Handling, result: Handling) -> bool:
    try:
        check_not_looser(source, result)
    except RefusedError:
        return False
    return True


@given(handlings, handlings)
def test_it_does_not_matter_who_tightens_whom(one: Handling, other: Handling) -> None:
    assert joined(one, other) == joined(other, one)


@given(handlings, handlings, handlings)
def test_it_does_not_matter_who_tightens_first(
    one: Handling, two: Handling, three: Handling
) -> None:
    try:
        later = tighten(two, three)
    except RefusedError:
        assert joined(one, two, three) is None
    else:
        assert joined(one, two, three) == joined(one, later)


@given(handlings)
def test_tightening_by_itself_changes_nothing(handling: Handling) -> None:
    assert tighten(handling, handling) == handling


@given(handlings, handlings)
def test_what_was_tightened_is_never_looser_than_either(
    one: Handling, other: Handling
) -> None:
    try:
        result = tighten(one, other)
    except RefusedError:
        return
    check_not_looser(one, result)
    check_not_looser(other, result)
    assert joined(result, one) == joined(result)


@given(handlings, handlings, handlings)
def test_not_being_looser_is_handed_on(
    one: Handling, two: Handling, three: Handling
) -> None:
    if holds(one, two) and holds(two, three):
        check_not_looser(one, three)


@given(
    handling=handlings,
    days=st.none() | st.integers(1, 4000),
    consent=st.booleans(),
)
def test_terms_only_ever_bind(
    handling: Handling, days: int | None, *, consent: bool
) -> None:
    result = with_terms(handling, days, with_consent=consent)
    check_not_looser(handling, result)
    assert result.restrictions.no_onward or not consent
    if days is not None:
        assert result.restrictions.retention_days is not None
        assert result.restrictions.retention_days <= days


def test_the_most_restrictive_of_each_binds() -> None:
    other = Handling(
        tlp=Tlp.RED,
        europol=frozenset({Europol.H3}),
        restrictions=Restrictions(
            release_to=("police", "prosecutor"),
            purpose="analysis",
            purposes=frozenset({IntendedUse.STATISTICS}),
            retention_days=90,
        ),
    )
    assert tighten(BOUND, other) == Handling(
        tlp=Tlp.RED,
        europol=frozenset({Europol.H1, Europol.H2, Europol.H3}),
        pap=Pap.AMBER,
        restrictions=Restrictions(
            release_to=("police",),
            purpose="tracing; and: analysis",
            no_onward=True,
            other="not for media",
            purposes=frozenset({IntendedUse.STATISTICS}),
            retention_days=30,
        ),
    )


def test_h0_falls_away_beside_what_says_more() -> None:
    crime_only = replace(AMBER, europol=frozenset({Europol.H0}))
    assert tighten(crime_only, AMBER).europol == {Europol.H0}
    both = tighten(crime_only, replace(AMBER, europol=frozenset({Europol.H2})))
    assert both.europol == {Europol.H2}


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        ({"release_to": ("police",)}, {"release_to": ("customs",)}, "agency"),
        (
            {"purposes": frozenset({IntendedUse.ANALYSIS})},
            {"purposes": frozenset({IntendedUse.STATISTICS})},
            "purpose",
        ),
    ],
)
def test_nothing_in_common_means_nobody_and_not_everybody(
    one: dict[str, Any], other: dict[str, Any], what: str
) -> None:
    with pytest.raises(RefusedError, match=f"no {what} is left") as refused:
        tighten(
            replace(AMBER, restrictions=Restrictions(**one)),
            replace(AMBER, restrictions=Restrictions(**other)),
        )
    assert refused.value.code is Code.LOOSER_HANDLING


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tlp": Tlp.AMBER}, "TLP:AMBER instead of TLP:AMBER+STRICT"),
        ({"europol": frozenset({Europol.H1})}, "without H2"),
        ({"europol": frozenset()}, "without H1, H2"),
        ({"pap": Pap.GREEN}, "PAP:GREEN instead of PAP:AMBER"),
        ({"pap": None}, "no PAP label instead of PAP:AMBER"),
    ],
)
def test_a_single_looser_label_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_not_looser(BOUND, replace(BOUND, **changes))
    assert (refused.value.code, refused.value.detail) == (Code.LOOSER_HANDLING, said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"release_to": ()}, "released to more agencies"),
        ({"release_to": ("police", "press")}, "released to more agencies"),
        ({"purposes": frozenset()}, "usable for more purposes"),
        (
            {"purposes": frozenset({IntendedUse.RETURN_TO_OWNER})},
            "usable for more purposes",
        ),
        ({"no_onward": False}, "passed on without the provider's consent"),
        ({"retention_days": None}, "kept for longer than 30 days"),
        ({"retention_days": 31}, "kept for longer than 30 days"),
        ({"purpose": "trac"}, "without the provider's words on its purpose"),
        ({"other": ""}, "without the provider's other restrictions"),
    ],
)
def test_a_single_looser_restriction_is_named(
    changes: dict[str, Any], said: str
) -> None:
    looser = replace(BOUND.restrictions, **changes)
    with pytest.raises(RefusedError) as refused:
        check_not_looser(BOUND, replace(BOUND, restrictions=looser))
    assert (refused.value.code, refused.value.detail) == (Code.LOOSER_HANDLING, said)


def test_h0_must_not_be_dropped_for_nothing() -> None:
    crime_only = replace(AMBER, europol=frozenset({Europol.H0}))
    assert not holds(crime_only, AMBER)
    assert holds(crime_only, replace(AMBER, europol=frozenset({Europol.H1})))


def test_everything_that_is_looser_is_named_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        check_not_looser(BOUND, Handling(tlp=Tlp.CLEAR))
    assert refused.value.detail.count(";") == 8


def test_stricter_is_not_looser() -> None:
    stricter = replace(
        BOUND,
        tlp=Tlp.RED,
        restrictions=replace(
            BOUND.restrictions, release_to=("customs",), retention_days=1
        ),
    )
    check_not_looser(BOUND, stricter)


def test_endless_lists_of_agencies_from_two_hands_cost_no_more_than_their_length() -> (
    None
):
    many = [f"agency {number}" for number in range(100_000)]
    one, other = (
        Handling(tlp=Tlp.GREEN, restrictions=Restrictions(release_to=tuple(names)))
        for names in (many, [f"no {name}" for name in many] + many[:1])
    )
    assert tighten(one, other).restrictions.release_to == ("agency 0",)
