"""Needs, offers, projects and reviews at one node.

What fits what is left to `broker.core.assistance`.
"""

import base64
from collections.abc import Iterator

from broker.app.contents import Content, contents
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.assistance.records import (
    Need,
    Offer,
    Project,
    need_in,
    offer_in,
    project_in,
)
from broker.core.assistance.reviews import Contribution, Part

_DEPTH = 16  # answers to answers that are followed up to a self-assessment
_REVIEW = "peer-review/1"


def needs(node: Node, keys: NodeKeys) -> Iterator[Need]:
    """Yields every need that this node knows of, oldest first.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    for one in contents(node, keys, {"assistance-need"}):
        yield need_in(one.document, digest=one.message_digest, by=one.header.origin)


def offers(node: Node, keys: NodeKeys) -> Iterator[Offer]:
    """Yields every offer that this node knows of, likewise."""
    for one in contents(node, keys, {"assistance-offer"}):
        yield offer_in(one.document, digest=one.message_digest, by=one.header.origin)


def projects(node: Node, keys: NodeKeys) -> Iterator[Project]:
    """Yields every word on a project that this node knows of, likewise."""
    for one in contents(node, keys, {"assistance-match"}):
        document = one.document
        yield project_in(
            document,
            digest=one.message_digest,
            by=one.header.origin,
            at_ms=one.at_ms,
            need=base64.b64decode(str(document.get("needDigest", ""))),
            offer=base64.b64decode(str(document.get("offerDigest", ""))),
        )


def reviews(node: Node, keys: NodeKeys) -> dict[bytes, list[Contribution]]:
    """Returns what belongs to each review, by the message that opened it.

    What answers no self-assessment that is known here is a review of its own.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    found: dict[bytes, list[Contribution]] = {}
    for one in contents(node, keys, {"peer-review"}):
        contribution = Contribution(
            digest=one.message_digest,
            by=one.header.origin,
            at_ms=one.at_ms,
            document=one.document,
        )
        root = _root(node, one, contribution.part)
        found.setdefault(root, []).append(contribution)
    return found


def _root(node: Node, content: Content, part: Part) -> bytes:
    """Returns the outermost review message that one answers, or itself."""
    root = content.message_digest
    if part is Part.SELF_ASSESSMENT:
        return root
    at = content.header.in_reply_to
    for _ in range(_DEPTH):
        head = node.store.head(at) if at else None
        if head is None:
            break
        if head.kind == _REVIEW:
            root = at
        at = head.in_reply_to
    return root
