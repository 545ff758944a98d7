"""The chain of custody of one item, as all answers together tell it.

Steps that agree become one with several sources; what contradicts itself is shown, and
decided by nobody here. Gathering the answers is left to `broker.core.tracing.answers`.
"""

import heapq
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.tracing.answers import CaseItem, Document, Statement
from broker.core.tracing.conflicts import Conflict, conflicts_in

_RANKS: Final = (
    "MANUFACTURED",
    "STOCKED",
    "EXPORTED",
    "IMPORTED",
    "TRANSFERRED",
    "ISSUED",
    "REPORTED_LOST",
    "REPORTED_STOLEN",
    "DEACTIVATED",
    "DESTROYED",
)
_EVENT: Final = "CUSTODY_EVENT_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who says something, and in which message."""

    by: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLink:
    """One step of the chain.

    Attributes:
        step: A `CustodyStep` by JSON names: the most precise of those that agree.
        sources: Who says so, in order of time.
    """

    step: Document
    sources: tuple[Source, ...]

    @property
    def event(self) -> str:
        """What happened: "EXPORTED"."""
        return str(self.step.get("event", "")).removeprefix(_EVENT)

    @property
    def date(self) -> str:
        """When, as far as it is known; may be empty."""
        return str(self.step.get("date", ""))

    @property
    def country(self) -> str:
        """Where."""
        return str(self.step.get("country", ""))

    @property
    def to_country(self) -> str:
        """Where it went; empty where it stayed."""
        return str(self.step.get("toCountry", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A point of diversion or a last lawful holder, and who names it.

    Attributes:
        fields: By JSON names.
        sources: Who, in order of time.
    """

    fields: Document
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What is known of one item.

    Attributes:
        chain: Its steps, oldest first.
        points: Points of diversion that were named; several are a conflict.
        holders: Last lawful holders that were named; likewise.
        next_countries: Whose records come next and have not answered, ascending.
        statuses: Outcomes that were stated, by who states them.
        conflicts: What does not agree.
    """

    chain: tuple[CustodyLink, ...]
    points: tuple[Named, ...]
    holders: tuple[Named, ...]
    next_countries: tuple[str, ...]
    statuses: tuple[tuple[str, str], ...]
    conflicts: tuple[Conflict, ...]


def custody_of(item: CaseItem) -> Custody:
    """Returns what all that was said of an item makes together.

    Args:
        item: The item, with what was said of it.
    """
    said = item.statements
    chain = _chain(said)
    points = _findings(said, "pointOfDiversion")
    holders = _findings(said, "lastLegalHolder")
    return Custody(
        chain=chain,
        points=points,
        holders=holders,
        next_countries=_next(said, chain),
        statuses=tuple((one.by, _status(one)) for one in said),
        conflicts=tuple(
            conflicts_in(
                [(one.step, _speakers(one.sources)) for one in chain],
                [(one.fields, _speakers(one.sources)) for one in points],
                [(one.fields, _speakers(one.sources)) for one in holders],
                [(item.described, "the request")]
                + [(_inner(one.result, "recorded"), one.by) for one in said],
            )
        ),
    )


def _speakers(sources: Iterable[Source]) -> str:
    return ", ".join(dict.fromkeys(one.by for one in sources))


def _status(statement: Statement) -> str:
    return str(statement.result.get("status", "")).removeprefix("TRACING_STATUS_")


def _chain(said: Sequence[Statement]) -> tuple[CustodyLink, ...]:
    links: list[CustodyLink] = []
    rows: list[list[int]] = []
    places: dict[tuple[object, object], list[int]] = {}
    for statement in said:
        row: list[int] = []
        free = {key: [*listed] for key, listed in places.items()}
        for step in _steps(statement):
            # A statement tells nothing twice: its own steps are told by it alone.
            key = (step.get("event"), step.get("country"))
            at = _same_step(links, step, free.get(key, []))
            source = Source(by=statement.by, message=statement.message)
            if at is None:
                at = len(links)
                links.append(CustodyLink(step=step, sources=(source,)))
                places.setdefault(key, []).append(at)
            else:
                links[at] = _joined(links[at], step, source)
                free[key].remove(at)
            row.append(at)
        rows.append(row)
    return tuple(links[at] for at in _ordered(links, rows))


def _same_step(
    links: Sequence[CustodyLink], step: Document, free: Iterable[int]
) -> int | None:
    """Returns the link that a step tells again; None when it is new.

    Args:
        links: All that are known.
        step: The step.
        free: Positions of those of the same event and country that may be it.
    """
    for at in free:
        known = links[at].step
        to = {str(one["toCountry"]) for one in (known, step) if "toCountry" in one}
        dates = sorted(str(one.get("date", "")) for one in (known, step))
        if len(to) < 2 and dates[1].startswith(dates[0]):  # noqa: PLR2004 - both agree
            return at
    return None


def _joined(link: CustodyLink, step: Document, source: Source) -> CustodyLink:
    """Adds what a second source knows; what the first one said stays."""
    date = max((link.date, str(step.get("date", ""))), key=len)
    known = {**step, **link.step}
    if date:
        known["date"] = date
    sources = link.sources if source in link.sources else (*link.sources, source)
    return CustodyLink(step=known, sources=sources)


def _ordered(links: Sequence[CustodyLink], rows: Sequence[Sequence[int]]) -> list[int]:
    """Returns positions of links, oldest first: as told, and by date between tellers.

    Where two tell contrary orders the earlier date goes first; that they do is a
    conflict, and shown as one.
    """
    before: dict[int, set[int]] = {at: set() for at in range(len(links))}
    after: dict[int, set[int]] = {at: set() for at in range(len(links))}
    for row in rows:
        for earlier, later in itertools.pairwise(row):
            before[later].add(earlier)
            after[earlier].add(later)
    keys = _keys(links, rows)
    ready = [(keys[at], at) for at, needed in before.items() if not needed]
    heapq.heapify(ready)
    done: list[int] = []
    waiting = {at for at, needed in before.items() if needed}
    while ready or waiting:
        if not ready:
            stuck = min(waiting, key=lambda at: (keys[at], at))
            waiting.discard(stuck)
            heapq.heappush(ready, (keys[stuck], stuck))
        _, at = heapq.heappop(ready)
        done.append(at)
        for later in sorted(after[at] & waiting):
            before[later].discard(at)
            if not before[later]:
                waiting.discard(later)
                heapq.heappush(ready, (keys[later], later))
    return done


def _keys(
    links: Sequence[CustodyLink], rows: Sequence[Sequence[int]]
) -> dict[int, tuple[str, int]]:
    """Returns by what links are put in order: date, then what happened.

    One without a date comes right after what it is told after.
    """
    dates = {at: link.date for at, link in enumerate(links)}
    for row in rows:
        for earlier, later in itertools.pairwise(row):
            dates[later] = dates[later] or dates[earlier]
    ranks = {name: rank for rank, name in enumerate(_RANKS)}
    return {
        at: (dates[at], ranks.get(link.event, len(_RANKS)))
        for at, link in enumerate(links)
    }


def _findings(said: Sequence[Statement], name: str) -> tuple[Named, ...]:
    """Returns what was named, each once with all who name it."""
    found: list[Named] = []
    for statement in said:
        fields = _inner(statement.result, name)
        if not fields:
            continue
        source = Source(by=statement.by, message=statement.message)
        for at, one in enumerate(found):
            if one.fields == fields:
                found[at] = Named(fields=fields, sources=(*one.sources, source))
                break
        else:
            found.append(Named(fields=fields, sources=(source,)))
    return tuple(found)


def _next(said: Sequence[Statement], chain: Sequence[CustodyLink]) -> tuple[str, ...]:
    """Returns whose records were named as the next, and have not answered."""
    named = {
        str(one.result["nextCountry"]) for one in said if "nextCountry" in one.result
    }
    if chain and chain[-1].to_country:
        named.add(chain[-1].to_country)
    return tuple(sorted(named - {one.by for one in said}))


def _steps(statement: Statement) -> list[Document]:
    steps = statement.result.get("chain")
    listed = steps if isinstance(steps, list) else []
    return [one for one in listed if isinstance(one, Mapping)]


def _inner(fields: Document, name: str) -> Document:
    value = fields.get(name)
    return value if isinstance(value, Mapping) else {}
