"""Adapters and what they propose: shown to operators, with care for the contents."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from adapters.values import Proposal, Submission
from broker.api.roles import EVERY_DESK, Role
from broker.app.adapters.vault import protect_proposal
from broker.core.adapting import AdapterState, KeptProposal, ProposalState
from broker.core.handling import Handling, Restrictions
from broker.core.status import iso_time
from tests.adapter_world import example_document
from tests.api_world import ALERT, ApiWorld, api_world
from tests.case_world import example
from tests.world import BEL, KEN

SERIAL = "SCREENED-SERIAL-99"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("adapters")) as world:
        yield world


@pytest.fixture(scope="module")
def source(made: ApiWorld) -> bytes:
    """An alert that the desks police and customs get."""
    return made.receive(ALERT)


@pytest.fixture(scope="module")
def operator(made: ApiWorld) -> TestClient:
    return made.client(made.register("operator", (Role.ADMINISTER,)))


@pytest.fixture(scope="module")
def officer(made: ApiWorld) -> TestClient:
    roles = (Role.ADMINISTER, Role.READ)
    return made.client(made.register("officer", roles, ("police",)))


def propose(made: ApiWorld, number: int, *based_on: bytes) -> str:
    """Has an adapter propose something; returns what it is called by."""
    proposal_id, key = f"{number:016x}", f"key-{number}"
    proposal = Proposal(
        submission=Submission(
            key=key,
            kind="diversion-alert/1",
            content=example_document("diversion-alert"),
            handling="TLP:AMBER",
            to=("BEL",),
            based_on=based_on,
        ),
        title=f"hit on {SERIAL}",
        reasons=("the serial number is on the watch-list",),
    )
    store_key = made.keys.holder.store_key
    return made.node.store.put_proposal(
        KeptProposal(
            proposal_id=proposal_id,
            adapter="declarations",
            key=key,
            kind="diversion-alert/1",
            state=ProposalState.OPEN,
            at_ms=made.parties.clock.now_ms(),
            based_on=based_on,
            protected=protect_proposal(store_key, proposal_id, proposal),
        )
    )


def test_proposals_are_listed_without_what_they_say(
    made: ApiWorld, operator: TestClient, source: bytes
) -> None:
    name = propose(made, 1, source)
    answer = operator.get("/v1/proposals")
    assert answer.status_code == 200, answer.text
    [listed] = [one for one in answer.json()["proposals"] if one["proposal_id"] == name]
    assert (listed["adapter"], listed["state"]) == ("declarations", "open")
    assert listed["based_on"] == [source.hex()]
    assert SERIAL not in answer.text


def test_what_a_proposal_says_is_for_whoever_may_have_its_sources(
    made: ApiWorld, operator: TestClient, officer: TestClient, source: bytes
) -> None:
    path = f"/v1/proposals/{propose(made, 2, source)}"
    refused = operator.get(path)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert SERIAL not in refused.text
    shown = officer.get(path)
    assert shown.status_code == 200, shown.text
    assert shown.json()["title"] == f"hit on {SERIAL}"
    assert shown.json()["content"]
    given = made.node.store.handed_out(source)
    assert [one.desk for one in given] == ["police"]


def test_a_proposal_says_what_binds_whoever_reads_it(
    made: ApiWorld, officer: TestClient
) -> None:
    sender = made.parties.sides[BEL]
    bound = Handling.parse("TLP:AMBER", Restrictions(no_onward=True, retention_days=30))
    sent = sender.send((KEN,), example(ALERT), f"{ALERT}/1", bound)
    made.settle()
    shown = officer.get(f"/v1/proposals/{propose(made, 9, sent.message_digest)}").json()
    assert shown["restrictions"]["no_onward"] is True
    assert shown["restrictions"]["retention_days"] == 30


def test_one_without_sources_is_for_whoever_reads_everything(
    made: ApiWorld, officer: TestClient
) -> None:
    path = f"/v1/proposals/{propose(made, 3)}"
    assert officer.get(path).status_code == 403
    roles = (Role.ADMINISTER, Role.READ)
    everybody = made.register("reads-all", roles, (EVERY_DESK,))
    assert made.client(everybody).get(path).status_code == 200


def test_one_that_is_dismissed_is_gone_and_stays_dismissed(
    made: ApiWorld, operator: TestClient, officer: TestClient, source: bytes
) -> None:
    path = f"/v1/proposals/{propose(made, 4, source)}"
    answer = operator.post(f"{path}/dismissal", json={"by": "Cpt. Wanjiru"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "dismissed"
    assert answer.json()["decided_by"] == "Cpt. Wanjiru (api:operator)"
    again = operator.post(f"{path}/dismissal", json={"by": "another"})
    assert (again.status_code, again.json()["code"]) == (409, "out-of-order")
    assert officer.get(path).status_code == 409


def test_a_proposal_that_there_is_not_is_not_found(operator: TestClient) -> None:
    assert operator.get("/v1/proposals/ffffffffffffffff").status_code == 404
    path = "/v1/proposals/ffffffffffffffff/dismissal"
    assert operator.post(path, json={"by": "me"}).status_code == 404
    assert operator.get("/v1/proposals/..%2F..").status_code in {400, 404}


def test_adapters_are_shown_as_they_do(made: ApiWorld, operator: TestClient) -> None:
    assert operator.get("/v1/adapters").json() == {"adapters": []}
    store, now_ms = made.node.store, made.parties.clock.now_ms()
    store.know_adapter("posts", "customs", "no-desk", now_ms)
    store.note_adapter("posts", AdapterState.AWAY, now_ms)
    store.note_adapter_error("posts", "system-away", now_ms)
    [shown] = operator.get("/v1/adapters").json()["adapters"]
    assert (shown["name"], shown["kind"], shown["state"]) == (
        "posts",
        "customs",
        "away",
    )
    assert shown["error_code"] == "system-away"
    assert shown["last_error_at"] == iso_time(now_ms)
    assert shown["last_ok_at"] is None
    assert (shown["waiting"], shown["letters"], shown["lag_ms"]) == (0, 0, 0)
