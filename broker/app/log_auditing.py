"""A party's audit of the hub's log put together: the tiles, the proofs, the watch.

What is checked is left to the services, what a file of proof holds to `promise_files`.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from broker.app.files_over_bus import FilesOverBus, ask_desk, ask_log
from broker.app.node_folder import Node
from broker.app.node_link import audit_check
from broker.app.promise_files import SUFFIX, directory_files, write_promise
from broker.core.audit.promise import PromiseProof
from broker.core.broken_promises import signed_checkpoint
from broker.core.codec.desk_tiles import encode_tile_question
from broker.core.errors import ProofError
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.infra.tile_cache import TileFiles
from broker.services.log_audit import Broken, LogAudit, LogAuditPorts
from broker.services.log_follower import LogFollower
from broker.services.promise_watch import PromiseWatch, PromiseWatchPorts
from broker.services.tile_walk import TileWalk


@dataclass(frozen=True, slots=True)
class Auditing:
    """A node that audits over a connection.

    Attributes:
        node: The node.
        bus: The connection.
        trust: Returns the directory to go by now.
    """

    node: Node
    bus: Bus
    trust: Callable[[], Trust]

    def audit(self) -> LogAudit:
        """Returns what computes the log."""
        check = audit_check(self.node, self.bus, self.trust)
        return LogAudit(
            LogAuditPorts(
                follower=LogFollower(lambda q: ask_log(self.bus, q), self.node.store),
                walk=self._walk().tiles,
                check_signature=check.check_signature,
                recall=self.node.store.fact,
                remember=self.node.store.remember,
                lacking=self.node.store.lacking_notes,
                trust=self.trust,
                clock=SYSTEM_CLOCK,
            )
        )

    def watch(self) -> PromiseWatch:
        """Returns what looks after the hub's promises."""
        return PromiseWatch(
            PromiseWatchPorts(
                store=self.node.store,
                prove=audit_check(self.node, self.bus, self.trust).prove,
                ask=lambda question: ask_log(self.bus, question),
                federation=lambda: self.trust().view.federation,
                clock=SYSTEM_CLOCK,
            )
        )

    def proof_path(self, broken: Broken) -> Path:
        """Returns where the file that shows a broken promise to others lies."""
        name = broken.line.receipt.message_digest.hex()[:16] + SUFFIX
        return self.node.folder.broken_promises / name

    async def write_proof(self, broken: Broken) -> Path:
        """Writes the file that shows a broken promise to others; returns where it is.

        Args:
            broken: Which promise; it is provable.

        Raises:
            ProofError: The hub does not serve what it takes any more.
            BusError: The hub cannot be asked.
            StoreError: It cannot be written.
        """
        if not broken.is_provable:
            raise ProofError("the log has not come far enough to show it to others")
        loop, view = asyncio.get_running_loop(), self.trust().view
        files = FilesOverBus(self.bus, loop)
        root = self.node.federation.root
        shown = PromiseProof(
            receipt=broken.line.receipt_bytes,
            proof=broken.line.proof,
            checkpoint=broken.note,
            later=broken.later,
            directory=await asyncio.to_thread(directory_files, root, files.fetch, view),
        )
        path = self.proof_path(broken)
        checkpoint = signed_checkpoint(broken.note, view.federation)
        async with aclosing(self._walk().tiles(checkpoint)) as leaves:
            await write_promise(path, shown, leaves)
        return path

    def _walk(self) -> TileWalk:
        async def ask(path: str, size: int) -> bytes:
            return await ask_desk(self.bus, encode_tile_question(path, size))

        return TileWalk(ask, TileFiles(self.node.folder.log_copy))
