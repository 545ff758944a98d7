"""Attacks on what goes in and out of a node's interface: each refused, nothing lost."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from broker.api.founding import ApiFolder
from broker.api.roles import Role
from broker.api.running import server_plan
from broker.api.settings import ApiSettings
from broker.api.webhook_beside import webhook_sender
from broker.core.records import Alarm
from broker.web import calling
from tests.answering import answering
from tests.api_world import ApiWorld, api_world
from tests.serving import served

GIGABYTE = 1 << 30
PIECE = bytes(1 << 16)


async def _upload(port: int, token: str, *, announced: bool) -> tuple[int, int]:
    """Uploads a gigabyte until it is answered; returns status, and bytes sent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = (
        f"Content-Length: {GIGABYTE}" if announced else "Transfer-Encoding: chunked"
    )
    head = (
        "POST /v1/attachments?name=large.bin HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {token}\r\n{length}\r\n\r\n"
    )
    writer.write(head.encode())
    status, sent = asyncio.create_task(reader.readline()), 0
    while not status.done() and sent < GIGABYTE:
        piece = PIECE if announced else b"%x\r\n%s\r\n" % (len(PIECE), PIECE)
        writer.write(piece)
        sent += len(PIECE)
        try:
            await writer.drain()
        except ConnectionError:
            break
        await asyncio.sleep(0)
    line = await status
    writer.close()
    return int(line.split()[1]), sent


@pytest.mark.parametrize("announced", [True, False])
def test_a_1_gb_upload_is_refused_early_and_fills_nothing(
    tmp_path: Path, *, announced: bool
) -> None:
    async def attack(made: ApiWorld) -> tuple[int, int]:
        who = made.register("attacker", (Role.SUBMIT,))
        plan = server_plan(ApiFolder(made.node.folder.root), settings)
        async with served(made.app, plan) as port:
            return await _upload(port, who.token, announced=announced)

    settings = ApiSettings(tls="none", port=0, attachment_max_bytes=4 << 20)
    with api_world(tmp_path, settings) as made:
        status, sent = asyncio.run(attack(made))
        spool = made.node.folder.root / "spool"
        assert not spool.exists() or list(spool.iterdir()) == []
        assert made.node.store.uploaded_size("National Police") == 0
    assert status == 413
    # Not more than the limit, and what was on the way.
    assert sent < (4 << 20) + (16 << 20)


def test_ssrf_a_listed_name_that_is_led_to_the_metadata_of_a_cloud_is_not_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rebound(_host: str, _port: int) -> Sequence[str]:
        return ["169.254.169.254"]

    async def attack(made: ApiWorld) -> None:
        sender = webhook_sender(made.services)
        await sender.look()
        await sender.idle()

    monkeypatch.setattr(calling, "_look_up", rebound)
    settings = ApiSettings(tls="none", webhook_hosts=("hooks.example.org",))
    with api_world(tmp_path, settings) as made:
        who = made.register("attacker", (Role.ADMINISTER,))
        wanted = {"url": "https://hooks.example.org/latest/meta-data/"}
        assert made.client(who).post("/v1/webhooks", json=wanted).status_code == 201
        made.node.store.raise_alarm(Alarm(at_ms=0, topic="t", text="x"))
        asyncio.run(attack(made))
        [webhook] = made.node.store.webhooks()
        assert webhook.failures == 1
        assert "never called" in webhook.problem


def test_ssrf_a_webhook_that_redirects_inside_is_not_followed(tmp_path: Path) -> None:
    async def attack() -> int:
        async with answering() as inside:
            moved = (
                "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n"
                f"location: http://127.0.0.1:{inside.port}/\r\n\r\n"
            )
            async with answering(moved.encode()) as server:
                listed = (f"127.0.0.1:{server.port}",)
                settings = ApiSettings(tls="none", webhook_hosts=listed)
                with api_world(tmp_path, settings) as made:
                    who = made.register("attacker", (Role.ADMINISTER,))
                    url = f"http://127.0.0.1:{server.port}/"
                    client = made.client(who)
                    assert client.post("/v1/webhooks", json={"url": url}).is_success
                    made.node.store.raise_alarm(Alarm(at_ms=0, topic="t", text="x"))
                    sender = webhook_sender(made.services)
                    await sender.look()
                    await sender.idle()
                    [webhook] = made.node.store.webhooks()
                    assert webhook.problem == "it answers 302"
                    assert len(server.calls) == 1
            return len(inside.calls)

    assert asyncio.run(attack()) == 0


def test_a_client_that_is_revoked_hears_nothing_more_by_its_webhook(
    tmp_path: Path,
) -> None:
    async def attack() -> None:
        async with answering() as server:
            listed = (f"127.0.0.1:{server.port}",)
            settings = ApiSettings(tls="none", webhook_hosts=listed)
            with api_world(tmp_path, settings) as made:
                who = made.register("leaver", (Role.ADMINISTER,))
                url = f"http://127.0.0.1:{server.port}/"
                client = made.client(who)
                assert client.post("/v1/webhooks", json={"url": url}).is_success
                now_ms = made.parties.clock.now_ms()
                made.node.store.revoke_client("leaver", now_ms)
                made.node.store.raise_alarm(Alarm(at_ms=0, topic="t", text="x"))
                sender = webhook_sender(made.services)
                await sender.look()
                await sender.idle()
                [webhook] = made.node.store.webhooks()
                assert webhook.state == "parked"
        assert server.calls == []

    asyncio.run(attack())


def test_no_event_carries_anything_of_a_content(tmp_path: Path) -> None:
    with api_world(tmp_path) as made:
        digest = made.receive()
        client = made.client(made.register("auditor", (Role.AUDIT,)))
        told = client.get("/v1/events").text
        holder = made.client(made.register("police", (Role.READ,), ("police",)))
        content = holder.get(f"/v1/messages/{digest.hex()}/content").json()["content"]
        words = {
            word
            for word in _words(content)
            if len(word) > 5 and not word.startswith("trace-request")
        }
        assert words
        assert [word for word in words if word in told] == []


def _words(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for one in value.values() for word in _words(one)]
    if isinstance(value, list):
        return [word for one in value for word in _words(one)]
    return [value] if isinstance(value, str) else [json.dumps(value)]
