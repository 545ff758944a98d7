"""Reads the log: entries, proofs and tiles, while its one writer may be at work.

Writing is left to `log_store`.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

from broker.core.audit.entry import (
    MAX_LISTED,
    BrokenPromise,
    EntryFilter,
    LoggedEntry,
    LogHead,
)
from broker.core.audit.growth import TreeEdge
from broker.core.audit.merkle import HASH_SIZE
from broker.core.audit.tiles import (
    TILE_SIZE,
    TILE_WIDTH,
    TileName,
    TileReader,
    tile_width,
)
from broker.core.errors import ConfigurationError, ProofError, StoreError
from broker.infra.log_index import IndexReader
from broker.infra.log_rows import (
    HEAD_QUERY,
    LogState,
    blocks,
    broken_promises,
    count_broken,
    entries_at,
    newest_snapshot,
    noted_leaves,
    read_state,
    snapshots_at,
    snapshots_like,
    snapshots_of,
)
from broker.infra.log_search import admits
from broker.infra.log_tiles import LOWEST, TileFolder
from broker.infra.store_errors import store_errors

DATABASE: Final = "log.sqlite3"
TILES: Final = "tiles"
BUSY_TIMEOUT_S: Final = 10.0  # seconds to wait for a lock of SQLite


class LogReader:
    """The log as anybody on this machine may read it.

    Every answer is taken from one committed state. Methods may be called from any
    thread.

    Args:
        folder: The folder of the log.

    Raises:
        ConfigurationError: There is no log, or one of another version.
        StoreError: The log cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / DATABASE
        if not path.is_file():
            raise ConfigurationError(f"there is no log in {folder}")
        self._lock = threading.Lock()
        self._tiles = TileFolder(folder / TILES)
        self._index = IndexReader(folder)
        self._kept: tuple[TreeEdge, TileReader] | None = None
        with store_errors("open the log"):
            self._reads = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
            )
        with ExitStack() as held:
            held.callback(self._reads.close)
            held.callback(self._index.close)
            self._state()
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the files."""
        self._held.close()

    def head(self) -> LogHead:
        """Returns how far the log has come.

        Raises:
            StoreError: The log cannot be read.
        """
        return self._state().head

    def find(self, leaf_hash: bytes) -> int | None:
        """Returns the index of the first leaf with this hash, or None.

        Raises:
            StoreError: The log cannot be read.
        """
        size, reached = self._sizes()
        for one in entries_at(self._rows, self._index.find(leaf_hash, reached)):
            if one.leaf_hash == leaf_hash:
                return one.index
        for first, leaves in noted_leaves(self._rows, reached, size):
            at = leaves.find(leaf_hash)
            while at % HASH_SIZE and at >= 0:
                at = leaves.find(leaf_hash, at + 1)
            if at >= 0 and reached <= first + at // HASH_SIZE < size:
                return first + at // HASH_SIZE
        return None

    def entry(self, index: int) -> LoggedEntry:
        """Returns one entry.

        Raises:
            StoreError: There is no such entry, or the log cannot be read.
        """
        (found,) = entries_at(self._rows, [index])
        return found

    def entries(self, wanted: EntryFilter) -> list[LoggedEntry]:
        """Returns the entries that a filter lets through, in the order of the log.

        To page on, filter again with `after` set to the last index; or, from the
        newest backwards, with `before` set to the first.

        Raises:
            StoreError: The log cannot be read.
        """
        size, reached = self._sizes()
        limit = max(0, min(wanted.limit, MAX_LISTED))
        if wanted.newest:
            last = deque(self._search(wanted, reached, size), maxlen=limit)
            found = self._index.matching(wanted, reached, limit - len(last))
            return [*entries_at(self._rows, found), *last]
        found = self._index.matching(wanted, reached, limit)
        rest = islice(self._search(wanted, reached, size), limit - len(found))
        return [*entries_at(self._rows, found), *rest]

    def records(self, start: int, end: int) -> Iterator[LoggedEntry]:
        """Yields the entries from `start` up to, not including, `end`; padding too.

        Raises:
            ProofError: An entry is not as it was written.
            StoreError: The log cannot be read.
        """
        for block in blocks(self._rows, start, end):
            yield from block.entries(start, end)

    def broken_promises(self, after: int = -1) -> list[BrokenPromise]:
        """Returns promises that the hub kept too late, in the order of the log.

        Args:
            after: Of entries with an index greater than this one, to page on.

        Raises:
            StoreError: The log cannot be read.
        """
        return broken_promises(self._rows, after)

    def count_broken(self) -> int:
        """Returns how many promises the hub kept too late.

        Raises:
            StoreError: The log cannot be read.
        """
        return count_broken(self._rows)

    def newest_snapshot(self) -> int:
        """Returns the highest version of the directory in the log; 0 for none.

        Raises:
            StoreError: The log cannot be read.
        """
        return newest_snapshot(self._rows)

    def snapshots_of(self, version: int) -> list[LoggedEntry]:
        """Returns the statements about one version of the directory.

        Raises:
            StoreError: The log cannot be read.
        """
        return snapshots_of(self._rows, version)

    def snapshots_like(self, digest: bytes) -> list[LoggedEntry]:
        """Returns the statements about the version that this digest stands for.

        Raises:
            StoreError: The log cannot be read.
        """
        return snapshots_like(self._rows, digest)

    def snapshots_at(self, at_ms: int) -> list[LoggedEntry]:
        """Returns the statements about the newest version that was signed by then.

        Raises:
            StoreError: The log cannot be read.
        """
        return snapshots_at(self._rows, at_ms)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Returns the path of leaf `index` in the tree over the first `size` leaves.

        Raises:
            ProofError: There is no such leaf or tree, or a tile is damaged.
            StoreError: The log cannot be read.
        """
        return self._tree().inclusion(index, size)

    def consistency(self, m: int, n: int) -> tuple[bytes, ...]:
        """Returns the path that proves the tree of `m` to be the beginning of `n`.

        Raises:
            ProofError: There are no such trees, or a tile is damaged.
            StoreError: The log cannot be read.
        """
        return self._tree().consistency(m, n)

    def tile(self, path: str) -> bytes:
        """Returns a tile or an entry bundle for a mirror, full or partial.

        A partial tile is served for every width that the log has reached, also when
        the full one is there.

        Raises:
            ProofError: Not the path of a tile.
            StoreError: The log is not as large, or cannot be read.
        """
        return self._tile(TileName.parse(path), self._state().edge)

    def leaf_hashes(self, size: int) -> Iterator[bytes]:
        """Yields the first `size` leaf hashes, computed from what is stored.

        Raises:
            ProofError: An entry is not the one that was logged.
            StoreError: The log cannot be read.
        """
        for one in self.records(0, size):
            computed = one.entry.leaf_hash
            if computed != one.leaf_hash:
                raise ProofError(f"entry {one.index} is not what was logged")
            yield computed

    def _sizes(self) -> tuple[int, int]:
        """Returns how many entries there are, and how many are in the index."""
        size = self._state().head.size
        return size, min(size, self._index.reached())

    def _search(
        self, wanted: EntryFilter, start: int, end: int
    ) -> Iterator[LoggedEntry]:
        """Yields what a filter lets through of what is not in the index yet."""
        start = max(start, wanted.after + 1)
        end = end if wanted.before is None else min(end, wanted.before)
        return admits(wanted, self.records(start, end), self._index.names)

    def _tree(self) -> TileReader:
        edge = self._state().edge
        # Keeping the reader while the log rests makes a run of proofs twice as fast.
        kept = self._kept
        if kept is None or kept[0] != edge:
            reader = TileReader(
                lambda path: self._tile(TileName.parse(path), edge), edge.size
            )
            kept = self._kept = (edge, reader)
        return kept[1]

    def _tile(self, name: TileName, edge: TreeEdge) -> bytes:
        level = 0 if name.level == "entries" else name.level
        width = tile_width(level, name.index, edge.size)
        if name.width > width:
            raise StoreError(f"a log of {edge.size} leaves has no {name.path}")
        if name.level == "entries":
            return self._bundle(name)
        # A partial tile is the beginning of the full one, so one copy serves all.
        if width == TILE_WIDTH:
            tile = self._full_tile(level, name.index)
        else:
            tile = edge.partial[level]
        return tile[: name.width * HASH_SIZE]

    def _full_tile(self, level: int, index: int) -> bytes:
        if level >= LOWEST:
            return self._tiles.read(TileName(level=level, index=index))
        start = index * TILE_WIDTH
        found = list(noted_leaves(self._rows, start, start + TILE_WIDTH))
        before = (start - found[0][0]) * HASH_SIZE if found else 0
        return b"".join([leaves for _, leaves in found])[before : before + TILE_SIZE]

    def _bundle(self, name: TileName) -> bytes:
        """Returns the data of the leaves under a tile, each after its length."""
        start = name.index * TILE_WIDTH
        found = self.records(start, start + name.width)
        leaves = [one.entry.leaf_data for one in found]
        return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)

    def _state(self) -> LogState:
        return read_state(self._rows(HEAD_QUERY))

    def _rows(
        self, query: str, values: Mapping[str, object] | None = None
    ) -> list[tuple[Any, ...]]:
        with self._lock, store_errors("read the log"):
            return self._reads.execute(query, values or {}).fetchall()
