"""A node put together: one party's keys, store, directory and loops.

What the parts do is left to the services.
"""

import asyncio
import os
from contextlib import suppress
from typing import Final

import structlog

from broker.app.credentials import NodeKeys
from broker.app.node_folder import LIMITS, Node
from broker.app.node_link import connected, trust_keeper
from broker.core import subjects
from broker.core.errors import BusError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_streams import NatsSource, NatsUplink
from broker.services.node_intake import IntakePorts, NodeIntake
from broker.services.node_opening import NodeOpening, OpeningPorts
from broker.services.node_uplink import NodeUplink
from broker.services.trust_keeper import TrustKeeper
from keys.errors import DirectoryError

_RETRY_S: Final = 2.0
_CONNECT_WAIT_S: Final = 5.0


async def run_node(
    node: Node,
    keys: NodeKeys,
    stop: asyncio.Event,
    *,
    ready: asyncio.Event | None = None,
) -> None:
    """Runs a node until `stop` is set.

    A hub that is not there yet, or has not admitted the party yet, is waited for.

    Args:
        node: The node.
        keys: Its keys.
        stop: Ends it.
        ready: Set once messages flow both ways.
    """
    async with connected(node, keys, name=f"node-{os.getpid()}", wait_s=0) as bus:
        keeper = trust_keeper(node, bus)
        with suppress(BusError):
            await bus.wait_connected(_CONNECT_WAIT_S)
        if not await _first_directory(keeper, stop):
            return
        uplink = NodeUplink(
            keys.holder, node.store, NatsUplink(bus), SYSTEM_CLOCK, LIMITS
        )
        opening = NodeOpening(
            keys.holder,
            OpeningPorts(
                store=node.store,
                clock=SYSTEM_CLOCK,
                trust=keeper.current,
                answered=uplink.wake,
            ),
            LIMITS,
        )
        intake = NodeIntake(
            keys.holder,
            IntakePorts(
                source=NatsSource(bus, subjects.LEDGER, keys.account.public),
                store=node.store,
                clock=SYSTEM_CLOCK,
                trust=keeper.current,
                refresh=keeper.try_refresh,
                arrived=opening.arrived,
                answered=uplink.wake,
            ),
            LIMITS,
        )
        async with asyncio.TaskGroup() as loops:
            loops.create_task(keeper.run(stop))
            loops.create_task(uplink.run(stop))
            loops.create_task(intake.run(stop))
            loops.create_task(opening.run(stop))
            if ready is not None:
                ready.set()


async def _first_directory(keeper: TrustKeeper, stop: asyncio.Event) -> bool:
    log = structlog.get_logger("node")
    while not stop.is_set():
        try:
            await keeper.start()
        except DirectoryError as error:
            log.warning("waiting for the hub", reason=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _RETRY_S)
        else:
            return True
    return False
