"""A case: every leg that belongs together, from the messages that a node knows.

A matter is opened by a message and has one leg for each addressee; a case is all
matters with one reference, or one matter without any. What happens in one leg is left
to `broker.core.cases.leg`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from broker.core.cases.events import CaseEvent
from broker.core.cases.leg import Leg, fold
from broker.core.cases.lifecycle import Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a node knows of a case.

    Attributes:
        reference: Pseudonymous; empty for a matter without one.
        legs: By opening (time, then digest), then by addressee.
        loose: Events that belong to no leg known here, in order of time.
    """

    reference: str
    legs: tuple[Leg, ...]
    loose: tuple[CaseEvent, ...]

    @property
    def closed(self) -> bool:
        """Whether nothing is owed in any leg."""
        return all(leg.closed for leg in self.legs)


def build(
    reference: str, events: Iterable[CaseEvent], lifecycles: Mapping[str, Lifecycle]
) -> Case:
    """Returns the case that events make, whatever order they came in.

    Args:
        reference: Of the case, or empty.
        events: All that is known under it, in any order.
        lifecycles: By the event that opens one.
    """
    known = {event.digest: event for event in events}
    roots = {digest: _root(event, known, lifecycles) for digest, event in known.items()}
    openings = [event for digest, event in known.items() if roots[digest] == digest]
    legs = []
    placed = {event.digest for event in openings}
    for opening in sorted(openings, key=lambda one: one.order):
        lifecycle = lifecycles[opening.told.event]
        within = [
            event for event in known.values() if roots[event.digest] == opening.digest
        ]
        for party in sorted(opening.to):
            pair = {opening.by, party}
            mine = [
                one for one in within if one.by in pair and pair & {*one.to} - {one.by}
            ]
            placed.update(event.digest for event in mine)
            legs.append(fold(lifecycle, opening, party, mine))
    loose = (event for digest, event in known.items() if digest not in placed)
    return Case(
        reference=reference,
        legs=tuple(legs),
        loose=tuple(sorted(loose, key=lambda one: one.order)),
    )


def _root(
    event: CaseEvent,
    known: Mapping[bytes, CaseEvent],
    lifecycles: Mapping[str, Lifecycle],
) -> bytes | None:
    """Returns the opening that an event belongs to; None where none is known.

    What opens a matter is an event of the one that it answers if that knows such
    steps, and opens its own otherwise.
    """
    seen = {event.digest}
    step = event
    while step.in_reply_to in known and step.in_reply_to not in seen:
        step = known[step.in_reply_to]
        seen.add(step.digest)
        lifecycle = lifecycles.get(step.told.event)
        if lifecycle and any(one.event == event.told.event for one in lifecycle.steps):
            return step.digest
    return event.digest if event.told.event in lifecycles else None
