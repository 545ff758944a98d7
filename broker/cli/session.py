"""What a command on a node's folder works with, and how messages are named there."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from broker.app.node_folder import Node, open_node, stored_trust
from broker.app.node_link import connected, trust_keeper
from broker.cli.options import node_folder
from broker.cli.output import note
from broker.cli.running import run
from broker.cli.secrets_prompt import unlock
from broker.core.errors import BusError, ConfigurationError
from broker.core.model import message_id_text
from broker.core.records import InboxMessage, SentMessage
from broker.core.trust import Trust
from keys.errors import DirectoryError, RefreshError
from keys.identity import PartyId

_SHORT = 8  # hexadecimal digits that a prefix needs


@dataclass(frozen=True, slots=True)
class Found:
    """A message that was named on the command line; one of the two is there."""

    sent: SentMessage | None
    received: InboxMessage | None

    @property
    def message(self) -> SentMessage | InboxMessage:
        """Whichever it is."""
        message = self.sent or self.received
        if message is None:
            raise ConfigurationError("no such message in this node")
        return message


@contextmanager
def node_session(given: Path | None) -> Iterator[Node]:
    """Opens the node that was named, and closes it again.

    Raises:
        ConfigurationError: None was named, or it is not one.
    """
    node = open_node(node_folder(given))
    try:
        yield node
    finally:
        node.close()


def current_trust(
    node: Node, passphrase_file: Path | None, parties: Collection[PartyId] = ()
) -> Trust:
    """Returns the directory: the stored one, or a fresh one if that is too old.

    Args:
        node: The node.
        passphrase_file: Of its keystore.
        parties: Those it should know. If the stored one lacks any, the hub is asked;
            if the hub cannot be reached, the stored one has to do.

    Raises:
        DirectoryError: Neither is to be had.
        BusError: The hub cannot be reached.
    """
    try:
        stored = stored_trust(node)
    except RefreshError as error:
        note(f"asking the hub for the directory: {error}")
        return _fresh_trust(node, passphrase_file)
    unknown = [party for party in parties if party not in stored.view.parties]
    if unknown:
        note(f"asking the hub for the directory: {unknown[0]} is not in the stored one")
        with suppress(BusError, DirectoryError):
            return _fresh_trust(node, passphrase_file)
    return stored


def _fresh_trust(node: Node, passphrase_file: Path | None) -> Trust:
    keys = unlock(node, passphrase_file)

    async def fetch() -> Trust:
        async with connected(node, keys, name="fetch") as bus:
            return await trust_keeper(node, bus).refresh()

    return run(fetch())


def find(node: Node, name: str) -> Found:
    """Returns the message that an id, a digest, or the beginning of one means.

    Raises:
        ConfigurationError: It means none, or several.
    """
    if len(name.replace("-", "")) < _SHORT:
        raise ConfigurationError(f"{name!r} is too short: give {_SHORT} digits or more")
    digests = node.store.resolve(name)
    if not digests:
        raise ConfigurationError(
            f"no message {name} in this node; list them with: rogatory inbox, rogatory "
            "sent, rogatory pending list"
        )
    if len(digests) > 1:
        raise ConfigurationError(
            f"{name} means {len(digests)} messages: give more of it"
        )
    return Found(
        sent=node.store.find_sent(digests[0]),
        received=node.store.find_received(digests[0]),
    )


def id_of(message: SentMessage | InboxMessage) -> str:
    """Returns the id that people read."""
    return message_id_text(message.header.message_id)
