"""Alarms, stories and evidence: for auditors and operators, and never a content."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from broker.api import routes_watching
from broker.app.evidence_sources import Wanted
from broker.core.errors import BusUnavailableError
from broker.core.records import Alarm
from tests.api_world import ApiWorld, Registered, api_world, everybody


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with api_world(tmp_path_factory.mktemp("watching")) as world:
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


@pytest.fixture(scope="module")
def digest(made: ApiWorld) -> bytes:
    return made.receive()


def raise_alarm(made: ApiWorld, topic: str) -> int:
    now_ms = made.parties.clock.now_ms()
    made.node.store.raise_alarm(Alarm(at_ms=now_ms, topic=topic, text="look"))
    return made.node.store.sounded_alarms(1)[0].number


def test_alarms_are_listed_until_somebody_has_looked(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    first, second = raise_alarm(made, "first"), raise_alarm(made, "second")
    client = made.client(clients["administrator"])
    listed = client.get("/v1/alarms").json()
    assert [one["number"] for one in listed["alarms"][:2]] == [second, first]
    path = f"/v1/alarms/{first}"
    answer = client.post(f"{path}/acknowledgement", json={"by": "Insp. Otieno"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged_by"] == "Insp. Otieno (api:administrator)"
    assert client.get(path).json() == answer.json()
    after = client.get("/v1/alarms").json()
    assert after["open"] == listed["open"] - 1
    assert first not in [one["number"] for one in after["alarms"]]
    whole = client.get("/v1/alarms?all=true").json()["alarms"]
    assert first in [one["number"] for one in whole]
    again = client.post(f"{path}/acknowledgement", json={"by": "another"})
    assert again.json()["acknowledged_by"] == "Insp. Otieno (api:administrator)"


@pytest.mark.parametrize("by", ["", "   ", "a\nb", "x" * 101])
def test_whoever_looked_has_a_name(
    made: ApiWorld, clients: dict[str, Registered], by: str
) -> None:
    number = raise_alarm(made, "unnamed")
    client = made.client(clients["administrator"])
    path = f"/v1/alarms/{number}/acknowledgement"
    assert client.post(path, json={"by": by}).status_code == 400
    assert client.get(f"/v1/alarms/{number}").json()["open"] is True


def test_an_alarm_that_there_is_not_is_not_found(
    made: ApiWorld, clients: dict[str, Registered]
) -> None:
    client = made.client(clients["administrator"])
    assert client.get("/v1/alarms/999999").status_code == 404
    path = "/v1/alarms/999999/acknowledgement"
    assert client.post(path, json={"by": "me"}).status_code == 404


def test_the_story_of_a_message_is_told_without_its_content(
    made: ApiWorld, clients: dict[str, Registered], digest: bytes
) -> None:
    client = made.client(clients["auditor"])
    answer = client.get(f"/v1/audit/messages/{digest.hex()}")
    assert answer.status_code == 200, answer.text
    story = answer.json()
    assert (story["digest"], story["role"]) == (digest.hex(), "received")
    assert story["timeline"]
    assert "content" not in story
    assert client.get(f"/v1/audit/messages/{'00' * 32}").status_code == 404


def test_only_auditors_and_operators_see_any_of_it(
    made: ApiWorld, clients: dict[str, Registered], digest: bytes
) -> None:
    number = raise_alarm(made, "not theirs")
    for name in ("reader", "submitter", "customs", "every-desk"):
        client = made.client(clients[name])
        for path in (
            "/v1/alarms",
            f"/v1/alarms/{number}",
            f"/v1/audit/messages/{digest.hex()}",
            f"/v1/evidence/{digest.hex()}",
            "/v1/adapters",
            "/v1/proposals",
        ):
            assert client.get(path).status_code == 403, (name, path)
    auditor = made.client(clients["auditor"])
    path = f"/v1/alarms/{number}/acknowledgement"
    assert auditor.post(path, json={"by": "me"}).status_code == 403


def test_evidence_is_a_file_with_what_its_reader_has_to_know(
    made: ApiWorld,
    clients: dict[str, Registered],
    digest: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    async def export(
        _node: object, _keys: object, wanted: Wanted, **how: bool
    ) -> object:
        asked.append((wanted, how))
        return SimpleNamespace(
            data=b"PK", root_sha256=b"\x01" * 32, unlogged=(1, 2), unstamped=""
        )

    monkeypatch.setattr(routes_watching, "export_evidence", export)
    answer = made.client(clients["auditor"]).get(f"/v1/evidence/{digest.hex()}")
    assert (answer.status_code, answer.content) == (200, b"PK")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["rogatory-root-sha256"] == "01" * 32
    assert answer.headers["rogatory-not-yet-logged"] == "2"
    [(wanted, how)] = asked
    assert [one.message_digest for one in wanted.messages] == [digest]
    assert how == {"disclosed": False}


def test_evidence_without_the_hub_is_said_to_be_unavailable(
    made: ApiWorld,
    clients: dict[str, Registered],
    digest: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def export(*_: object, **__: object) -> object:
        raise BusUnavailableError("nobody there")

    monkeypatch.setattr(routes_watching, "export_evidence", export)
    client = made.client(clients["auditor"])
    answer = client.get(f"/v1/evidence/{digest.hex()}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert client.get(f"/v1/evidence/{'00' * 32}").status_code == 404
