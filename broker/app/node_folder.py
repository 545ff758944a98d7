"""A node's folder, opened: settings, store, and the directory as last verified.

Needs no hub; connecting to one is left to `node_link`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.credentials import NodeKeys, load_node_keys
from broker.app.exchange_files import FederationFile
from broker.core.limits import Limits
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.node_store import NodeStore
from broker.services.dispatch import Dispatcher
from broker.settings import NodeFolder, NodeSettings, load_node
from keys.directory.client import DirectoryClient
from keys.errors import UnreachableError
from keys.identity import PartyId

LIMITS: Final = Limits()
"""The bounds of this release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node's folder, opened. Needs no key and no hub."""

    folder: NodeFolder
    settings: NodeSettings
    federation: FederationFile
    store: NodeStore

    @property
    def party(self) -> PartyId:
        """Whose node it is."""
        return PartyId(self.settings.party)

    def unlock(self, passphrase: bytes) -> NodeKeys:
        """Reads the private keys.

        Raises:
            KeystoreError: They cannot be read.
        """
        return load_node_keys(self.folder.keys, self.party, passphrase)

    def close(self) -> None:
        """Closes the database."""
        self.store.close()


def open_node(root: Path) -> Node:
    """Opens a node's folder.

    Raises:
        ConfigurationError: It is not a node's.
        StoreError: Its database cannot be opened.
    """
    settings = load_node(root)
    folder = NodeFolder(root)
    return Node(
        folder=folder,
        settings=settings,
        federation=FederationFile.read(folder.federation),
        store=NodeStore(folder.database),
    )


def stored_trust(node: Node) -> Trust:
    """Returns the directory as it was last verified here, without asking anybody.

    Raises:
        RefreshError: There is none, or it has expired.
    """

    def nobody(_path: str) -> bytes | None:
        raise UnreachableError("not connected")

    client = DirectoryClient(node.folder.directory_copy, node.federation.root, nobody)
    return build_trust(client.cached_view(SYSTEM_CLOCK.now_ms()))


def dispatcher(node: Node, keys: NodeKeys, trust: Callable[[], Trust]) -> Dispatcher:
    """Returns what sends this party's documents."""
    return Dispatcher(keys.holder, node.store, trust, SYSTEM_CLOCK, LIMITS)
