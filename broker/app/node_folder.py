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
from broker.core.outgoing import OutgoingDocument
from broker.core.trust import Trust, build_trust
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.node_store import NodeStore
from broker.services.case_steps import CaseSteps
from broker.services.dispatch import Dispatcher, SendingStore
from broker.services.holdings import Holdings
from broker.services.operations import OperationBook
from broker.services.plan_book import PlanBook
from broker.settings import NodeFolder, NodeSettings, load_node
from keys.directory.client import DirectoryClient
from keys.errors import UnreachableError
from keys.identity import PartyId
from keys.nkeys import NatsKey

_ACCOUNT_FACT: Final = "account"
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
    federation = FederationFile.read(folder.federation)
    store = NodeStore(folder.database)
    store.complete_trail(settings.party)
    store.fill_feed()
    return Node(folder=folder, settings=settings, federation=federation, store=store)


def stored_trust(node: Node) -> Trust:
    """Returns the directory as it was last verified here, without asking anybody.

    Raises:
        RefreshError: There is none, or it has expired.
    """

    def nobody(_path: str) -> bytes | None:
        raise UnreachableError("not connected")

    client = DirectoryClient(node.folder.directory_copy, node.federation.root, nobody)
    return build_trust(client.cached_view(SYSTEM_CLOCK.now_ms()))


def dispatcher(
    node: Node,
    keys: NodeKeys,
    trust: Callable[[], Trust],
    store: SendingStore | None = None,
) -> Dispatcher:
    """Returns what sends this party's documents.

    Args:
        node: The node.
        keys: Its keys.
        trust: Returns the directory to go by now.
        store: Keeps what is sent; None: the node's own store.
    """
    onward = Holdings(keys.holder, node.store).onward
    steps = CaseSteps(keys.holder, node.store)
    operations = OperationBook(keys.holder, node.store)
    plans = PlanBook(keys.holder, node.store)

    def check(document: OutgoingDocument) -> None:
        operations.check(document, SYSTEM_CLOCK.now_ms())
        steps.check(document)
        plans.check(document)

    return Dispatcher(
        keys.holder, store or node.store, trust, SYSTEM_CLOCK, LIMITS, onward, check
    )


def remember_account(node: Node, account: str) -> None:
    """Notes which of the party's accounts the directory shows.

    Raises:
        StoreError: It cannot be stored.
    """
    if node.store.fact(_ACCOUNT_FACT) != account.encode():
        node.store.remember(_ACCOUNT_FACT, account.encode())


def accounts_to_try(node: Node, keys: NodeKeys) -> list[NatsKey]:
    """Returns the party's accounts on the bus: the one to use first, then the others.

    One that is about to be published is newer than the one in use; one that was
    published elsewhere, or just before a crash, is not known here to be in use.
    """
    known = node.store.fact(_ACCOUNT_FACT)
    numbers = sorted(keys.accounts, reverse=True)
    accounts = [keys.accounts[number] for number in numbers]
    # The sort is stable: the newest comes first where nothing is known.
    return sorted(accounts, key=lambda one: one.public.encode() != known)
