"""What another party provided is passed on only as its provider allows."""

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass
from broker.core.handling import Europol, Handling, IntendedUse, Restrictions, Tlp
from broker.core.onward import (
    Layer,
    Onward,
    Provided,
    check_copy,
    consent_needed,
    needs_consent,
)
from broker.core.permissions import Act, Answer, Copy, Grant, Verdict, newest
from broker.core.tightening import check_not_looser, tighten
from keys.identity import PartyId
from tests.unit.broker.core.handlings import handlings
from tests.world import BEL, DAY_MS, KEN, MEX, NOW_MS, XPO

GREEN: Final = Handling(tlp=Tlp.GREEN)
H2: Final = Handling(tlp=Tlp.GREEN, europol=frozenset({Europol.H2}))
ORIGINAL: Final = b"o" * 32
BEARING: Final = b"b" * 32
GRANT: Final = b"g" * 32
USE: Final = frozenset({IntendedUse.CRIMINAL_INVESTIGATION})
TODAY: Final = dt.date(2027, 1, 15)  # NOW_MS

PROVIDED: Final = Provided(
    layers=(Layer(by=MEX, digest=ORIGINAL, handling=H2),),
    kind="route-intelligence/1",
    body=b"content",
    sealed_ms=NOW_MS,
)
COPY: Final = Copy(
    provider=MEX,
    message_digest=ORIGINAL,
    grant_digest=GRANT,
    handling=H2,
    kind="route-intelligence/1",
    body=b"content",
)


def answer(**changes: Any) -> Answer:  # noqa: ANN401 - fields of dataclasses
    """Returns Mexico's consent that its message goes to Kenya, changed."""
    own = {
        name: changes.pop(name) for name in ("digest", "by", "at_ms") & changes.keys()
    }
    grant = Grant(
        message_digest=ORIGINAL,
        act=Act.ONWARD,
        verdict=Verdict.GRANTED,
        parties=frozenset({KEN}),
    )
    said = Answer(digest=GRANT, by=MEX, at_ms=NOW_MS - 1000, grant=grant)
    return replace(said, grant=replace(grant, **changes), **own)


def verdict(
    *answers: Answer,
    to: PartyId = KEN,
    handling: Handling = H2,
    provided: Provided | None = PROVIDED,
    copy: Copy = COPY,
    now_ms: int = NOW_MS,
) -> str:
    """Returns the code and detail of the refusal, or "passes"."""
    onward = Onward(copy=copy, provided=provided, answers=tuple(answers))
    try:
        onward.check(to, handling, now_ms)
    except RefusedError as error:
        return f"{error.code.value}: {error.detail}"
    return "passes"


def test_the_providers_consent_opens_the_way_for_whom_it_names() -> None:
    assert verdict(answer()) == "passes"


def test_without_any_answer_it_stays() -> None:
    said = "MEX was not asked for consent, or has not given it"
    assert verdict() == f"consent-needed: {said}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"by": XPO}, "MEX was not asked", id="forged by a third party"),
        pytest.param(
            {"message_digest": b"x" * 32}, "MEX was not asked", id="another message"
        ),
        pytest.param({"act": Act.JUDICIAL}, "MEX was not asked", id="another act"),
        pytest.param(
            {"until": TODAY - dt.timedelta(days=1)}, "held until", id="expired"
        ),
        pytest.param(
            {"parties": frozenset({XPO})}, "does not name KEN", id="another recipient"
        ),
        pytest.param({"parties": frozenset()}, "does not name KEN", id="nobody named"),
        pytest.param({"verdict": Verdict.REFUSED}, "has refused it", id="refused"),
        pytest.param(
            {"verdict": Verdict.WITHDRAWN}, "has withdrawn it", id="withdrawn"
        ),
        pytest.param({"purposes": USE}, "is for criminal-investigation", id="purpose"),
        pytest.param(
            {"digest": b"y" * 32}, "another permission", id="not the one named"
        ),
    ],
)
def test_an_answer_that_does_not_cover_it_opens_nothing(
    changes: dict[str, Any], said: str
) -> None:
    found = verdict(answer(**changes))
    assert found.startswith("consent-needed: ")
    assert said in found


def test_consent_holds_up_to_and_including_its_last_day() -> None:
    until = answer(until=TODAY)
    midnight = (NOW_MS // DAY_MS + 1) * DAY_MS
    assert verdict(until, now_ms=midnight - 1) == "passes"
    assert "held until" in verdict(until, now_ms=midnight)


def test_consent_for_a_purpose_needs_a_copy_that_is_bound_to_it() -> None:
    bound = replace(H2, restrictions=Restrictions(purposes=USE))
    assert verdict(answer(purposes=USE), handling=bound) == "passes"
    wider = replace(
        H2, restrictions=Restrictions(purposes=USE | {IntendedUse.ANALYSIS})
    )
    assert "is for" in verdict(answer(purposes=USE), handling=wider)


@pytest.mark.parametrize("later", [Verdict.REFUSED, Verdict.WITHDRAWN])
def test_a_consent_that_was_taken_back_cannot_be_used_again(later: Verdict) -> None:
    back = answer(verdict=later, at_ms=NOW_MS, digest=b"z" * 32)
    assert "consent-needed" in verdict(answer(), back)
    assert "consent-needed" in verdict(back, answer())


def test_a_consent_that_was_taken_back_can_be_given_anew() -> None:
    back = answer(verdict=Verdict.WITHDRAWN, at_ms=NOW_MS - 2000, digest=b"z" * 32)
    assert verdict(answer(), back) == "passes"


def test_of_two_answers_of_one_moment_the_stricter_holds() -> None:
    back = answer(verdict=Verdict.WITHDRAWN, digest=b"0" * 32)
    for answers in ((answer(), back), (back, answer())):
        found = newest(answers, by=MEX, message_digest=ORIGINAL, act=Act.ONWARD)
        assert found == back


def test_a_later_consent_replaces_what_an_earlier_one_named() -> None:
    later = answer(parties=frozenset({XPO}), at_ms=NOW_MS, digest=b"z" * 32)
    assert "does not name KEN" in verdict(answer(), later)


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": XPO},
        {"message_digest": b"x" * 32},
        {"handling": GREEN},
        {"kind": "trace-request/1"},
        {"body": b"other words"},
    ],
)
def test_words_put_into_a_providers_mouth_do_not_leave(changes: dict[str, Any]) -> None:
    found = verdict(answer(), copy=replace(COPY, **changes))
    assert found.startswith("invalid-content: ")
    assert "not as the provider gave it" in found


def test_what_is_not_held_here_cannot_be_passed_on() -> None:
    assert "no such message" in verdict(answer(), provided=None)


def test_looser_handling_of_the_copy_is_refused_whatever_was_granted() -> None:
    assert verdict(answer(), handling=GREEN) == "looser-handling: without H2"


def test_what_was_for_named_recipients_only_is_never_passed_on() -> None:
    red = replace(H2, tlp=Tlp.RED)
    [layer] = PROVIDED.layers
    provided = replace(PROVIDED, layers=(replace(layer, handling=red),))
    found = verdict(
        answer(), provided=provided, handling=red, copy=replace(COPY, handling=red)
    )
    assert found == (
        "looser-handling: TLP:RED is for those whom MEX named, and nobody else"
    )


def of(*layers: tuple[PartyId, bytes, Handling], **changes: Any) -> Provided:  # noqa: ANN401
    return replace(
        PROVIDED,
        layers=tuple(
            Layer(by=by, digest=digest, handling=handling)
            for by, digest, handling in layers
        ),
        **changes,
    )


def test_what_is_for_the_community_goes_round_in_it_without_asking() -> None:
    provided = of((MEX, ORIGINAL, GREEN))
    copy = replace(COPY, handling=GREEN, grant_digest=b"")
    assert verdict(provided=provided, handling=GREEN, copy=copy) == "passes"
    boast = replace(copy, grant_digest=GRANT)
    found = verdict(provided=provided, handling=GREEN, copy=boast)
    assert "another permission" in found


@pytest.mark.parametrize(
    "handling",
    [
        Handling(tlp=Tlp.AMBER),
        Handling(tlp=Tlp.AMBER_STRICT),
        H2,
        Handling(tlp=Tlp.CLEAR, restrictions=Restrictions(no_onward=True)),
        Handling(tlp=Tlp.CLEAR, restrictions=Restrictions(release_to=("police",))),
    ],
)
def test_handling_that_keeps_it_with_its_recipient_asks_for_consent(
    handling: Handling,
) -> None:
    assert needs_consent(handling)
    assert not needs_consent(GREEN)


def test_onward_of_an_onward_copy_needs_the_first_providers_consent_still() -> None:
    provided = of((MEX, ORIGINAL, H2), (BEL, BEARING, H2))
    assert "MEX was not asked" in verdict(answer(by=BEL), to=XPO, provided=provided)
    own = answer(parties=frozenset({XPO}))
    assert verdict(own, to=XPO, provided=provided) == "passes"


def test_whoever_passed_on_and_added_a_condition_is_asked_too() -> None:
    provided = of((MEX, ORIGINAL, GREEN), (BEL, BEARING, H2))
    needed = consent_needed(provided, KEN)
    assert [layer.by for layer in needed] == [BEL]
    assert consent_needed(provided, BEL) == []


def test_our_own_policy_can_ask_for_the_providers_consent() -> None:
    provided = of((MEX, ORIGINAL, GREEN), with_consent=True)
    assert [layer.by for layer in consent_needed(provided, KEN)] == [MEX]
    assert provided.binding_anew(NOW_MS).restrictions.no_onward


def test_time_to_keep_it_runs_on_in_the_copy() -> None:
    bound = replace(H2, restrictions=Restrictions(retention_days=30))
    provided = of(
        (MEX, ORIGINAL, bound), sealed_ms=NOW_MS - 20 * DAY_MS, retention_days=30
    )
    assert provided.binding_anew(NOW_MS).restrictions.retention_days == 10
    assert provided.binding_anew(NOW_MS + 1).restrictions.retention_days == 9
    with pytest.raises(RefusedError, match="is over"):
        provided.binding_anew(NOW_MS + 9 * DAY_MS + 1)


def test_what_others_left_out_is_known() -> None:
    provided = replace(PROVIDED, withheld=frozenset({FieldClass.PERSONAL}))
    onward = Onward(copy=COPY, provided=provided, answers=())
    assert onward.withheld == {FieldClass.PERSONAL}
    assert replace(onward, provided=None).withheld == frozenset()


@given(handlings, handlings, st.none() | st.integers(2, 4000), st.booleans())
def test_what_binds_a_copy_is_never_looser_than_any_hand_it_came_through(
    one: Handling,
    other: Handling,
    days: int | None,
    consent: bool,  # noqa: FBT001 - drawn
) -> None:
    provided = of(
        (MEX, ORIGINAL, one),
        (BEL, BEARING, other),
        retention_days=days,
        with_consent=consent,
    )
    try:
        tighten(one, other)
    except RefusedError:
        with pytest.raises(RefusedError):
            provided.binding_anew(NOW_MS)
        return
    binding = provided.binding_anew(NOW_MS)
    check_not_looser(one, binding)
    check_not_looser(other, binding)


@given(handlings, handlings)
def test_no_copy_passes_under_a_looser_handling(
    given_handling: Handling, wanted: Handling
) -> None:
    uses = wanted.restrictions.purposes
    provided = of((MEX, ORIGINAL, given_handling))
    needed = bool(consent_needed(provided, KEN))
    onward = Onward(
        copy=replace(
            COPY, handling=given_handling, grant_digest=GRANT if needed else b""
        ),
        provided=provided,
        answers=(answer(purposes=uses),),
    )
    try:
        onward.check(KEN, wanted, NOW_MS)
    except RefusedError:
        return
    check_not_looser(given_handling, wanted)
    assert given_handling.tlp is not Tlp.RED


@pytest.mark.parametrize(
    ("copy", "bearer", "handling", "code"),
    [
        pytest.param(COPY, MEX, H2, Code.INVALID_CONTENT, id="its own bearer"),
        pytest.param(COPY, BEL, GREEN, Code.LOOSER_HANDLING, id="looser around it"),
        pytest.param(
            replace(COPY, grant_digest=b""), BEL, H2, Code.CONSENT_NEEDED, id="no grant"
        ),
        pytest.param(
            replace(COPY, handling=Handling(tlp=Tlp.RED)),
            BEL,
            Handling(tlp=Tlp.RED),
            Code.LOOSER_HANDLING,
            id="red",
        ),
    ],
)
def test_a_recipient_refuses_a_copy_that_cannot_be_right(
    copy: Copy, bearer: PartyId, handling: Handling, code: Code
) -> None:
    with pytest.raises(RefusedError) as refused:
        check_copy(copy, bearer, handling)
    assert refused.value.code is code


def test_a_recipient_takes_a_copy_that_may_be_right() -> None:
    check_copy(COPY, BEL, H2)
    check_copy(COPY, BEL, replace(H2, tlp=Tlp.AMBER))
