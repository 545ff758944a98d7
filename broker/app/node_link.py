"""A node's way to the hub: the connection, and what is asked over it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from broker.app.certificates import bus_authorities
from broker.app.credentials import NodeKeys, bus_identity
from broker.app.directory_history import past_of_node
from broker.app.directory_link import directory_client
from broker.app.files_over_bus import ask_log
from broker.app.node_folder import Node, accounts_to_try
from broker.core import subjects
from broker.core.errors import BusRefusedError
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_tls import client_tls
from broker.services.audit_check import AuditCheck
from broker.services.trust_keeper import TrustKeeper
from keys.directory.model import DirectoryView
from keys.nkeys import NatsKey

_CONNECT_WAIT_S: Final = 5.0


@asynccontextmanager
async def connected(
    node: Node,
    keys: NodeKeys,
    *,
    name: str,
    wait_s: float = _CONNECT_WAIT_S,
    account: NatsKey | None = None,
) -> AsyncIterator[Bus]:
    """Connects to the hub as this party.

    Args:
        node: The node.
        keys: Its keys.
        name: Of the connection; unique in its account.
        wait_s: How long to wait, in seconds; 0 to connect in the background.
        account: Over which of its accounts; whichever is admitted if None.

    Raises:
        BusRefusedError: The hub does not admit this party.
        BusUnavailableError: Nobody there within `wait_s` seconds.
        ConfigurationError: Its address is plain and not on this machine, or there is
            no authority to check its certificate with.
    """
    bus = await _admitted(
        node, [account] if account else accounts_to_try(node, keys), name, wait_s
    )
    try:
        yield bus
    finally:
        await bus.close()


async def _admitted(
    node: Node, accounts: Sequence[NatsKey], name: str, wait_s: float
) -> Bus:
    """Connects over the first of `accounts` that the hub admits."""
    # Once more the first: it may have been published a moment ago.
    *others, last = [*accounts, accounts[0]] if len(accounts) > 1 else accounts
    for account in others:
        with suppress(BusRefusedError):
            return await _open(node, account, name, wait_s)
    return await _open(node, last, name, wait_s)


async def _open(node: Node, account: NatsKey, name: str, wait_s: float) -> Bus:
    log = structlog.get_logger("bus")
    authorities = bus_authorities(node.settings.bus_authorities, node.federation)
    prefix = subjects.inbox_prefix(name)
    return await connect(
        node.settings.bus_url,
        bus_identity(
            account,
            name,
            subjects.node_permissions(account.public, prefix),
            SYSTEM_CLOCK.now_ms(),
        ),
        name=f"{node.party} {name}",
        inbox_prefix=prefix,
        on_problem=lambda text: log.warning("bus", party=node.party, reason=text),
        tls=client_tls(node.settings.bus_url, authorities),
        wait_s=wait_s,
    )


def trust_keeper(
    node: Node, bus: Bus, *, failed: Callable[[], None] = lambda: None
) -> TrustKeeper:
    """Returns what keeps the directory fresh over a connection.

    Args:
        node: The node.
        bus: The connection.
        failed: Called whenever the directory could not be had.
    """
    return TrustKeeper(directory_client(node, bus), SYSTEM_CLOCK, failed=failed)


def audit_check(node: Node, bus: Bus, trust: Callable[[], Trust]) -> AuditCheck:
    """Returns what checks the hub's log for this party."""

    async def past(at_ms: int) -> DirectoryView:
        return (await past_of_node(node, bus, trust()).at(at_ms)).view

    return AuditCheck(lambda q: ask_log(bus, q), node.store, trust, SYSTEM_CLOCK, past)
