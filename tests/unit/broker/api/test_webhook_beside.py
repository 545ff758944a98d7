"""What the sender of webhooks believes: the authorities that the operator has named."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from broker.api.oidc_settings import OidcSettings
from broker.api.roles import Role
from broker.api.settings import ApiSettings
from broker.api.webhook_beside import webhook_sender
from broker.core.errors import ConfigurationError
from broker.core.happened import Audience
from broker.core.records import Alarm
from broker.core.webhooks import Webhook
from tests.answering import answering
from tests.api_world import ApiWorld, api_world
from tests.certificates import write_certificates


async def told(made: ApiWorld, port: int) -> str:
    """Registers a webhook over TLS and has it called; returns what went wrong."""
    client = made.client(made.register(f"room-{port}", (Role.ADMINISTER,)))
    wanted = {"url": f"https://127.0.0.1:{port}/in"}
    assert client.post("/v1/webhooks", json=wanted).status_code == 201
    made.node.store.raise_alarm(Alarm(at_ms=0, topic="t", text="x"))
    sender = webhook_sender(made.services)
    await sender.look()
    await sender.idle()
    return made.node.store.webhooks()[-1].problem


@pytest.mark.parametrize("named", [True, False])
def test_an_authority_of_ones_own_is_believed_if_it_is_named(
    tmp_path: Path, *, named: bool
) -> None:
    write_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")

    async def scene() -> tuple[str, int]:
        async with answering(context=context) as server:
            settings = ApiSettings(
                tls="none",
                webhook_hosts=(f"127.0.0.1:{server.port}",),
                webhook_authorities=tmp_path / "authority.pem" if named else None,
            )
            with api_world(tmp_path / "node", settings) as made:
                return await told(made, server.port), len(server.calls)

    problem, calls = asyncio.run(scene())
    assert calls == (1 if named else 0)
    assert ("certificate" in problem) is not named


def test_an_authority_that_cannot_be_read_is_said_to_be_so(tmp_path: Path) -> None:
    settings = ApiSettings(tls="none", webhook_authorities=Path("missing.pem"))
    with (
        api_world(tmp_path, settings) as made,
        pytest.raises(ConfigurationError, match="webhook_authorities"),
    ):
        webhook_sender(made.services)


@pytest.mark.parametrize(
    ("clients", "state"),
    [
        ([{"roles": ["administer", "read"], "desks": ["police"]}], "active"),
        ([{"roles": ["administer", "audit"]}], "active"),
        ([{"roles": ["administer"]}], "parked"),
        ([{"roles": ["read"], "desks": ["police"]}], "parked"),
        ([{"roles": ["administer", "read"], "desks": ["customs"]}], "parked"),
        ([], "parked"),
    ],
    ids=["the same", "more", "no reading", "no webhooks", "another desk", "gone"],
)
def test_a_client_of_an_issuer_is_told_no_more_than_the_settings_let_it_now(
    tmp_path: Path, clients: list[dict[str, object]], state: str
) -> None:
    with api_world(tmp_path) as made:
        store = made.node.store
        store.add_webhook(
            Webhook(
                webhook_id=b"w" * 16,
                client="issued",
                url="https://hooks.example/",
                audience=Audience(desks=frozenset({"police"})),
                operates=True,
                events=frozenset(),
                protected=b"",
                made_ms=0,
            )
        )
        others = {"value": "x", "client": "other", "agency": "A", "roles": ["read"]}
        issued = {"value": "i", "client": "issued", "agency": "A"}
        oidc = OidcSettings.model_validate(
            {
                "issuer": "https://login.example",
                "audience": "node",
                "jwks_url": "https://login.example/keys",
                "clients": [others, *({**issued, **one} for one in clients)],
            }
        )
        store.raise_alarm(Alarm(at_ms=0, topic="t", text="x"))
        here = replace(made.services, settings=ApiSettings(tls="none", oidc=oidc))

        async def look() -> None:
            sender = webhook_sender(here)
            await sender.look()
            await asyncio.wait(sender._serving.values(), timeout=1)
            for task in sender._serving.values():
                task.cancel()

        asyncio.run(look())
        assert store.webhooks()[0].state.value == state
