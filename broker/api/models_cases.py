"""Cases as other systems see them: where each matter stands, and who owes what."""

from collections.abc import Container, Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from broker.api.times import Moment, moment, moment_or_none
from broker.core.cases.case import Case as KnownCase
from broker.core.cases.duties import Duty as KnownDuty
from broker.core.cases.events import REFUSED, CaseEvent as KnownEvent
from broker.core.cases.leg import Leg as KnownLeg
from keys.identity import PartyId


class Leg(BaseModel):
    """One matter between two parties."""

    matter: str
    message: Annotated[str, Field(description="Id of what opened it.")]
    from_party: str
    to_party: str
    opened_at: Moment
    urgency: str
    state: str
    means: Annotated[str, Field(description="What that state is, in words.")]
    closed: bool
    possible: Annotated[list[str], Field(description="What we may do in it now.")]


class Duty(BaseModel):
    """Something that is owed."""

    matter: str
    what: str
    by: str
    to: list[str]
    since_at: Moment | None = None
    due_at: Moment | None = None
    pressure: str


class CaseSummary(BaseModel):
    """A case: all matters with one reference."""

    case: Annotated[str, Field(description="What it is called by here.")]
    reference: str | None = None
    closed: bool
    legs: list[Leg]
    owed: list[Duty]


class CasePage(BaseModel):
    """Cases, in order of their beginning."""

    cases: list[CaseSummary]
    next_cursor: Annotated[
        str | None, Field(description="Where to go on; none: there is no more.")
    ] = None


class CaseEvent(BaseModel):
    """One thing that happened in a case."""

    at: Moment
    by: str
    to: list[str]
    event: str
    id: Annotated[str | None, Field(description="Of the message.")] = None
    taken_back: bool
    destroyed: bool


class Case(CaseSummary):
    """A case with what happened in it, as far as the caller may see it."""

    timeline: list[CaseEvent]


def case_model(
    case: KnownCase,
    duties: Sequence[KnownDuty],
    me: PartyId,
    now_ms: int,
    visible: Container[bytes] | None,
) -> CaseSummary:
    """Returns a case as it is shown in a list, as far as the caller may see it.

    Args:
        case: The case.
        duties: What is owed in it.
        me: Whose node this is.
        now_ms: The present, in ms since the epoch.
        visible: Digests of the messages that the caller may see; None: all. A matter
            that others have with the same reference is theirs.
    """
    legs = [one for one in case.legs if _may_see(one.opening.digest, visible)]
    owed = [one for one in duties if _may_see(one.owed.about, visible)]
    closed = case.closed if visible is None else all(leg.closed for leg in legs)
    return CaseSummary(
        case=case.name,
        reference=case.reference or None,
        closed=closed and not owed,
        legs=[_leg(leg, me) for leg in legs],
        owed=[_duty(duty, now_ms) for duty in owed],
    )


def whole_case(
    shown: CaseSummary, case: KnownCase, visible: Container[bytes] | None
) -> Case:
    """Returns a case with its timeline.

    Args:
        shown: As it is shown in a list.
        case: The case.
        visible: Digests of the messages that the caller may see; None: all.
    """
    timeline = [
        _event(one)
        for one in case.events
        if _may_see(one.digest if one.name else one.in_reply_to, visible)
    ]
    return Case(**shown.model_dump(), timeline=timeline)


def _may_see(digest: bytes, visible: Container[bytes] | None) -> bool:
    return visible is None or digest in visible


def _leg(leg: KnownLeg, me: PartyId) -> Leg:
    possible = [] if leg.void else [one for one in leg.allowed(me) if one != REFUSED]
    return Leg(
        matter=leg.lifecycle.name,
        message=leg.opening.name,
        from_party=str(leg.opener),
        to_party=str(leg.addressee),
        opened_at=moment(leg.opening.at_ms),
        urgency=leg.opening.told.urgency.name.lower(),
        state=leg.state,
        means=leg.lifecycle.states[leg.state],
        closed=leg.closed,
        possible=possible,
    )


def _duty(duty: KnownDuty, now_ms: int) -> Duty:
    owed = duty.owed
    return Duty(
        matter=duty.matter,
        what=owed.debt.what,
        by=str(owed.by),
        to=[str(party) for party in duty.to],
        since_at=moment_or_none(owed.since_ms),
        due_at=moment_or_none(owed.due_ms),
        pressure=duty.pressure(now_ms).value,
    )


def _event(event: KnownEvent) -> CaseEvent:
    return CaseEvent(
        at=moment(event.at_ms),
        by=str(event.by),
        to=[str(party) for party in event.to],
        event=event.told.event,
        id=event.name or None,
        taken_back=event.taken_back,
        destroyed=event.gone,
    )
