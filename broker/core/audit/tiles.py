"""The layout of a large tree in tiles of 256 hashes (C2SP tlog-tiles), and its reading.

Fetching and storing tiles is left to whoever hands in `get`; growing to `growth`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from broker.core.audit.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    node_hash,
    perfect_root,
    split_point,
)
from broker.core.errors import ProofError

TILE_HEIGHT: Final = 8  # levels of the tree in one tile
TILE_WIDTH: Final = 1 << TILE_HEIGHT  # hashes in a full tile
CACHED_TILES: Final = 64  # tiles kept by a reader
CACHED_NODES: Final = 4096  # hashes kept by a reader
TILE_SIZE: Final = TILE_WIDTH * HASH_SIZE  # bytes in a full tile

Level = int | Literal["entries"]
"""A level of hash tiles, 0 over the leaves, or the bundles of the leaves' data."""

_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)
_MAX_LEVEL: Final = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class TileName:
    """Which tile.

    Attributes:
        level: Its level, or "entries".
        index: Its number on that level, from 0.
        width: How many hashes it holds: 256, or fewer in a partial tile.
    """

    level: Level
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The path under the log's prefix, such as "tile/0/x001/067.p/8"."""
        rest, last = divmod(self.index, 1000)
        digits = f"{last:03d}"
        while rest:
            rest, group = divmod(rest, 1000)
            digits = f"x{group:03d}/{digits}"
        partial = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{self.level}/{digits}{partial}"

    @classmethod
    def parse(cls, path: str) -> "TileName":
        """Reads a path, in the one form that `path` gives and in no other.

        Raises:
            ProofError: Not the path of a tile.
        """
        found = _PATH.fullmatch(path)
        if found is None:
            raise ProofError(f"{path[:80]!r} is not the path of a tile")
        level, width = found["level"], found["width"]
        name = cls(
            level="entries" if level == "entries" else int(level),
            index=int(found["index"].replace("x", "").replace("/", "")),
            width=int(width) if width else TILE_WIDTH,
        )
        too_high = isinstance(name.level, int) and name.level > _MAX_LEVEL
        # One tile, one name: leading zeros or a width of 0 or 256 would be a second.
        if name.path != path or not name.width or too_high:
            raise ProofError(f"{path[:80]!r} is not the path of a tile")
        return name


def tile_width(level: int, index: int, size: int) -> int:
    """Returns how many hashes a tile holds in a tree of `size`; 0 or less: no tile."""
    return min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH)


def full_tiles(size: int, *, lowest: int = 0) -> Iterator[TileName]:
    """Yields every full hash tile of a tree of `size`, lower levels first.

    Args:
        size: Number of leaves.
        lowest: The level to begin with.
    """
    level = lowest
    while count := size >> (TILE_HEIGHT * (level + 1)):
        for index in range(count):
            yield TileName(level=level, index=index)
        level += 1


class TileReader:
    """A tree behind its tiles: computes roots and proofs from the few it needs.

    Nothing is trusted and nothing checked but lengths: a proof made of wrong tiles is
    refused by those who check it.

    Args:
        get: Returns the tile at a path. What it raises is passed on.
        size: Size of the newest checkpoint. It says which partial tiles there are;
            proofs can be had for this and every smaller size.
    """

    def __init__(self, get: Callable[[str], bytes], size: int) -> None:
        self._get = get
        self._size = size
        # The right edge and the upper levels are part of every proof.
        self._tile = lru_cache(maxsize=CACHED_TILES)(self._load)
        self._perfect = lru_cache(maxsize=CACHED_NODES)(self._fold)

    def root(self, size: int) -> bytes:
        """Returns the root over the first `size` leaves, 32 bytes.

        Raises:
            ProofError: The log is smaller, or a tile is not as long as it should be.
        """
        self._check_size(size)
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Returns the path of leaf `index` in the tree over the first `size` leaves.

        Raises:
            ProofError: There is no such leaf or tree, or a tile has a wrong length.
        """
        self._check_size(size)
        if not 0 <= index < size:
            raise ProofError(f"there is no leaf {index} in a tree of {size}")
        siblings: list[tuple[int, int]] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + split_point(end - start)
            if index < middle:
                siblings.append((middle, end))
                end = middle
            else:
                siblings.append((start, middle))
                start = middle
        return tuple(self._subtree(*part) for part in reversed(siblings))

    def consistency(self, m: int, n: int) -> tuple[bytes, ...]:
        """Returns the path that proves the tree of `m` to be the beginning of `n`.

        RFC 9162, 2.1.4.1, with the recursion unrolled. Empty where nothing needs
        proof: `m` is 0 or `n`.

        Raises:
            ProofError: There are no such trees, or a tile has a wrong length.
        """
        self._check_size(n)
        if not 0 <= m <= n:
            raise ProofError(f"a log of {n} leaves cannot continue one of {m}")
        if m in {0, n}:
            return ()
        siblings: list[tuple[int, int]] = []
        start, end = 0, n
        while m != end:
            middle = start + split_point(end - start)
            if m <= middle:
                siblings.append((middle, end))
                end = middle
            else:
                siblings.append((start, middle))
                start = middle
        if start:
            # The older tree is not a node of the newer one as a whole: the path then
            # starts with its last part.
            siblings.append((start, end))
        return tuple(self._subtree(*part) for part in reversed(siblings))

    def _check_size(self, size: int) -> None:
        if not 0 <= size <= self._size:
            raise ProofError(f"the log has {self._size} leaves, not {size}")

    def _subtree(self, start: int, end: int) -> bytes:
        """Returns MTH(D[start:end]) for a range that is a subtree of the RFC's tree."""
        count = end - start
        if count & (count - 1) == 0:
            return self._perfect(count.bit_length() - 1, start)
        middle = start + split_point(count)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))

    def _fold(self, height: int, start: int) -> bytes:
        """Returns the root of the 2**height leaves from `start`, out of one tile."""
        level, rest = divmod(height, TILE_HEIGHT)
        index, offset = divmod(start >> (TILE_HEIGHT * level), TILE_WIDTH)
        tile = self._tile(level, index)
        return perfect_root(
            tile[offset * HASH_SIZE : (offset + (1 << rest)) * HASH_SIZE]
        )

    def _load(self, level: int, index: int) -> bytes:
        width = tile_width(level, index, self._size)
        name = TileName(level=level, index=index, width=width)
        tile = self._get(name.path)
        if len(tile) != width * HASH_SIZE:
            raise ProofError(f"{name.path} does not hold {width} hashes")
        return tile
