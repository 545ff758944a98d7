"""A hub's log in memory, as whoever puts evidence together asks it.

What it holds is left to `tests.evidence_world`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from broker.app.evidence import Sources
from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.growth import EMPTY_EDGE, grow
from broker.core.audit.merkle import HASH_SIZE
from broker.core.audit.snapshot import LoggedSnapshot, ProvenSnapshot, prove_snapshot
from broker.core.audit.tiles import TileName, tile_width
from broker.core.codec.desk_stamps import StampAnswer
from broker.core.records import LedgerLine
from keys.errors import SnapshotNotLoggedError
from tests.unit.broker.services.memory_log import MemoryLog
from tests.world import LOG_KEY


@dataclass(frozen=True, slots=True)
class AskedHub:
    """Answers from a log.

    Attributes:
        log: The log.
        note: Returns its newest checkpoint, with the witnesses' lines.
    """

    log: MemoryLog
    note: Callable[[], str]

    def sources(
        self,
        stamp: Callable[[int], Awaitable[StampAnswer]],
        fetch: Callable[[str], bytes | None],
    ) -> Sources:
        """Returns the hub as it is asked.

        Args:
            stamp: Answers for time-stamps.
            fetch: Serves files of the directory.
        """
        return Sources(
            place=self._place,
            snapshot_of=self._snapshot_of,
            snapshot_at=self._snapshot_at,
            checkpoint=self._checkpoint,
            tile=self._tile,
            stamp=stamp,
            fetch=fetch,
        )

    async def _place(self, line: LedgerLine) -> int | None:
        return self.log.find(receipt_leaf_hash(line.receipt_bytes))

    async def _checkpoint(self) -> str:
        return self.note()

    async def _snapshot_of(self, digest: bytes) -> ProvenSnapshot:
        return self._proven(digest)

    async def _snapshot_at(self, at_ms: int) -> ProvenSnapshot:
        found = self.log.snapshots_at(at_ms)
        if not found:
            raise SnapshotNotLoggedError("no directory had been published by then")
        return self._proven(found[0].entry.message_digest)

    def _proven(self, digest: bytes) -> ProvenSnapshot:
        [logged, *_] = self.log.snapshots_like(digest)
        head = self.log.head()
        found = LoggedSnapshot(
            statement=logged.entry.leaf_data,
            index=logged.index,
            inclusion=self.log.inclusion(logged.index, head.size),
        )
        checkpoint = Checkpoint(
            origin=LOG_KEY.verifier.name, size=head.size, root=head.root
        )
        return prove_snapshot(found, checkpoint, head.checkpoint)

    def _tile(self, path: str, size: int) -> bytes:
        name = TileName.parse(path)
        assert isinstance(name.level, int)
        assert name.width <= tile_width(name.level, name.index, size)
        growth = grow(EMPTY_EDGE, self.log.leaves[:size])
        full = {tile.path: data for tile, data in growth.tiles}
        if name.path in full:
            return full[name.path]
        return growth.edge.partial[name.level][: name.width * HASH_SIZE]
