"""One piece of route intelligence, as far as putting several together depends on it.

Which of them may be put together is left to `broker.core.routes.alike`, reading them
from the store to the application.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from broker.core.handling import Handling
from broker.core.routes.grades import Grade
from broker.core.routes.periods import Span, day_of
from broker.core.routes.places import Spot
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One place along a route.

    Attributes:
        spot: Where.
        role: What it is to the route, in one word: "origin".
        crossing: How a border is crossed there, or empty.
        onward: Mode of transport from there on, or empty.
    """

    spot: Spot
    role: str
    crossing: str = ""
    onward: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """Where a report came from, and what binds whoever reads it.

    Attributes:
        message: Digest of the message that it came in, 32 bytes.
        root: Digest of the first provider's message: the same for every copy of it.
        provider: Who told it first.
        own: Whether we are the provider.
        at_ms: When the message was sealed, in ms since the epoch.
        handling: What binds us.
        case_reference: Of the message, or empty.
    """

    message: bytes
    root: bytes
    provider: PartyId
    own: bool
    at_ms: int
    handling: Handling
    case_reference: str = ""

    @property
    def copied(self) -> bool:
        """Whether somebody has passed it on."""
        return self.message != self.root


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteReport:
    """One piece of route intelligence.

    Attributes:
        bearing: Where it came from.
        title: The matter in one sentence.
        span: When the route was in use.
        expires_on: Last day on which it may be used without a review.
        classes: Classes of items, as words: "firearm".
        modes: Modes of transport, as words; empty when none was told.
        stops: Places along it, in the order of travel.
        concealment: How it is hidden, as words.
        grade: Of source and information; None when withheld.
        trend: Where it is heading, as a word, or empty.
        volume: Least and most pieces, or None.
    """

    bearing: Bearing
    title: str
    span: Span
    expires_on: dt.date | None
    classes: frozenset[str]
    modes: frozenset[str]
    stops: tuple[Stop, ...]
    concealment: frozenset[str] = frozenset()
    grade: Grade | None = None
    trend: str = ""
    volume: tuple[int, int] | None = None

    def expired(self, today: dt.date) -> bool:
        """Tells whether it must be reviewed or destroyed before it is used."""
        return self.expires_on is not None and self.expires_on < today

    @property
    def path(self) -> tuple[str, ...]:
        """The countries along it, each once in a row.

        A position in no named country counts as a country without code; a place that
        is a name alone, such as a website, lies nowhere and is left out.
        """
        path: list[str] = []
        for stop in self.stops:
            country = stop.spot.country
            if not country and stop.spot.position is None:
                continue
            if not path or path[-1] != country:
                path.append(country)
        return tuple(path)


def read_report(document: Mapping[str, object], bearing: Bearing) -> RouteReport:
    """Reads the content of a `route-intelligence/1`.

    Args:
        document: Protobuf's JSON mapping of it.
        bearing: Where it came from.

    Raises:
        RefusedError: INVALID_CONTENT: a date is none.
    """
    period = _mapping(document.get("period"))
    expires = str(document.get("expiresOn", ""))
    stops = tuple(map(_stop, _mappings(document.get("waypoints"))))
    told = (*_listed(document.get("modes")),)
    onward = (stop.onward for stop in stops if stop.onward)
    return RouteReport(
        bearing=bearing,
        title=str(document.get("title", "")),
        span=Span.of(
            str(period.get("from", "")),
            str(period.get("to", "")),
            day_of(bearing.at_ms),
        ),
        expires_on=dt.date.fromisoformat(expires) if expires else None,
        classes=classes_of(document.get("items")),
        modes=frozenset((*words("TRANSPORT_MODE_", told), *onward)),
        stops=stops,
        concealment=frozenset(
            words("CONCEALMENT_", _listed(document.get("concealment")))
        ),
        grade=Grade.of(document.get("evaluation")),
        trend=word("TREND_", document.get("trend")),
        volume=_volume(document.get("volume")),
    )


def classes_of(items: object) -> frozenset[str]:
    """Returns the classes of a list of `Item`s, as words."""
    stated = (item.get("itemClass") for item in _mappings(items))
    return frozenset(words("ITEM_CLASS_", stated))


def word(prefix: str, value: object) -> str:
    """Returns "on-foot" for TRANSPORT_MODE_ON_FOOT; empty for nothing."""
    return str(value or "").removeprefix(prefix).lower().replace("_", "-")


def words(prefix: str, values: Iterable[object]) -> Iterable[str]:
    """Returns each value of a closed list as a word."""
    return (word(prefix, value) for value in values if value)


def _stop(waypoint: Mapping[str, object]) -> Stop:
    return Stop(
        spot=Spot.of(_mapping(waypoint.get("place"))),
        role=word("WAYPOINT_ROLE_", waypoint.get("role")),
        crossing=word("CROSSING_TYPE_", waypoint.get("crossing")),
        onward=word("TRANSPORT_MODE_", waypoint.get("onwardMode")),
    )


def _volume(value: object) -> tuple[int, int] | None:
    stated = _mapping(value)
    if "high" not in stated:
        return None
    return int(str(stated.get("low", 0))), int(str(stated["high"]))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [one for one in _listed(value) if isinstance(one, Mapping)]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
