"""What a relay worker remembers: the ledger, followed entry by entry into its index.

What it makes of it is left to `relay`, keeping it to the index.
"""

import asyncio
from collections.abc import Sequence

import structlog

from broker.core.codec.receipts import decode_audit_batch
from broker.core.errors import RefusedError
from broker.core.flows.round import Position
from broker.core.ports import AuditTail
from broker.services.relay_ports import Index
from broker.services.relay_usage import Meter
from keys.framing import sha256


class RelayMemory:
    """Follows the ledger.

    Args:
        index: Keeps what was learnt.
        tail: The ledger.
    """

    def __init__(self, index: Index, tail: AuditTail) -> None:
        self.meter = Meter(index.usage)
        self._index = index
        self._tail = tail
        self._catching_up = asyncio.Lock()
        self._follows = False
        self._log = structlog.get_logger("relay")

    async def catch_up(self) -> None:
        """Learns what any worker has decided up to now."""
        async with self._catching_up:
            if not self._follows:
                await self._check_index()
                self._follows = True
            while True:
                entries = await self._tail.after(self._index.position().sequence)
                if not entries:
                    return
                self._learn(entries)

    def _learn(self, entries: Sequence[tuple[int, bytes]]) -> None:
        sequence, newest = entries[-1]
        position = Position(sequence=sequence, digest=sha256(newest))
        try:
            records = [
                record for _, data in entries for record in decode_audit_batch(data)
            ]
            self._index.learn(records, position)
            for record in records:
                self.meter.settle(record.submission_digest)
        except RefusedError:
            if len(entries) > 1:
                for entry in entries:
                    self._learn([entry])
                return
            # Only the relay can write here; what it wrote must not stop everybody.
            self._log.exception("audit entry cannot be read", number=sequence)
            self._index.learn([], position)

    async def _check_index(self) -> None:
        """Begins again with a ledger that the index did not follow so far.

        By its old position it would take new entries for known ones, and let what
        they accepted be replayed.
        """
        known = self._index.position()
        if not known.sequence:
            return
        found = await self._tail.after(known.sequence - 1)
        # What is that old may have been dropped by age; what is newer is there.
        if found and (
            found[0][0] > known.sequence or sha256(found[0][1]) == known.digest
        ):
            return
        self._log.error("the ledger is not the one that the replay index followed")
        self._index.rewind()
