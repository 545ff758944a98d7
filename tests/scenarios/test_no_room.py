"""No room: full disks and full streams delay, and lose nothing.

Other faults are left to `test_faults`.
"""

import resource
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from broker.core.errors import StoreFullError
from broker.core.model import Stage
from tests.part import Part
from tests.processes import (
    Federation,
    Party,
    assert_opened_once,
    request_to,
    until_opened,
)

pytestmark = pytest.mark.integration

_UNAVAILABLE: Final = 69
_NO_ROOM: Final = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
"""
_TRIMS_OFTEN: Final = """
import broker.app.registrar
broker.app.registrar._UPKEEP_S = 0.2
"""
_TRIES_OFTEN: Final = """
import broker.services.node_uplink
broker.services.node_uplink._BACKOFF_S = (0.2, 1.0)
"""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Federation]:
    """A federation that runs with one relay worker; the second may be started."""
    async with Federation(tmp_path / "federation") as federation:
        await federation.start("bus", "registrar", "relay-1", "log", "KEN", "BEL")
        yield federation


async def test_a_full_disk_at_the_origin_stores_nothing_by_halves(
    world: Federation,
) -> None:
    with world.party("KEN") as ken, world.party("BEL") as bel:
        with ken.node.store._database.read() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages + 20}")
        digests: list[bytes] = []
        with pytest.raises(StoreFullError):
            _send_until_it_fails(ken, digests)
        kept = {message.message_digest for message in ken.node.store.sent()}
        assert kept == set(digests)
        with ken.node.store._database.read() as connection:
            connection.execute("PRAGMA max_page_count = 1000000")
        digests.append(ken.send(request_to("BEL")))
        await until_opened(ken, digests)
        assert_opened_once(ken, bel, digests)
        await world.assert_logged_once(digests)


async def test_a_disk_that_takes_nothing_more_is_waited_out_by_all_that_runs(
    world: Federation,
) -> None:
    """Sending says so with exit code 69; what runs goes on once there is room."""
    with world.party("KEN") as ken, world.party("BEL") as bel:
        answer = await world.send(_NO_ROOM)
        assert answer.code == _UNAVAILABLE, answer
        assert ken.node.store.sent() == []

        for name in ("BEL", "relay-1", "log"):
            _set_room(world.parts[name], 0)
        digests = [ken.send(request_to("BEL"))]
        await world.parts["BEL"].until_said("the intake waits")
        await world.parts["log"].until_said("the log stands still")
        # The relay notes what it has decided before it decides anything else.
        digests.append(ken.send(request_to("BEL")))
        await world.parts["relay-1"].until_said("round not written")
        for name in ("BEL", "relay-1", "log"):
            _set_room(world.parts[name], resource.RLIM_INFINITY)
        await until_opened(ken, digests)
        assert_opened_once(ken, bel, digests)
        await world.assert_logged_once(digests)


async def test_a_full_ledger_makes_the_relay_wait_and_loses_nothing(
    tmp_path: Path,
) -> None:
    async with Federation(tmp_path / "tight", ledger_max_bytes=200_000) as world:
        await world.start("bus", "registrar", "relay-1", "relay-2", "KEN", "BEL", "log")
        with world.party("KEN") as ken, world.party("BEL") as bel:
            digests = [ken.send(request_to("BEL")) for _ in range(40)]
            await world.parts["relay-1"].until_said("maximum bytes")
            await world.parts["relay-2"].until_said("maximum bytes")
            assert not ken.has(Stage.ACCEPTED, digests)
            world.set_hub(ledger_max_bytes=20_000_000)
            await world.stop("registrar")
            await world.start("registrar")
            await until_opened(ken, digests)
            assert_opened_once(ken, bel, digests)
            await world.assert_logged_once(digests)


async def test_a_full_hub_leaves_messages_in_the_node_until_there_is_room(
    tmp_path: Path,
) -> None:
    async with Federation(tmp_path / "tight", submissions_max_bytes=80_000) as world:
        await world.start("bus", "registrar", "BEL", "log")
        await world.parts["KEN"].start_ready(_TRIES_OFTEN)
        with world.party("KEN") as ken, world.party("BEL") as bel:
            digests = [ken.send(request_to("BEL")) for _ in range(20)]
            await world.parts["KEN"].until_said("maximum bytes")
            queued = [d for d in digests if ken.node.store.submitted_ms(d) is None]
            assert 0 < len(queued) < len(digests)
            assert "QUEUED here" in await world.status(queued[0])
            await world.stop("registrar")
            await world.parts["registrar"].start_ready(_TRIMS_OFTEN)
            await world.start("relay-1")
            await until_opened(ken, digests)
            assert_opened_once(ken, bel, digests)
            await world.assert_logged_once(digests)


def _send_until_it_fails(origin: Party, stored: list[bytes]) -> None:
    while True:
        stored.append(origin.send(request_to("BEL")))


def _set_room(part: Part, size: int) -> None:
    """Sets how large files may become that a running process writes, in bytes."""
    limits = (size, resource.RLIM_INFINITY)
    resource.prlimit(part.pid, resource.RLIMIT_FSIZE, limits)
