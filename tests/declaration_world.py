"""Manifests, declarations and entries of a watch-list for tests.

Deliveries that entries are drawn from are left to `tests.adapter_world`.
"""

from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from adapters.customs.terms import party_term, series_term
from adapters.customs.watchlist import Criteria, Entry, Urgency, Watchlist
from adapters.declarations.consignment import Consignment, Filing, Journey, Line
from adapters.values import Received
from broker.core.handling import Handling
from broker.core.identification.ranges import Series
from keys.framing import sha256
from keys.identity import PartyId

DECLARATIONS: Final = Path(__file__).parent.parent / "examples" / "declarations"
FORMATS: Final = sorted(one.name for one in DECLARATIONS.iterdir())
NOW_MS: Final = 1_790_000_000_000

token = partial(party_term, b"a key for tests, and for nothing else")
"""Makes a token of a name."""


def example(name: str) -> bytes:
    """Returns an example file."""
    return (DECLARATIONS / name).read_bytes()


def received(data: bytes, key: str = "one") -> Received:
    """Returns a file as it comes in."""
    return Received(
        key=key, data=data, media_type="application/octet-stream", source="test"
    )


def series(first: str, last: str) -> Series:
    """Returns a series of serial numbers."""
    found = series_term(first, last)
    assert found is not None
    return found


def entry(name: str = "W-1", /, **fields: Any) -> Entry:  # noqa: ANN401 - an entry's fields
    """Returns an entry.

    Args:
        name: What it is called by.
        fields: Criteria; and `until_ms`, `handling`, where they are not as usual.
    """
    until_ms = fields.pop("until_ms", NOW_MS + 1)
    handling = fields.pop("handling", "TLP:AMBER")
    return Entry(
        entry_id=name,
        version=1,
        origin=PartyId("BEL"),
        sources=(sha256(name.encode()),),
        case_reference="BEL-2026-0042",
        handling=Handling.parse(handling),
        reasons=("DIVERSION_ALERT", "FORGED_EUC"),
        asks=("HOLD",),
        urgency=Urgency.PRIORITY,
        criteria=Criteria(**{key: frozenset(value) for key, value in fields.items()}),
        valid_until_ms=until_ms,
    )


def listed(*entries: Entry) -> Watchlist:
    """Returns a watch-list of entries."""
    return Watchlist(
        revision=1,
        changed_ms=1,
        entries=MappingProxyType({one.entry_id: one for one in entries}),
    )


def filing(*consignments: Consignment) -> Filing:
    """Returns a file that declares consignments."""
    return Filing(form="wco", reference="TEST-1", consignments=consignments)


def consignment(*lines: Line, **fields: Any) -> Consignment:  # noqa: ANN401 - its fields
    """Returns a consignment from Antwerp to Mombasa, where nothing else is said."""
    usual = {
        "reference": "TEST-BL-1",
        "journey": Journey(loading="BEANR", discharge="KEMBA"),
        "exported_from": "BEL",
        "destined_to": "KEN",
        "lines": lines or (Line(number=1, hs="930200"),),
    }
    return Consignment(**{**usual, **fields})
