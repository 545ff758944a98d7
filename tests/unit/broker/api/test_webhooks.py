"""Webhooks as an administrator's system registers them, and as they are then called."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from broker.api import webhook_beside
from broker.api.roles import Role
from broker.api.settings import ApiSettings
from broker.api.webhook_beside import webhook_sender
from broker.core.records import Alarm
from broker.infra.adapter_lock import sole_runner
from broker.web.webhook_signature import WebhookSecret, verify
from tests.answering import answering
from tests.api_world import ApiWorld, Registered, api_world, everybody
from tests.serving import served

HOSTS = ("hooks.example.org", "127.0.0.1:9")
URL = "https://hooks.example.org/in"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    folder: Path = tmp_path_factory.mktemp("webhooks")
    settings = ApiSettings(tls="none", webhook_hosts=HOSTS)
    with api_world(folder, settings) as world:
        yield world


@pytest.fixture(scope="module")
def clients(made: ApiWorld) -> dict[str, Registered]:
    return everybody(made)


@pytest.fixture
def administrator(made: ApiWorld, clients: dict[str, Registered]) -> TestClient:
    for webhook in made.node.store.webhooks():
        made.node.store.remove_webhook(webhook.webhook_id)
    return made.client(clients["administrator"])


def create(client: TestClient, **wanted: object) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json={"url": URL, **wanted})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(
    administrator: TestClient,
) -> None:
    one = create(administrator, events=["alarm"])
    WebhookSecret.parse(one["secret"])
    shown = administrator.get(f"/v1/webhooks/{one['webhook_id']}").json()
    listed = administrator.get("/v1/webhooks").json()["webhooks"]
    assert listed == [shown]
    assert "secret" not in shown
    assert (shown["url"], shown["events"], shown["state"]) == (URL, ["alarm"], "active")


def test_the_secret_is_kept_under_the_nodes_own_key(
    made: ApiWorld, administrator: TestClient
) -> None:
    one = create(administrator)
    key = WebhookSecret.parse(one["secret"]).key
    [kept] = made.node.store.webhooks()
    assert key not in kept.protected
    database = made.node.folder.database
    assert all(key not in file.read_bytes() for file in database.parent.glob("*sql*"))


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "http://hooks.example.org/",
        "https://hooks.example.org:8443/",
        "https://hooks.example.org@127.0.0.1/",
        "file:///etc/passwd",
    ],
)
def test_ssrf_an_address_that_is_not_listed_is_refused(
    administrator: TestClient, url: str
) -> None:
    answer = administrator.post("/v1/webhooks", json={"url": url})
    assert answer.status_code == 422
    assert answer.json()["code"] == "callback-refused"
    assert administrator.get("/v1/webhooks").json() == {"webhooks": []}


def test_only_administrators_have_to_do_with_webhooks(
    made: ApiWorld, clients: dict[str, Registered], administrator: TestClient
) -> None:
    path = f"/v1/webhooks/{create(administrator)['webhook_id']}"
    for name in ("submitter", "reader", "responder", "auditor", "every-desk"):
        client = made.client(clients[name])
        for method, where in (
            ("POST", "/v1/webhooks"),
            ("GET", "/v1/webhooks"),
            ("GET", path),
            ("DELETE", path),
            ("POST", f"{path}/test"),
            ("POST", f"{path}/resume"),
            ("GET", f"{path}/deliveries"),
        ):
            answer = client.request(method, where, json={"url": URL})
            assert answer.status_code == 403, (name, method, where)
    assert administrator.get(path).status_code == 200


def test_one_that_is_deleted_is_gone(administrator: TestClient) -> None:
    path = f"/v1/webhooks/{create(administrator)['webhook_id']}"
    assert administrator.delete(path).status_code == 204
    for method, where in (
        ("GET", path),
        ("DELETE", path),
        ("POST", f"{path}/test"),
        ("POST", f"{path}/resume"),
        ("GET", f"{path}/deliveries"),
    ):
        assert administrator.request(method, where, json={}).status_code == 404


def test_it_begins_where_it_is_told_to_and_not_in_the_future(
    made: ApiWorld, administrator: TestClient
) -> None:
    end = made.node.store.feed_end()
    assert create(administrator)["after"] == end
    assert create(administrator, after=0)["after"] == 0
    answer = administrator.post("/v1/webhooks", json={"url": URL, "after": end + 1})
    assert answer.status_code == 400
    path = f"/v1/webhooks/{create(administrator)['webhook_id']}/resume"
    assert administrator.post(path, json={"after": 0}).json()["after"] == 0
    assert administrator.post(path, json={"after": end + 1}).status_code == 400


def test_there_are_no_more_than_a_hundred(administrator: TestClient) -> None:
    for _ in range(100):
        create(administrator)
    answer = administrator.post("/v1/webhooks", json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")


def test_an_unknown_field_is_refused(administrator: TestClient) -> None:
    answer = administrator.post("/v1/webhooks", json={"url": URL, "evnts": []})
    assert answer.status_code == 400


def test_a_webhook_is_called_with_what_its_client_may_know_signed(
    tmp_path: Path,
) -> None:
    """All of it, with a server at the other end."""

    async def told(made: ApiWorld, webhook_id: str) -> None:
        sender = webhook_sender(made.services)
        await sender.look()
        await sender.idle()
        [kept] = made.node.store.webhooks()
        assert kept.webhook_id.hex() == webhook_id
        assert kept.cursor == made.node.store.feed_end()

    async def scene() -> None:
        async with answering() as server:
            listed = (f"127.0.0.1:{server.port}",)
            with api_world(
                tmp_path, ApiSettings(tls="none", webhook_hosts=listed)
            ) as made:
                who = made.register("control-room", (Role.ADMINISTER,))
                url = f"http://127.0.0.1:{server.port}/in"
                one = create(made.client(who), url=url)
                alarm = Alarm(at_ms=0, topic="links", text="not to be told")
                made.node.store.raise_alarm(alarm)
                await asyncio.to_thread(made.send)  # for auditors only
                await told(made, one["webhook_id"])
                secret = WebhookSecret.parse(one["secret"])
                now_ms = made.parties.clock.now_ms()
        [call] = server.calls
        assert verify(secret, call.headers, now_ms, call.body)
        body = json.loads(call.body)
        assert (body["type"], body["data"]["topic"]) == ("alarm", "links")
        assert b"not to be told" not in call.body

    asyncio.run(scene())


def test_webhooks_are_called_as_long_as_the_interface_is_served(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        async with answering() as server:
            listed = (f"127.0.0.1:{server.port}",)
            settings = ApiSettings(tls="none", webhook_hosts=listed)
            with api_world(tmp_path, settings) as made:
                client = made.client(made.register("room", (Role.ADMINISTER,)))
                create(client, url=f"http://127.0.0.1:{server.port}/in")
                async with served(made.app):
                    alarm = Alarm(at_ms=0, topic="served", text="x")
                    await asyncio.to_thread(made.node.store.raise_alarm, alarm)
                    await asyncio.wait_for(server.came.wait(), 20)
        assert json.loads(server.calls[0].body)["data"]["topic"] == "served"

    asyncio.run(scene())


def test_of_two_processes_one_calls_and_the_other_takes_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_beside, "_ASK_S", 0.05)

    async def scene() -> None:
        async with answering() as server:
            listed = (f"127.0.0.1:{server.port}",)
            settings = ApiSettings(tls="none", webhook_hosts=listed)
            with api_world(tmp_path, settings) as made:
                client = made.client(made.register("room", (Role.ADMINISTER,)))
                create(client, url=f"http://127.0.0.1:{server.port}/in")
                alarm = Alarm(at_ms=0, topic="served", text="x")
                made.node.store.raise_alarm(alarm)
                with sole_runner(made.node.folder.root / "webhooks"):
                    async with served(made.app):
                        await asyncio.sleep(0.5)
                    assert server.calls == []
                async with served(made.app):
                    await asyncio.wait_for(server.came.wait(), 20)

    asyncio.run(scene())


def test_it_can_be_tried_and_its_calls_are_listed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with answering() as server:
            listed = (f"127.0.0.1:{server.port}",)
            settings = ApiSettings(tls="none", webhook_hosts=listed)
            with api_world(tmp_path, settings) as made:
                client = made.client(made.register("room", (Role.ADMINISTER,)))
                one = create(client, url=f"http://127.0.0.1:{server.port}/in")
                path = f"/v1/webhooks/{one['webhook_id']}"
                tried = await asyncio.to_thread(client.post, f"{path}/test")
                listed_now = client.get(f"{path}/deliveries").json()["deliveries"]
        assert tried.status_code == 200, tried.text
        assert tried.json()["status"] == 204
        assert listed_now == [tried.json()]
        assert json.loads(server.calls[0].body)["type"] == "test"

    asyncio.run(scene())


def test_a_host_that_is_none_is_refused_in_the_settings() -> None:
    with pytest.raises(ValueError, match="not a host"):
        ApiSettings(webhook_hosts=("https://hooks.example.org/",))
