"""What it costs to put ten thousand routes together, to draw and to export them.

The routes are made from a counter and SHA-256: the same in every run.
"""

import datetime as dt
import time
from collections.abc import Sequence
from typing import Final

from benchmarks.figures import Figures
from broker.core.handling import Handling, Tlp
from broker.core.routes.fusion import Fusion, fuse
from broker.core.routes.report import Bearing, RouteReport, read_report
from keys.framing import sha256
from keys.identity import PartyId

ROUTES: Final = 10_000
_TODAY: Final = dt.date(2026, 7, 1)
_EPOCH_MS: Final = 1_700_000_000_000  # November 2023
_DAY_MS: Final = 86_400_000
_COUNTRIES: Final = tuple(
    PartyId(code)
    for line in (
        "KEN SOM ETH UGA SSD TZA BEL MEX GTM USA COL PAN ESP MAR DZA MLI",
        "NER LBY TUN TUR BGR SRB BIH HRV SVN AUT DEU NLD FRA ITA UKR MDA",
    )
    for code in line.split()
)
_HALF: Final = 128  # of the values of a byte
_COUNTRY_ONLY: Final = 90  # values of a byte, of 256
_AREA_ONLY: Final = 150  # likewise, with those before
_BLURRED: Final = 220
_CLASSES: Final = ("FIREARM", "FIREARM", "PART", "AMMUNITION", "CONVERTIBLE")
_MODES: Final = ("SEA", "ROAD", "ROAD", "POST", "AIR")
_LEVELS: Final = (Tlp.GREEN, Tlp.AMBER, Tlp.AMBER, Tlp.AMBER_STRICT)


def reports(count: int = ROUTES, ways: int = 400) -> list[RouteReport]:
    """Returns reports of so many ways, a tenth of which half of the reports tell of."""
    return [_report(number, ways) for number in range(count)]


def _report(number: int, ways: int) -> RouteReport:
    drawn = sha256(b"route %d" % number)
    busy = drawn[0] < _HALF
    way = int.from_bytes(drawn[1:4], "big") % (ways // 10 if busy else ways)
    on_day = int.from_bytes(drawn[4:6], "big") % 900
    origin = _COUNTRIES[drawn[6] % 12]
    at_ms = _EPOCH_MS + on_day * _DAY_MS
    start = dt.date(2023, 11, 14) + dt.timedelta(days=on_day - drawn[7] % 90)
    bearing = Bearing(
        message=drawn,
        root=drawn,
        provider=origin,
        own=False,
        at_ms=at_ms,
        handling=Handling(tlp=_LEVELS[drawn[8] % 4]),
    )
    return read_report(_document(way, drawn, start), bearing)


def _document(way: int, drawn: bytes, start: dt.date) -> dict[str, object]:
    fixed = sha256(b"way %d" % way)
    path = [_COUNTRIES[fixed[16 + step] % len(_COUNTRIES)] for step in range(3)]
    waypoints = [
        {
            "place": _place(country, fixed[step : step + 4], drawn[9 + step]),
            "role": "WAYPOINT_ROLE_TRANSHIPMENT",
            "onwardMode": f"TRANSPORT_MODE_{_MODES[fixed[9 + step] % 5]}",
        }
        for step, country in enumerate(path)
    ]
    return {
        "title": f"Way {way}",
        "period": {"from": start.isoformat()[: 7 if drawn[15] < _HALF else 10]},
        "items": [{"itemClass": f"ITEM_CLASS_{_CLASSES[fixed[14] % 5]}"}],
        "waypoints": waypoints,
        "evaluation": {
            "admiralty": {
                "source": f"ADMIRALTY_SOURCE_{'ABCDEF'[drawn[13] % 6]}",
                "information": f"ADMIRALTY_INFORMATION_{1 + drawn[14] % 6}",
            }
        },
        "expiresOn": "2027-06-30",
    }


def _place(country: str, fixed: bytes, drawn: int) -> dict[str, object]:
    """Returns a place as one of several offices would tell it: exactly, or roughly."""
    if drawn < _COUNTRY_ONLY:
        return {"country": country}
    if drawn < _AREA_ONLY:
        return {"country": country, "adminArea": f"Province {fixed[0] % 9}"}
    spread = (drawn - 200) / 1000  # degrees
    return {
        "country": country,
        "point": {
            "latitude": (fixed[1] - 128) / 4 + spread,
            "longitude": (fixed[2] - 128) / 2 + spread,
            "uncertaintyKm": 50 if drawn < _BLURRED else 0,
        },
    }


def measure_routes(figures: Figures) -> None:
    """Measures fusion: of hundreds of ways, of few, and of nearly one a report."""
    print(f"{ROUTES:,} routes:", flush=True)
    for name, ways, goal in (
        ("", 400, "<= 5"),
        (".few", 10, ""),
        (".many", 20_000, ""),
    ):
        made = reports(ways=ways)
        start = time.process_time()
        fused = _fused(made)
        took = time.process_time() - start
        figures.add(f"routes.fusion.10k{name}", took, "s", goal)
        figures.add(f"routes.corridors{name}", len(fused.corridors), "")


def _fused(made: Sequence[RouteReport]) -> Fusion:
    return fuse(made, level=Tlp.RED, today=_TODAY)


if __name__ == "__main__":
    measure_routes(Figures())
