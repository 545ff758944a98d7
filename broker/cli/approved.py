"""Who approved that a message was sent, as `rogatory status` and `show` tell it."""

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.pending import checked_release
from broker.cli.output import note
from broker.cli.release_words import statement_fields, statement_words
from broker.core.records import SentMessage
from broker.core.status import iso_time


def approvers(node: Node, message_digest: bytes) -> list[dict[str, object]]:
    """Returns who approved a message, for JSON; nobody when it needed nobody."""
    released = node.store.released(message_digest)
    if released is None:
        return []
    return [
        {"officer": by.officer, "at": iso_time(by.at_ms)} for by in released.approved
    ]


def checked_approvals(
    node: Node, keys: NodeKeys, sent: SentMessage | None
) -> dict[str, object]:
    """Returns what released a message, checked again, for JSON; {} when nobody had to.

    What is wrong with it is said on standard error, too.

    Raises:
        ContentError: What is stored was protected under another key.
        RefusedError: The evidence cannot be read at all.
    """
    released = None if sent is None else node.store.released(sent.message_digest)
    if sent is None or released is None:
        return {}
    checked = checked_release(node, keys, sent, released)
    for said in checked.said:
        note(statement_words(said))
    if checked.problem:
        note(
            f"warning: what is kept of the approvals proves nothing: {checked.problem}"
        )
    return {
        "approved": {
            "by": [statement_fields(said) for said in checked.said],
            "problem": checked.problem or None,
        }
    }
