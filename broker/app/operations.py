"""Joint operations at a node: looked up by any message in them, and what is sent.

Who is in one, and what may be shared, is left to `broker.core.operations`.
"""

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.documents import encode_document
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.flows.export import ExportPlan
from broker.core.model import Header
from broker.core.operations.membership import Act, Membership
from broker.core.outgoing import OutgoingDocument
from broker.services.operations import (
    STEP_KIND,
    OperationBook,
    others_of,
)


def operation_book(node: Node, keys: NodeKeys) -> OperationBook:
    """Returns what looks up this node's operations."""
    return OperationBook(keys.holder, node.store)


def operation_named(
    node: Node, keys: NodeKeys, digest: bytes
) -> tuple[Membership, Header]:
    """Returns the operation that a message opened, or answers.

    Returns:
        Who is in its group, and the header of the message that opened it.

    Raises:
        ConfigurationError: It belongs to none that may be read.
        RefusedError: OUTSIDE_OPERATION: the message opens no closed group.
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    book = operation_book(node, keys)
    root = book.operation_of(digest)
    known = None if root is None else book.find(root)
    if root is None or known is None:
        raise ConfigurationError(
            "this message belongs to no operation that can be read here; see: "
            "rogatory operation list"
        )
    message = node.store.find_sent(root) or node.store.find_received(root)
    if message is None:
        raise ConfigurationError("the message that opened the operation is gone")
    return known, message.header


def statement(
    node: Node, known: Membership, header: Header, act: Act, text: str
) -> OutgoingDocument:
    """Returns what a member says of its membership: it goes to all other members.

    Args:
        node: The node.
        known: The group.
        header: Of the message that opened it: its handling and case are kept.
        act: What is said.
        text: In words; may be empty.
    """
    content = {"act": f"CASE_ACT_{act.name}"} | ({"text": text} if text else {})
    return OutgoingDocument(
        kind=STEP_KIND,
        body=encode_document(STEP_KIND, content),
        recipients=others_of(known.group, node.party),
        handling=header.handling,
        case_reference=header.case_reference,
        in_reply_to=known.group.digest,
    )


def check_whole(plan: ExportPlan) -> None:
    """Refuses what policies would split up, or keep from somebody.

    A group is closed only if everybody in it knows the same.

    Raises:
        RefusedError: OUTSIDE_OPERATION, with who would get nothing or something else.
    """
    if plan.withheld:
        kept = ", ".join(one.party for one in plan.withheld)
        why = "; ".join(plan.withheld[0].reasons)
        raise RefusedError(
            Code.OUTSIDE_OPERATION, f"policy keeps it from {kept}: {why}"
        )
    if len(plan.parcels) > 1:
        raise RefusedError(
            Code.OUTSIDE_OPERATION,
            f"policies would make {len(plan.parcels)} different messages of it, and "
            "all members have to get the same",
        )
