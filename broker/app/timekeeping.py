"""Time-stamps on a hub's log put together: the keeper, the desk, and how it goes.

What a time-stamp proves is left to `keys.timestamps`, when one is due to the core.
"""

import asyncio
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Final

import structlog

from broker.app.figures import SECOND_MS, single
from broker.app.finding import Finding
from broker.app.hub_folder import Hub
from broker.core.audit.stamps import Stamp
from broker.core.errors import BrokerError, ConfigurationError, StoreError
from broker.core.status import iso_time
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.log_store import LogStore
from broker.infra.metrics_server import Figure
from broker.infra.stamp_store import StampStore
from broker.infra.timestamp_client import TimestampClient
from broker.services.timekeeper import Timekeeper, TimekeeperPorts
from broker.settings import HubFolder, HubSettings
from keys.errors import TimestampError
from keys.timestamps import check_authorities

_HINT: Final = (
    "see docs/timestamps.md; traffic and log go on, and the next time-stamp covers "
    "what has come in meanwhile"
)


async def keep_time(hub: Hub, stop: asyncio.Event) -> None:
    """Has the log time-stamped until `stop` is set, where an authority is set.

    Settings that cannot be used are said, and the hub runs without time-stamps.
    """
    if not hub.settings.timestamp_url:
        return
    try:
        client, authorities = timestamp_client(hub.settings), _authorities(hub.settings)
        store = StampStore(hub.folder.stamps)
    except (ConfigurationError, StoreError) as error:
        structlog.get_logger("timekeeper").error(
            "no time-stamp on the log; everything else goes on", reason=str(error)
        )
        return
    with closing(store):
        ports = TimekeeperPorts(
            checkpoint=lambda: _checkpoint(hub.folder),
            ask=client.ask,
            store=store,
            clock=SYSTEM_CLOCK,
        )
        every_ms = hub.settings.timestamp_every_s * SECOND_MS
        await Timekeeper(ports, authorities, every_ms).run(stop)


def timestamp_client(settings: HubSettings) -> TimestampClient:
    """Returns the way to the authority that is set.

    Raises:
        ConfigurationError: Not the address of one.
    """
    return TimestampClient(settings.timestamp_url, settings.timestamp_timeout_s)


class Stamps:
    """The time-stamps of a hub for reading, as soon as there are any.

    Args:
        folder: The hub's.
    """

    def __init__(self, folder: HubFolder) -> None:
        self._path = folder.stamps
        self._store: StampStore | None = None

    def opened(self) -> StampStore | None:
        """Returns them, or None while none was ever asked for or they cannot be read.

        Raises:
            StoreError: They cannot be read.
        """
        if self._store is None and self._path.exists():
            self._store = StampStore(self._path)
        return self._store


def look_at_stamps(hub: Hub) -> Iterator[Finding]:
    """Yields how it is with time-stamps, where an authority is set."""
    if not hub.settings.timestamp_url:
        return
    try:
        timestamp_client(hub.settings)
        _authorities(hub.settings)
        found = _stamps(hub.folder)
    except BrokerError as error:
        yield Finding(name="time-stamps", well=False, text=str(error), hint=_HINT)
        return
    newest, trouble = found
    last = "none yet" if newest is None else _words(newest)
    if trouble:
        yield Finding(
            name="time-stamps", well=False, text=f"{trouble}; {last}", hint=_HINT
        )
    else:
        yield Finding(name="time-stamps", well=True, text=last)


def stamp_figures(hub: Hub) -> Iterator[Figure]:
    """Yields the figures about time-stamps, where an authority is set."""
    if not hub.settings.timestamp_url or not hub.folder.stamps.exists():
        return
    with suppress(BrokerError), closing(StampStore(hub.folder.stamps)) as store:
        newest, outage = store.newest(), store.outage()
        yield single(
            "timestamp_outage",
            "1 while no time-stamp on the log can be had, else 0.",
            float(outage is not None),
        )
        if newest is not None:
            yield single(
                "timestamp_newest_timestamp_seconds",
                "When the newest time-stamp on the log was given.",
                newest.at_ms / SECOND_MS,
            )


def _stamps(folder: HubFolder) -> tuple[Stamp | None, str]:
    """Returns the newest time-stamp, and what is the matter; empty: nothing."""
    if not folder.stamps.exists():
        return None, ""
    with closing(StampStore(folder.stamps)) as store:
        newest, outage = store.newest(), store.outage()
    if outage is None:
        return newest, ""
    return newest, f"none since {iso_time(outage.since_ms)}: {outage.reason}"


def _words(newest: Stamp) -> str:
    return f"the newest is of {iso_time(newest.at_ms)}, on {newest.size} entries"


def _authorities(settings: HubSettings) -> bytes:
    path = settings.timestamp_authorities
    if path is None:
        raise ConfigurationError(
            "a time-stamp authority is set, and nobody to check it with: set "
            "timestamp_authorities to a PEM file with its root certificate"
        )
    try:
        authorities = path.read_bytes()
        check_authorities(authorities)
    except (OSError, TimestampError) as error:
        raise ConfigurationError(f"timestamp_authorities: {error}") from error
    return authorities


def _checkpoint(folder: HubFolder) -> str:
    """Returns the newest checkpoint; empty while there is no log."""
    try:
        with LogStore.open_reader(folder.log) as log:
            return log.head().checkpoint
    except ConfigurationError:
        return ""
