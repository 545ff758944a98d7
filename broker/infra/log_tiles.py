"""Full tiles above the leaves' as files, each written once and durably.

Which tiles there are is left to `broker.core.audit`; partial ones, and those of the
leaves, to the database, which has them anyway.
"""

import os
import shutil
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from broker.core.audit.tiles import TILE_SIZE, TileName, full_tiles
from broker.infra.store_errors import store_errors

LOWEST: Final = 1
"""The lowest level that is kept as files: one for each 65,536 leaves."""
CACHED_TILES: Final = 256  # of 8,192 bytes each


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable: a file is lost with its name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class TileFolder:
    """The full tiles under one folder, at the paths that mirrors ask for.

    Args:
        folder: Where "tile/1/000" starts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Full tiles never change: those near the root are part of every proof.
        self.read = lru_cache(maxsize=CACHED_TILES)(self._read)

    def write(self, tiles: Iterable[tuple[TileName, bytes]]) -> None:
        """Writes full tiles; returns when they would survive a power cut.

        Those of the leaves are left out. A tile that is there is replaced: it is left
        over from an append that failed.

        Raises:
            StoreFullError: No room left on the disk.
            StoreError: The disk failed.
        """
        with store_errors("write a tile of the log"):
            folders: dict[Path, None] = {}
            for name, content in tiles:
                if name.level in {0, "entries"}:
                    continue
                path = self._folder / name.path
                self._make_folder(path.parent)
                _replace(path, content)
                folders[path.parent] = None
            for folder in folders:
                sync_folder(folder)

    def missing(self, size: int) -> list[TileName]:
        """Returns the full tiles of a tree of `size` that are not there, or not whole.

        Lower levels come first, since the others are made of them.

        Raises:
            StoreError: The disk failed.
        """
        with store_errors("look for the tiles of the log"):
            return [
                name
                for name in full_tiles(size, lowest=LOWEST)
                if not self._is_whole(name)
            ]

    def forget_leaves(self) -> None:
        """Deletes tiles of leaves, which an earlier version kept as files.

        Raises:
            StoreError: The disk failed.
        """
        with store_errors("delete tiles of the log"):
            shutil.rmtree(self._folder / "tile" / "0", ignore_errors=True)

    def _read(self, name: TileName) -> bytes:
        with store_errors(f"read {name.path}"):
            return (self._folder / name.path).read_bytes()

    def _is_whole(self, name: TileName) -> bool:
        try:
            return (self._folder / name.path).stat().st_size == TILE_SIZE
        except FileNotFoundError:
            return False

    def _make_folder(self, folder: Path) -> None:
        """Creates a folder and those above it, and makes their names durable."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def _replace(path: Path, content: bytes) -> None:
    """Puts a file in its place whole or not at all."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        # On a full disk the remains would keep the next attempt from succeeding.
        temporary.unlink(missing_ok=True)
        raise
