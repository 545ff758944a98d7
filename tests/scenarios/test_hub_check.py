"""`rogatory hub check`: it notices each part of a hub that does not work."""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.app.founding import HubPlan, make_hub
from broker.app.hub import Hub, Role, open_hub, run_hub
from broker.app.hub_check import check_hub
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from keys.directory.archive import Archive
from keys.directory.codec import decode_federation
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.notes import NoteKey

PASSPHRASE = b"for a test"


def found(folder: Path) -> Hub:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    make_hub(
        folder,
        HubPlan(name="Test", bus_url=f"tls://127.0.0.1:{port}", bus_port=port),
        PASSPHRASE,
        now_ms=SYSTEM_CLOCK.now_ms(),
        cost=UNSAFE_THROWAWAY_COST,
    )
    return open_hub(folder, PASSPHRASE)


@asynccontextmanager
async def running(hub: Hub, roles: Collection[Role]) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_hub(hub, roles, stop, ready=ready))
        await ready.wait()
        try:
            yield
        finally:
            stop.set()


async def unwell(hub: Hub) -> set[str]:
    return {one.name for one in await check_hub(hub) if not one.well}


async def test_a_hub_that_runs_whole_is_well(tmp_path: Path) -> None:
    hub = found(tmp_path / "a hub")
    async with running(hub, set(Role)):
        async with asyncio.timeout(20):
            while missing := await unwell(hub):
                assert missing <= {"log", "relay"}, "these start a moment later"
        findings = {one.name: one.text for one in await check_hub(hub)}
    assert findings.keys() == {
        *("bus", "registrar", "relay", "log"),
        *("root", "targets", "snapshot", "stewards"),
        *("authority", "certificate"),
    }
    assert findings["log"] == "empty, and nothing to log"


async def test_a_hub_without_relay_and_log_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.app.hub_check._PATIENCE_S", 0.5)
    hub = found(tmp_path / "a hub")
    async with running(hub, {Role.BUS, Role.REGISTRAR}):
        assert await unwell(hub) == {"relay", "log"}


async def test_a_hub_without_its_bus_is_not_well_and_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.app.hub_check._CONNECT_S", 0.1)
    hub = found(tmp_path / "a hub")
    finding = (await check_hub(hub))[0]
    assert finding.name == "bus"
    assert await unwell(hub) == {"bus"}
    assert hub.bus_url in finding.hint


async def test_a_log_whose_ledger_was_lost_is_noticed(tmp_path: Path) -> None:
    hub = found(tmp_path / "a hub")
    record = decode_federation(Archive(hub.folder.directory).federation())
    key = NoteKey(record.log_origin, hub.keys.log)
    with LogStore.open(hub.folder.log, origin=record.log_origin) as log:
        log.append([], last_sequence=7, sign=key.sign_note)
    async with running(hub, set(Role)):
        findings = {one.name: one.text for one in await check_hub(hub)}
    assert "restored without the other" in findings["log"]
