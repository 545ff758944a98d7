"""The bus's certificate on the real server: who is not trusted, how it is renewed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from broker.core.errors import BusUnavailableError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_config import ServerTls
from broker.infra.nats_embedded import EmbeddedServer
from broker.infra.nats_tls import ClientTls, client_context, shown_certificate
from keys.certificates import (
    Authority,
    issue_server,
    make_authority,
    new_authority_key,
    read_certificate,
)
from keys.nkeys import KeyKind
from tests.bus_world import new_key, system_trust, user_of

pytestmark = pytest.mark.integration
YEAR_MS = 366 * 86_400_000


class Shop:
    """A server, the authority that certifies it, and its clients."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = SYSTEM_CLOCK.now_ms()
        self.authority = self.new_authority()
        self.system = new_key(KeyKind.ACCOUNT)
        self.certificate, self.key = folder / "server.pem", folder / "server.key"
        self.server = EmbeddedServer(
            folder / "bus",
            system_trust(new_key(KeyKind.OPERATOR), self.system),
            tls=ServerTls(certificate=str(self.certificate), key=str(self.key)),
        )

    def new_authority(self) -> Authority:
        # Of long ago, so that it can have signed what has expired since.
        past_ms = self.now_ms - 2 * YEAR_MS
        return make_authority("Test", new_authority_key(), now_ms=past_ms)

    def issue(self, *names: str, at_ms: int | None = None) -> bytes:
        at_ms = self.now_ms if at_ms is None else at_ms
        made = issue_server(self.authority, names or ("127.0.0.1",), now_ms=at_ms)
        self.certificate.write_bytes(made.certificate)
        self.key.write_bytes(made.key)
        return read_certificate(made.certificate).fingerprint

    async def connect(self, context: ssl.SSLContext | None = None) -> Bus:
        trusted = client_context(self.authority.certificate)
        return await connect(
            self.server.url,
            user_of(self.system),
            name="n",
            inbox_prefix="_INBOX_n",
            on_problem=lambda _: None,
            tls=ClientTls(context=context or trusted),
            wait_s=0.7,
        )


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    await shop.server.stop()


async def test_a_certificate_of_the_federations_authority_is_taken(shop: Shop) -> None:
    fingerprint = shop.issue()
    await shop.server.start()
    assert shop.server.url.startswith("tls://127.0.0.1:")
    bus = await shop.connect()
    await bus.flush(5)
    await bus.close()
    shown = await shown_certificate(shop.server.url, timeout_s=5)
    assert shown.fingerprint == fingerprint


async def test_a_client_with_an_older_tls_is_not_served(shop: Shop) -> None:
    shop.issue()
    await shop.server.start()
    old = client_context(shop.authority.certificate)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(BusUnavailableError, match="does not speak"):
        await shop.connect(old)


async def test_a_server_of_another_authority_is_not_trusted(shop: Shop) -> None:
    shop.issue()
    await shop.server.start()
    other = client_context(shop.new_authority().certificate)
    with pytest.raises(BusUnavailableError, match="federation's authority"):
        await shop.connect(other)


async def test_a_server_with_the_certificate_of_another_is_not_trusted(
    shop: Shop,
) -> None:
    shop.issue("other.example", "127.0.0.2")
    await shop.server.start()
    with pytest.raises(BusUnavailableError, match="for another address"):
        await shop.connect()


@pytest.mark.parametrize(
    ("at", "words"), [(-1.5, "it has expired"), (1.5, "not valid yet")]
)
async def test_a_certificate_out_of_its_time_is_diagnosed_as_such(
    shop: Shop, at: float, words: str
) -> None:
    shop.issue(at_ms=shop.now_ms + int(at * YEAR_MS))
    await shop.server.start()
    with pytest.raises(BusUnavailableError, match=words):
        await shop.connect()
    shown = await shown_certificate(shop.server.url, timeout_s=5)
    assert not shown.valid_from_ms <= shop.now_ms <= shown.valid_to_ms


async def test_a_renewed_certificate_is_shown_and_no_connection_dropped(
    shop: Shop,
) -> None:
    before = shop.issue()
    await shop.server.start()
    bus = await shop.connect()
    assert bus._client is not None
    client, number = bus._client, bus._client.client_id
    after = shop.issue()
    assert after != before
    shop.server.reload()
    async with asyncio.timeout(10):
        while True:
            shown = await shown_certificate(shop.server.url, timeout_s=5)
            if shown.fingerprint == after:
                break
            await asyncio.sleep(0.02)  # the server tells nobody that it has done it
    await bus.flush(5)
    assert bus._client is client
    assert client.client_id == number
    again = await shop.connect()
    assert again._client is not None
    assert again._client.client_id != number
    await again.close()
    await bus.close()


async def test_a_port_without_tls_shows_no_certificate() -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"INFO {}\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        with pytest.raises(BusUnavailableError, match="no TLS"):
            await shown_certificate(f"tls://127.0.0.1:{port}", timeout_s=5)
    with pytest.raises(BusUnavailableError, match="no TLS"):
        await shown_certificate(f"tls://127.0.0.1:{port}", timeout_s=5)
