"""A hub put together: bus, registrar, relay workers and log writer.

Each role can be a process of its own; they meet in the hub's folder and on the bus.
"""

import asyncio
import os
import sys
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager, closing, suppress
from enum import StrEnum
from typing import Final

import structlog

from broker.app.figures import Meters
from broker.app.hub_attachments import blob_store
from broker.app.hub_bus import keep_certificate, renew_certificate, run_bus
from broker.app.hub_figures import outcome_name, served_hub_figures
from broker.app.hub_folder import Hub, open_hub
from broker.app.hub_link import connected
from broker.app.notary import snapshot_notary
from broker.app.registrar import Registrar, admit_hub
from broker.app.timekeeping import keep_time
from broker.core import subjects
from broker.core.errors import BusError, ConfigurationError, StoreError
from broker.core.limits import Limits
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.nats_audit_tail import NatsAuditTail, NatsLogTail
from broker.infra.nats_bus import Bus
from broker.infra.nats_news import follow_news
from broker.infra.nats_provisioning import StreamLimits
from broker.infra.nats_streams import NatsLedger, NatsSource
from broker.infra.replay_index import ReplayIndex
from broker.services.log_writer import LogWriter
from broker.services.relay import RelayService
from broker.services.relay_ports import RelayPorts, RelayTuning
from broker.services.trust_keeper import TrustKeeper
from keys.directory.archive import Archive
from keys.directory.client import DirectoryClient
from keys.directory.codec import decode_federation
from keys.nats_jwt import UNRESTRICTED, Permissions
from keys.nkeys import NatsKey
from keys.notes import NoteKey

__all__ = ["Hub", "Role", "open_hub", "run_hub"]

_DIRECTORY_POLL_S: Final = 1.0
_CONNECT_WAIT_S: Final = 5.0
_PRUNE_S: Final = 3600.0
_LOG_NICENESS: Final = 5  # a third of the processor where both want it
_SWITCH_S: Final = 0.0002


class Role(StrEnum):
    """What a hub process does."""

    BUS = "bus"
    REGISTRAR = "registrar"
    RELAY = "relay"
    LOG = "log"


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
    # First: what has expired while the hub was away would let nobody in, the hub's
    # own processes included.
    await asyncio.to_thread(renew_certificate, hub)
    if set(roles) == {Role.LOG}:
        # The traffic goes first: what is logged a little later is promised for then.
        os.nice(_LOG_NICENESS)
    meters = Meters()
    worker = min(workers, default=0) if Role.RELAY in roles else 0
    leads = Role.REGISTRAR in roles
    with served_hub_figures(hub, meters, leads=leads, worker=worker):
        await _run(hub, roles, stop, workers, ready, meters)


async def _run(
    hub: Hub,
    roles: Collection[Role],
    stop: asyncio.Event,
    workers: Collection[int],
    ready: asyncio.Event | None,
    meters: Meters,
) -> None:
    bus_stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        # One after the other, and the bus last to end: nobody need knock at a door
        # that is not there yet, or no more.
        if Role.BUS in roles:
            started = asyncio.Event()
            tasks.create_task(run_bus(hub, bus_stop, started))
            await started.wait()
        try:
            await _run_on_bus(hub, roles, stop, workers, ready, meters)
            await stop.wait()
        finally:
            bus_stop.set()


async def _run_on_bus(
    hub: Hub,
    roles: Collection[Role],
    stop: asyncio.Event,
    workers: Collection[int],
    ready: asyncio.Event | None,
    meters: Meters,
) -> None:
    async with asyncio.TaskGroup() as tasks:
        if Role.BUS in roles or Role.REGISTRAR in roles:
            tasks.create_task(keep_certificate(hub, stop))
        if Role.REGISTRAR in roles:
            started = asyncio.Event()
            tasks.create_task(_run_registrar(hub, stop, started))
            await _either(started, stop)
        if Role.LOG in roles:
            tasks.create_task(_run_log(hub, stop))
            tasks.create_task(keep_time(hub, stop))
        if Role.RELAY in roles:
            for number in workers:
                tasks.create_task(_run_relay(hub, number, stop, meters))
        if ready is not None:
            ready.set()


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
            with closing(blob_store(hub)) as blobs:
                registrar = Registrar(
                    hub.folder,
                    hub.keys,
                    hub.federation.root,
                    system=system,
                    admin=admin,
                    limits=limits,
                    blobs=blobs,
                )
                async with asyncio.TaskGroup() as loops:
                    loops.create_task(registrar.run(stop, started))
                    loops.create_task(snapshot_notary(hub, admin).run(stop))


async def _run_relay(
    hub: Hub, number: int, stop: asyncio.Event, meters: Meters
) -> None:
    # A thread that has verified one half of a signature waits for the interpreter as
    # long as another may keep it: five milliseconds, unless told otherwise.
    sys.setswitchinterval(_SWITCH_S)
    name = f"relay-{number}"
    permissions = subjects.relay_permissions(subjects.inbox_prefix(name))
    async with _connected(hub, name, permissions) as bus:
        await _wait_connected(bus)
        keeper = _local_trust(hub, f"worker-{number}", meters)
        await keeper.start()
        with suppress(BusError):
            await follow_news(bus, keeper.nudge)
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
                decided=lambda outcome: meters.decisions.update(
                    [outcome_name(outcome)]
                ),
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
            await asyncio.to_thread(
                index.prune, SYSTEM_CLOCK.now_ms(), StreamLimits().ledger_max_age_ms
            )
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
            writer = LogWriter(
                NatsLogTail(bus),
                store,
                key.sign_note,
                clock=SYSTEM_CLOCK,
                padding=hub.settings.padding,
            )
            await writer.run(stop)


def _local_trust(hub: Hub, name: str, meters: Meters) -> TrustKeeper:
    """Returns the directory straight from the hub's folder, verified all the same."""
    archive = Archive(hub.folder.directory)
    client = DirectoryClient(
        hub.folder.directory_copy / name, hub.federation.root, archive.read
    )
    return TrustKeeper(
        client,
        SYSTEM_CLOCK,
        poll_s=_DIRECTORY_POLL_S,
        spread_s=0,
        failed=meters.count_refresh_failure,
    )


def _connected(
    hub: Hub, name: str, permissions: Permissions, *, account: NatsKey | None = None
) -> AbstractAsyncContextManager[Bus]:
    log = structlog.get_logger("bus")
    return connected(
        hub,
        name,
        permissions,
        account=account,
        on_problem=lambda text: log.warning("bus", user=name, reason=text),
    )


async def _wait_connected(bus: Bus) -> None:
    with suppress(BusError):
        await bus.wait_connected(_CONNECT_WAIT_S)


async def _either(first: asyncio.Event, second: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (first, second)]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
