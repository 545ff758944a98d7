"""Whether two reports tell of one corridor: compared place by place, fast.

Which report is put where is left to `broker.core.routes.fusion`.
"""

from dataclasses import dataclass
from typing import Final, Self

from broker.core.routes.places import Gazetteer, Relation, Spot, relate
from broker.core.routes.report import RouteReport

_ANY_MODE: Final = frozenset({"multimodal", "other"})
"""Modes that say nothing against any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What two reports are compared by.

    Attributes:
        report: The report.
        path: The countries along it, each once in a row.
        places: For each of them, the places told there; empty: the country alone.
        exactness: How much is told beyond countries; more is more exact.
    """

    report: RouteReport
    path: tuple[str, ...]
    places: tuple[tuple[Spot, ...], ...]
    exactness: int

    @classmethod
    def of(cls, report: RouteReport) -> Self:
        """Returns the sketch of a report."""
        path: list[str] = []
        places: list[list[Spot]] = []
        for stop in report.stops:
            spot = stop.spot
            if not spot.country and spot.position is None:
                continue
            if not path or path[-1] != spot.country:
                path.append(spot.country)
                places.append([])
            if spot.exactness:
                places[-1].append(spot)
        return cls(
            report=report,
            path=tuple(path),
            places=tuple(map(tuple, places)),
            exactness=sum(spot.exactness for spots in places for spot in spots),
        )

    @property
    def order(self) -> tuple[int, str, bytes]:
        """By which reports are put together: the most exact first."""
        return (
            -self.exactness,
            self.report.span.first.isoformat(),
            self.report.bearing.root,
        )

    @property
    def signature(self) -> tuple[object, ...]:
        """What is the same for two reports that tell the same of a corridor."""
        return self.places, self.report.modes, self.report.classes


def compatible(one: Sketch, other: Sketch, gazetteer: Gazetteer) -> bool:
    """Tells whether two reports of one path can tell of one corridor.

    1. Something of the same class moves. 2. By a mode that both know, as far as told.
    3. In each country, some place of the one can be some place of the other.

    When it happened is no part of it.
    """
    if not one.report.classes & other.report.classes:  # 1
        return False
    if not _modes_agree(one.report.modes, other.report.modes):  # 2
        return False
    for mine, theirs in zip(one.places, other.places, strict=True):  # 3
        if mine and theirs and not _some_agree(mine, theirs, gazetteer):
            return False
    return True


def _modes_agree(one: frozenset[str], other: frozenset[str]) -> bool:
    if not one or not other:
        return True
    return bool(one & other) or bool((one | other) & _ANY_MODE)


def _some_agree(
    one: tuple[Spot, ...], other: tuple[Spot, ...], gazetteer: Gazetteer
) -> bool:
    # Loops, since this is asked a million times for ten thousand reports.
    for mine in one:
        for theirs in other:
            if relate(mine, theirs, gazetteer) is not Relation.APART:
                return True
    return False
