"""The closings of a trace: one for each open leg, with what its State may be told.

What a closing says is left to `broker.core.tracing.drafts`.
"""

from dataclasses import dataclass

from broker.app.contents import Content
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.tracing import KeptBack, TraceCase, TraceLeg, may_be_told
from broker.core.codec.documents import encode_document
from broker.core.outgoing import OutgoingDocument
from broker.core.tracing.drafts import closing

_CLOSING = "trace-closing/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegClosing:
    """The closing of one leg.

    Attributes:
        to: Whom it is for.
        request: Id of the request that it answers.
        content: A `TraceClosing`, by JSON names.
        document: The same, ready to be sent.
        kept_back: Answers of others that stand not in it.
    """

    to: str
    request: str
    content: dict[str, object]
    document: OutgoingDocument
    kept_back: tuple[KeptBack, ...]


def closings(
    node: Node,
    keys: NodeKeys,
    trace: TraceCase,
    stated: tuple[str, str, str],
    *,
    now_ms: int,
) -> tuple[LegClosing, ...]:
    """Returns the closing of each leg of ours that is open and can be read.

    Args:
        node: The node.
        keys: Its keys.
        trace: The trace.
        stated: Basis, as `ClosingBasis` has it; status, as `TracingStatus` has it, or
            empty; remarks, or empty.
        now_ms: The present.

    Raises:
        DocumentError: What was stated does not go together.
        RefusedError: LOOSER_HANDLING: nothing is left that all handlings agree to.
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    return tuple(
        _closing(node, keys, trace, leg, leg.request, stated, now_ms)
        for leg in trace.opened_by(node.party)
        if not leg.leg.closed and leg.request is not None
    )


def _closing(
    node: Node,
    keys: NodeKeys,
    trace: TraceCase,
    leg: TraceLeg,
    request: Content,
    stated: tuple[str, str, str],
    now_ms: int,
) -> LegClosing:
    to, opening = leg.leg.addressee, leg.leg.opening
    basis, status, remarks = stated
    tellable = may_be_told(node, keys, trace, to, now_ms)
    content = closing(basis, tellable.items, leg.items, status, remarks)
    handling = request.header.handling
    if "results" in content:
        handling = tellable.bound(handling, tellable.items)
    document = OutgoingDocument(
        kind=_CLOSING,
        body=encode_document(_CLOSING, content),
        recipients=(to,),
        handling=handling,
        case_reference=opening.reference,
        in_reply_to=opening.digest,
    )
    return LegClosing(
        to=to,
        request=opening.name,
        content=content,
        document=document,
        kept_back=tellable.kept_back,
    )
