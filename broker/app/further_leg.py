"""The request of a further leg: items, what may be told with them, and the handling.

Which State comes next is said in `broker.core.tracing.route`.
"""

from dataclasses import dataclass

from broker.app.contents import Content
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.app.tracing import (
    KeptBack,
    TraceCase,
    TraceLeg,
    answer_naming,
    may_be_told,
    positions_in,
)
from broker.core.errors import ConfigurationError
from broker.core.handling import Handling
from broker.core.model import message_id_text
from broker.core.tracing.drafts import next_request, told_words
from broker.core.tracing.route import RouteStep


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherLeg:
    """A request that is begun.

    Attributes:
        to: Whom it is for.
        why: Why that State, as part of a sentence.
        content: A `TraceRequest`, by JSON names.
        handling: What binds whoever gets it: ours, and that of what is told in it.
        case_reference: Or empty.
        answer: Id of the answer that it rests on; empty for none.
        kept_back: Answers that may not be told.
    """

    to: str
    why: str
    content: dict[str, object]
    handling: Handling
    case_reference: str
    answer: str
    kept_back: tuple[KeptBack, ...]


def further_leg(
    node: Node, keys: NodeKeys, trace: TraceCase, step: RouteStep, now_ms: int
) -> FurtherLeg:
    """Returns the request to one more State.

    Args:
        node: The node.
        keys: Its keys.
        trace: The trace.
        step: Whom to ask.
        now_ms: The present.

    Raises:
        ConfigurationError: No request of ours can be read any more.
        RefusedError: LOOSER_HANDLING: nothing is left that all handlings agree to.
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    first = _first(node, trace)
    request = first.request
    if request is None:
        raise ConfigurationError("the request that this began with cannot be read here")
    named = answer_naming(trace, step.country)
    answer, positions = named if named is not None else (None, step.items)
    tellable = may_be_told(node, keys, trace, step.country, now_ms)
    leading = [tellable.items[at] for at in positions]
    told = "" if answer is None else told_words(leading, step.country)
    own = request.header.handling
    wanted = positions_in(first, (trace.items[at] for at in positions))
    rests_on = "" if answer is None else _name(answer)
    return FurtherLeg(
        to=step.country,
        why="; ".join(step.reasons),
        content=next_request(
            request.document,
            wanted,
            b"" if answer is None else answer.message_digest,
            told,
        ),
        handling=tellable.bound(own, leading) if told else own,
        case_reference=trace.case.reference,
        answer=rests_on,
        kept_back=tuple(one for one in tellable.kept_back if one.message == rests_on),
    )


def _first(node: Node, trace: TraceCase) -> TraceLeg:
    own = [one for one in trace.opened_by(node.party) if one.request is not None]
    if not own:
        raise ConfigurationError(
            "no request in this trace is ours, or it cannot be read: only who asked "
            "can ask on"
        )
    return own[0]


def _name(content: Content) -> str:
    return message_id_text(content.header.message_id)
