"""Full tiles of a hub's log, kept by a party that audits it: one file each.

Nothing here is trusted or needs to be: whoever reads a tile checks it, and one that is
lost is fetched again.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from broker.core.audit.tiles import TileName
from broker.infra.store_errors import store_errors

LEAST_FREE: Final = 1 << 30  # bytes of the disk that are left to others


class TileFiles:
    """Tiles under one folder, at the paths of C2SP tlog-tiles.

    Args:
        folder: Where "tile/0/000" starts; made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: TileName) -> bytes | None:
        """Returns what is kept of a tile, if anything can be read."""
        try:
            return (self._folder / name.path).read_bytes()
        except OSError:
            return None

    def put(self, name: TileName, content: bytes) -> None:
        """Keeps a tile, as long as it leaves the node room for its own.

        A hub can sign a log of any size, and serve one tile for all of it: that must
        not fill the disk which messages and receipts are kept on.

        Raises:
            StoreFullError: No room left on the disk.
            StoreError: The disk failed.
        """
        path = self._folder / name.path
        # Another audit of the same node may be at the same tile.
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with store_errors(f"keep {name.path}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(path.parent).free < LEAST_FREE:
                return
            # Not synced: a file that a power cut damages is found to be wrong.
            temporary.write_bytes(content)
            temporary.replace(path)
