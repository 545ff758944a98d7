"""What one State answers is told to another only as its handling allows."""

import datetime as dt

import pytest

from broker.core.errors import Code, RefusedError
from broker.core.handling import Handling, IntendedUse, Restrictions
from broker.core.onward import Layer, Provided
from broker.core.permissions import Act, Answer, Grant, Verdict
from broker.core.tracing.disclosure import binding_when_told
from tests.world import BEL, KEN, MEX, NOW_MS

_DIGEST = b"m" * 32


def _provided(handling: str, **more: object) -> Provided:
    bounds = Restrictions(**more)  # type: ignore[arg-type]  # of a test
    layer = Layer(by=BEL, digest=_DIGEST, handling=Handling.parse(handling, bounds))
    return Provided(
        layers=(layer,), kind="trace-response/1", body=b"", sealed_ms=NOW_MS
    )


def _grant(verdict: Verdict = Verdict.GRANTED, *parties: str, **more: object) -> Answer:
    grant = Grant(
        message_digest=_DIGEST,
        act=Act.ONWARD,
        verdict=verdict,
        parties=frozenset(parties),  # type: ignore[arg-type]  # of a test
        **more,  # type: ignore[arg-type]  # of a test
    )
    return Answer(digest=b"g" * 32, by=BEL, at_ms=NOW_MS, grant=grant)


def test_what_is_free_is_told_under_its_own_handling() -> None:
    bound = binding_when_told(_provided("TLP:GREEN"), MEX, [], NOW_MS)
    assert str(bound) == "TLP:GREEN"


def test_whoever_said_it_may_be_told_again_even_what_is_red() -> None:
    bound = binding_when_told(_provided("TLP:RED"), BEL, [], NOW_MS)
    assert str(bound) == "TLP:RED"


@pytest.mark.parametrize(
    ("provided", "answers", "code"),
    [
        (_provided("TLP:RED"), [_grant(Verdict.GRANTED, MEX)], Code.LOOSER_HANDLING),
        (_provided("TLP:AMBER"), [], Code.CONSENT_NEEDED),
        (_provided("TLP:GREEN H2"), [], Code.CONSENT_NEEDED),
        (_provided("TLP:GREEN", no_onward=True), [], Code.CONSENT_NEEDED),
        (_provided("TLP:GREEN", release_to=("Police",)), [], Code.CONSENT_NEEDED),
        (_provided("TLP:AMBER"), [_grant(Verdict.GRANTED, KEN)], Code.CONSENT_NEEDED),
        (_provided("TLP:AMBER"), [_grant(Verdict.REFUSED)], Code.CONSENT_NEEDED),
        (
            _provided("TLP:AMBER"),
            [_grant(Verdict.GRANTED, MEX, until=dt.date(2020, 1, 1))],
            Code.CONSENT_NEEDED,
        ),
    ],
    ids=(
        "red",
        "amber",
        "H2",
        "no onward",
        "agencies",
        "another party",
        "refused",
        "over",
    ),
)
def test_restriction_of_the_answering_state_holds(
    provided: Provided, answers: list[Answer], code: Code
) -> None:
    with pytest.raises(RefusedError) as refused:
        binding_when_told(provided, MEX, answers, NOW_MS)
    assert refused.value.code is code


def test_consent_binds_to_the_purposes_it_names() -> None:
    use = IntendedUse.POINT_OF_DIVERSION
    answers = [_grant(Verdict.GRANTED, MEX, purposes=frozenset({use}))]
    bound = binding_when_told(_provided("TLP:AMBER H2"), MEX, answers, NOW_MS)
    assert str(bound) == "TLP:AMBER H2"
    assert bound.restrictions.purposes == {use}
