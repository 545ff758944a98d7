"""The directory as it was at a time, or as a message went by it: proven and verified.

At a node the hub is asked, and trusted in nothing; at a hub its own folder is read.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from broker.app.directory_link import snapshot_prover
from broker.app.exchange_files import FederationFile
from broker.app.files_over_bus import FilesOverBus
from broker.app.hub_audit import HubAudit, open_audit
from broker.app.node_folder import Node
from broker.core.audit.snapshot import ProvenSnapshot, prove_snapshot
from broker.core.codec.desk import (
    LogQuestion,
    SnapshotName,
    decode_log_answer,
    encode_log_question,
)
from broker.core.errors import ProofError
from broker.core.model import Header
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_bus import Bus
from broker.services.hub_desk import HubDesk
from broker.services.snapshot_history import (
    AskSnapshot,
    snapshot_at,
    snapshot_of_message,
)
from broker.settings import HubFolder
from keys.directory.history import History
from keys.directory.model import DirectoryView, PublishedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDirectory:
    """A directory of the past.

    Attributes:
        proven: What the log says about its snapshot, with the proof.
        view: What it said; parties whose metadata had expired are in `failed`.
        at_ms: The time by which expiries were judged, in ms since the epoch.
    """

    proven: ProvenSnapshot
    view: DirectoryView
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All directories there ever were, for whoever asks about one.

    Attributes:
        ask: Asks the log.
        history: Verifies what was published.
        newest: The highest version that is known here.
    """

    ask: AskSnapshot
    history: History
    newest: int

    async def at(self, at_ms: int) -> PastDirectory:
        """Returns the directory that was in force at `at_ms`.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself, or does not fit the snapshot.
            DirectoryError: There was none, or it does not verify.
        """
        proven = await snapshot_at(self.ask, at_ms, self.newest)
        return await self._read(proven, at_ms)

    async def of(self, header: Header) -> PastDirectory:
        """Returns the directory that a message names, as it was when it was sealed.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself, or does not fit the snapshot.
            DirectoryError: The log lacks it, or it does not verify.
        """
        proven = await snapshot_of_message(self.ask, header.directory_version)
        return await self._read(proven, header.created_ms)

    async def signing_key(self, header: Header) -> PublishedKey:
        """Returns the key that signed a message, by the directory of its time.

        Also of a party that is none any more. What has become known of the key since,
        such as a revocation, is left to the directory of today.

        Raises:
            BusError: The hub cannot be asked.
            ProofError: The log contradicts itself, or does not fit the snapshot.
            DirectoryError: It was not the key of its origin then, or was not valid.
        """
        view = (await self.of(header)).view
        return view.signing_key(header.origin, header.signer_key_id, header.created_ms)

    async def _read(self, proven: ProvenSnapshot, at_ms: int) -> PastDirectory:
        said = proven.statement
        snapshot = await asyncio.to_thread(self.history.snapshot, said.version)
        if (snapshot.digest, snapshot.signed_at_ms) != (said.digest, said.signed_at_ms):
            raise ProofError(
                f"the snapshot {said.version} that the hub serves is not the one that "
                "it has logged"
            )
        view = await asyncio.to_thread(
            self.history.view, said.version, said.digest, at_ms
        )
        return PastDirectory(proven=proven, view=view, at_ms=at_ms)


def past_of_node(node: Node, bus: Bus, trust: Trust) -> Past:
    """Returns the past as a node can verify it, over a connection.

    Args:
        node: The node.
        bus: The connection.
        trust: The directory of today, which names the log and its keys.
    """
    prover = snapshot_prover(node, bus)
    files = FilesOverBus(bus, asyncio.get_running_loop())
    federation = trust.view.federation
    return Past(
        ask=lambda name: prover.ask(name, federation),
        history=History(node.federation.root, files.fetch, fetch_many=files.fetch_many),
        newest=trust.view.version,
    )


def past_of_hub(root: Path) -> Past:
    """Returns the past as a hub's folder holds it; needs no key.

    Raises:
        ConfigurationError: It is not a hub's folder, or nothing was logged yet.
        DirectoryError: The directory does not verify.
    """
    audit = open_audit(root)
    folder = HubFolder(root)

    async def ask(name: SnapshotName) -> tuple[ProvenSnapshot, ...]:
        return await asyncio.to_thread(_ask_folder, audit, name)

    return Past(
        ask=ask,
        history=History(
            FederationFile.read(folder.federation).root, audit.archive.read
        ),
        newest=audit.directory.version,
    )


def _ask_folder(audit: HubAudit, name: SnapshotName) -> tuple[ProvenSnapshot, ...]:
    checkpoint = audit.checkpoint()
    if checkpoint is None:
        return ()
    desk = HubDesk(lambda _: None, lambda: audit.log, SYSTEM_CLOCK)
    question = encode_log_question(LogQuestion(snapshot=name))
    answer = decode_log_answer(desk.log("", question))
    return tuple(
        prove_snapshot(one, checkpoint, answer.checkpoint) for one in answer.snapshots
    )
