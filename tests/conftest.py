"""What tests of all kinds share."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import structlog

from broker.infra import logs
from broker.infra.nats_embedded import EmbeddedServer
from keys.nkeys import KeyKind
from keys.token_uri import TokenUri
from tests.bus_world import BusWorld, new_key, system_trust
from tests.siege import Siege
from tests.tokens import Tokens, require_softhsm


@pytest.fixture
def every_level() -> Iterator[None]:
    """Lets a test capture all that is logged, whatever ran in this process before."""
    before = structlog.get_config()
    logs.configure("debug")
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def token_folder(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """The tokens of this process; skips without SoftHSM."""
    require_softhsm()
    return Tokens(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def token(token_folder: Tokens) -> TokenUri:
    """A fresh token."""
    return token_folder.make()


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[Callable[[], EmbeddedServer]]:
    """Makes servers, not yet started, and ends them after the test."""
    made: list[EmbeddedServer] = []

    def make() -> EmbeddedServer:
        trust = system_trust(new_key(KeyKind.OPERATOR), new_key(KeyKind.ACCOUNT))
        server = EmbeddedServer(tmp_path / f"a server {len(made)}", trust)
        made.append(server)
        return server

    yield make
    for server in made:
        await server.stop()


@pytest.fixture
async def bus_world(tmp_path: Path) -> AsyncIterator[BusWorld]:
    """A real server with a hub, ready to admit parties."""
    async with BusWorld(tmp_path / "a bus") as world:
        yield world


@pytest.fixture
async def siege(bus_world: BusWorld) -> AsyncIterator[Siege]:
    """A victim and an attacker; in the end nothing may have happened."""
    siege = await Siege.lay(bus_world)
    yield siege
    await siege.assert_nothing_happened()
