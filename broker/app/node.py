"""A node put together: one party's keys, store, directory and loops.

What the parts do is left to the services.
"""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import structlog

from broker.app.attachments import attachment_keeper
from broker.app.case_clocks import case_watch
from broker.app.contacts import card_keeper
from broker.app.credentials import NodeKeys
from broker.app.directory_link import directory_witness
from broker.app.figures import Meters
from broker.app.key_upkeep import KeyUpkeep
from broker.app.links import link_keeper
from broker.app.log_auditing import Auditing
from broker.app.matching import weapon_keeper
from broker.app.node_clock import watch_clock
from broker.app.node_figures import served_node_figures
from broker.app.node_folder import LIMITS, Node, accounts_to_try
from broker.app.node_link import connected, trust_keeper
from broker.app.pending import pending_desk
from broker.app.policy_history import watch_own_policy
from broker.app.recalls import recall_keeper, recall_watch
from broker.app.receipt_watching import receipt_watch
from broker.app.register_watch import double_use_watch
from broker.core import subjects
from broker.core.envelope import VerifiedEnvelope
from broker.core.errors import BusError, BusRefusedError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.file_lock import sole_holder
from broker.infra.nats_bus import Bus
from broker.infra.nats_news import follow_news
from broker.infra.nats_streams import NatsSource, NatsUplink
from broker.services.node_intake import IntakePorts, NodeIntake
from broker.services.node_opening import NodeOpening, OpeningPorts
from broker.services.node_uplink import NodeUplink
from broker.services.quarantine import QuarantineDesk, QuarantineWatch
from broker.services.trust_keeper import TrustKeeper
from keys.errors import DirectoryError
from keys.nkeys import NatsKey

_RETRY_S: Final = 2.0
_CONNECT_WAIT_S: Final = 5.0
_LOOK_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0


async def run_node(
    node: Node,
    keys: NodeKeys,
    stop: asyncio.Event,
    *,
    ready: asyncio.Event | None = None,
) -> None:
    """Runs a node until `stop` is set.

    A hub that is not there yet, or has not admitted the party yet, is waited for. When
    the party's account on the bus is replaced, it goes on over the new one.

    Args:
        node: The node.
        keys: Its keys.
        stop: Ends it.
        ready: Set once messages flow both ways.

    Raises:
        ConfigurationError: The bus, or the port for figures, cannot be used as set; or
            another process runs this node.
    """
    meters = Meters()
    with sole_holder(node.folder.lock, f"another process runs {node.folder.root}"):
        async with served_node_figures(node, meters):
            await _run(node, keys, stop, ready, meters)


async def _run(
    node: Node,
    keys: NodeKeys,
    stop: asyncio.Event,
    ready: asyncio.Event | None,
    meters: Meters,
) -> None:
    account, pause_s = accounts_to_try(node, keys)[0], _LOOK_S
    while not stop.is_set():
        over = asyncio.Event()
        async with connected(
            node, keys, name=f"node-{os.getpid()}", wait_s=0, account=account
        ) as bus:
            keeper = trust_keeper(node, bus, failed=meters.count_refresh_failure)
            upkeep = KeyUpkeep(node, keys, bus, keeper)
            async with asyncio.TaskGroup() as tasks:
                moving = tasks.create_task(
                    _moved(bus, upkeep, account, (stop, over), pause_s)
                )
                with suppress(BusError):
                    await bus.wait_connected(_CONNECT_WAIT_S)
                if await _first_directory(keeper, over):
                    await upkeep.look()
                    await _run_loops(node, account, bus, upkeep, over, ready)
            # Who is admitted over none of its accounts tries them ever more slowly.
            pause_s = _LOOK_S if bus.connected else min(2 * pause_s, _LONGEST_PAUSE_S)
        account, keys = moving.result(), upkeep.keys


async def _moved(
    bus: Bus,
    upkeep: KeyUpkeep,
    account: NatsKey,
    ends: tuple[asyncio.Event, asyncio.Event],
    pause_s: float,
) -> NatsKey:
    """Waits until another account is due, because it is published or ours is refused.

    Args:
        bus: The connection.
        upkeep: Knows the accounts.
        account: The one in use.
        ends: What is waited for besides: the node is stopped; and what is set on
            return: this connection is over.
        pause_s: Seconds between two looks while we are refused.

    Returns:
        The account to go on with.
    """
    stop, over = ends
    try:
        while not stop.is_set():
            due = upkeep.due_account
            if bus.connected and due is not None and due.public != account.public:
                return due
            wait_s = pause_s if await _is_refused(bus) else _LOOK_S
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait_s)
            if not stop.is_set() and await _is_refused(bus):
                others = await asyncio.to_thread(upkeep.others_than, account)
                if others:
                    return others[0]
    finally:
        over.set()
    return account


async def _is_refused(bus: Bus) -> bool:
    """Tells whether a server is there and does not admit us."""
    try:
        await bus.wait_connected(0)
    except BusRefusedError:
        return True
    except BusError:
        pass
    return False


async def _run_loops(
    node: Node,
    account: NatsKey,
    bus: Bus,
    upkeep: KeyUpkeep,
    stop: asyncio.Event,
    ready: asyncio.Event | None,
) -> None:
    """Sends what waits and takes in what is for us, until `stop` is set."""
    keys, keeper = upkeep.keys, upkeep.keeper
    uplink = NodeUplink(
        keys.holder,
        node.store,
        NatsUplink(bus),
        SYSTEM_CLOCK,
        LIMITS,
        keeper.current,
    )
    recalls = recall_keeper(node, keys, keeper.current, uplink.wake)
    opening = NodeOpening(
        keys.holder,
        OpeningPorts(
            store=node.store,
            clock=SYSTEM_CLOCK,
            trust=keeper.current,
            answered=uplink.wake,
            examine=recalls.examine,
        ),
        LIMITS,
    )
    desk = QuarantineDesk(keys.holder, node.store, keeper.current, SYSTEM_CLOCK)
    quarantine = QuarantineWatch(desk, uplink.wake)
    witness = directory_witness(node, bus, keeper.current)

    def arrived(verified: Mapping[bytes, VerifiedEnvelope]) -> None:
        opening.arrived(verified)
        witness.saw(envelope.header for envelope in verified.values())

    intake = NodeIntake(
        keys.holder,
        IntakePorts(
            source=NatsSource(bus, subjects.LEDGER, account.public),
            store=node.store,
            clock=SYSTEM_CLOCK,
            trust=keeper.current,
            refresh=keeper.try_refresh,
            arrived=arrived,
            answered=uplink.wake,
        ),
        LIMITS,
    )

    def nudge() -> None:
        keeper.nudge()
        witness.nudge()

    with suppress(BusError):
        await follow_news(bus, nudge)
    async with asyncio.TaskGroup() as loops:
        loops.create_task(keeper.run(stop))
        loops.create_task(upkeep.run(stop))
        loops.create_task(witness.run(stop))
        loops.create_task(uplink.run(stop))
        loops.create_task(intake.run(stop))
        loops.create_task(opening.run(stop))
        loops.create_task(quarantine.run(stop))
        loops.create_task(recall_watch(node, keys, keeper.current, recalls).run(stop))
        loops.create_task(receipt_watch(node, lambda: intake.heard_ms).run(stop))
        loops.create_task(
            case_watch(node, keys, keeper.current, lambda: intake.heard_ms).run(stop)
        )
        loops.create_task(Auditing(node, bus, keeper.current).watch().run(stop))
        loops.create_task(
            link_keeper(node, keys, keeper.current, lambda: bus.connected).run(stop)
        )
        loops.create_task(watch_clock(node, bus, stop))
        loops.create_task(card_keeper(node, keys, keeper.current).run(stop))
        loops.create_task(attachment_keeper(node, keys, bus).run(stop))
        loops.create_task(weapon_keeper(node, keys).run(stop))
        loops.create_task(double_use_watch(node, keys).run(stop))
        loops.create_task(pending_desk(node, keys, keeper.current).run(stop))
        loops.create_task(watch_own_policy(node, bus, keeper.current, stop))
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
