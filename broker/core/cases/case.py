"""A case: every leg that belongs together, from the messages that a node knows.

A matter is opened by a message and has one leg for each addressee; a case is all
matters with one reference, or one matter without any. What happens in one leg is left
to `broker.core.cases.leg`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.cases.events import CaseEvent, in_order
from broker.core.cases.leg import Leg, fold
from broker.core.cases.lifecycle import Lifecycle
from keys.identity import PartyId

_NESTED_MAX: Final = 16
"""Matters inside one another that are looked through; people need two or three."""

Pair = frozenset[PartyId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a node knows of a case.

    Attributes:
        reference: Pseudonymous; empty for a matter without one.
        legs: By opening (time, then digest), then by addressee.
        loose: Messages that belong to no leg known here, in order of time.
        events: All that is known of it, each once: after what it answers, otherwise
            in order of time.
    """

    reference: str
    legs: tuple[Leg, ...]
    loose: tuple[CaseEvent, ...]
    events: tuple[CaseEvent, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether nothing is owed in any leg."""
        return all(leg.closed for leg in self.legs)

    @property
    def name(self) -> str:
        """What people call it: its reference, or the id of what opened it."""
        first = (leg.opening.name for leg in self.legs)
        return self.reference or next(first, "") or self.events[0].name


def build(
    reference: str,
    events: Iterable[CaseEvent],
    lifecycles: Mapping[str, Lifecycle],
    party: PartyId | None = None,
) -> Case:
    """Returns the case that events make, whatever order they came in.

    A leg is made of nothing but what passed between its two parties, so that both come
    to the same, whatever else one of them knows.

    Args:
        reference: Of the case, or empty.
        events: All that is known under it, in any order.
        lifecycles: By the event that opens one.
        party: Whose node it is: of what others owe one another it sees too little to
            tell, and such legs are left out. None for all.
    """
    ordered = tuple(in_order(events))
    legs: list[Leg] = []
    placed: set[bytes] = set()
    for pair, between in _by_pair(ordered).items():
        for opening, rest in _matters(between, lifecycles):
            placed.update((opening.digest, *(one.digest for one in rest)))
            if party is not None and party not in pair:
                continue
            [addressee] = pair - {opening.by}
            legs.append(fold(lifecycles[opening.told.event], opening, addressee, rest))
    loose = (one for one in ordered if one.digest not in placed and not one.follows)
    return Case(
        reference=reference,
        legs=tuple(sorted(legs, key=lambda leg: (leg.opening.order, leg.addressee))),
        loose=tuple(loose),
        events=ordered,
    )


def build_all(
    events: Iterable[CaseEvent],
    lifecycles: Mapping[str, Lifecycle],
    party: PartyId | None = None,
) -> Iterator[Case]:
    """Yields every case that there is among events, in order of their beginning.

    What answers something belongs to the case of that. A message that opens nothing,
    answers nothing and names no case is none.

    Args:
        events: All that is known, in any order.
        lifecycles: By the event that opens one.
        party: Whose node it is; see `build`.
    """
    for reference, own in grouped(events):
        case = build(reference, own, lifecycles, party)
        if case.legs or reference:
            yield case


def grouped(events: Iterable[CaseEvent]) -> Iterator[tuple[str, list[CaseEvent]]]:
    """Yields what belongs to one case, with its reference; see `build_all`.

    Args:
        events: All that is known, in any order.
    """
    known: dict[bytes, tuple[str, bytes]] = {}
    groups: dict[tuple[str, bytes], list[CaseEvent]] = {}
    for event in in_order(events):
        key = known.get(event.in_reply_to)
        if key is None:
            key = (event.reference, b"" if event.reference else event.digest)
        known[event.digest] = key
        groups.setdefault(key, []).append(event)
    for (reference, _), own in groups.items():
        yield reference, own


def _by_pair(ordered: Iterable[CaseEvent]) -> dict[Pair, list[CaseEvent]]:
    """Returns what passed between each two parties, in order."""
    pairs: dict[Pair, list[CaseEvent]] = {}
    for event in ordered:
        for party in set(event.to) - {event.by}:
            pairs.setdefault(frozenset((event.by, party)), []).append(event)
    return pairs


def _matters(
    between: Iterable[CaseEvent], lifecycles: Mapping[str, Lifecycle]
) -> Iterator[tuple[CaseEvent, list[CaseEvent]]]:
    """Yields each opening between two parties, with all that belongs to it.

    Args:
        between: What passed between them, each after what it answers.
        lifecycles: By the event that opens one.
    """
    rests: dict[bytes, list[CaseEvent]] = {}
    openings: dict[bytes, CaseEvent] = {}
    # By message: the innermost matter that it stands in, or that it opens.
    standing: dict[bytes, bytes] = {}
    outer: dict[bytes, bytes] = {}
    for event in between:
        within = standing.get(event.in_reply_to, b"")
        root = _root(event, within, openings, outer, lifecycles)
        if root == event.digest:
            openings[root], rests[root], outer[root] = event, [], within
        elif root:
            rests[root].append(event)
        standing[event.digest] = root or within
    for digest, opening in openings.items():
        yield opening, rests[digest]


def _root(
    event: CaseEvent,
    within: bytes,
    openings: Mapping[bytes, CaseEvent],
    outer: Mapping[bytes, bytes],
    lifecycles: Mapping[str, Lifecycle],
) -> bytes:
    """Returns the opening that an event belongs to; empty where there is none.

    What opens a matter is an event of the one that it answers if that knows such
    steps, and opens its own otherwise. What no matter around knows is out of place in
    the innermost.
    """
    if event.follows:
        return within
    at = within
    for _ in range(_NESTED_MAX):
        if at not in openings:
            break
        lifecycle = lifecycles[openings[at].told.event]
        if event.gone or event.taken_back or lifecycle.knows(event.told.event):
            return at
        at = outer[at]
    return event.digest if event.told.event in lifecycles else within
