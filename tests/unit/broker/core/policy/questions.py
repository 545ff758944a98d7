"""Questions as hypothesis draws them, from the same small pools as policies."""

import datetime as dt
from dataclasses import replace
from itertools import product
from typing import Final

from hypothesis import strategies as st

from broker.core.fields import TREATED
from broker.core.handling import Europol, Handling, IntendedUse, Pap, Restrictions, Tlp
from broker.core.policy.decision import Question
from broker.core.policy.facts import (
    ALWAYS_COVERED,
    AdmiraltySource,
    EuropolSource,
    Facts,
    ItemClass,
)
from tests.unit.broker.core.policy.policies import (
    DAY_MS,
    KEN,
    KINDS,
    PARTIES,
    TODAY,
    codes,
    mostly,
    some,
)

TODAY_MS: Final = 1_781_481_600_000
MOMENTS_MS: Final = (
    TODAY_MS,
    TODAY_MS + DAY_MS - 1,
    TODAY_MS + 16 * DAY_MS,
    TODAY_MS - 365 * DAY_MS,
)
"""The first and the last moment of `TODAY`, and some on other days."""
_CRIMINAL: Final = frozenset({IntendedUse.CRIMINAL_INVESTIGATION})

handlings = st.builds(
    Handling,
    tlp=st.sampled_from(Tlp),
    europol=codes | st.just(frozenset({Europol.H0})) | st.just(frozenset()),
    pap=st.sampled_from([*[None] * 4, Pap.GREEN, Pap.AMBER, Pap.RED]),
    restrictions=st.builds(
        Restrictions,
        purposes=mostly(
            frozenset(),
            _CRIMINAL,
            frozenset({IntendedUse.ANALYSIS}),
        ),
    ),
)
_places = some("KEN", "BEL", "YUG", "RWA")
facts = st.builds(
    Facts,
    items=st.one_of(
        st.sampled_from([ALWAYS_COVERED, frozenset({ItemClass.FIREARM})]),
        some(
            ItemClass.FIREARM,
            ItemClass.LIGHT_WEAPON,
            ItemClass.AMMUNITION,
            ItemClass.TECHNOLOGY,
        ),
    ),
    purposes=st.sampled_from(
        [
            frozenset[IntendedUse](),
            _CRIMINAL,
            _CRIMINAL,
            _CRIMINAL | {IntendedUse.ANALYSIS},
            frozenset({IntendedUse.STATISTICS}),
        ]
    ),
    admiralty=st.sampled_from([None, *AdmiraltySource]),
    europol=st.sampled_from([None, *EuropolSource]),
    recovered_in=_places,
    manufactured_in=_places,
    involved=_places,
    embargo=st.booleans(),
    dated=st.sampled_from(
        [None, *(TODAY - dt.timedelta(days=days) for days in (-3, 0, 30, 31, 4000))]
    ),
    classes=some(*TREATED),
)
questions = st.builds(
    Question,
    origin=st.just(KEN),
    recipient=st.sampled_from(PARTIES),
    kind=st.sampled_from([f"{kind}/1" for kind in KINDS]),
    handling=handlings,
    at_ms=st.sampled_from(MOMENTS_MS),
    facts=facts,
)
"""What Kenya might send; `turned` makes of one what it might get."""


def _all_of(told: list[Facts], handled: list[Handling], at_ms: int) -> list[Question]:
    return [
        Question(
            origin=KEN,
            recipient=recipient,
            kind=f"{kind}/1",
            handling=handling,
            at_ms=at_ms,
            facts=fact,
        )
        for recipient, kind, handling, fact in product(PARTIES, KINDS, handled, told)
    ]


question_sets = st.builds(
    _all_of,
    st.lists(facts, min_size=3, max_size=3),
    st.lists(handlings, min_size=2, max_size=2),
    st.sampled_from(MOMENTS_MS),
)
"""Every combination of every party and kind with a few contents and handlings."""

SET_SIZE: Final = 3 * 2 * len(PARTIES) * len(KINDS)


def turned(question: Question) -> Question:
    """Returns the same question with origin and recipient exchanged."""
    return replace(question, origin=question.recipient, recipient=question.origin)
