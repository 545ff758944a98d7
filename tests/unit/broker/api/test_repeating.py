"""What is asked for again is answered with what came of it, and to nobody else."""

import json

import pytest

from broker.api import submissions
from broker.api.answering import problem
from broker.api.models_submitting import NewMessage
from broker.api.problems import ApiCode, ProblemError
from broker.api.roles import Caller, Role
from broker.api.submissions import Drafted, draft, once_of, send
from broker.core.errors import Code, RefusedError
from keys.framing import sha256
from tests.api_world import AGENCY, CUSTOMS_AGENCY, ApiWorld
from tests.unit.broker.api.conftest import document

KIND = "trace-info-request"


def caller(agency: str = AGENCY) -> Caller:
    return Caller(
        client="moving",
        agency=agency,
        roles=frozenset({Role.SUBMIT}),
        desks=frozenset(),
    )


@pytest.fixture
def asked() -> NewMessage:
    return NewMessage.model_validate(document(KIND))


@pytest.mark.parametrize(
    "refusal",
    [
        problem(ApiCode.INVALID_DOCUMENT, "the files are used up"),
        RefusedError(Code.ILLEGAL_STEP, "the step is taken"),
    ],
    ids=["its files are used up", "its step is taken"],
)
def test_one_that_is_overtaken_by_itself_hears_what_came_of_it(
    made: ApiWorld,
    asked: NewMessage,
    monkeypatch: pytest.MonkeyPatch,
    refusal: Exception,
) -> None:
    here, who, key = made.services, caller(), f"overtaken-{type(refusal).__name__}"
    first: list[object] = []

    def overtaken(*_: object, **__: object) -> Drafted:
        # The same request, made again, is carried out while this one is looked at.
        monkeypatch.setattr(submissions, "draft", draft)
        first.append(send(here, who, key, asked).messages)
        raise refusal

    monkeypatch.setattr(submissions, "draft", overtaken)
    second = send(here, who, key, asked)
    assert second.repeated
    assert [second.messages] == first


def test_one_that_was_not_carried_out_is_refused_as_it_is(
    made: ApiWorld, asked: NewMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> Drafted:
        raise problem(ApiCode.INVALID_DOCUMENT, "the files are used up")

    monkeypatch.setattr(submissions, "draft", refuse)
    with pytest.raises(ProblemError) as refused:
        send(made.services, caller(), "never", asked)
    assert refused.value.code == ApiCode.INVALID_DOCUMENT


def test_a_client_that_moves_to_another_agency_is_not_told_what_it_sent_before(
    made: ApiWorld, asked: NewMessage
) -> None:
    before = len(made.node.store.sent(10_000))
    send(made.services, caller(), "moved", asked)
    with pytest.raises(ProblemError) as refused:
        send(made.services, caller(CUSTOMS_AGENCY), "moved", asked)
    assert refused.value.code == ApiCode.KEY_REUSED
    assert len(made.node.store.sent(10_000)) == before + 1


def test_what_is_kept_of_a_request_tells_nobody_what_it_said(
    made: ApiWorld, asked: NewMessage
) -> None:
    kept = once_of(made.services, caller(), "guess", asked).request
    written = json.dumps(
        asked.model_dump(mode="json"), sort_keys=True, ensure_ascii=True
    )
    # Whoever has the disk, and guesses the content, cannot see that it is right.
    assert kept != sha256(written.encode())
    assert kept == once_of(made.services, caller(), "other", asked).request
