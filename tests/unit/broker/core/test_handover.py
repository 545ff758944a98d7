"""No desk and no adapter gets anything under less than what binds it."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, strategies as st

from broker.core.admitted import Admission, AdmissionState, admission_under
from broker.core.errors import Code, RefusedError
from broker.core.handling import Europol, Handling, IntendedUse, Restrictions, Tlp
from broker.core.handover import Taker, hand_over
from broker.core.onward import Layer, Provided
from broker.core.permissions import Act, Answer, Grant, Verdict
from broker.core.policy.decision import Terms
from broker.core.tightening import check_not_looser
from tests.unit.broker.core.handlings import AGENCIES, handlings
from tests.world import AMBER, BEL, DAY_MS, KEN, MEX, NOW_MS

DIGEST: Final = b"m" * 32
JUDICIAL: Final = IntendedUse.JUDICIAL_PROCEEDINGS
CUSTOMS: Final = Taker(desk="customs", agency="customs")
ADMISSION: Final = admission_under(
    DIGEST,
    "trace-request/1",
    Terms(routes=frozenset({"police", "customs"}), retention_days=5),
    policy_digest=b"p" * 32,
    now_ms=NOW_MS,
)


def provided(*handlings: Handling, days: int | None = None) -> Provided:
    return Provided(
        layers=tuple(
            Layer(by=by, digest=DIGEST, handling=handling)
            for by, handling in zip((MEX, BEL, KEN), handlings, strict=False)
        ),
        kind="trace-request/1",
        body=b"",
        sealed_ms=NOW_MS - DAY_MS,
        retention_days=days,
    )


def refusal(
    held: Provided,
    admission: Admission | None = ADMISSION,
    taker: Taker = CUSTOMS,
    *answers: Answer,
) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        hand_over(held, admission, taker, answers, NOW_MS)
    return refused.value


def judicial(verdict: Verdict = Verdict.GRANTED) -> Answer:
    grant = Grant(message_digest=DIGEST, act=Act.JUDICIAL, verdict=verdict)
    return Answer(digest=b"a" * 32, by=MEX, at_ms=NOW_MS, grant=grant)


def test_terms_of_the_policy_become_the_terms_of_the_message() -> None:
    assert ADMISSION.state is AdmissionState.ADMITTED
    assert ADMISSION.routes == ("customs", "police")
    waiting = admission_under(
        DIGEST, "k/1", Terms(quarantine=True), policy_digest=b"", now_ms=1
    )
    assert waiting.state is AdmissionState.QUARANTINED


def test_a_desk_that_the_policy_names_gets_it_under_what_binds_it() -> None:
    held = provided(AMBER, days=5)
    handling = hand_over(held, ADMISSION, CUSTOMS, (), NOW_MS)
    assert handling.restrictions.retention_days == 5
    assert handling.tlp is Tlp.AMBER


@pytest.mark.parametrize(
    "state",
    [
        AdmissionState.QUARANTINED,
        AdmissionState.DECLINED,
        AdmissionState.EXPIRED,
        None,
    ],
)
def test_nobody_gets_what_a_person_has_not_let_in(state: AdmissionState | None) -> None:
    admission = None if state is None else replace(ADMISSION, state=state)
    assert refusal(provided(AMBER), admission).code is Code.IMPORT_POLICY


def test_a_desk_that_the_policy_does_not_name_gets_nothing() -> None:
    taker = Taker(desk="press", agency="customs")
    error = refusal(provided(AMBER), ADMISSION, taker)
    assert (error.code, error.detail) == (
        Code.IMPORT_POLICY,
        "it goes to customs, police, and not to press",
    )
    nobody = replace(ADMISSION, routes=())
    assert "it goes to no desk" in refusal(provided(AMBER), nobody).detail


def test_an_agency_that_the_provider_does_not_name_gets_nothing() -> None:
    bound = replace(AMBER, restrictions=Restrictions(release_to=("Federal Police",)))
    error = refusal(provided(bound))
    assert error.code is Code.LOOSER_HANDLING
    assert "MEX released it to Federal Police" in error.detail
    police = Taker(desk="police", agency="federal police")
    hand_over(provided(bound), ADMISSION, police, (), NOW_MS)


def test_an_agency_has_to_be_named_by_everybody_it_came_through() -> None:
    mine = replace(AMBER, restrictions=Restrictions(release_to=("customs", "police")))
    theirs = replace(AMBER, restrictions=Restrictions(release_to=("police",)))
    assert "BEL released it to police" in refusal(provided(mine, theirs)).detail


def test_a_use_that_the_provider_did_not_state_is_refused() -> None:
    uses = Restrictions(purposes=frozenset({IntendedUse.ANALYSIS}))
    taker = replace(CUSTOMS, use=IntendedUse.TRANSFER_CONTROL)
    error = refusal(provided(replace(AMBER, restrictions=uses)), ADMISSION, taker)
    assert (error.code, error.detail) == (
        Code.LOOSER_HANDLING,
        "it may be used for analysis only",
    )
    hand_over(provided(AMBER), ADMISSION, taker, (), NOW_MS)


def test_h1_keeps_it_out_of_court_without_the_providers_permission() -> None:
    held = provided(replace(AMBER, europol=frozenset({Europol.H1})))
    court = replace(CUSTOMS, use=JUDICIAL)
    assert refusal(held, ADMISSION, court).code is Code.CONSENT_NEEDED
    hand_over(held, ADMISSION, court, [judicial()], NOW_MS)
    back = judicial(Verdict.WITHDRAWN)
    assert "withdrawn" in refusal(held, ADMISSION, court, judicial(), back).detail
    hand_over(held, ADMISSION, CUSTOMS, (), NOW_MS)


def test_what_is_kept_for_too_long_already_is_given_to_nobody() -> None:
    error = refusal(provided(AMBER, days=1))
    assert (error.code, error.detail) == (
        Code.LOOSER_HANDLING,
        "the time for which it may be kept is over",
    )


@given(
    several=st.lists(handlings, min_size=1, max_size=3),
    agency=st.sampled_from(AGENCIES),
    use=st.none() | st.sampled_from(IntendedUse),
    days=st.none() | st.integers(1, 40),
)
def test_no_output_is_less_restricted_than_its_input(
    several: list[Handling], agency: str, use: IntendedUse | None, days: int | None
) -> None:
    taker = Taker(desk="customs", agency=agency, use=use)
    try:
        result = hand_over(provided(*several, days=days), ADMISSION, taker, (), NOW_MS)
    except RefusedError:
        return
    for handling in several:
        check_not_looser(handling, result)
        named = handling.restrictions.release_to
        assert not named or agency in named
        assert use is not JUDICIAL or Europol.H1 not in handling.europol
    assert days is None or result.restrictions.retention_days is not None
