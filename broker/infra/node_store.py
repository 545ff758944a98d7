"""A node's whole store: what it sends and what it receives, in one file.

The halves are told apart so that each stays small.
"""

from pathlib import Path

from broker.infra.database import Database
from broker.infra.incoming_store import IncomingStore
from broker.infra.node_schema import NODE_SCHEMA
from broker.infra.outgoing_store import OutgoingStore


class NodeStore(OutgoingStore, IncomingStore):
    """The database of a node.

    Args:
        path: The file; made when missing.

    Raises:
        StoreError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(Database(path, NODE_SCHEMA))

    def change_counter(self) -> int:
        """Returns a number that changes when anybody has written."""
        return self._database.change_counter()

    def close(self) -> None:
        """Closes the file; afterwards nothing works."""
        self._database.close()
