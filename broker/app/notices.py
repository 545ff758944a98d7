"""Notices, leads and profiles at one node.

What lists say of them is left to `broker.core.notices`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from broker.app.contents import Content, contents
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.codec.kinds import short_name
from broker.core.notices.convertibles import Technique
from broker.core.notices.summary import Summary, summary_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice, with what a list says of it."""

    content: Content
    summary: Summary


def notices(node: Node, keys: NodeKeys, kinds: Collection[str]) -> Iterator[Notice]:
    """Yields every notice of some kinds that this node may read, oldest first.

    Args:
        node: The node.
        keys: Its keys.
        kinds: Without version; all of `broker.core.notices.summary.NOTICE_KINDS`.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    for one in contents(node, keys, kinds):
        summary = summary_of(short_name(one.header.kind), one.document)
        yield Notice(content=one, summary=summary)


def techniques(node: Node, keys: NodeKeys, now_ms: int) -> Iterator[Technique]:
    """Yields every report of a conversion whose last day is not over, likewise."""
    for one in notices(node, keys, {"conversion-technique"}):
        if not one.summary.expired(now_ms):
            yield Technique(
                digest=one.content.message_digest,
                by=one.content.header.origin,
                document=one.content.document,
            )
