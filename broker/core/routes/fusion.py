"""Putting reports together into corridors, at one handling level at a time.

What one corridor consists of is left to `broker.core.routes.corridor`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from broker.core.errors import RefusedError
from broker.core.handling import Handling, IntendedUse, Tlp
from broker.core.routes.alike import Sketch, compatible
from broker.core.routes.corridor import Corridor
from broker.core.routes.nearby import Neighbourhood
from broker.core.routes.places import NOWHERE, Gazetteer
from broker.core.routes.report import RouteReport
from broker.core.tightening import tighten

MOST_GAP_DAYS: Final = 180
"""After a longer gap a way that comes up again is another corridor."""


class LeftOut(StrEnum):
    """Why a report is no part of any corridor."""

    LEVEL = "above the level"
    EXPIRED = "expired"
    PURPOSE = "its provider does not allow analysis"
    REPEATED = "another copy of a report that counts"
    NOWHERE = "tells no place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """What reports make at one level.

    Attributes:
        level: Nothing above it was looked at.
        corridors: The best supported first.
        left_out: What is no part of them, and why.
    """

    level: Tlp
    corridors: tuple[Corridor, ...]
    left_out: tuple[tuple[RouteReport, LeftOut], ...]


@dataclass(slots=True)
class _Group:
    """Reports that tell of one corridor, whenever that was."""

    leader: Sketch
    general: bool
    first: dt.date = dt.date.max
    last: dt.date = dt.date.min
    members: list[RouteReport] = field(default_factory=list)

    def add(self, report: RouteReport) -> None:
        """Adds a report."""
        self.members.append(report)
        self.first = min(self.first, report.span.first)
        self.last = max(self.last, report.span.last)

    def near_in_time(self, report: RouteReport) -> bool:
        """Tells whether a report follows what is here, or goes before, without a gap.

        Of several ways that it fits, it tells of the one that was in use then.
        """
        before = (self.first - report.span.last).days
        after = (report.span.first - self.last).days
        return max(before, after) - 1 <= MOST_GAP_DAYS


@dataclass(slots=True)
class _Fit:
    """What reports that tell the same fit, as far as it has been looked at.

    Attributes:
        seen: How many corridors have been compared.
        groups: Those that they fit.
    """

    seen: int = 0
    groups: list[_Group] = field(default_factory=list)


def fuse(
    reports: Iterable[RouteReport],
    *,
    level: Tlp,
    today: dt.date,
    with_expired: bool = False,
    gazetteer: Gazetteer = NOWHERE,
) -> Fusion:
    """Returns the corridors that reports make, whatever order they come in.

    1. What is above the level is not looked at: a corridor at TLP:GREEN is what GREEN
    and CLEAR tell, and nothing in it depends on AMBER. 2. Expired reports, and those
    that may not be analysed, are left out; several copies of one are one. 3. Reports
    are compared along one path of countries, the most exact first. One that fits a
    single corridor, or a single one of its time, joins it. One that fits several says
    too little to count for any of them, and leads a general one. 4. Where nobody was
    seen for long, a corridor ends. 5. Reports whose providers bind us to different
    things stay apart.

    Args:
        reports: What the node may read.
        level: The highest label that is looked at.
        today: The present day (UTC).
        with_expired: Whether to count what has expired.
        gazetteer: Where UN/LOCODEs lie.
    """
    kept, left_out = _usable(reports, level, None if with_expired else today)  # 1, 2
    by_path: dict[tuple[str, ...], list[Sketch]] = {}
    for report in kept:
        sketch = Sketch.of(report)
        if sketch.path:
            by_path.setdefault(sketch.path, []).append(sketch)
        else:
            left_out.append((report, LeftOut.NOWHERE))
    corridors = [
        corridor
        for sketches in by_path.values()
        for group in _grouped(sketches, gazetteer)  # 3
        for members in _in_time(group.members)  # 4
        for corridor in _bound_alike(group, members)  # 5
    ]
    return Fusion(
        level=level,
        corridors=tuple(sorted(corridors, key=_importance)),
        left_out=tuple(sorted(left_out, key=_left_out_order)),
    )


def may_be_analysed(report: RouteReport) -> bool:
    """Tells whether its provider lets us put it together with others (ITI-15)."""
    purposes = report.bearing.handling.restrictions.purposes
    return report.bearing.own or not purposes or IntendedUse.ANALYSIS in purposes


def _usable(
    reports: Iterable[RouteReport], level: Tlp, today: dt.date | None
) -> tuple[list[RouteReport], list[tuple[RouteReport, LeftOut]]]:
    kept: dict[bytes, RouteReport] = {}
    left_out: list[tuple[RouteReport, LeftOut]] = []
    # The provider's own message before any copy, then the first that came.
    for report in sorted(reports, key=_originality):
        if report.bearing.handling.tlp > level:
            left_out.append((report, LeftOut.LEVEL))
        elif not may_be_analysed(report):
            left_out.append((report, LeftOut.PURPOSE))
        elif today is not None and report.expired(today):
            left_out.append((report, LeftOut.EXPIRED))
        elif report.bearing.root in kept:
            left_out.append((report, LeftOut.REPEATED))
        else:
            kept[report.bearing.root] = report
    return list(kept.values()), left_out


def _grouped(sketches: Iterable[Sketch], gazetteer: Gazetteer) -> list[_Group]:
    groups: list[_Group] = []
    filed = Neighbourhood(gazetteer)
    fits: dict[tuple[object, ...], _Fit] = {}
    for sketch in sorted(sketches, key=lambda one: one.order):
        fit = fits.setdefault(sketch.signature, _Fit())
        # What tells the same fits the same: only what is new has to be compared.
        for number in filed.near(sketch, fit.seen):
            if compatible(groups[number].leader, sketch, gazetteer):
                fit.groups.append(groups[number])
        fit.seen = len(groups)
        group = _belonging(sketch, fit.groups)
        if group is None:
            group = _Group(sketch, general=any(not one.general for one in fit.groups))
            groups.append(group)
            filed.add(sketch)
        group.add(sketch.report)
    return groups


def _belonging(sketch: Sketch, fitting: Iterable[_Group]) -> _Group | None:
    """Returns where a report belongs; None when it opens a corridor of its own.

    Args:
        sketch: The report.
        fitting: The corridors that it fits.
    """
    exact = [one for one in fitting if not one.general]
    of_its_time = [one for one in exact if one.near_in_time(sketch.report)]
    general = [one for one in fitting if one.general]
    for candidates in (exact, of_its_time):
        if len(candidates) == 1:
            return candidates[0]
    return general[0] if general else None


def _in_time(members: Iterable[RouteReport]) -> Iterator[list[RouteReport]]:
    """Yields reports whose periods follow one another without a long gap."""
    run: list[RouteReport] = []
    last = dt.date.min
    for report in sorted(members, key=_beginning):
        if run and (report.span.first - last).days - 1 > MOST_GAP_DAYS:
            yield run
            run = []
        run.append(report)
        last = max(last, report.span.last) if len(run) > 1 else report.span.last
    if run:
        yield run


def _bound_alike(group: _Group, members: Sequence[RouteReport]) -> Iterator[Corridor]:
    """Yields corridors whose parts can be handled together.

    Where one provider releases to the police alone and another to customs alone,
    nobody could read what both make.
    """
    open_ones: list[tuple[Handling, list[RouteReport]]] = []
    for report in sorted(members, key=_age):
        for position, (handling, parts) in enumerate(open_ones):
            try:
                both = tighten(handling, report.bearing.handling)
            except RefusedError:
                continue
            parts.append(report)
            open_ones[position] = both, parts
            break
        else:
            open_ones.append((report.bearing.handling, [report]))
    for handling, parts in open_ones:
        own = group.leader.report
        # The leader may be bound otherwise, or have been there at another time: what
        # it tells must not show in a corridor that it is no part of.
        leader = own if own in parts else min(parts, key=_exactness)
        yield Corridor(
            leader=leader,
            reports=tuple(parts),
            handling=handling,
            general=group.general,
        )


def _exactness(report: RouteReport) -> tuple[int, str, bytes]:
    return Sketch.of(report).order


def _importance(corridor: Corridor) -> tuple[int, int, int, str]:
    return (
        -len(corridor.origins),
        -corridor.support,
        -corridor.last.toordinal(),
        corridor.name,
    )


def _originality(report: RouteReport) -> tuple[bool, int, bytes]:
    return report.bearing.copied, report.bearing.at_ms, report.bearing.message


def _beginning(report: RouteReport) -> tuple[dt.date, dt.date, bytes]:
    return report.span.first, report.span.last, report.bearing.root


def _age(report: RouteReport) -> tuple[int, bytes]:
    return report.bearing.at_ms, report.bearing.root


def _left_out_order(pair: tuple[RouteReport, LeftOut]) -> tuple[str, int, bytes]:
    report, why = pair
    return why, *_age(report)
