"""What the demonstration shows of its audit: a witness, and evidence.

The story and its federation are left to `demo`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.evidence_sources import Wanted, export_evidence
from broker.app.founding import apply_here
from broker.app.node_folder import Node
from broker.app.proposing import decide
from broker.app.witness import WitnessParts, run_witness
from broker.app.witness_files import WitnessFolder, make_witness, open_key
from broker.core.errors import BrokerError
from broker.core.evidence.findings import Report
from broker.core.evidence.verify import Demands, verify_evidence
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.witness_store import WitnessStore
from broker.settings import HubFolder
from keys.cosigning import CosignatureType
from keys.directory.witnessing import add_witness, set_witness_quorum
from keys.framing import sha256
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST

EVIDENCE_FILE: Final = "evidence.zip"
_WITNESS: Final = "witness.demonstration.example"
_QUORUM: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoEvidence:
    """Evidence about a message, exported and checked again as a stranger would.

    Attributes:
        file: Where it lies.
        root_sha256: The root that it was checked against, 32 bytes.
        report: What was found.
    """

    file: Path
    root_sha256: bytes
    report: Report


def name_witness(hub: Path, folder: Path, party: str, passphrase: bytes) -> None:
    """Makes a witness, and has the stewards ask for its cosignature from now on."""
    card = make_witness(
        WitnessFolder(folder),
        name=_WITNESS,
        kind=CosignatureType.MLDSA44,
        party=PartyId(party),
        secret=passphrase,
        cost=UNSAFE_THROWAWAY_COST,
    )
    place = HubFolder(hub)
    for decision in (
        lambda terms: add_witness(terms, card.witness),
        lambda terms: set_witness_quorum(terms, _QUORUM),
    ):
        now_ms = SYSTEM_CLOCK.now_ms()
        apply_here(place, decide(place, decision, now_ms), passphrase, now_ms)


@asynccontextmanager
async def witness_at_work(
    folder: Path, node: Node, keys: NodeKeys, passphrase: bytes
) -> AsyncIterator[None]:
    """Runs the witness over the connection of a party's node."""
    place, stop = WitnessFolder(folder), asyncio.Event()
    memory = WitnessStore(place.memory)
    parts = WitnessParts(
        node=node,
        node_keys=keys,
        folder=place,
        key=open_key(place, passphrase),
        memory=memory,
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run_witness(parts, stop))
            try:
                yield
            finally:
                stop.set()
    finally:
        memory.close()


async def prove(
    node: Node, keys: NodeKeys, message_digest: bytes, folder: Path
) -> DemoEvidence:
    """Exports evidence about a message that was sent, and checks the file.

    The check knows the digest of the federation's first root, and nothing else.

    Raises:
        BrokerError: There is none, or it does not hold.
    """
    found = node.store.find_sent(message_digest)
    if found is None:
        raise BrokerError("the message to prove is not there")
    wanted = Wanted(messages=(found,))
    collected = await export_evidence(node, keys, wanted, disclosed=False)
    file = folder / EVIDENCE_FILE
    await asyncio.to_thread(file.write_bytes, collected.data)
    # What a court would be told over another channel.
    pinned = sha256(node.federation.root)
    demands = Demands(root_sha256=pinned, witnesses=_QUORUM)
    report = verify_evidence(await asyncio.to_thread(file.read_bytes), demands)
    report.check()
    return DemoEvidence(file=file, root_sha256=pinned, report=report)
