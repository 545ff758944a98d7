"""What events make of one leg of a matter: its state, its story, and who owes what.

A leg is what one party opened and one other is asked to do. The result depends on the
set of events alone, never on the order in which they came. Which events belong to which
leg is left to `broker.core.cases.case`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from broker.core.cases import clocks
from broker.core.cases.clocks import CaseClocks, end_of_day_ms
from broker.core.cases.events import CaseEvent, in_order
from broker.core.cases.lifecycle import STAYS, Debt, Lifecycle, Side, Since
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One event that counted, and the states before and after it.

    Attributes:
        event: What happened.
        before: The state before.
        after: The state after.
        entered: Whether it led to a state, be it the same once more: a second delay
            has a day of review of its own.
    """

    event: CaseEvent
    before: str
    after: str
    entered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfPlace:
    """One event that had no effect, since nothing of its sort was due.

    Attributes:
        event: What happened.
        state: The state in which it came.
        allowed: What its sender could have done there.
    """

    event: CaseEvent
    state: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What somebody owes in a leg.

    Attributes:
        debt: What, and by which clock.
        by: Who.
        about: Digest of the message that it is owed about.
        since_ms: When the clock began; None while that message has not come there.
        due_ms: When it runs out; None while it has not begun.
    """

    debt: Debt
    by: PartyId
    about: bytes
    since_ms: int | None
    due_ms: int | None

    def overdue(self, now_ms: int) -> bool:
        """Tells whether the clock has run out."""
        return self.due_ms is not None and self.due_ms < now_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg, as far as the events known go.

    Attributes:
        lifecycle: How it goes on.
        opening: What opened it.
        addressee: Who is asked.
        state: Where it is.
        moves: What counted, in order.
        out_of_place: What did not.
        undelivered: What was sent and refused on the way, so that it was never said.
        void: Whether nothing is owed whatever the state: what opened it was refused
            on the way or taken back; or the content of one of its messages is
            destroyed, so that nobody can tell.
    """

    lifecycle: Lifecycle
    opening: CaseEvent
    addressee: PartyId
    state: str
    moves: tuple[Moved, ...]
    out_of_place: tuple[OutOfPlace, ...]
    undelivered: tuple[CaseEvent, ...] = ()
    void: bool = False

    @property
    def opener(self) -> PartyId:
        """Who opened it."""
        return self.opening.by

    @property
    def closed(self) -> bool:
        """Whether nothing is owed any more."""
        return self.void or self.state in self.lifecycle.final

    @property
    def digests(self) -> frozenset[bytes]:
        """Of all that belongs to it, 32 bytes each."""
        events = (
            self.opening,
            *(one.event for one in self.moves),
            *(one.event for one in self.out_of_place),
            *self.undelivered,
        )
        return frozenset(event.digest for event in events)

    def side_of(self, party: PartyId) -> Side | None:
        """Returns on which side a party is; None for strangers."""
        if party == self.opener:
            return Side.OPENER
        return Side.ADDRESSEE if party == self.addressee else None

    def allowed(self, party: PartyId) -> tuple[str, ...]:
        """Returns what a party may do now, ascending."""
        side = self.side_of(party)
        return () if side is None else self.lifecycle.allowed(side, self.state)

    def owed(self, spans: CaseClocks) -> tuple[Owed, ...]:
        """Returns who owes what."""
        return tuple(
            self._owed(debt, spans)
            for debt in self.lifecycle.debts
            if self.state in debt.states and not self.void
        )

    def _owed(self, debt: Debt, spans: CaseClocks) -> Owed:
        by = self.opener if debt.by is Side.OPENER else self.addressee
        about = self._about(debt)
        # What one has said oneself counts from then; what others said, from when it
        # came, as the recipient's own node has stated it: both ends know that.
        # Of a receipt nobody says when it came.
        own = about.by == by
        at_once = own or about.follows
        since_ms = about.at_ms if at_once else about.delivered_ms.get(by)
        message = about.in_reply_to if about.follows else about.digest
        if since_ms is None:
            return Owed(debt=debt, by=by, about=message, since_ms=None, due_ms=None)
        told = self.opening.told
        due_ms = since_ms + spans.span_ms(told.event, debt.clock, told.urgency)
        named_ms = _named_ms(debt.clock, about)
        # A day that was over before the message came is none.
        if named_ms is not None and named_ms >= since_ms:
            # Who owes something cannot give itself more time, but for the review of a
            # delay, of which it names the day.
            bound = own and debt.clock != clocks.REVIEW
            due_ms = min(named_ms, due_ms) if bound else named_ms
        return Owed(debt=debt, by=by, about=message, since_ms=since_ms, due_ms=due_ms)

    def _about(self, debt: Debt) -> CaseEvent:
        """Returns the event that a clock counts from."""
        if debt.since is Since.OPENING:
            return self.opening
        for moved in reversed(self.moves):
            if moved.entered:
                return moved.event
        return self.opening


def _named_ms(clock: str, about: CaseEvent) -> int | None:
    """Returns the end of the day that the message itself names for a clock, if any."""
    match clock:
        case clocks.ACKNOWLEDGE:
            day = about.told.acknowledge_on
        case clocks.REVIEW:
            day = about.told.review_on
        case _:
            day = about.told.due_on
    return end_of_day_ms(day) if day else None


def fold(
    lifecycle: Lifecycle,
    opening: CaseEvent,
    addressee: PartyId,
    events: Iterable[CaseEvent],
) -> Leg:
    """Returns the leg that events make, whatever order they came in.

    What the other side's node or the hub refused to take in has not been said there,
    and has no effect here either. What is said about messages (receipts, notices) is
    in its place wherever it comes; a step is only a receipt about what opened the leg.

    Args:
        lifecycle: How it goes on.
        opening: What opened it.
        addressee: Who is asked.
        events: What happened since, in any order, each any number of times.
    """
    sides = {opening.by: Side.OPENER, addressee: Side.ADDRESSEE}
    since = [one for one in events if one.digest != opening.digest]
    refused = {one.in_reply_to for one in since if one.refuses}
    state = lifecycle.initial
    moves: list[Moved] = []
    misplaced: list[OutOfPlace] = []
    undelivered: list[CaseEvent] = []
    for event in in_order(since):
        if event.digest in refused:
            undelivered.append(event)
            continue
        side = sides.get(event.by)
        step = None
        if side is not None and _may_move(event, opening):
            step = lifecycle.step(event.told.event, side, state)
        silent = event.follows or event.gone or event.taken_back
        if step is None and not silent:
            allowed = () if side is None else lifecycle.allowed(side, state)
            misplaced.append(OutOfPlace(event=event, state=state, allowed=allowed))
            continue
        after = (step.target if step else STAYS) or state
        entered = step is not None and step.target != STAYS
        moves.append(Moved(event=event, before=state, after=after, entered=entered))
        state = after
    return Leg(
        lifecycle=lifecycle,
        opening=opening,
        addressee=addressee,
        state=state,
        moves=tuple(moves),
        out_of_place=tuple(misplaced),
        undelivered=tuple(undelivered),
        void=opening.digest in refused
        or opening.taken_back
        or any(one.gone for one in (opening, *since)),
    )


def _may_move(event: CaseEvent, opening: CaseEvent) -> bool:
    """Tells whether an event can be a step: receipts only about what opened it."""
    about_later = event.follows and event.in_reply_to != opening.digest
    return not (event.gone or event.taken_back or about_later)
