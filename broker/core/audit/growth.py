"""How a tree of tiles grows: its right edge, and the tiles that new leaves complete.

Writing the tiles is left to the driver, reading the tree to `tiles`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from broker.core.audit.merkle import EMPTY_ROOT, HASH_SIZE, node_hash, perfect_root
from broker.core.audit.tiles import TILE_HEIGHT, TILE_SIZE, TILE_WIDTH, TileName
from broker.core.errors import ProofError


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEdge:
    """The right edge of a tree: all that is needed to let it grow.

    Attributes:
        size: Number of leaves.
        partial: The partial tile of each level, level 0 first: fewer than 256 hashes,
            one after the other; empty where the level ends with a full tile.
    """

    size: int
    partial: tuple[bytes, ...]

    def root(self) -> bytes:
        """Returns the root of the tree, 32 bytes."""
        peaks = [peak for tile in reversed(self.partial) for peak in _peaks(tile)]
        if not peaks:
            return EMPTY_ROOT
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root

    def to_bytes(self) -> bytes:
        """Returns the partial tiles, one after the other; the size tells them apart."""
        return b"".join(self.partial)

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "TreeEdge":
        """Reads what `to_bytes` gave for a tree of `size`.

        Raises:
            ProofError: Not as long as the edge of such a tree.
        """
        partial, at = [], 0
        for level in range(_level_count(size)):
            width = (size >> (TILE_HEIGHT * level)) % TILE_WIDTH
            partial.append(data[at : at + width * HASH_SIZE])
            at += width * HASH_SIZE
        if at != len(data):
            raise ProofError(f"{len(data)} bytes are not the edge of a tree of {size}")
        return cls(size=size, partial=tuple(partial))


EMPTY_EDGE: Final = TreeEdge(size=0, partial=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What some leaves make of a tree.

    Attributes:
        edge: The edge afterwards.
        tiles: The full tiles that came to be, with their 8,192 bytes each.
    """

    edge: TreeEdge
    tiles: tuple[tuple[TileName, bytes], ...]


def grow(edge: TreeEdge, leaf_hashes: Iterable[bytes]) -> Growth:
    """Adds leaves to a tree; costs one node hash a leaf.

    Args:
        edge: The edge so far; it is not changed.
        leaf_hashes: What comes next, 32 bytes each.
    """
    level, hashes = 0, b"".join(leaf_hashes)
    size = edge.size + len(hashes) // HASH_SIZE
    partial: list[bytes] = []
    tiles: list[tuple[TileName, bytes]] = []
    while level < _level_count(size):
        if level < len(edge.partial):
            hashes = edge.partial[level] + hashes
        first = (edge.size >> (TILE_HEIGHT * level)) // TILE_WIDTH
        count = len(hashes) // TILE_SIZE
        full = [hashes[at * TILE_SIZE : (at + 1) * TILE_SIZE] for at in range(count)]
        tiles += [
            (TileName(level=level, index=first + at), tile)
            for at, tile in enumerate(full)
        ]
        partial.append(hashes[count * TILE_SIZE :])
        hashes = b"".join([perfect_root(tile) for tile in full])
        level += 1
    return Growth(edge=TreeEdge(size=size, partial=tuple(partial)), tiles=tuple(tiles))


def _level_count(size: int) -> int:
    """Returns how many levels of tiles a tree of `size` has."""
    return -(-size.bit_length() // TILE_HEIGHT)


def _peaks(tile: bytes) -> list[bytes]:
    """Returns the roots of the perfect trees in a partial tile, left to right."""
    peaks, at = [], 0
    while at < len(tile):
        count = len(tile[at:]) // HASH_SIZE
        width = 1 << (count.bit_length() - 1)
        peaks.append(perfect_root(tile[at : at + width * HASH_SIZE]))
        at += width * HASH_SIZE
    return peaks
