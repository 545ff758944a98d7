"""One relay worker over a bus in memory, and what parties find in their inboxes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from broker.core.codec.envelope import (
    EnvelopeItem,
    ReceiptsItem,
    decode_delivery,
    decode_envelope,
    encode_submission,
)
from broker.core.codec.receipts import (
    AuditRecord,
    decode_audit_batch,
    decode_bundle,
    encode_bundle,
    encode_receipt,
)
from broker.core.limits import Limits
from broker.core.model import Receipt
from broker.core.receipts import read_bundle, sign_together
from broker.core.trust import Trust
from broker.infra.replay_index import ReplayIndex
from broker.services.relay import RelayService
from broker.services.relay_ports import RelayPorts, RelayTuning
from keys.framing import sha256
from keys.identity import HUB, PartyId
from tests import world
from tests.memory_bus import MemoryLedger, MemorySource, MemoryTail


@dataclass(slots=True)
class RelayWorld:
    """A worker and everything around it.

    Attributes:
        refreshed: Set when the worker has asked for a newer directory.
        newer: The directory it gets then; None when it cannot be had.
        published: Every account that some party has published.
    """

    folder: Path
    limits: Limits = field(default_factory=Limits)
    tuning: RelayTuning = field(default_factory=RelayTuning)
    source: MemorySource = field(default_factory=MemorySource)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    clock: world.FakeClock = field(default_factory=world.FakeClock)
    trust: Trust = field(default_factory=world.trust)
    newer: Trust | None = None
    published: dict[str, PartyId] = field(default_factory=dict)
    refreshed: asyncio.Event = field(default_factory=asyncio.Event)
    tail: MemoryTail = field(init=False)
    index: ReplayIndex = field(init=False)

    def __post_init__(self) -> None:
        """Opens an empty replay index."""
        self.tail = MemoryTail(self.ledger)
        self.index = ReplayIndex(self.folder / "replay.sqlite3")

    def worker(self, index: ReplayIndex | None = None) -> RelayService:
        """Returns a worker, as if just started."""
        ports = RelayPorts(
            source=self.source,
            ledger=self.ledger,
            index=index or self.index,
            tail=self.tail,
            clock=self.clock,
            trust=lambda: self.trust,
            refresh=self._refresh,
            published=lambda: self.published,
        )
        return RelayService(ports, world.signing_key(HUB), self.limits, self.tuning)

    async def _refresh(self) -> bool:
        self.refreshed.set()
        if self.newer is not None:
            self.trust = self.newer
        return self.newer is not None

    async def work(
        self, until: asyncio.Event | None = None, worker: RelayService | None = None
    ) -> None:
        """Lets a worker work until everything is acknowledged, or `until` is set."""
        stop = asyncio.Event()
        running = asyncio.create_task((worker or self.worker()).run(stop))
        waiting = asyncio.create_task((until or self.source.drained).wait())
        done, _ = await asyncio.wait(
            {running, waiting}, timeout=20, return_when=asyncio.FIRST_COMPLETED
        )
        stop.set()
        self.source.wake()
        waiting.cancel()
        await running
        assert waiting in done, "the worker ended, or did not finish in time"

    def messages_of(self, party: PartyId) -> list[bytes]:
        """Returns the digests of the messages in an inbox."""
        found = []
        for data in self.ledger.inbox_of(party):
            item = decode_delivery(data)
            if isinstance(item, EnvelopeItem):
                found.append(sha256(decode_envelope(item.data).signed_header))
        return found

    def receipts_of(self, party: PartyId) -> list[Receipt]:
        """Returns the receipts in an inbox, verified."""
        found = []
        for data in self.ledger.inbox_of(party):
            item = decode_delivery(data)
            if isinstance(item, ReceiptsItem):
                bundle = decode_bundle(item.data, self.limits)
                found.extend(read_bundle(bundle, self.trust.view))
        return found

    async def audited(self) -> list[AuditRecord]:
        """Returns every audit entry of the ledger."""
        batches = await self.ledger.after_sequence(0)
        return [record for _, data in batches for record in decode_audit_batch(data)]


def bundled(receipts: Sequence[Receipt], by: PartyId) -> bytes:
    """Returns the submission of receipts that a party signs."""
    parts = sign_together(
        [encode_receipt(one) for one in receipts],
        signer=by,
        key=world.signing_key(by),
    )
    return encode_submission(ReceiptsItem(encode_bundle(parts)))
