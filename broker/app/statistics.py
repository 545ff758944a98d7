"""The figures of this node's party, out of the messages that it holds.

What counts is left to `broker.core.indicators`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from broker.app.contents import Content, contents, each_document
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.indicators.arms import (
    Counted,
    RecoveryRecord,
    Traced,
    count_arms,
    item_key,
    status_of,
)
from broker.core.indicators.returns import Return, in_force, read_return
from broker.core.trails.trail import Role

_FINDINGS = ("trace-response", "trace-closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What a party's own records come to.

    Attributes:
        records: The records of recoveries.
        counted: The arms in them that count.
    """

    records: tuple[RecoveryRecord, ...]
    counted: Counted


def statistics_of(
    node: Node, keys: NodeKeys, kept_at_home: Iterable[RecoveryRecord] = ()
) -> Statistics:
    """Returns what counts now; an answer that came late is in the year it belongs to.

    Args:
        node: The node.
        keys: Its keys.
        kept_at_home: Records that were sent to nobody.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    records = (*_own_records(node, keys), *kept_at_home)
    counted = count_arms(records, _found(node, keys), unnamed)
    return Statistics(records=records, counted=counted)


def returns_held(node: Node, keys: NodeKeys) -> dict[tuple[str, int], Return]:
    """Returns what parties have stated, by country and year: what counts of it."""
    return in_force(
        read_return(content.header.origin, content.at_ms, content.document)
        for content in contents(node, keys, {"statistics-return"})
    )


def unnamed(_item: Mapping[str, object]) -> str:
    """Names no object: only a reference of their own tells two descriptions apart.

    Two weapons of one make may bear one number, so that a description alone would
    have to decide whether it is one weapon or two.
    """
    return ""


def _own_records(node: Node, keys: NodeKeys) -> tuple[RecoveryRecord, ...]:
    return tuple(
        RecoveryRecord(
            name=content.message_digest.hex(),
            at_ms=content.at_ms,
            document=content.document,
        )
        for content in each_document(contents(node, keys, {"recovery-record"}))
        if content.role is Role.SENT
    )


def _found(node: Node, keys: NodeKeys) -> dict[str, Traced]:
    """Returns what our own traces have found, by the keys of their items.

    Nobody's findings count but our own, and those of whom the request was sent to.
    """
    asked = {
        content.message_digest: content
        for content in contents(node, keys, {"trace-request"})
        if content.role is Role.SENT
    }
    found: dict[str, Traced] = {}
    for content in contents(node, keys, _FINDINGS):
        request = asked.get(_question(node, content, asked))
        if request is None:
            continue
        if content.header.origin not in {*request.header.parties, node.party}:
            continue
        names = _item_keys(request)
        for result in _list(content.document.get("results")):
            place, status = int(str(result.get("item", 0))), status_of(result["status"])
            if place < len(names) and status is not None:
                so_far = found.get(names[place], status)
                found[names[place]] = max(so_far, status, key=lambda one: one.rank)
    return found


def _question(node: Node, content: Content, asked: Mapping[bytes, object]) -> bytes:
    """Returns the request of ours that a finding goes back to; empty if to none."""
    digest, seen = content.header.in_reply_to, {content.message_digest}
    while digest and digest not in seen:
        if digest in asked:
            return digest
        seen.add(digest)
        head = node.store.head(digest)
        digest = b"" if head is None else head.in_reply_to
    return b""


def _item_keys(content: Content) -> list[str]:
    name = content.message_digest.hex()
    return [
        item_key(name, place, item, unnamed)
        for place, item in enumerate(_list(content.document.get("items")))
    ]


def _list(value: object) -> list[dict[str, object]]:
    return value if isinstance(value, list) else []
