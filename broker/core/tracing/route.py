"""The way of a trace through the States: whom to ask next, and who was asked already.

One State is asked once in a case, about all items that its records may tell of. Whose
records come next for one item by itself is left to `broker.core.tracing.stations`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.tracing.stations import Ground, Station, stations_of

_ORDER: Final = (
    Ground.DOMESTIC,
    # An answer is fresher than a mark.
    Ground.ANSWER,
    Ground.MANUFACTURE,
    Ground.SUCCESSOR,
    Ground.MAKER,
    Ground.IMPORT,
)


class Progress(StrEnum):
    """How far a station has come."""

    AT_HOME = "at home"
    TO_ASK = "to ask"
    ASKED = "asked"
    ELSEWHERE = "ask by other means"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStep:
    """One State on the way.

    Attributes:
        country: Alpha-3; one's own for records at home.
        grounds: Why its records are worth asking for, the strongest first.
        reasons: The same for a person, each once.
        items: Positions of the items that it is about.
        progress: How far it has come.
        states: Of the legs to it, as the lifecycle names them.
    """

    country: str
    grounds: tuple[Ground, ...]
    reasons: tuple[str, ...]
    items: tuple[int, ...]
    progress: Progress
    states: tuple[str, ...] = ()


def route_of(
    items: Sequence[Mapping[str, object]],
    own: str,
    *,
    named: Mapping[int, Iterable[str]] | None = None,
    asked: Mapping[str, Sequence[str]] | None = None,
    parties: Iterable[str] | None = None,
) -> tuple[RouteStep, ...]:
    """Returns the way of a trace, in order: records at home first.

    Args:
        items: Of the request, by JSON names.
        own: Who asks, alpha-3; empty when that is not known.
        named: By position of the item: countries that answers name as the next.
        asked: By country: states of the legs to it.
        parties: Everybody who can be reached here; None when that is not known.
    """
    stations: dict[str, list[tuple[int, Station]]] = {}
    for position, item in enumerate(items):
        path = f"items[{position}]"
        for station in stations_of(item, own, path):
            stations.setdefault(station.country, []).append((position, station))
        for country in sorted((named or {}).get(position, ())):
            told = Station(
                country=country,
                ground=Ground.ANSWER,
                reason="an answer names it as the next",
                path=path,
            )
            stations.setdefault(country, []).append((position, told))
    known = None if parties is None else frozenset(parties)
    steps = [
        _step(country, ones, own, (asked or {}).get(country, ()), known)
        for country, ones in stations.items()
    ]
    # The sort is stable: what is of one sort stays in the order of the items.
    return tuple(sorted(steps, key=lambda step: _ORDER.index(step.grounds[0])))


def next_to_ask(steps: Iterable[RouteStep]) -> RouteStep | None:
    """Returns the first State that was not asked yet; None when there is none."""
    waiting = (Progress.TO_ASK, Progress.ELSEWHERE)
    return next((step for step in steps if step.progress in waiting), None)


def _step(
    country: str,
    stations: Sequence[tuple[int, Station]],
    own: str,
    states: Sequence[str],
    parties: frozenset[str] | None,
) -> RouteStep:
    grounds = sorted({one.ground for _, one in stations}, key=_ORDER.index)
    return RouteStep(
        country=country,
        grounds=tuple(grounds),
        reasons=tuple(dict.fromkeys(one.reason for _, one in stations)),
        items=tuple(sorted({position for position, _ in stations})),
        progress=_progress(country, own, states, parties),
        states=tuple(states),
    )


def _progress(
    country: str, own: str, states: Sequence[str], parties: frozenset[str] | None
) -> Progress:
    if country == own:
        return Progress.AT_HOME
    if states:
        return Progress.ASKED
    reachable = parties is None or country in parties
    return Progress.TO_ASK if reachable else Progress.ELSEWHERE
