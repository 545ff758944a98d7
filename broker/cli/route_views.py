"""Routes, corridors and trends as rows, lines and fields."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from broker.app.routes import KnownRoute, Standing
from broker.core.routes.corridor import Corridor
from broker.core.routes.geojson import corridor_fields, restriction_list
from broker.core.routes.periods import day_of
from broker.core.routes.report import Stop
from broker.core.routes.trends import Trend

ROUTE_COLUMNS: Final = (
    *("id", "told", "by", "route", "items", "modes"),
    *("grade", "handling", "expires", "state"),
)
CORRIDOR_COLUMNS: Final = (
    *("corridor", "route", "items", "modes", "reports", "origins"),
    *("in use", "expires", "grades", "handling"),
)
_DIGITS: Final = 16  # hexadecimal, of a message's digest


def route_row(known: KnownRoute, today: dt.date) -> tuple[str, ...]:
    """Returns one report as a row."""
    report = known.report
    bearing = report.bearing
    return (
        bearing.message.hex()[:_DIGITS],
        day_of(bearing.at_ms).isoformat(),
        f"{bearing.provider} (copy)" if bearing.copied else bearing.provider,
        _path(report.path),
        ", ".join(sorted(report.classes)),
        ", ".join(sorted(report.modes)),
        str(report.grade or ""),
        str(bearing.handling),
        _day(report.expires_on),
        _state(known, today),
    )


def route_fields(known: KnownRoute, today: dt.date) -> dict[str, object]:
    """Returns one report as programs read it."""
    report = known.report
    bearing = report.bearing
    return {
        "digest": bearing.message.hex(),
        "root": bearing.root.hex(),
        "provider": bearing.provider,
        "case_reference": bearing.case_reference or None,
        "told": day_of(bearing.at_ms).isoformat(),
        "title": report.title,
        "path": list(report.path),
        "stops": [stop_fields(stop) for stop in report.stops],
        "from": report.span.first.isoformat(),
        "to": None if report.span.ongoing else report.span.last.isoformat(),
        "items": sorted(report.classes),
        "modes": sorted(report.modes),
        "concealment": sorted(report.concealment),
        "grade": None if report.grade is None else str(report.grade),
        "trend": report.trend or None,
        "volume": None if report.volume is None else list(report.volume),
        "handling": str(bearing.handling),
        "restrictions": restriction_list(bearing.handling),
        "expires_on": _day(report.expires_on) or None,
        "state": _state(known, today),
    }


def stop_fields(stop: Stop) -> dict[str, object]:
    """Returns one place along a route as programs read it."""
    spot = stop.spot
    point = spot.position
    return {
        "role": stop.role,
        "country": spot.country or None,
        "area": spot.area or None,
        "name": spot.name or None,
        "locode": spot.locode or None,
        "longitude": None if point is None else point[0],
        "latitude": None if point is None else point[1],
        "uncertainty_km": spot.uncertainty_km or None,
        "crossing": stop.crossing or None,
        "onward_mode": stop.onward or None,
    }


def corridor_row(corridor: Corridor, today: dt.date) -> tuple[str, ...]:
    """Returns a corridor as a row."""
    return (
        corridor.name,
        _path(corridor.path) + (" (general)" if corridor.general else ""),
        ", ".join(corridor.classes),
        ", ".join(corridor.modes),
        str(corridor.support),
        ", ".join(corridor.origins),
        f"{corridor.first:%Y-%m} to {corridor.last:%Y-%m}",
        _expiry(corridor, today),
        _grades(corridor),
        str(corridor.handling),
    )


def corridor_lines(corridor: Corridor, today: dt.date) -> Iterator[str]:
    """Yields all that is known of one corridor, line by line."""
    yield f"Corridor {corridor.name}: {_path(corridor.path)}"
    yield f"  handling    {corridor.handling}"
    for text in restriction_list(corridor.handling):
        yield f"              {text}"
    yield f"  in use      {corridor.first} to {corridor.last}, as far as told"
    yield f"  expires     {_expiry(corridor, today)}"
    if corridor.general:
        yield "  general     fits several more exact corridors, and counts for none"
    for stop in corridor.stops:
        onward = f", on by {stop.onward}" if stop.onward else ""
        yield f"  {stop.role:<16}{stop.spot.title}{onward}"
    for lead, counts in (
        ("modes", corridor.modes),
        ("concealment", corridor.concealment),
        ("trend told", corridor.trends),
    ):
        if counts:
            yield f"  {lead:<12}{_counts(counts)}"
    for low, high in corridor.volumes:
        yield f"  volume told {low} to {high}"
    for one, other in corridor.conflicts:
        yield f"  conflict    {one} against {other}: for people to judge"
    yield f"  {corridor.support} report(s) of {len(corridor.origins)} origin(s):"
    for report in corridor.reports:
        bearing = report.bearing
        yield (
            f"    {bearing.message.hex()[:_DIGITS]}  {bearing.provider}  "
            f"{day_of(bearing.at_ms)}  {report.grade or 'no grade'}  "
            f"{bearing.handling}  {report.title}"
        )


def trend_row(trend: Trend, parts: int) -> tuple[str, ...]:
    """Returns a trend as a row with so many parts; a younger one begins later."""
    counts = [str(part.in_use) for part in trend.parts]
    return (
        trend.corridor.name,
        _path(trend.corridor.path),
        *[""] * (parts - len(counts)),
        *counts,
        trend.change,
        _counts(trend.stated),
    )


def trend_fields(trend: Trend) -> dict[str, object]:
    """Returns a trend as programs read it."""
    return {
        **corridor_fields(trend.corridor),
        "parts": [
            {"label": part.label, "told": part.told, "in_use": part.in_use}
            for part in trend.parts
        ],
        "change": trend.change or None,
    }


def _state(known: KnownRoute, today: dt.date) -> str:
    if known.standing is Standing.PUBLISHED and known.report.expired(today):
        return "expired"
    return known.standing.value


def _expiry(corridor: Corridor, today: dt.date) -> str:
    day = corridor.expires_on
    if day is None:
        return ""
    return f"{day} (over)" if day < today else day.isoformat()


def _grades(corridor: Corridor) -> str:
    listed = ", ".join(dict.fromkeys(map(str, corridor.grades)))
    return f"{listed}: in conflict" if corridor.conflicts else listed


def _path(path: Iterable[str]) -> str:
    return " > ".join(country or "(none)" for country in path)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counts.items())


def _day(day: dt.date | None) -> str:
    return "" if day is None else day.isoformat()
