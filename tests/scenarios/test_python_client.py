"""The Python client against a running interface, over TLS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from broker.api.roles import Role
from broker.web.server import ServerPlan
from rogatory_client import AsyncClient, Client, Connection, RefusedError
from tests.api_world import ALERT, REQUEST, ApiWorld, api_world
from tests.certificates import write_certificates
from tests.served_api import served

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ApiWorld]:
    with api_world(tmp_path / "node") as made:
        made.receive(REQUEST)
        made.receive(ALERT)
        yield made


@pytest.fixture
def connection(world: ApiWorld, tmp_path: Path) -> Iterator[Connection]:
    write_certificates(tmp_path, ["server"])
    system = world.register(
        "records-system", (Role.SUBMIT, Role.READ, Role.RESPOND), ("police",)
    )
    plan = ServerPlan(certificate=tmp_path / "server.pem", key=tmp_path / "server.key")
    with served(world, plan) as address:
        yield Connection(
            url=address,
            authorities=tmp_path / "authority.pem",
            token=system.token,
            attempts=1,
        )


def request_of_ours() -> dict[str, Any]:
    """Returns a document as the interface takes it."""
    text = (EXAMPLES / "http" / "trace-request.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return {**document, "anyway": True}


def test_a_system_sends_once_reads_answers_and_follows(connection: Connection) -> None:
    with Client(connection) as node:
        assert node.me()["agency"] == "National Police"
        assert "trace-request/1" in {one["kind"] for one in node.kinds()["kinds"]}
        planned = node.plan(request_of_ours())
        assert [one["gets_it"] for one in planned["recipients"]] == [True]
        sent = node.submit(request_of_ours(), key="case-17/1")
        again = node.submit(request_of_ours(), key="case-17/1")
        assert (sent["repeated"], again["repeated"]) == (False, True)
        assert sent["messages"] == again["messages"]
        came = list(node.messages(limit=1))
        assert {one["kind"] for one in came} == {"trace-request/1", "diversion-alert/1"}
        asked = next(one for one in came if one["kind"] == "trace-request/1")
        content = node.content(asked["id"])
        assert content["handling"] == "TLP:AMBER"
        said = node.acknowledge(asked["id"], office="Firearms desk")
        assert said["statement"]["stage"] == "ACKNOWLEDGED"
        assert node.acknowledge(asked["id"], office="Firearms desk")["repeated"]
        event = next(node.events(after="0"))
        assert event.name == "message.received"
        assert node.message(event.data["id"])["origin"] == "BEL"


def test_what_is_not_for_the_caller_is_refused_with_a_code(
    connection: Connection,
) -> None:
    with Client(connection) as node, pytest.raises(RefusedError) as refused:
        node.story("019c5a3e-8f00-7c00-8000-000000000001")
    assert (refused.value.status, refused.value.code) == (403, "forbidden")


async def test_an_asynchronous_system_does_the_same(connection: Connection) -> None:
    async with AsyncClient(connection) as node:
        sent = await node.submit(request_of_ours(), key="case-17/1")
        [message] = sent["messages"]
        assert (await node.message(message["id"]))["direction"] == "sent"
        found = [one async for one in node.messages()]
        assert len(found) == 2


def test_a_node_with_another_authority_is_not_spoken_to(
    connection: Connection, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    write_certificates(tmp_path / "other", ["server"])
    stranger = Connection(
        url=connection.url,
        authorities=tmp_path / "other" / "authority.pem",
        token="rog_" + "x" * 43,
        attempts=1,
    )
    with Client(stranger) as node, pytest.raises(Exception, match="CERTIFICATE_VERIFY"):
        node.me()
