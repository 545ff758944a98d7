"""What a person is told about messages whose signing key was revoked."""

from collections.abc import Iterable

from broker.app.node_folder import Node
from broker.core.records import InboxMessage
from broker.core.reliance import REVOCATIONS_FACT, doubt_about, read_revocations


def doubts_about(node: Node, messages: Iterable[InboxMessage]) -> dict[bytes, str]:
    """Returns why messages are not to be relied on, by their digest.

    By every directory that the running node has seen: it need not be in force now.
    """
    known = read_revocations(node.store.fact(REVOCATIONS_FACT))
    return {
        message.message_digest: doubt.text
        for message in messages
        if (doubt := doubt_about(known, message)) is not None
    }
