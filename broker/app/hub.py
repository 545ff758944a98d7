"""A hub put together: bus, registrar, relay workers and log writer.

Each role can be a process of its own; they meet in the hub's folder and on the bus.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import structlog

from broker.app.bus_config import server_trust
from broker.app.credentials import HubKeys, bus_identity, load_hub_keys
from broker.app.exchange_files import FederationFile
from broker.app.registrar import Registrar, admit_hub
from broker.core import subjects
from broker.core.errors import (
    BusError,
    BusUnavailableError,
    ConfigurationError,
    StoreError,
)
from broker.core.limits import Limits
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.nats_admission import StreamLimits
from broker.infra.nats_audit_tail import NatsAuditTail
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_embedded import EmbeddedServer
from broker.infra.nats_streams import NatsLedger, NatsSource
from broker.infra.replay_index import ReplayIndex
from broker.services.log_writer import LogWriter
from broker.services.relay import RelayService
from broker.services.relay_ports import RelayPorts, RelayTuning
from broker.services.trust_keeper import TrustKeeper
from broker.settings import HubFolder, HubSettings, load_hub
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.codec import decode_federation
from keys.nats_jwt import UNRESTRICTED, Permissions
from keys.nkeys import NatsKey
from keys.notes import NoteKey

_DIRECTORY_POLL_S: Final = 1.0
_RESTART_S: Final = 1.0
_BUS_START_S: Final = 600.0  # after a crash the server reads all its streams
_CONNECT_WAIT_S: Final = 5.0
_PRUNE_S: Final = 3600.0
_SWITCH_S: Final = 0.0002
_MAX_FILE_STORE: Final = 16 * 1024**3  # bytes beyond what the streams may hold


class Role(StrEnum):
    """What a hub process does."""

    BUS = "bus"
    REGISTRAR = "registrar"
    RELAY = "relay"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub's folder, opened, and its keys."""

    folder: HubFolder
    settings: HubSettings
    federation: FederationFile
    keys: HubKeys

    @property
    def bus_url(self) -> str:
        """Where the hub's own processes reach the bus."""
        if self.settings.bus == "embedded":
            return f"nats://127.0.0.1:{self.settings.bus_port}"
        return self.settings.bus_url


def open_hub(root: Path, passphrase: bytes) -> Hub:
    """Opens a hub's folder.

    Raises:
        ConfigurationError: It is not a hub's.
        KeystoreError: Its keys cannot be read.
    """
    folder = HubFolder(root)
    settings = load_hub(root)
    return Hub(
        folder=folder,
        settings=settings,
        federation=FederationFile.read(folder.federation),
        keys=load_hub_keys(folder.keys, passphrase),
    )


async def run_hub(
    hub: Hub,
    roles: Collection[Role],
    stop: asyncio.Event,
    *,
    workers: Collection[int] = (1,),
    ready: asyncio.Event | None = None,
) -> None:
    """Runs some roles of a hub until `stop` is set.

    Args:
        hub: The hub.
        roles: Which.
        stop: Ends it.
        workers: Numbers of the relay workers of this process; each has a cache of
            its own in the folder.
        ready: Set once everything is under way.

    Raises:
        ConfigurationError: A role cannot be run here.
    """
    if Role.BUS in roles and hub.settings.bus != "embedded":
        raise ConfigurationError(
            "the bus of this hub is external: start it there, and run here: "
            "rogatory hub run --only registrar --only relay --only log"
        )
    bus_stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        # One after the other, and the bus last to end: nobody need knock at a door
        # that is not there yet, or no more.
        if Role.BUS in roles:
            started = asyncio.Event()
            tasks.create_task(_run_bus(hub, bus_stop, started))
            await started.wait()
        try:
            await _run_on_bus(hub, roles, stop, workers, ready)
            await stop.wait()
        finally:
            bus_stop.set()


async def _run_on_bus(
    hub: Hub,
    roles: Collection[Role],
    stop: asyncio.Event,
    workers: Collection[int],
    ready: asyncio.Event | None,
) -> None:
    async with asyncio.TaskGroup() as tasks:
        if Role.REGISTRAR in roles:
            started = asyncio.Event()
            tasks.create_task(_run_registrar(hub, stop, started))
            await _either(started, stop)
        if Role.LOG in roles:
            tasks.create_task(_run_log(hub, stop))
        if Role.RELAY in roles:
            for number in workers:
                tasks.create_task(_run_relay(hub, number, stop))
        if ready is not None:
            ready.set()


async def _run_bus(hub: Hub, stop: asyncio.Event, started: asyncio.Event) -> None:
    """Keeps the embedded server running: when it dies, it is started again."""
    log = structlog.get_logger("bus")
    store = hub.settings.ledger_max_bytes + hub.settings.submissions_max_bytes
    server = EmbeddedServer(
        hub.folder.bus,
        server_trust(hub.keys, SYSTEM_CLOCK.now_ms()),
        port=hub.settings.bus_port,
        max_file_store=store + _MAX_FILE_STORE,
        ready_timeout_s=_BUS_START_S,
    )
    ending = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            serving = asyncio.create_task(_serve_bus(server, started))
            await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                serving.cancel()
                continue
            try:
                serving.result()
            except BusUnavailableError as error:
                log.error(  # noqa: TRY400 - a traceback of ours would not say more
                    "nats-server ended and is started again", reason=str(error)
                )
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _RESTART_S)
    finally:
        started.set()
        ending.cancel()
        await server.stop()


async def _serve_bus(server: EmbeddedServer, started: asyncio.Event) -> None:
    """Runs the server until it ends by itself.

    Raises:
        BusUnavailableError: It has, before it was ready or after.
        ConfigurationError: It will not start, however often it is tried.
    """
    await server.start()
    structlog.get_logger("bus").info("nats-server", url=server.url)
    started.set()
    await server.watch()


async def _run_registrar(hub: Hub, stop: asyncio.Event, started: asyncio.Event) -> None:
    limits = StreamLimits(
        in_max_bytes=hub.settings.submissions_max_bytes,
        ledger_max_bytes=hub.settings.ledger_max_bytes,
        ack_wait_ms=hub.settings.ack_wait_s * 1000,
    )
    async with _connected(
        hub, "system", UNRESTRICTED, account=hub.keys.system
    ) as system:
        # First, since a server takes two seconds to refuse an account it does not
        # know, and the hub's own is none until it has been told so.
        if not await admit_hub(hub.keys, system, stop):
            return
        async with _connected(hub, "registrar", UNRESTRICTED) as admin:
            await _wait_connected(admin)
            await Registrar(
                hub.folder,
                hub.keys,
                hub.federation.root,
                system=system,
                admin=admin,
                limits=limits,
            ).run(stop, started)


async def _run_relay(hub: Hub, number: int, stop: asyncio.Event) -> None:
    # A thread that has verified one half of a signature waits for the interpreter as
    # long as another may keep it: five milliseconds, unless told otherwise.
    sys.setswitchinterval(_SWITCH_S)
    name = f"relay-{number}"
    permissions = subjects.relay_permissions(subjects.inbox_prefix(name))
    async with _connected(hub, name, permissions) as bus:
        await _wait_connected(bus)
        keeper = _local_trust(hub, f"worker-{number}")
        await keeper.start()
        index = ReplayIndex(hub.folder.replay_index(number))
        relay = RelayService(
            RelayPorts(
                source=NatsSource(bus, subjects.IN, subjects.RELAY),
                ledger=NatsLedger(bus),
                index=index,
                tail=NatsAuditTail(bus),
                clock=SYSTEM_CLOCK,
                trust=keeper.current,
                refresh=keeper.try_refresh,
                published=Archive(hub.folder.directory).accounts,
            ),
            hub.keys.signing,
            Limits(),
            RelayTuning(),
        )
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(keeper.run(stop))
                loops.create_task(relay.run(stop))
                loops.create_task(_prune(index, stop))
        finally:
            index.close()


async def _prune(index: ReplayIndex, stop: asyncio.Event) -> None:
    """Lets a relay's memory forget, now and then, what can no longer be replayed."""
    log = structlog.get_logger("relay")
    while not stop.is_set():
        try:
            await asyncio.to_thread(index.prune, SYSTEM_CLOCK.now_ms())
        except StoreError as error:
            log.warning(
                "the replay index keeps what it could forget", reason=str(error)
            )
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PRUNE_S)


async def _run_log(hub: Hub, stop: asyncio.Event) -> None:
    record = decode_federation(Archive(hub.folder.directory).federation())
    key = NoteKey(record.log_origin, hub.keys.log)
    permissions = subjects.log_permissions(subjects.inbox_prefix("log"))
    async with _connected(hub, "log", permissions) as bus:
        await _wait_connected(bus)
        with LogStore.open(hub.folder.log, origin=record.log_origin) as store:
            await LogWriter(NatsAuditTail(bus), store, key.sign_note).run(stop)


def _local_trust(hub: Hub, name: str) -> TrustKeeper:
    """Returns the directory straight from the hub's folder, verified all the same."""
    archive = Archive(hub.folder.directory)
    client = DirectoryClient(
        hub.folder.directory_copy / name, hub.federation.root, archive.read
    )
    return TrustKeeper(client, SYSTEM_CLOCK, poll_s=_DIRECTORY_POLL_S)


@asynccontextmanager
async def _connected(
    hub: Hub, name: str, permissions: Permissions, *, account: NatsKey | None = None
) -> AsyncIterator[Bus]:
    log = structlog.get_logger("bus")
    bus = await connect(
        hub.bus_url,
        bus_identity(
            account or hub.keys.account, name, permissions, SYSTEM_CLOCK.now_ms()
        ),
        name=f"hub {name}",
        inbox_prefix=subjects.inbox_prefix(name),
        on_problem=lambda text: log.warning("bus", user=name, reason=text),
        # In the background: the server, or the registrar's admission of the hub's
        # own account, may come later than this process.
        wait_s=0,
    )
    try:
        yield bus
    finally:
        await bus.close()


async def _wait_connected(bus: Bus) -> None:
    with suppress(BusError):
        await bus.wait_connected(_CONNECT_WAIT_S)


async def _either(first: asyncio.Event, second: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (first, second)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
