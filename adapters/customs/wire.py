"""A watch-list as border posts are given it: JSON and CSV, and no more than they need.

Signing it is left to `adapters.customs.signing`; carrying it, to the outlets.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from typing import Final

from adapters.cells import cell
from adapters.customs.watchlist import Change, Criteria, Entry, Gone
from broker.core.handling import Handling
from broker.core.identification.ranges import Series

FORMAT: Final = "rogatory-watchlist/1"
"""What a reader has to know before it reads on."""

CSV_COLUMNS: Final = (
    "entry_id",
    "version",
    "state",
    "valid_until",
    "urgency",
    "asks",
    "reasons",
    "handling",
    "restrictions",
    "criterion",
    "value",
)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def entry_json(entry: Entry) -> dict[str, object]:
    """Returns an entry as border posts have it: no origin, no case, no message."""
    return {
        "entry_id": entry.entry_id,
        "version": entry.version,
        "valid_until": instant(entry.valid_until_ms),
        "urgency": entry.urgency.value,
        "asks": list(entry.asks),
        "reasons": list(entry.reasons),
        "handling": str(entry.handling),
        "restrictions": _restrictions(entry.handling),
        "criteria": _criteria(entry.criteria),
    }


def gone_json(gone: Gone) -> dict[str, object]:
    """Returns that an entry must not be used any more."""
    return {
        "entry_id": gone.entry_id,
        "version": gone.version,
        "gone": True,
        "valid_until": instant(gone.until_ms),
    }


def change_json(change: Change) -> dict[str, object]:
    """Returns a change; one after revision 0 is the whole list."""
    return {
        "format": FORMAT,
        "began_at": instant(change.began_ms),
        "after": change.after,
        "revision": change.revision,
        "changed_at": instant(change.changed_ms),
        "entries": [entry_json(one) for one in change.entries],
        "gone": [gone_json(one) for one in change.gone],
    }


def encoded(value: object) -> bytes:
    """Returns a value as JSON in UTF-8; the same value is the same bytes."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def change_csv(change: Change) -> bytes:
    """Returns a change as a table in UTF-8: one row for each criterion.

    A series of serial numbers is "head|first|last|foot". A value that a spreadsheet
    would take for a formula has an apostrophe before it.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(CSV_COLUMNS)
    for entry in change.entries:
        for kind, value in _rows(entry.criteria):
            writer.writerow(map(cell, _cells(entry, kind, value)))
    for gone in change.gone:
        row = [gone.entry_id, str(gone.version), "gone", instant(gone.until_ms)]
        writer.writerow([*row, *[""] * (len(CSV_COLUMNS) - len(row))])
    return file.getvalue().encode()


def instant(at_ms: int) -> str:
    """Returns a time as RFC 3339 has it, in UTC and whole seconds, rounded down."""
    at = _EPOCH + dt.timedelta(milliseconds=at_ms)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _cells(entry: Entry, kind: str, value: str) -> Iterator[str]:
    yield entry.entry_id
    yield str(entry.version)
    yield "listed"
    yield instant(entry.valid_until_ms)
    yield entry.urgency.value
    yield " ".join(entry.asks)
    yield " ".join(entry.reasons)
    yield str(entry.handling)
    yield encoded(_restrictions(entry.handling)).decode()
    yield kind
    yield value


def _criteria(criteria: Criteria) -> dict[str, object]:
    found: dict[str, object] = {
        "goods": sorted(criteria.goods),
        "places": sorted(criteria.places),
        "containers": sorted(criteria.containers),
        "vessels": sorted(criteria.vessels),
        "serials": [
            {
                "head": one.head,
                "first": one.first,
                "last": one.last,
                "foot": one.foot,
            }
            for one in _in_order(criteria.serials)
        ],
        "parties": sorted(criteria.parties),
        "routes": [{"from": a, "to": b} for a, b in sorted(criteria.routes)],
    }
    return {name: value for name, value in found.items() if value}


def _rows(criteria: Criteria) -> Iterator[tuple[str, str]]:
    for kind, values in (
        ("goods", criteria.goods),
        ("place", criteria.places),
        ("container", criteria.containers),
        ("vessel", criteria.vessels),
        ("party", criteria.parties),
    ):
        yield from ((kind, value) for value in sorted(values))
    for one in _in_order(criteria.serials):
        yield "serial", f"{one.head}|{one.first}|{one.last}|{one.foot}"
    for begin, end in sorted(criteria.routes):
        yield "route", f"{begin}>{end}"


def _in_order(serials: frozenset[Series]) -> list[Series]:
    return sorted(serials, key=lambda one: (one.head, one.foot, one.first, one.last))


def _restrictions(handling: Handling) -> dict[str, object]:
    """Returns what else binds; whatever is not said is left out."""
    stated = handling.restrictions
    texts = {
        "release_to": list(stated.release_to),
        "purpose": stated.purpose,
        "no_onward": stated.no_onward,
        "other": stated.other,
        "purposes": sorted(use.name for use in stated.purposes),
    }
    found: dict[str, object] = {name: value for name, value in texts.items() if value}
    if stated.retention_days is not None:
        found["retention_days"] = stated.retention_days
    return found
