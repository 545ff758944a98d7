"""Handlings as hypothesis draws them, restrictions included."""

from typing import Final

from hypothesis import strategies as st

from broker.core.handling import (
    Europol,
    Handling,
    IntendedUse,
    Pap,
    Restrictions,
    Tlp,
)

AGENCIES: Final = ("customs", "police", "prosecutor")
TEXTS: Final = ("", "tracing only", "not for media", "ask first; and: not for media")

restrictions = st.builds(
    Restrictions,
    release_to=st.lists(st.sampled_from(AGENCIES), unique=True).map(tuple),
    purpose=st.sampled_from(TEXTS),
    no_onward=st.booleans(),
    other=st.sampled_from(TEXTS) | st.text(max_size=9),
    purposes=st.frozensets(st.sampled_from(IntendedUse)),
    retention_days=st.none() | st.integers(1, 4000),
)
handlings = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    europol=st.one_of(
        st.just(frozenset({Europol.H0})),
        st.frozensets(st.sampled_from([Europol.H1, Europol.H2, Europol.H3])),
    ),
    pap=st.none() | st.sampled_from(Pap),
    restrictions=restrictions,
)
