"""A corridor: what several reports tell of one way by which weapons move.

Nothing in it is averaged: grades, volumes and trends stand beside one another as they
were told. Which reports belong together is left to `broker.core.routes.fusion`.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from broker.core.handling import Handling
from broker.core.routes.grades import Grade, contradictory
from broker.core.routes.report import RouteReport, Stop
from keys.framing import sha256
from keys.identity import PartyId

_NAME_LENGTH = 8  # hexadecimal digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """What several reports tell of one way.

    Attributes:
        leader: The most exact of them, which the others were compared with.
        reports: All of them, the oldest first.
        handling: The most restrictive of what binds each.
        general: Whether the leader fits several more exact corridors, and therefore
            stands for none of them.
    """

    leader: RouteReport
    reports: tuple[RouteReport, ...]
    handling: Handling
    general: bool = False

    @property
    def name(self) -> str:
        """By which people call it; the same as long as its leader leads it."""
        first = self.reports[0].bearing.root
        told = b"rogatory corridor\0" + self.leader.bearing.root + first
        return sha256(told).hex()[:_NAME_LENGTH]

    @property
    def path(self) -> tuple[str, ...]:
        """The countries along it."""
        return self.leader.path

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The places along it, as the most exact report tells them."""
        return self.leader.stops

    @property
    def title(self) -> str:
        """The countries along it, for people."""
        return " > ".join(country or "(none)" for country in self.path) or "(nowhere)"

    @property
    def support(self) -> int:
        """How many reports tell of it; copies of one are one."""
        return len(self.reports)

    @property
    def origins(self) -> tuple[PartyId, ...]:
        """Who told of it, each once, ascending."""
        return tuple(sorted({report.bearing.provider for report in self.reports}))

    @property
    def first(self) -> dt.date:
        """First day on which it was in use."""
        return min(report.span.first for report in self.reports)

    @property
    def last(self) -> dt.date:
        """Last day on which it is known to have been in use."""
        return max(report.span.last for report in self.reports)

    @property
    def told_ms(self) -> int:
        """When somebody last told of it, in ms since the epoch."""
        return max(report.bearing.at_ms for report in self.reports)

    @property
    def expires_on(self) -> dt.date | None:
        """The first day on which a part of it must be reviewed or destroyed."""
        days = [one.expires_on for one in self.reports if one.expires_on is not None]
        return min(days, default=None)

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes of items, ascending."""
        return tuple(sorted(frozenset().union(*(one.classes for one in self.reports))))

    @property
    def modes(self) -> Mapping[str, int]:
        """How many reports tell of each mode of transport."""
        return _counted(one.modes for one in self.reports)

    @property
    def concealment(self) -> Mapping[str, int]:
        """How many reports tell of each way of hiding."""
        return _counted(one.concealment for one in self.reports)

    @property
    def trends(self) -> Mapping[str, int]:
        """How many reports say where it is heading."""
        return _counted([one.trend] for one in self.reports if one.trend)

    @property
    def grades(self) -> tuple[Grade, ...]:
        """One for each report that has one, ascending."""
        return tuple(sorted(one.grade for one in self.reports if one.grade))

    @property
    def conflicts(self) -> tuple[tuple[Grade, Grade], ...]:
        """Grades of one scheme that contradict one another."""
        return contradictory(self.grades)

    @property
    def volumes(self) -> tuple[tuple[int, int], ...]:
        """Each estimate; they may count the same pieces, so they are not added."""
        return tuple(sorted(one.volume for one in self.reports if one.volume))


def _counted(listed: Iterable[Iterable[str]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for each in listed:
        counts.update(each)
    return dict(sorted(counts.items()))
