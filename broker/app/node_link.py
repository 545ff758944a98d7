"""A node's way to the hub: the connection, and what is asked over it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog

from broker.app.credentials import NodeKeys, bus_identity
from broker.app.files_over_bus import FilesOverBus, ask_log
from broker.app.node_folder import Node
from broker.core import subjects
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus, connect
from broker.services.audit_check import AuditCheck
from broker.services.trust_keeper import TrustKeeper
from keys.directory.client import DirectoryClient

_CONNECT_WAIT_S: Final = 5.0


@asynccontextmanager
async def connected(
    node: Node, keys: NodeKeys, *, name: str, wait_s: float = _CONNECT_WAIT_S
) -> AsyncIterator[Bus]:
    """Connects to the hub as this party.

    Raises:
        BusRefusedError: The hub does not admit this party.
        BusUnavailableError: Nobody there within `wait_s` seconds.
    """
    log = structlog.get_logger("bus")
    prefix = subjects.inbox_prefix(name)
    account = keys.account.public
    bus = await connect(
        node.settings.bus_url,
        bus_identity(
            keys.account,
            name,
            subjects.node_permissions(account, prefix),
            SYSTEM_CLOCK.now_ms(),
        ),
        name=f"{node.party} {name}",
        inbox_prefix=prefix,
        on_problem=lambda text: log.warning("bus", party=node.party, reason=text),
        wait_s=wait_s,
    )
    try:
        yield bus
    finally:
        await bus.close()


def trust_keeper(node: Node, bus: Bus) -> TrustKeeper:
    """Returns what keeps the directory fresh over a connection."""
    files = FilesOverBus(bus, asyncio.get_running_loop())
    client = DirectoryClient(
        node.folder.directory_copy, node.federation.root, files.fetch
    )
    return TrustKeeper(client, SYSTEM_CLOCK)


def audit_check(node: Node, bus: Bus, trust: Callable[[], Trust]) -> AuditCheck:
    """Returns what checks the hub's log for this party."""
    return AuditCheck(lambda q: ask_log(bus, q), node.store, trust, SYSTEM_CLOCK)
