"""Counts of routes and of factors that feed illicit flows, in which nobody is named.

Small counts are left out, so that no report can be read off them. What is counted is
left to the callers.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.handling import Europol, Handling, IntendedUse, Tlp
from broker.core.routes.report import RouteReport, classes_of, word, words
from keys.identity import PartyId

LEAST_REPORTS: Final = 3
LEAST_ORIGINS: Final = 2
_STATISTICAL: Final = frozenset({IntendedUse.STATISTICS, IntendedUse.ANALYSIS})
_CONSENT: Final = frozenset({Europol.H2, Europol.H3})
"""Codes under which nothing leaves without asking (Europol handling codes)."""
_ARROW: Final = " > "


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One report or alert, as far as it is counted.

    Attributes:
        root: Digest of the first provider's message.
        provider: Who told it first.
        own: Whether we are the provider.
        handling: What binds us.
        year: Of the beginning of what it tells.
        factors: Words by table: "modes" to "sea".
        expires_on: Last day on which it may be used without a review, if any.
        copied: Whether somebody has passed it on: it is not proved to be its
            provider's.
    """

    root: bytes
    provider: PartyId
    own: bool
    handling: Handling
    year: int
    factors: Mapping[str, frozenset[str]]
    expires_on: dt.date | None = None
    copied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cell:
    """One count.

    Attributes:
        table: Which table: "modes".
        year: Which year.
        key: What is counted: "sea".
        reports: How many reports tell of it.
    """

    table: str
    year: int
    key: str
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """What may be told to others.

    Attributes:
        cells: Counts, ascending by table, year and key.
        handling: The most restrictive of what was counted in them.
        minimum: Below so many reports nothing is told.
        suppressed: How many counts were left out, by table.
        left_out: How many reports were not counted at all, by reason.
    """

    cells: tuple[Cell, ...]
    handling: Tlp
    minimum: int
    suppressed: Mapping[str, int]
    left_out: Mapping[str, int]


def aggregate(
    counted: Iterable[Counted],
    *,
    level: Tlp,
    today: dt.date,
    minimum: int = LEAST_REPORTS,
) -> Aggregate:
    """Returns counts in which no report can be told from others.

    A count is told when at least `minimum` reports of at least two origins make it.
    There are no totals: a total less what is told would tell what is left out.

    Args:
        counted: What may be counted, in any order.
        level: Nothing above it is counted.
        today: The present day (UTC): what expired before is not counted.
        minimum: Below so many reports nothing is told.
    """
    left_out: dict[str, int] = {}
    distinct: dict[bytes, Counted] = {}
    for one in counted:
        reason = _why_not(one, level, today)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            # What its provider sent, before any copy. Of several copies the fullest:
            # somebody may have taken things out.
            known = distinct.setdefault(one.root, one)
            distinct[one.root] = max(known, one, key=_fullness)
    told: dict[tuple[str, int, str], list[Counted]] = {}
    for one in distinct.values():
        for table, keys in one.factors.items():
            for key in keys:
                told.setdefault((table, one.year, key), []).append(one)
    cells, suppressed, labels = [], dict[str, int](), [Tlp.CLEAR]
    for (table, year, key), reports in told.items():
        origins = {report.provider for report in reports}
        if len(reports) >= minimum and len(origins) >= LEAST_ORIGINS:
            cells.append(Cell(table=table, year=year, key=key, reports=len(reports)))
            labels += [report.handling.tlp for report in reports]
        else:
            suppressed[table] = suppressed.get(table, 0) + 1
    return Aggregate(
        cells=tuple(sorted(cells)),
        handling=max(labels),
        minimum=minimum,
        suppressed=dict(sorted(suppressed.items())),
        left_out=dict(sorted(left_out.items())),
    )


def counted_route(report: RouteReport) -> Counted:
    """Returns what is counted of a route."""
    bearing, path = report.bearing, report.path
    return Counted(
        root=bearing.root,
        provider=bearing.provider,
        own=bearing.own,
        handling=bearing.handling,
        year=report.span.first.year,
        expires_on=report.expires_on,
        copied=bearing.copied and not bearing.own,
        factors={
            "routes": frozenset(_pairs(path[:1] + path[-1:])),
            "borders": frozenset(_pairs(path)),
            "modes": report.modes,
            "concealment": report.concealment,
            "items": report.classes,
        },
    )


def counted_alert(document: Mapping[str, object], counted: Counted) -> Counted:
    """Returns what is counted of a diversion alert.

    Args:
        document: Protobuf's JSON mapping of it.
        counted: Where it came from; its factors are not looked at.
    """
    consignment = document.get("consignment")
    stated = consignment if isinstance(consignment, Mapping) else {}
    ends = (str(stated.get("exportedFrom", "")), str(stated.get("destinedTo", "")))
    legs = stated.get("legs")
    modes = [leg.get("mode") for leg in legs] if isinstance(legs, list) else []
    methods = document.get("methods")
    return Counted(
        root=counted.root,
        provider=counted.provider,
        own=counted.own,
        handling=counted.handling,
        year=counted.year,
        copied=counted.copied,
        factors={
            "diverted_on_the_way": frozenset(_pairs(ends)),
            "diverted_by_mode": frozenset(words("TRANSPORT_MODE_", modes)),
            "diverted_items": classes_of(document.get("items")),
            "diversion_stages": frozenset(
                {word("DIVERSION_STAGE_", document.get("stage"))} - {""}
            ),
            "diversion_methods": frozenset(
                words("DIVERSION_METHOD_", methods if isinstance(methods, list) else [])
            ),
        },
    )


def _fullness(one: Counted) -> tuple[bool, int, int]:
    return not one.copied, sum(map(len, one.factors.values())), -one.handling.tlp


def _pairs(path: tuple[str, ...]) -> Iterator[str]:
    for one, other in itertools.pairwise(path):
        if one and other and one != other:
            yield f"{one}{_ARROW}{other}"


def _why_not(one: Counted, level: Tlp, today: dt.date) -> str:
    """Returns why something is not counted; empty when it is.

    What a program cannot judge, such as a restriction in words, counts as a no. Our own
    is ours to tell, up to the level.
    """
    if one.handling.tlp > level:
        return f"above {level.label}"
    if one.expires_on is not None and one.expires_on < today:
        return "expired"
    return "" if one.own else _bound_by(one.handling)


def _bound_by(handling: Handling) -> str:
    bound = handling.restrictions
    if bound.purposes and not bound.purposes & _STATISTICAL:
        return "not for statistics"
    if bound.no_onward or handling.europol & _CONSENT:
        return "not without its provider's consent"
    if bound.release_to or bound.purpose or bound.other:
        return "restricted in words, or to agencies"
    return ""
