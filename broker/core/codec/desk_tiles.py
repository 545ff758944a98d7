"""Questions for tiles of the log, and the hub's answers, as whoever audits asks them.

What a tile is, and where it lies, is left to `broker.core.audit.tiles`.
"""

import json
from typing import Final

from broker.core.audit.checkpoint import MAX_SIZE
from broker.core.audit.tiles import TileName, tile_width
from broker.core.codec.desk import ASK
from broker.core.errors import Code, ProofError, RefusedError

TILE_DESK: Final = "tile"
"""The name of the desk, as a question gives it."""
NO_TILE: Final = b""
"""The answer when the log has no such tile; a tile holds one hash at least."""

_MAX_QUESTION: Final = 512  # bytes


def encode_tile_question(path: str, size: int) -> bytes:
    """Returns the bytes of a question for a tile.

    Args:
        path: The path of the tile, as `TileName.path` gives it; partial ones too.
        size: Size of the checkpoint that the asker goes by: the tile is one of a
            tree of so many leaves.
    """
    return json.dumps({ASK: TILE_DESK, "path": path, "size": size}).encode()


def decode_tile_question(data: bytes) -> tuple[TileName, int]:
    """Reads a question for a tile: which, and in a tree of which size.

    Raises:
        RefusedError: MALFORMED: not such a question, or a tile that no tree of that
            size has.
    """
    try:
        fields = json.loads(data) if len(data) <= _MAX_QUESTION else None
    except (ValueError, RecursionError):
        fields = None
    match fields:
        case {"ask": "tile", "path": str(path), "size": int(size), **rest} if (
            not rest and type(size) is int and 0 < size <= MAX_SIZE
        ):
            return _tile_of(path, size), size
        case _:
            raise RefusedError(Code.MALFORMED, "question")


def _tile_of(path: str, size: int) -> TileName:
    try:
        name = TileName.parse(path)
    except ProofError as error:
        raise RefusedError(Code.MALFORMED, "path of a tile") from error
    level = 0 if name.level == "entries" else name.level
    if name.width > tile_width(level, name.index, size):
        raise RefusedError(Code.MALFORMED, "a tree of that size has no such tile")
    return name
