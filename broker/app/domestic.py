"""The domestic check: what a node's own records and messages say of traced weapons.

A hit is a lead; what makes one is said in `broker.core.identification`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from broker.app.credentials import NodeKeys
from broker.app.matching import leads_for
from broker.app.node_folder import Node
from broker.core.identification.weapon import weapons_in

LEAST: Final = 0.5
"""Score that a record has at least to be shown."""
_LEAST_OF_TRACES: Final = 0.3  # below `LEAST`: a fingerprint decides about these


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRecord:
    """A record that may be of a weapon in a request.

    Attributes:
        path: Of the item in the request: "items[0]".
        list_name: Of one's own list; empty for a message.
        reference: Of the entry in the list; may be empty.
        kind: Of the message, without version; empty for a list.
        message_digest: Of the message; empty for a list.
        score: From 0 to 1.
        reasons: As sentences without full stop.
    """

    path: str
    list_name: str
    reference: str
    kind: str
    message_digest: bytes
    score: float
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """Where it stands, and why it may be the same, for a person."""
        where = f"a {self.kind} received or sent"
        if self.list_name:
            entry = f", entry {self.reference}" if self.reference else ""
            where = f"your own list {self.list_name}{entry}"
        return f"{where} may be of the same ({self.score:.2f}: {self.reasons[0]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What a node keeps that may be of the weapons in a request.

    Attributes:
        records: Own lists, and messages but of traces; the best of each item first.
        traces: Digests of trace requests, asked or received.
    """

    records: tuple[KnownRecord, ...]
    traces: tuple[bytes, ...]


def look_up(node: Node, keys: NodeKeys, request: Mapping[str, object]) -> LookedUp:
    """Returns what this node keeps that may be of the same weapons.

    Args:
        node: The node.
        keys: Its keys.
        request: A `TraceRequest`, by JSON names.

    Raises:
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    records: list[KnownRecord] = []
    traces: dict[bytes, None] = {}
    weapons = weapons_in("trace-request", request)
    for weapon, hit in leads_for(node, keys, weapons, least=_LEAST_OF_TRACES):
        kept = hit.place.kept
        if not hit.place.list_name and kept.weapon.kind.startswith("trace-"):
            traces[hit.place.message_digest] = None
        elif hit.lead.score >= LEAST:
            records.append(
                KnownRecord(
                    path=weapon.path,
                    list_name=hit.place.list_name,
                    reference=kept.reference,
                    kind="" if hit.place.list_name else kept.weapon.kind,
                    message_digest=hit.place.message_digest,
                    score=hit.lead.score,
                    reasons=tuple(one.text for one in hit.lead.reasons),
                )
            )
    return LookedUp(records=tuple(records), traces=tuple(traces))
