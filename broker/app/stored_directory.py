"""The directory as the running node has last verified it, read again when it changes.

For processes beside the node: they ask nobody, and go by what it goes by.
"""

import threading
from pathlib import Path
from typing import Final

from broker.app.node_folder import Node, stored_trust
from broker.core.ports import Clock
from broker.core.trust import Trust
from broker.infra.clock import SYSTEM_CLOCK

_KEPT_MS: Final = 30_000
"""Keys begin and end to hold without any file changing."""

Look = frozenset[tuple[str, int, int]]


class StoredDirectory:
    """Gives the directory to go by; cheap to ask.

    Args:
        node: The node.
        clock: The time.
    """

    def __init__(self, node: Node, clock: Clock = SYSTEM_CLOCK) -> None:
        self._node = node
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[Look, int, Trust] | None = None

    def __call__(self) -> Trust:
        """Returns it.

        Raises:
            RefreshError: There is none, or it has expired.
        """
        with self._lock:
            now_ms, seen = self._clock.now_ms(), _look(self._node.folder.directory_copy)
            if self._known is not None:
                before, read_ms, trust = self._known
                if before == seen and 0 <= now_ms - read_ms < _KEPT_MS:
                    return trust
            trust = stored_trust(self._node)
            # Reading writes too: what stands there now is what was read, or changes
            # again within the time for which it is kept.
            seen = _look(self._node.folder.directory_copy)
            self._known = (seen, now_ms, trust)
            return trust


def _look(folder: Path) -> Look:
    try:
        found = [(one.name, one.stat()) for one in folder.rglob("*.json")]
    except OSError:
        # Something is just being replaced: it is read again.
        return frozenset()
    return frozenset((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)
