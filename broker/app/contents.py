"""The contents that a node may read, one by one: what was sent, and what was taken in.

What is done with them is left to the callers.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.admitted import IN_USE
from broker.core.codec.documents import read_document
from broker.core.codec.kinds import KINDS, parse_kind
from broker.core.model import Header
from broker.core.records import InboxMessage, InboxState, SentMessage
from broker.core.trails.trail import Role
from broker.services.holdings import Holdings


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One content, open.

    Attributes:
        message_digest: SHA-256 of the signed header.
        role: SENT or RECEIVED.
        at_ms: When it was sealed, in ms since the epoch.
        body: The content message, serialised.
    """

    message_digest: bytes
    header: Header
    role: Role
    at_ms: int
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        """Protobuf's JSON mapping of it."""
        return read_document(parse_kind(self.header.kind), self.body)


def contents(
    node: Node, keys: NodeKeys, names: Collection[str], since_ms: int = 0
) -> Iterator[Content]:
    """Yields every content of some kinds that this node may read, oldest first.

    What waits for a person, was refused, or was taken back is left out; so is what
    this node has taken back or replaced itself: both ends go by the same.

    Args:
        node: The node.
        keys: Its keys.
        names: Kinds without version: "recovery-record".
        since_ms: Nothing that was sealed before.

    Raises:
        StoreError: The store cannot be read.
        ContentError: It was protected under another key.
    """
    kinds = [one.text for one in KINDS.values() if one.name in names]
    for digest in node.store.digests_of_kinds(kinds, since_ms):
        found = content_of(node, keys, digest)
        if found is None:
            continue
        if found.role is Role.RECEIVED or not node.store.notices_sent(digest):
            yield found


def each_document(found: Iterable[Content]) -> list[Content]:
    """Returns one content of each document, in the order of the first of each.

    What goes to several parties on different terms is sealed several times in one
    moment: the fullest of them is the document. What others sent is left as it is.
    """
    fullest: dict[object, Content] = {}
    for content in found:
        header = content.header
        place: object = content.message_digest
        if content.role is Role.SENT:
            place = header.kind, content.at_ms, header.case_reference
        known = fullest.setdefault(place, content)
        if len(header.withheld) < len(known.header.withheld):
            fullest[place] = content
    return list(fullest.values())


def content_of(node: Node, keys: NodeKeys, digest: bytes) -> Content | None:
    """Returns one content, or None when there is none that may be read.

    Raises:
        StoreError: The store cannot be read.
        RefusedError: RECALLED: it was taken back this very moment.
        ContentError: It was protected under another key.
    """
    message = node.store.find_sent(digest) or node.store.find_received(digest)
    if message is None or not _may_be_read(node, message):
        return None
    return Content(
        message_digest=digest,
        header=message.header,
        role=Role.SENT if isinstance(message, SentMessage) else Role.RECEIVED,
        at_ms=message.header.created_ms,
        body=Holdings(keys.holder, node.store).content(message),
    )


def _may_be_read(node: Node, message: SentMessage | InboxMessage) -> bool:
    gone = node.store.taken_back(message.message_digest)
    if not message.protected_key or gone is not None:
        return False
    if isinstance(message, SentMessage):
        return True
    terms = node.store.admission(message.message_digest)
    opened = message.state is InboxState.OPENED
    return opened and terms is not None and terms.state in IN_USE
