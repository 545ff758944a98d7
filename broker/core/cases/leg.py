"""What events make of one leg of a matter: its state, its story, and who owes what.

A leg is what one party opened and one other is asked to do. The result depends on the
set of events alone, never on the order in which they came. Which events belong to which
leg is left to `broker.core.cases.case`.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from broker.core.cases import clocks
from broker.core.cases.clocks import CaseClocks, end_of_day_ms
from broker.core.cases.events import CaseEvent
from broker.core.cases.lifecycle import Debt, Lifecycle, Side, Since
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One event that counted, and the states before and after it."""

    event: CaseEvent
    before: str
    after: str


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
    """

    lifecycle: Lifecycle
    opening: CaseEvent
    addressee: PartyId
    state: str
    moves: tuple[Moved, ...]
    out_of_place: tuple[OutOfPlace, ...]

    @property
    def opener(self) -> PartyId:
        """Who opened it."""
        return self.opening.by

    @property
    def closed(self) -> bool:
        """Whether nothing is owed any more."""
        return self.state in self.lifecycle.final

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
            if self.state in debt.states
        )

    def _owed(self, debt: Debt, spans: CaseClocks) -> Owed:
        by = self.opener if debt.by is Side.OPENER else self.addressee
        about = self._about(debt)
        # What one has said oneself counts from then; what others said, from when it
        # came, as the recipient's own node has stated it: both ends know that.
        since_ms = about.at_ms if about.by == by else about.delivered_ms.get(by)
        if since_ms is None:
            return Owed(
                debt=debt, by=by, about=about.digest, since_ms=None, due_ms=None
            )
        day = _day(debt.clock, about)
        span_ms = spans.span_ms(
            self.opening.told.event, debt.clock, self.opening.told.urgency
        )
        return Owed(
            debt=debt,
            by=by,
            about=about.digest,
            since_ms=since_ms,
            due_ms=end_of_day_ms(day) if day else since_ms + span_ms,
        )

    def _about(self, debt: Debt) -> CaseEvent:
        """Returns the event that a clock counts from."""
        if debt.since is Since.OPENING:
            return self.opening
        for moved in reversed(self.moves):
            if moved.before != moved.after:
                return moved.event
        return self.opening


def _day(clock: str, about: CaseEvent) -> str:
    """Returns the day that the message itself names for a clock, or nothing."""
    match clock:
        case clocks.ACKNOWLEDGE:
            return about.told.acknowledge_on
        case clocks.REVIEW:
            return about.told.review_on
        case _:
            return about.told.due_on


def fold(
    lifecycle: Lifecycle,
    opening: CaseEvent,
    addressee: PartyId,
    events: Iterable[CaseEvent],
) -> Leg:
    """Returns the leg that events make, whatever order they came in.

    Args:
        lifecycle: How it goes on.
        opening: What opened it.
        addressee: Who is asked.
        events: What happened since, in any order, each any number of times.
    """
    sides = {opening.by: Side.OPENER, addressee: Side.ADDRESSEE}
    state = lifecycle.initial
    moves: list[Moved] = []
    misplaced: list[OutOfPlace] = []
    for event in _in_order(opening, events):
        side = sides.get(event.by)
        step = None if side is None else lifecycle.step(event.told.event, side, state)
        if side is None or step is None:
            allowed = () if side is None else lifecycle.allowed(side, state)
            misplaced.append(OutOfPlace(event=event, state=state, allowed=allowed))
            continue
        after = step.target or state
        moves.append(Moved(event=event, before=state, after=after))
        state = after
    return Leg(
        lifecycle=lifecycle,
        opening=opening,
        addressee=addressee,
        state=state,
        moves=tuple(moves),
        out_of_place=tuple(misplaced),
    )


def _in_order(opening: CaseEvent, events: Iterable[CaseEvent]) -> Iterator[CaseEvent]:
    """Yields each event once: after what it answers, otherwise by time and digest.

    A sender can date a message as it likes, but not before what it answers.
    """
    distinct = {one.digest: one for one in events if one.digest != opening.digest}
    answers: dict[bytes, list[CaseEvent]] = {}
    ready: list[tuple[tuple[int, bytes], CaseEvent]] = []
    for event in distinct.values():
        if event.in_reply_to in distinct and event.in_reply_to != event.digest:
            answers.setdefault(event.in_reply_to, []).append(event)
        else:
            ready.append((event.order, event))
    heapq.heapify(ready)
    while ready:
        _, event = heapq.heappop(ready)
        yield event
        for answer in answers.pop(event.digest, ()):
            heapq.heappush(ready, (answer.order, answer))
