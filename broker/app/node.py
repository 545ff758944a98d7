"""A node put together: one party's keys, store, directory and loops.

What the parts do is left to the services.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from broker.app.credentials import NodeKeys, bus_identity, load_node_keys
from broker.app.exchange_files import FederationFile, JoinRequest
from broker.app.files_over_bus import FilesOverBus, ask_log
from broker.core import subjects
from broker.core.codec.policy import encode_policy
from broker.core.errors import BusError, ConfigurationError
from broker.core.limits import Limits
from broker.core.policy.rules import Policy
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus, connect
from broker.infra.nats_streams import NatsSource, NatsUplink
from broker.infra.node_store import NodeStore
from broker.services.audit_check import AuditCheck
from broker.services.dispatch import Dispatcher
from broker.services.node_intake import IntakePorts, NodeIntake
from broker.services.node_opening import NodeOpening, OpeningPorts
from broker.services.node_uplink import NodeUplink
from broker.services.trust_keeper import TrustKeeper
from broker.settings import NodeFolder, NodeSettings, load_node
from keys.directory.client import DirectoryClient
from keys.directory.codec import encode_party
from keys.directory.publishing import publish
from keys.directory.signers import role_signer
from keys.errors import DirectoryError, UnreachableError
from keys.identity import PartyId

_RETRY_S: Final = 2.0
_CONNECT_WAIT_S: Final = 5.0
_REGISTRAR_TIMEOUT_S: Final = 15.0
LIMITS: Final = Limits()
"""The bounds of this release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node's folder, opened. Needs no key and no hub."""

    folder: NodeFolder
    settings: NodeSettings
    federation: FederationFile
    store: NodeStore

    @property
    def party(self) -> PartyId:
        """Whose node it is."""
        return PartyId(self.settings.party)

    def unlock(self, passphrase: bytes) -> NodeKeys:
        """Reads the private keys.

        Raises:
            KeystoreError: They cannot be read.
        """
        return load_node_keys(self.folder.keys, self.party, passphrase)

    def close(self) -> None:
        """Closes the database."""
        self.store.close()


def open_node(root: Path) -> Node:
    """Opens a node's folder.

    Raises:
        ConfigurationError: It is not a node's.
        StoreError: Its database cannot be opened.
    """
    settings = load_node(root)
    folder = NodeFolder(root)
    return Node(
        folder=folder,
        settings=settings,
        federation=FederationFile.read(folder.federation),
        store=NodeStore(folder.database),
    )


def stored_trust(node: Node) -> Trust:
    """Returns the directory as it was last verified here, without asking anybody.

    Raises:
        RefreshError: There is none, or it has expired.
    """

    def nobody(_path: str) -> bytes | None:
        raise UnreachableError("not connected")

    client = DirectoryClient(node.folder.directory_copy, node.federation.root, nobody)
    return build_trust(client.cached_view(SYSTEM_CLOCK.now_ms()))


def dispatcher(node: Node, keys: NodeKeys, trust: Callable[[], Trust]) -> Dispatcher:
    """Returns what sends this party's documents."""
    return Dispatcher(keys.holder, node.store, trust, SYSTEM_CLOCK, LIMITS)


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


async def publish_policy(
    node: Node, keys: NodeKeys, bus: Bus, policy: Policy, text: str
) -> int:
    """Publishes the party's record as it stands, with a policy.

    Args:
        node: The node.
        keys: Its keys.
        bus: A connection to the hub.
        policy: The policy.
        text: As it was written, to be kept in the node's folder.

    Returns:
        The version that was published.

    Raises:
        ConfigurationError: The policy is another party's.
        DirectoryError: The directory cannot be had, or refuses it.
        BusError: The hub cannot be reached, or refuses it.
    """
    if policy.party != node.party:
        raise ConfigurationError(f"the policy is that of {policy.party}")
    loop = asyncio.get_running_loop()
    client = DirectoryClient(
        node.folder.directory_copy,
        node.federation.root,
        FilesOverBus(bus, loop).fetch,
    )
    now_ms = SYSTEM_CLOCK.now_ms()
    view = await asyncio.to_thread(client.refresh, now_ms)
    version = await asyncio.to_thread(client.published_version, node.party) + 1
    entry = view.parties.get(node.party)
    # A record that has expired is in no view: what was first published is ours still.
    record = (
        JoinRequest.read(node.folder.join_request).submission.files["record.pb"]
        if entry is None
        else encode_party(entry.record)
    )
    submission = publish(
        node.party,
        signers=[role_signer(keys.role)],
        version=version,
        files={
            "record.pb": record,
            "policy.pb": encode_policy(policy),
        },
        now_ms=now_ms,
    )
    await bus.request(subjects.REGISTRAR, submission.to_bytes(), _REGISTRAR_TIMEOUT_S)
    node.folder.policy.write_text(text, encoding="utf-8")
    await asyncio.to_thread(client.refresh, now_ms)
    return version
