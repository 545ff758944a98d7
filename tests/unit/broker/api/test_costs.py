"""What one client can have the node do with a small request, and for how long."""

from contextlib import ExitStack
from typing import Any

import pytest

from broker.api import client_lines
from broker.api.roles import Caller, Role
from broker.core.errors import StoreError, StoreFullError
from broker.infra.database import Database
from tests.api_world import ApiWorld
from tests.unit.broker.api.conftest import Calls, document

_ANSWER_MAX = 60_000  # bytes
_MANY = 30_000


def _content(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of JSON
    asked = document("trace-request")
    return {**asked, "content": {**asked["content"], **changes}}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (_content(items=[1] * _MANY), 422),
        (_content(intendedUse=[1] * _MANY), 422),
        (_content(**{f"stranger{number}": 1 for number in range(_MANY)}), 422),
        (_content() | {f"stranger{number}": 1 for number in range(_MANY)}, 400),
        (_content() | {"to": [1] * _MANY}, 400),
        (_content() | {"to": "x" * _MANY * 10}, 400),
    ],
    ids=["items", "words", "names inside", "names", "recipients", "a long text"],
)
def test_a_request_that_is_wrong_all_over_is_not_answered_all_over(
    call: Calls, asked: dict[str, Any], status: int
) -> None:
    answer = call("submitter").post(
        "/v1/messages", json=asked, headers={"Idempotency-Key": "all-over"}
    )
    assert answer.status_code == status
    assert answer.json()["places"]
    assert len(answer.content) < _ANSWER_MAX


@pytest.mark.parametrize("problem", [StoreError("locked"), StoreFullError("full")])
def test_who_only_reads_can_while_nothing_can_be_written(
    made: ApiWorld, call: Calls, monkeypatch: pytest.MonkeyPatch, problem: StoreError
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise problem

    made.parties.clock.at_ms += 120_000  # when it was used last would be noted
    monkeypatch.setattr(Database, "write", fail)
    assert call("reader").get("/v1/messages").status_code == 200
    # What is refused stays refused, though it cannot be kept.
    assert call("reader").get("/v1/alarms").status_code == 403


def test_a_revoked_client_cannot_have_the_node_write_without_end(
    made: ApiWorld,
) -> None:
    gone = made.register("gone", (Role.READ,), ("police",))
    made.node.store.revoke_client("gone", made.parties.clock.now_ms())
    client = made.client(gone)
    for _ in range(80):
        assert client.get("/v1/messages").status_code == 401
    assert len(made.node.store.client_refusals("gone", 1000)) == 60


def test_one_client_that_sends_at_all_once_leaves_room_for_the_others(
    call: Calls,
) -> None:
    who = Caller(client="submitter", agency="", roles=frozenset(), desks=frozenset())
    asked = document("trace-info-request")
    with ExitStack() as stack:
        for _ in range(client_lines.LINES):
            stack.enter_context(client_lines.client_line(who))
        for path in ("/v1/messages", "/v1/messages/plan"):
            answer = call("submitter").post(
                path, json=asked, headers={"Idempotency-Key": "turn"}
            )
            assert (answer.status_code, answer.json()["code"]) == (
                429,
                "too-many-requests",
            )
        other = call("customs").post(
            "/v1/messages", json=asked, headers={"Idempotency-Key": "turn"}
        )
        assert other.status_code == 201
    assert not client_lines._taken
