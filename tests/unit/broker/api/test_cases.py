"""Cases as clients see them: their own, with what is theirs to see of what happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api_world import (
    ALERT,
    REQUEST,
    ApiWorld,
    Registered,
    api_world,
    everybody,
)
from tests.unit.broker.api.conftest import document


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("cases")) as world:
        world.receive()  # to the desk police
        world.receive(ALERT)  # to customs, too
        world.send()
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


def matters(made: ApiWorld, who: Registered) -> list[str]:
    answer = made.client(who).get("/v1/cases?closed=true")
    assert answer.status_code == 200, answer.text
    return [leg["matter"] for one in answer.json()["cases"] for leg in one["legs"]]


def test_a_desk_sees_the_cases_of_its_deliveries(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    everything = matters(made, clients["auditor"])
    assert len(everything) == 3
    assert matters(made, clients["every-desk"]) == everything
    assert len(matters(made, clients["reader"])) == 2
    assert len(matters(made, clients["customs"])) == 1
    assert matters(made, clients["submitter"]) == []


def test_cases_are_listed_page_by_page(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    client = made.client(clients["auditor"])
    whole = client.get("/v1/cases?closed=true").json()["cases"]
    found, query = [], "limit=1"
    while query:
        page = client.get(f"/v1/cases?closed=true&{query}").json()
        assert len(page["cases"]) == 1
        found += page["cases"]
        cursor = page.get("next_cursor")
        query = f"limit=1&cursor={cursor}" if cursor else ""
    assert found == whole
    assert client.get("/v1/cases?cursor=nonsense").status_code == 400


def test_a_case_is_shown_with_what_happened_and_what_is_owed(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    client = made.client(clients["reader"])
    listed = client.get("/v1/cases").json()["cases"][0]
    answer = client.get(f"/v1/cases/{listed['case']}")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["legs"] == listed["legs"]
    assert shown["timeline"]
    assert shown["legs"][0]["to_party"] == "KEN"
    by_message = client.get(f"/v1/cases/{shown['legs'][0]['message']}")
    assert by_message.json() == shown


def test_a_case_of_others_looks_as_if_it_were_not_there(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    listed = made.client(clients["auditor"]).get("/v1/cases").json()["cases"]
    path = f"/v1/cases/{listed[0]['case']}"
    theirs = made.client(clients["submitter"]).get(path)
    nobodys = made.client(clients["submitter"]).get("/v1/cases/none-of-that-name")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.json() == nobodys.json()
    assert made.client(clients["administrator"]).get("/v1/cases").status_code == 403


def test_the_name_of_a_case_may_have_slashes_in_it(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    answer = made.client(clients["auditor"]).get("/v1/cases/KE/2026/1")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_matter_of_others_under_the_same_reference_is_theirs(
    tmp_path: Path,
) -> None:
    with api_world(tmp_path) as made:
        everyone = everybody(made)
        asked = document(REQUEST, case_reference="KEN-1", anyway=True)
        ids = {
            name: made.client(everyone[name])
            .post("/v1/messages", json=asked, headers={"Idempotency-Key": "1"})
            .json()["messages"][0]["id"]
            for name in ("submitter", "customs")
        }
        whole = made.client(everyone["auditor"]).get("/v1/cases/KEN-1").json()
        assert {leg["message"] for leg in whole["legs"]} == set(ids.values())
        for name, other in (("submitter", "customs"), ("customs", "submitter")):
            client = made.client(everyone[name])
            one = client.get("/v1/cases/KEN-1")
            assert [leg["message"] for leg in one.json()["legs"]] == [ids[name]]
            assert ids[other] not in one.text + client.get("/v1/cases").text
