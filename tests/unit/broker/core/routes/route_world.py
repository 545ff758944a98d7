"""Routes for the tests: made of countries and places, told by somebody."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from broker.core.handling import Handling, Restrictions
from broker.core.routes.report import Bearing, RouteReport, read_report
from keys.framing import sha256
from keys.identity import PartyId
from tests.world import BEL, NOW_MS

TOLD_ON: Final = "2027-01-15"
"""The day of `NOW_MS`."""


def bearing(
    number: int = 0,
    provider: PartyId = BEL,
    handling: str = "TLP:GREEN",
    bound: Restrictions | None = None,
    **changes: Any,  # noqa: ANN401 - fields of a dataclass
) -> Bearing:
    """Returns where report `number` came from."""
    digest = sha256(b"report %d" % number)
    fields = {
        "message": digest,
        "root": digest,
        "own": False,
        "at_ms": NOW_MS + number,
        **changes,
    }
    return Bearing(
        provider=provider, handling=Handling.parse(handling, bound), **fields
    )


def place(country: str, **told: Any) -> dict[str, Any]:  # noqa: ANN401 - of a Place
    """Returns a place; `at` is longitude, latitude and perhaps a radius."""
    at = told.pop("at", None)
    found: dict[str, Any] = {"country": country} if country else {}
    found.update(told)
    if at is not None:
        found["point"] = {"longitude": at[0], "latitude": at[1]}
        if len(at) > 2:
            found["point"]["uncertaintyKm"] = at[2]
    return found


def document(
    places: Iterable[Mapping[str, Any] | str],
    items: Iterable[str] = ("FIREARM",),
    modes: Iterable[str] = (),
    **changes: Any,  # noqa: ANN401 - fields of the content
) -> dict[str, Any]:
    """Returns a content; a place may be a country's code alone."""
    by_mode = [f"TRANSPORT_MODE_{one}" for one in modes]
    return {
        "title": "A way",
        "period": {"from": "2026-10", "to": "2026-11"},
        "items": [{"itemClass": f"ITEM_CLASS_{one}"} for one in items],
        **({"modes": by_mode} if by_mode else {}),
        "waypoints": [
            {
                "place": place(one) if isinstance(one, str) else one,
                "role": "WAYPOINT_ROLE_BORDER",
            }
            for one in places
        ],
        "evaluation": grade("B", 2),
        "expiresOn": "2027-12-31",
        **changes,
    }


def grade(source: str, information: int) -> dict[str, Any]:
    """Returns an evaluation in the Admiralty system."""
    return {
        "admiralty": {
            "source": f"ADMIRALTY_SOURCE_{source}",
            "information": f"ADMIRALTY_INFORMATION_{information}",
        }
    }


def report(
    number: int,
    places: Iterable[Mapping[str, Any] | str] = ("LBY", "NER"),
    *,
    told: Bearing | None = None,
    **changes: Any,  # noqa: ANN401 - arguments of `document` and `bearing`
) -> RouteReport:
    """Returns report `number`."""
    from_bearing = {"provider", "handling", "bound", "root", "own", "at_ms"}
    own = {key: changes.pop(key) for key in from_bearing & set(changes)}
    return read_report(document(places, **changes), told or bearing(number, **own))
