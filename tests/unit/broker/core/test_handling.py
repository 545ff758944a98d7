"""Handling as people write it."""

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import HandlingError
from broker.core.handling import Europol, Handling, Pap, Restrictions, Tlp

handlings = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    europol=st.one_of(
        st.just(frozenset({Europol.H0})),
        st.frozensets(st.sampled_from([Europol.H1, Europol.H2, Europol.H3])),
    ),
    pap=st.none() | st.sampled_from(Pap),
)


@given(handlings)
def test_the_short_form_is_read_back(handling: Handling) -> None:
    assert Handling.parse(str(handling)) == handling


def test_labels_are_written_as_first_writes_them_from_open_to_closed() -> None:
    assert [tlp.label for tlp in sorted(Tlp)] == [
        "TLP:CLEAR",
        "TLP:GREEN",
        "TLP:AMBER",
        "TLP:AMBER+STRICT",
        "TLP:RED",
    ]


def test_words_are_read_in_any_order_and_written_in_one() -> None:
    handling = Handling.parse(" PAP:RED H3  H1 TLP:AMBER+STRICT ")
    assert str(handling) == "TLP:AMBER+STRICT H1 H3 PAP:RED"


def test_restrictions_travel_beside_the_short_form() -> None:
    restrictions = Restrictions(purpose="tracing", no_onward=True)
    handling = Handling.parse("TLP:RED", restrictions)
    assert handling.restrictions == restrictions
    assert str(handling) == "TLP:RED"


@pytest.mark.parametrize("label", ["TLP:WHITE", "TLP:AMBER_STRICT", "amber", ""])
def test_what_is_not_a_label_is_refused_with_those_that_are(label: str) -> None:
    with pytest.raises(HandlingError) as refused:
        Tlp.from_label(label)
    assert str(refused.value) == (
        f"{label!r} is not a TLP 2.0 label; expected TLP:CLEAR, TLP:GREEN, TLP:AMBER, "
        "TLP:AMBER+STRICT, TLP:RED"
    )


@pytest.mark.parametrize("text", ["", "H2", "PAP:RED"])
def test_a_label_is_needed(text: str) -> None:
    with pytest.raises(HandlingError, match="a TLP label is needed"):
        Handling.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "TLP:RED TLP:RED",
        "TLP:RED TLP:CLEAR",
        "TLP:RED H1 H1",
        "TLP:RED H4",
        "TLP:RED PAP:WHITE",
        "TLP:RED PAP:RED PAP:CLEAR",
        "TLP:RED secret",
        "tlp:red",
    ],
)
def test_a_word_that_is_repeated_or_unknown_is_refused(text: str) -> None:
    with pytest.raises(HandlingError, match="is not understood here"):
        Handling.parse(text)


def test_h0_stands_alone() -> None:
    with pytest.raises(HandlingError, match="H0 stands alone"):
        Handling.parse("TLP:RED H0 H1")
