"""Rows about seizures in the manner of the WCO's CEN, without anybody's name.

The CEN's own form is restricted: these are columns of ours that can be copied into it.
Nothing is in them that names or numbers a person or a single weapon, and no free text,
which might. Where the file goes is left to `adapters.declarations.adapter`.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from adapters.cells import cell
from adapters.customs.document import part, parts, text, texts, word
from broker.core.handling import Handling

COLUMNS: Final = (
    "handling",
    "record",
    "date",
    "country",
    "administrative_area",
    "locode",
    "event",
    "ground",
    "commodity",
    "type",
    "make",
    "model",
    "calibre",
    "quantity",
    "unit",
    "marking",
    "linked_crime",
)
"""The head line of the file."""

_UNITS: Final[Mapping[str, str]] = {"AMMUNITION": "round"}

Row = Mapping[str, str]


def cen_rows(
    content: Mapping[str, object], record: str, handling: Handling
) -> list[Row]:
    """Returns one row for each item of a recovery record.

    Args:
        content: Of a recovery-record, as protobuf's JSON mapping gives it.
        record: What the record is called by; it says nothing.
        handling: What binds whoever reads the rows.
    """
    recovery = part(content, "recovery")
    place = part(recovery, "place")
    shared = {
        "handling": str(handling),
        "record": record,
        "date": text(recovery, "date"),
        "country": text(place, "country"),
        "administrative_area": text(place, "adminArea"),
        "locode": text(place, "locode"),
        "event": word(text(recovery, "kind"), "RECOVERY_KIND_"),
        "ground": word(text(content, "seizureGround"), "SEIZURE_GROUND_"),
        "linked_crime": " ".join(
            one.removeprefix("LINKED_CRIME_") for one in texts(recovery, "linkedCrime")
        ),
    }
    return [{**shared, **_item(part(one, "item"))} for one in parts(content, "items")]


def cen_csv(rows: Sequence[Row]) -> bytes:
    """Returns rows as a file, UTF-8, comma-separated, with a head line."""
    file = io.StringIO()
    writer = csv.DictWriter(
        file, COLUMNS, restval="", lineterminator="\r\n", quoting=csv.QUOTE_ALL
    )
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return file.getvalue().encode()


def _item(item: Mapping[str, object]) -> dict[str, str]:
    kind = word(text(item, "itemClass"), "ITEM_CLASS_")
    detail = next(
        (
            found
            for name in ("firearm", "ammunition", "part")
            if (found := part(item, name))
        ),
        {},
    )
    calibre = part(detail, "calibre")
    return {
        "commodity": kind,
        "type": word(text(detail, "type"), "FIREARM_TYPE_")
        if "firearm" in item
        else word(text(detail, "kind"), "PART_KIND_"),
        "make": text(detail, "make"),
        "model": text(detail, "model"),
        "calibre": text(calibre, "designation") or text(calibre, "raw"),
        "quantity": str(item.get("quantity", "") or ""),
        "unit": _UNITS.get(kind, "piece"),
        "marking": word(text(detail, "markingCondition"), "MARKING_CONDITION_"),
    }
