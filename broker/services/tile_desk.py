"""The desk for tiles: hands out the log's tiles to whoever wants to recompute it.

What a question looks like is left to the codec, where tiles lie to the log.
"""

from collections.abc import Callable
from typing import Protocol

from broker.core.audit.entry import LogHead
from broker.core.codec.desk_tiles import NO_TILE, decode_tile_question
from broker.core.errors import ProofError, StoreError


class TiledLog(Protocol):
    """The log, as tiles of it are asked for."""

    def head(self) -> LogHead:
        """Returns how far the log has come."""
        ...

    def tile(self, path: str) -> bytes:
        """Returns a tile or an entry bundle, full or partial.

        Raises:
            ProofError: Not the path of a tile.
            StoreError: The log is not as large, or cannot be read.
        """
        ...


class TileDesk:
    """Answers questions for tiles.

    What it hands out is the same for every party: hashes, blinded leaves, and the
    digests of directories, which every party has.

    Args:
        log: Opens the log for reading, or None while there is none.
    """

    def __init__(self, log: Callable[[], TiledLog | None]) -> None:
        self._log = log

    def answer(self, _account: str, payload: bytes) -> bytes:
        """Returns the tile that a question is for; empty where the log has none.

        Raises:
            RefusedError: MALFORMED: the question cannot be read.
        """
        name, size = decode_tile_question(payload)
        log = self._log()
        # A tile of a tree that was not signed yet would say how fast the log grows.
        if log is None or size > log.head().size:
            return NO_TILE
        try:
            return log.tile(name.path)
        except (ProofError, StoreError):
            return NO_TILE
