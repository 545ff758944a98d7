"""A trace with all its legs: requests, answers, what they make of each item, what next.

What follows from them is said in `broker.core.tracing`; drafts and tables are left to
the command line.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from broker.app.cases import case_of
from broker.app.contents import Content, content_of
from broker.app.credentials import NodeKeys
from broker.app.node_folder import Node
from broker.core.cases.case import Case
from broker.core.cases.events import CaseEvent
from broker.core.cases.leg import Leg
from broker.core.cases.trace import TRACE
from broker.core.errors import ConfigurationError, RefusedError
from broker.core.handling import Handling
from broker.core.model import message_id_text
from broker.core.tightening import tighten
from broker.core.tracing.answers import (
    Asked,
    CaseItem,
    Document,
    Said,
    Statement,
    case_items,
    position_of,
)
from broker.core.tracing.custody import Custody, custody_of
from broker.core.tracing.disclosure import binding_when_told
from broker.core.tracing.route import Progress, RouteStep, route_of
from broker.core.tracing.standing import standing
from broker.services.holdings import Holdings
from keys.identity import PartyId

_ANSWER = "trace-response:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLeg:
    """One leg of a trace, with its contents.

    Attributes:
        leg: As the case has it.
        standing: Its state, or what else has become of it.
        request: What opened it; None when its content is destroyed or taken back.
        answers: What was answered, in the order in which it counted.
    """

    leg: Leg
    standing: str
    request: Content | None
    answers: tuple[Content, ...]

    @property
    def items(self) -> tuple[Document, ...]:
        """The items of the request, by JSON names."""
        listed = [] if self.request is None else self.request.document.get("items")
        return tuple(listed) if isinstance(listed, list) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceCase:
    """A case, as far as it is a trace.

    Attributes:
        case: As a whole.
        legs: Those of traces, in the order of the case.
        items: What was said of each item.
        custodies: What that makes together, item by item.
    """

    case: Case
    legs: tuple[TraceLeg, ...]
    items: tuple[CaseItem, ...]
    custodies: tuple[Custody, ...]

    def opened_by(self, party: str) -> tuple[TraceLeg, ...]:
        """Returns the legs that a party has opened."""
        return tuple(one for one in self.legs if one.leg.opener == party)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """An answer that a party may not be told, and why."""

    message: str
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tellable:
    """What of a trace a party may be told.

    Attributes:
        items: With those statements only that may be told.
        bounds: By id of the message: what binds whoever is told what it says.
        kept_back: Answers that may not be told.
    """

    items: tuple[CaseItem, ...]
    bounds: Mapping[str, Handling]
    kept_back: tuple[KeptBack, ...]

    def bound(self, own: Handling, told: Iterable[CaseItem]) -> Handling:
        """Returns the handling of a message that tells of items: the strictest of all.

        Raises:
            RefusedError: LOOSER_HANDLING: nothing is left that all agree to.
        """
        names = {one.message for item in told for one in item.statements}
        handlings = (self.bounds[name] for name in sorted(names & set(self.bounds)))
        return reduce(tighten, handlings, own)


def trace_case(node: Node, keys: NodeKeys, name: str, now_ms: int) -> TraceCase:
    """Returns the trace that is called so.

    Args:
        node: The node.
        keys: Its keys.
        name: Reference of a case; or id or digest of any message in it.
        now_ms: The present.

    Raises:
        ConfigurationError: There is none, or several, or it is no trace.
        StoreError: The store cannot be read or written.
        ContentError: Something was protected under another key.
    """
    case = case_of(node, keys, name)
    legs = tuple(
        _leg(node, keys, leg, now_ms) for leg in case.legs if leg.lifecycle is TRACE
    )
    if not legs:
        raise ConfigurationError(
            f"{name} is no trace; see what it is with: rogatory case show {case.name}"
        )
    items = case_items(_asked(legs), _said(legs))
    return TraceCase(
        case=case,
        legs=legs,
        items=items,
        custodies=tuple(map(custody_of, items)),
    )


def route(
    trace: TraceCase, own: str, parties: frozenset[str] | None
) -> tuple[RouteStep, ...]:
    """Returns the way of a trace: whose records come first, who was asked, who is next.

    Who was asked, and asks nobody itself, has its own records to look at and no more.

    Args:
        trace: The trace.
        own: Whose way it is.
        parties: Everybody who can be reached here; None when that is not known.
    """
    asked: dict[str, list[str]] = {}
    for one in trace.opened_by(own):
        asked.setdefault(one.leg.addressee, []).append(one.standing)
    steps = route_of(
        [item.described for item in trace.items],
        own,
        named={at: one.next_countries for at, one in enumerate(trace.custodies)},
        asked=asked,
        parties=parties,
    )
    if asked:
        return steps
    return tuple(one for one in steps if one.progress is Progress.AT_HOME)


def may_be_told(
    node: Node, keys: NodeKeys, trace: TraceCase, to: str, now_ms: int
) -> Tellable:
    """Returns what of a trace a party may be told, and what is kept back from it.

    Args:
        node: The node.
        keys: Its keys.
        trace: The trace.
        to: Who would be told.
        now_ms: The present.

    Raises:
        StoreError: The store cannot be read.
        ContentError: Something was protected under another key.
    """
    holdings = Holdings(keys.holder, node.store)
    consents = holdings.answers()
    bounds: dict[str, Handling] = {}
    kept_back: dict[str, KeptBack] = {}
    for content in (one for leg in trace.legs for one in leg.answers):
        name, by = message_id_text(content.header.message_id), content.header.origin
        received = node.store.find_received(content.message_digest)
        if received is None or by == to:
            continue  # our own word, or theirs
        try:
            provided = holdings.provided(received)
            bounds[name] = binding_when_told(provided, PartyId(to), consents, now_ms)
        except RefusedError as error:
            kept_back[name] = KeptBack(message=name, by=by, why=error.detail)
    items = tuple(
        replace(
            item,
            statements=_without(item.statements, kept_back),
            replaced=_without(item.replaced, kept_back),
        )
        for item in trace.items
    )
    # An answer that a later one has replaced, or that told nothing, is not asked for.
    standing = {one.message for item in trace.items for one in item.statements}
    kept = tuple(one for name, one in kept_back.items() if name in standing)
    return Tellable(items=items, bounds=bounds, kept_back=kept)


def answer_naming(
    trace: TraceCase, country: str
) -> tuple[Content, tuple[int, ...]] | None:
    """Returns the newest answer that leads to a country, and the items it does so for.

    Args:
        trace: The trace.
        country: Alpha-3.

    Returns:
        The answer, and positions of items in the case; None when no answer does.
    """
    positions = tuple(
        at for at, one in enumerate(trace.custodies) if country in one.next_countries
    )
    named = {
        statement.message
        for at in positions
        for statement in trace.items[at].statements
        if _leads_to(statement, country)
    }
    answers = [content for leg in trace.legs for content in leg.answers]
    for content in sorted(answers, key=lambda one: one.at_ms, reverse=True):
        if message_id_text(content.header.message_id) in named:
            return content, positions
    return None


def positions_in(request: TraceLeg, items: Iterator[CaseItem]) -> frozenset[int]:
    """Returns where items of the case stand in the request of a leg."""
    found = (position_of(request.items, item.described) for item in items)
    return frozenset(at for at in found if at is not None)


def _leg(node: Node, keys: NodeKeys, leg: Leg, now_ms: int) -> TraceLeg:
    found = content_of(node, keys, leg.opening.digest)
    events = [
        one.event for one in leg.moves if one.event.told.event.startswith(_ANSWER)
    ]
    answers = (content_of(node, keys, event.digest) for event in events)
    return TraceLeg(
        leg=leg,
        standing=standing(leg, _expires_ms(node, leg.opening), now_ms),
        request=found,
        answers=tuple(one for one in answers if one is not None),
    )


def _expires_ms(node: Node, opening: CaseEvent) -> int:
    """Returns until when the opening may be delivered; its header stays for ever."""
    message = node.store.find_sent(opening.digest) or node.store.find_received(
        opening.digest
    )
    return opening.at_ms if message is None else message.header.expires_ms


def _asked(legs: tuple[TraceLeg, ...]) -> Iterator[Asked]:
    seen: set[bytes] = set()
    for one in legs:
        digest = one.leg.opening.digest
        if digest not in seen:
            seen.add(digest)
            yield Asked(digest=digest, at_ms=one.leg.opening.at_ms, items=one.items)


def _said(legs: tuple[TraceLeg, ...]) -> Iterator[Said]:
    for one in legs:
        for content in one.answers:
            yield Said(
                digest=content.message_digest,
                name=message_id_text(content.header.message_id),
                by=content.header.origin,
                at_ms=content.at_ms,
                request=one.leg.opening.digest,
                document=content.document,
            )


def _without(
    statements: tuple[Statement, ...], kept_back: Collection[str]
) -> tuple[Statement, ...]:
    return tuple(one for one in statements if one.message not in kept_back)


def _leads_to(statement: Statement, country: str) -> bool:
    if statement.result.get("nextCountry") == country:
        return True
    chain = statement.result.get("chain")
    steps = chain if isinstance(chain, list) else []
    return any(
        isinstance(step, dict) and step.get("toCountry") == country for step in steps
    )
