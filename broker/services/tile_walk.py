"""All leaves of the log out of its tiles, each tile checked before it is believed.

It begins at the checkpoint: the tiles at the tree's edge make the root, and each hash
in a tile is the root of the tile below it. So a wrong tile is found when it comes, a
cached one is as good as a fetched one, and memory does not grow with the log. Where
tiles come from, and what the leaves are looked at for, is left to others.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final, Protocol

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.growth import TreeEdge
from broker.core.audit.merkle import HASH_SIZE, perfect_root
from broker.core.audit.tiles import TILE_HEIGHT, TILE_SIZE, TILE_WIDTH, TileName
from broker.core.errors import ProofError

SIDE_BY_SIDE: Final = 16
"""Tiles that are asked for at a time."""

AskTile = Callable[[str, int], Awaitable[bytes]]
"""Asks the hub for the tile at a path in a tree of a size; empty: it has none.

Raises:
    BusError: The hub cannot be asked.
"""


class TileCache(Protocol):
    """Where full tiles are kept from one run to the next; nothing there is trusted."""

    def get(self, name: TileName) -> bytes | None:
        """Returns what is kept of a full tile, if anything."""
        ...

    def put(self, name: TileName, content: bytes) -> None:
        """Keeps a full tile.

        Raises:
            StoreError: It was not kept.
        """
        ...


class TileWalk:
    """Reads a log's leaves from tiles.

    Args:
        ask: Asks the hub.
        cache: Keeps what was read and verified.
    """

    def __init__(self, ask: AskTile, cache: TileCache) -> None:
        self._ask = ask
        self._cache = cache

    async def tiles(self, checkpoint: Checkpoint) -> AsyncGenerator[bytes, None]:
        """Yields the leaf hashes under a checkpoint in order, up to 256 at a time.

        Each has 32 bytes. When the iterator has come to its end without an error, what
        it gave are all leaves of that log.

        Args:
            checkpoint: What the log signed; verified.

        Raises:
            ProofError: The hub has a tile that does not belong there, or has none.
            BusError: The hub cannot be asked.
            StoreError: What was fetched cannot be kept.
        """
        size = checkpoint.size
        partial = await self._edge(checkpoint)
        for level in range(len(partial) - 1, 0, -1):
            first = (size >> (TILE_HEIGHT * level)) // TILE_WIDTH * TILE_WIDTH
            async for tile in self._below(level, first, partial[level], size):
                yield tile
        if partial and partial[0]:
            yield partial[0]

    async def _edge(self, checkpoint: Checkpoint) -> tuple[bytes, ...]:
        """Returns the partial tiles of every level, which make the signed root."""
        size, partial, level = checkpoint.size, list[bytes](), 0
        while size >> (TILE_HEIGHT * level):
            count = size >> (TILE_HEIGHT * level)
            index, width = divmod(count, TILE_WIDTH)
            tile = b""
            if width:
                name = TileName(level=level, index=index, width=width)
                tile = await self._ask(name.path, size)
            if len(tile) != width * HASH_SIZE:
                raise ProofError(
                    f"the hub has no whole tile at the edge of its log of {size}"
                )
            partial.append(tile)
            level += 1
        if TreeEdge(size=size, partial=tuple(partial)).root() != checkpoint.root:
            raise ProofError(
                f"the tiles at the edge of the log of {size} do not make the root that "
                "it signed"
            )
        return tuple(partial)

    async def _below(
        self, level: int, first: int, hashes: bytes, size: int
    ) -> AsyncGenerator[bytes, None]:
        """Yields the leaf tiles under some hashes of a level, the first being `first`.

        All tiles under one tile are fetched together: 2 MiB, on each level.
        """
        names = [
            TileName(level=level - 1, index=first + at)
            for at in range(len(hashes) // HASH_SIZE)
        ]
        roots = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
        for name, tile in zip(
            names, await self._verified(names, roots, size), strict=True
        ):
            if name.level == 0:
                yield tile
                continue
            async for leaf_tile in self._below(
                level - 1, name.index * TILE_WIDTH, tile, size
            ):
                yield leaf_tile

    async def _verified(
        self, names: Sequence[TileName], roots: Sequence[bytes], size: int
    ) -> list[bytes]:
        """Returns full tiles that are the ones under these hashes."""
        kept = await asyncio.to_thread(self._kept, names, roots)
        waiting = iter([at for at, tile in enumerate(kept) if tile is None])

        async def fetch() -> None:
            for at in waiting:
                tile = await self._ask(names[at].path, size)
                await asyncio.to_thread(self._take, names[at], tile, roots[at])
                kept[at] = tile

        fetching = [asyncio.ensure_future(fetch()) for _ in range(SIDE_BY_SIDE)]
        try:
            await asyncio.gather(*fetching)
        finally:
            for one in fetching:
                one.cancel()
        return [tile for tile in kept if tile is not None]

    def _kept(
        self, names: Sequence[TileName], roots: Sequence[bytes]
    ) -> list[bytes | None]:
        """Returns what the cache holds of some tiles; None for what it has not so."""
        kept: list[bytes | None] = []
        for name, root in zip(names, roots, strict=True):
            tile = self._cache.get(name)
            kept.append(tile if tile is not None and _is_under(tile, root) else None)
        return kept

    def _take(self, name: TileName, tile: bytes, root: bytes) -> None:
        if not _is_under(tile, root):
            raise ProofError(
                f"{name.path} of the hub is not the tile that its log has signed"
            )
        self._cache.put(name, tile)


def _is_under(tile: bytes, root: bytes) -> bool:
    """Tells whether a full tile is the one under a hash of the tile above it."""
    return len(tile) == TILE_SIZE and perfect_root(tile) == root
