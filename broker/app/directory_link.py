"""The directory as a node takes it from the hub: fetched, verified, proven in the log.

Keeping it fresh is left to the trust keeper, the connection to `node_link`.
"""

import asyncio
from collections.abc import Callable

from broker.app.files_over_bus import FilesOverBus, ask_log
from broker.app.node_folder import LIMITS, Node
from broker.core.errors import BrokerError
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.services.directory_witness import DirectoryWitness
from broker.services.log_follower import LogFollower
from broker.services.snapshot_prover import SnapshotProver
from keys.directory.client import DirectoryClient
from keys.directory.model import DirectoryView
from keys.errors import UnreachableError


def snapshot_prover(node: Node, bus: Bus) -> SnapshotProver:
    """Returns what asks the log about snapshots, and remembers what was proven."""
    follower = LogFollower(lambda question: ask_log(bus, question), node.store)
    return SnapshotProver(
        follower,
        node.store,
        SYSTEM_CLOCK,
        promise_ms=LIMITS.inclusion_promise_ms,
    )


def directory_client(node: Node, bus: Bus) -> DirectoryClient:
    """Returns the directory over a connection; it takes nothing that is not proven.

    To be called on the thread of the connection's loop; what is returned, on others.
    """
    loop = asyncio.get_running_loop()
    prover = snapshot_prover(node, bus)

    def approve(view: DirectoryView, snapshot: bytes) -> None:
        proving = asyncio.run_coroutine_threadsafe(prover.prove(view, snapshot), loop)
        try:
            proving.result()
        except (BrokerError, asyncio.CancelledError) as error:
            raise UnreachableError(f"the hub's log: {error}") from error

    files = FilesOverBus(bus, loop)
    return DirectoryClient(
        node.folder.directory_copy,
        node.federation.root,
        files.fetch,
        fetch_many=files.fetch_many,
        approve=approve,
    )


def directory_witness(
    node: Node, bus: Bus, trust: Callable[[], Trust]
) -> DirectoryWitness:
    """Returns what looks after the directories that others go by."""
    return DirectoryWitness(snapshot_prover(node, bus), trust)
