"""The connections of a hub's own processes to the bus, each with what it may do there.

What they do is left to the roles in `hub`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from broker.app.credentials import bus_identity
from broker.app.hub_folder import Hub
from broker.core import subjects
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus, connect
from keys.nats_jwt import Permissions
from keys.nkeys import NatsKey


@asynccontextmanager
async def connected(
    hub: Hub,
    name: str,
    permissions: Permissions,
    *,
    account: NatsKey | None = None,
    on_problem: Callable[[str], None],
    wait_s: float = 0,
) -> AsyncIterator[Bus]:
    """Connects as the hub.

    Args:
        hub: The hub.
        name: Of the user; unique among them.
        permissions: What it may do.
        account: In which account; the hub's own if None.
        on_problem: Called with what no caller waits for.
        wait_s: How long to wait, in seconds; 0 to connect in the background: the
            server, or the registrar's admission of the hub's own account, may come
            later than this process.

    Raises:
        BusRefusedError: The server does not admit the hub.
        BusUnavailableError: Nobody there within `wait_s` seconds.
        ConfigurationError: The bus cannot be reached as it is set.
    """
    bus = await connect(
        hub.bus_url,
        bus_identity(
            account or hub.keys.account, name, permissions, SYSTEM_CLOCK.now_ms()
        ),
        name=f"hub {name}",
        inbox_prefix=subjects.inbox_prefix(name),
        on_problem=on_problem,
        tls=hub.client_tls(),
        wait_s=wait_s,
    )
    try:
        yield bus
    finally:
        await bus.close()
