"""The hub's own nats-server, kept running, and its certificate, kept valid.

Who may connect is left to the registrar. The certificate is looked at as a file: be
it renewed here, by `rogatory hub certificates`, or by whatever an operator has for
it, the server shows the new one within seconds, and no connection is dropped.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from broker.app.bus_config import server_trust
from broker.app.certificates import renew_if_due, server_files
from broker.app.hub_folder import Hub
from broker.core.errors import BusUnavailableError, ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_config import ServerTls
from broker.infra.nats_embedded import EmbeddedServer

_RESTART_S: Final = 1.0
_START_S: Final = 600.0  # after a crash the server reads all its streams
_MAX_FILE_STORE: Final = 16 * 1024**3  # bytes beyond what the streams may hold
_LOOK_S: Final = 2.0


async def run_bus(hub: Hub, stop: asyncio.Event, started: asyncio.Event) -> None:
    """Keeps the embedded server running: when it dies, it is started again.

    Raises:
        ConfigurationError: It will not start, however often it is tried.
    """
    log = structlog.get_logger("bus")
    server = _server(hub)
    ending = asyncio.create_task(stop.wait())
    looking = asyncio.create_task(_follow_certificate(hub, server))
    try:
        while not stop.is_set():
            serving = asyncio.create_task(_serve(server, started))
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
        looking.cancel()
        await server.stop()


async def keep_certificate(hub: Hub, stop: asyncio.Event) -> None:
    """Renews the hub's own certificate 30 days ahead, until `stop` is set."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_S)
        await asyncio.to_thread(renew_certificate, hub)


def renew_certificate(hub: Hub) -> None:
    """Renews the hub's own certificate if it soon expires; says so in the log.

    A failure is for `hub check` to tell: the hub works as long as the old one holds.
    """
    if not hub.speaks_tls:
        return
    log = structlog.get_logger("bus")
    try:
        made = renew_if_due(
            hub.folder,
            hub.settings,
            hub.keys.tls_authority,
            now_ms=SYSTEM_CLOCK.now_ms(),
        )
    except ConfigurationError as error:
        log.error("certificate not renewed", reason=str(error))  # noqa: TRY400 - no flaw of ours to trace
    else:
        if made is not None:
            log.info("certificate renewed", fingerprint=made.fingerprint.hex())


def _server(hub: Hub) -> EmbeddedServer:
    tls = None
    if hub.speaks_tls:
        files = server_files(hub.folder, hub.settings)
        tls = ServerTls(
            certificate=str(files.certificate.absolute()),
            key=str(files.key.absolute()),
        )
    store = hub.settings.ledger_max_bytes + hub.settings.submissions_max_bytes
    return EmbeddedServer(
        hub.folder.bus,
        server_trust(hub.keys, SYSTEM_CLOCK.now_ms()),
        port=hub.settings.bus_port,
        tls=tls,
        max_file_store=store + _MAX_FILE_STORE,
        ready_timeout_s=_START_S,
    )


async def _serve(server: EmbeddedServer, started: asyncio.Event) -> None:
    """Runs the server until it ends by itself.

    Raises:
        BusUnavailableError: It has, before it was ready or after.
        ConfigurationError: It will not start, however often it is tried.
    """
    await server.start()
    structlog.get_logger("bus").info("nats-server", url=server.url)
    started.set()
    await server.watch()


async def _follow_certificate(hub: Hub, server: EmbeddedServer) -> None:
    """Has the server read its certificate again whenever it is another."""
    if not hub.speaks_tls:
        return
    log = structlog.get_logger("bus")
    files = server_files(hub.folder, hub.settings)
    shown = await asyncio.to_thread(files.read)
    while True:
        await asyncio.sleep(_LOOK_S)
        # Whoever writes the file just now will have written it the next time; and a
        # server that does not run reads it when it starts.
        with suppress(ConfigurationError, BusUnavailableError):
            found = await asyncio.to_thread(files.read)
            if found != shown:
                server.reload()
                shown = found
                log.info("certificate", fingerprint=found.fingerprint.hex())
