"""Recomputes a whole log from its leaves and compares it with what was signed.

Trusting the checkpoint is left to `checkpoint`, reading leaves and tiles to callers.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from broker.core.audit.checkpoint import Checkpoint
from broker.core.audit.growth import EMPTY_EDGE, TreeEdge, grow
from broker.core.audit.merkle import HASH_SIZE
from broker.core.audit.tiles import TILE_HEIGHT, TILE_WIDTH, TileName
from broker.core.errors import ProofError

CHUNK: Final = 16 * TILE_WIDTH  # leaves held in memory at a time


def verify_log(
    leaf_hashes: Iterable[bytes],
    checkpoint: Checkpoint,
    tile: Callable[[str], bytes] | None = None,
) -> Iterator[int]:
    """Recomputes the log, yielding how many leaves have been read so far.

    Memory does not grow with the log. The log holds only when the iterator has come
    to its end without an error: until then nothing is verified.

    Args:
        leaf_hashes: RFC 6962 leaf hashes in order, 32 bytes each, computed by the
            caller from the entries themselves.
        checkpoint: What the log signed.
        tile: Returns the tile at a path, to compare every tile too.

    Raises:
        ProofError: A leaf is missing or one too many, a tile is not what the leaves
            make it, or the root is another one.
    """
    leaves, edge = iter(leaf_hashes), EMPTY_EDGE
    while chunk := list(islice(leaves, CHUNK)):
        if any(len(leaf) != HASH_SIZE for leaf in chunk):
            raise ProofError(f"a leaf hash is not {HASH_SIZE} bytes long")
        growth = grow(edge, chunk)
        edge = growth.edge
        if edge.size > checkpoint.size:
            raise ProofError(f"the log holds more than the {checkpoint.size} it signed")
        if tile is not None:
            _compare(growth.tiles, tile)
        yield edge.size
    if edge.size != checkpoint.size:
        raise ProofError(f"the log signed {checkpoint.size} leaves, it has {edge.size}")
    if tile is not None:
        _compare(_partial_tiles(edge), tile)
    if edge.root() != checkpoint.root:
        raise ProofError("the leaves do not make the root that the log signed")


def _partial_tiles(edge: TreeEdge) -> Iterator[tuple[TileName, bytes]]:
    for level, content in enumerate(edge.partial):
        if content:
            width = len(content) // HASH_SIZE
            index = (edge.size >> (TILE_HEIGHT * level)) // TILE_WIDTH
            yield TileName(level=level, index=index, width=width), content


def _compare(
    expected: Iterable[tuple[TileName, bytes]], tile: Callable[[str], bytes]
) -> None:
    for name, content in expected:
        if tile(name.path) != content:
            raise ProofError(f"{name.path} is not what the leaves make it")
