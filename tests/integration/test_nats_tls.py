"""Tests of TLS between `broker.infra.nats_bus` and the real server."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from broker.core.errors import BusUnavailableError
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_config import ServerTls
from broker.infra.nats_embedded import EmbeddedServer
from broker.infra.nats_tls import ClientTls, client_context
from keys.nkeys import KeyKind, NatsKey
from tests.bus_world import BusWorld, new_key, system_trust, user_of
from tests.certificates import write_certificates

pytestmark = pytest.mark.integration


class TlsWorld:
    """A server that speaks TLS, and its system account."""

    def __init__(self, folder: Path) -> None:
        write_certificates(folder)
        self.folder = folder
        self.system = new_key(KeyKind.ACCOUNT)
        trust = system_trust(new_key(KeyKind.OPERATOR), self.system)
        tls = ServerTls(
            certificate=str(folder / "server.pem"),
            key=str(folder / "server.key"),
            authorities=str(folder / "authority.pem"),
        )
        self.server = EmbeddedServer(folder / "bus", trust, tls=tls)

    def tls(self, *, with_certificate: bool = True) -> ClientTls:
        context = client_context((self.folder / "authority.pem").read_bytes())
        if with_certificate:
            context.load_cert_chain(
                self.folder / "client.pem", self.folder / "client.key"
            )
        return ClientTls(context=context)


@pytest.fixture
async def tls_world(tmp_path: Path) -> AsyncIterator[TlsWorld]:
    world = TlsWorld(tmp_path)
    await world.server.start()
    yield world
    await world.server.stop()


async def connect_to(
    server: EmbeddedServer, account: NatsKey, tls: ClientTls | None
) -> Bus:
    return await connect(
        server.url,
        user_of(account),
        name="n",
        inbox_prefix="_INBOX_n",
        on_problem=lambda _: None,
        tls=tls,
        wait_s=1.0,
    )


async def test_both_sides_show_a_certificate(tls_world: TlsWorld) -> None:
    bus = await connect_to(tls_world.server, tls_world.system, tls_world.tls())
    await bus.flush(5)
    assert bus.connected
    await bus.close()


async def test_a_client_without_certificate_is_not_served(tls_world: TlsWorld) -> None:
    tls = tls_world.tls(with_certificate=False)
    with pytest.raises(BusUnavailableError):
        await connect_to(tls_world.server, tls_world.system, tls)


async def test_a_server_of_an_unknown_authority_is_not_trusted(
    tls_world: TlsWorld,
) -> None:
    stranger = ClientTls(context=ssl.create_default_context())
    with pytest.raises(BusUnavailableError, match="not of the federation's authority"):
        await connect_to(tls_world.server, tls_world.system, stranger)


async def test_a_client_that_speaks_in_the_clear_is_not_served(
    tls_world: TlsWorld,
) -> None:
    with pytest.raises(BusUnavailableError):
        await connect_to(tls_world.server, tls_world.system, None)


async def test_a_stranger_in_between_cannot_strip_tls(
    bus_world: BusWorld, tmp_path: Path
) -> None:
    """The stranger shows itself as a server that greets in the clear."""
    write_certificates(tmp_path)
    context = client_context((tmp_path / "authority.pem").read_bytes())
    with pytest.raises(BusUnavailableError):
        await connect_to(bus_world.server, bus_world.system, ClientTls(context=context))
