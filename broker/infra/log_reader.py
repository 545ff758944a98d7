"""Reads the log: entries, proofs and tiles, while its one writer may be at work.

Writing is left to `log_store`.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

from broker.core.audit.entry import (
    MAX_LISTED,
    EntryFilter,
    LoggedEntry,
    LogHead,
    entry_leaf_data,
)
from broker.core.audit.growth import TreeEdge
from broker.core.audit.merkle import HASH_SIZE, leaf_hash
from broker.core.audit.tiles import TILE_WIDTH, TileName, TileReader, tile_width
from broker.core.errors import ConfigurationError, ProofError, StoreError
from broker.infra.log_rows import (
    COLUMNS,
    HEAD_QUERY,
    LogState,
    newest_snapshot,
    read_state,
    snapshots_at,
    snapshots_like,
    snapshots_of,
    to_entry,
)
from broker.infra.log_tiles import TileFolder
from broker.infra.store_errors import store_errors

DATABASE: Final = "log.sqlite3"
TILES: Final = "tiles"
BUSY_TIMEOUT_S: Final = 10.0  # seconds to wait for a lock of SQLite

_CONDITIONS: Final = {
    "message_digest": "message_digest = :message_digest "
    "AND substr(message_digest, 1, 6) = substr(:message_digest, 1, 6)",
    "stage": "stage = :stage",
    "since_ms": "at_ms >= :since_ms",
    "until_ms": "at_ms < :until_ms",
}


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
        rows = self._rows(
            "SELECT min(idx) FROM entries WHERE leaf_hash = :leaf_hash "
            "AND substr(leaf_hash, 1, 6) = substr(:leaf_hash, 1, 6)",
            {"leaf_hash": leaf_hash},
        )
        index: int | None = rows[0][0]
        return index

    def entry(self, index: int) -> LoggedEntry:
        """Returns one entry.

        Raises:
            StoreError: There is no such entry, or the log cannot be read.
        """
        rows = self._rows(
            f"SELECT {COLUMNS} FROM entries WHERE idx = :index",  # noqa: S608  constants only
            {"index": index},
        )
        if not rows:
            raise StoreError(f"the log has no entry {index}")
        return to_entry(rows[0])

    def entries(self, wanted: EntryFilter) -> list[LoggedEntry]:
        """Returns the entries that a filter lets through, in the order of the log.

        To page on, filter again with `after` set to the last index.

        Raises:
            StoreError: The log cannot be read.
        """
        values = {name: getattr(wanted, name) for name in _CONDITIONS}
        given = {name: value for name, value in values.items() if value is not None}
        where = ["idx > :after", *(_CONDITIONS[name] for name in given)]
        if wanted.party is not None:
            # One index each, read in order and cut off early: an OR would sort.
            by = _page(["stated_by = :party", *where])
            to = _page(["stated_to = :party", *where])
            query = (
                f"SELECT * FROM ({by}) UNION SELECT * FROM ({to}) "  # noqa: S608  constants only
                "ORDER BY idx LIMIT :limit"
            )
        elif wanted.since_ms is not None and wanted.message_digest is None:
            # By itself SQLite would walk the whole log in order, to spare the sorting.
            query = _page(where, "entries INDEXED BY entries_time")
        else:
            query = _page(where)
        rows = self._rows(
            f"SELECT {COLUMNS} FROM entries WHERE idx IN ({query}) ORDER BY idx",  # noqa: S608  constants only
            {
                **given,
                "party": wanted.party,
                "after": wanted.after,
                "limit": max(0, min(wanted.limit, MAX_LISTED)),
            },
        )
        return [to_entry(row) for row in rows]

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
        for start in range(0, size, TILE_WIDTH):
            end = min(size, start + TILE_WIDTH)
            for index, noted, data in self._leaves(start, end):
                computed = leaf_hash(data)
                if computed != noted:
                    raise ProofError(f"entry {index} is not what was logged")
                yield computed

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
            tile = self._tiles.read(TileName(level=level, index=name.index))
        else:
            tile = edge.partial[level]
        return tile[: name.width * HASH_SIZE]

    def _bundle(self, name: TileName) -> bytes:
        """Returns the data of the leaves under a tile, each after its length."""
        start = name.index * TILE_WIDTH
        leaves = [data for _, _, data in self._leaves(start, start + name.width)]
        return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)

    def _leaves(self, start: int, end: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Yields index, noted hash and data of the leaves from `start` to `end`."""
        rows = self._rows(
            "SELECT idx, leaf_hash, stage, receipt FROM entries "
            "WHERE idx >= :start AND idx < :end ORDER BY idx",
            {"start": start, "end": end},
        )
        for index, noted, stage, receipt in rows:
            yield index, noted, entry_leaf_data(stage, receipt)

    def _state(self) -> LogState:
        return read_state(self._rows(HEAD_QUERY))

    def _rows(
        self, query: str, values: Mapping[str, object] | None = None
    ) -> list[tuple[Any, ...]]:
        with self._lock, store_errors("read the log"):
            return self._reads.execute(query, values or {}).fetchall()


def _page(where: list[str], source: str = "entries") -> str:
    conditions = " AND ".join(where)
    return f"SELECT idx FROM {source} WHERE {conditions} ORDER BY idx LIMIT :limit"  # noqa: S608  constants only
