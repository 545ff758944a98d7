"""What the columns of a list of weapons are called, and what its cells mean.

Rows are left to `broker.core.weapon_list_file`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, Self

from broker.core.codec.problems import shown
from broker.core.countries import folded
from broker.core.errors import DocumentError, DocumentProblem


@unique
class Column(StrEnum):
    """What a column of a list may hold."""

    SERIAL = "serial"
    MASK = "mask"
    FIRST = "first"
    LAST = "last"
    QUANTITY = "quantity"
    PART = "part"
    MAKE = "make"
    MODEL = "model"
    CALIBRE = "calibre"
    TYPE = "type"
    COUNTRY = "country"
    YEAR = "year"
    REFERENCE = "reference"


_TITLES: Final = {
    Column.SERIAL: "serial, serial number, serial no, serialnumber, number, weapon no",
    Column.MASK: "mask, reading",
    Column.FIRST: "first, first serial, from, serial from, range from, start",
    Column.LAST: "last, last serial, to, serial to, range to, end",
    Column.QUANTITY: "quantity, pieces, count, qty",
    Column.PART: "part, component",
    Column.MAKE: "make, maker, manufacturer, brand",
    Column.MODEL: "model, weapon model",
    Column.CALIBRE: "calibre, caliber, cal, gauge",
    Column.TYPE: "type, weapon type, category",
    Column.COUNTRY: "country, country of manufacture, origin, made in",
    Column.YEAR: "year, year of manufacture, made",
    Column.REFERENCE: "reference, ref, record, record no, file, file no, id",
}
_COLUMNS: Final[Mapping[str, Column]] = MappingProxyType(
    {
        title: column
        for column, titles in _TITLES.items()
        for title in titles.split(", ")
    }
)
_TYPES: Final = "FIREARM_TYPE_"
_PARTS: Final = "PART_KIND_"
_TYPE_WORDS: Final = """
    PISTOL REVOLVER RIFLE CARBINE ASSAULT_RIFLE SUBMACHINE_GUN LIGHT_MACHINE_GUN
    HEAVY_MACHINE_GUN SHOTGUN COMBINATION GRENADE_LAUNCHER ANTI_TANK_GUN
    RECOILLESS_RIFLE ANTI_TANK_LAUNCHER ANTI_AIRCRAFT_GUN MANPADS MORTAR BLANK_FIRING
    REPLICA OTHER UNKNOWN
"""
_PART_WORDS: Final = """
    FRAME_RECEIVER BARREL SLIDE CYLINDER BOLT TRIGGER_GROUP SUPPRESSOR MAGAZINE
    CONVERSION_KIT OTHER
"""
_TYPE_NAMES: Final = frozenset(_TYPE_WORDS.split())
_PART_NAMES: Final = frozenset(_PART_WORDS.split())
_OTHER_NAMES: Final = MappingProxyType(
    {
        "FRAME": "FRAME_RECEIVER",
        "RECEIVER": "FRAME_RECEIVER",
        "SMG": "SUBMACHINE_GUN",
        "SUB_MACHINE_GUN": "SUBMACHINE_GUN",
        "MACHINE_PISTOL": "SUBMACHINE_GUN",
        "LMG": "LIGHT_MACHINE_GUN",
        "HMG": "HEAVY_MACHINE_GUN",
        "GAS_PISTOL": "BLANK_FIRING",
    }
)


def type_of(text: str) -> str | None:
    """Returns a type as in `FirearmType`: for "pistol", "SMG"; None if it is none."""
    return _named(text, _TYPES, _TYPE_NAMES)


def part_of(text: str) -> str | None:
    """Returns a part as in `PartKind`: for "slide", "receiver"; None if it is none."""
    return _named(text, _PARTS, _PART_NAMES)


def _named(text: str, prefix: str, names: frozenset[str]) -> str | None:
    plain = re.sub(r"[\s\-/]+", "_", text.strip().upper()).removeprefix(prefix)
    name = _OTHER_NAMES.get(plain, plain)
    return prefix + name if name in names else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which column stands where.

    Attributes:
        places: Of the columns that are known.
        unknown: Titles that nobody knows: what stands below them is not taken in.
        width: How many columns there are.
    """

    places: Mapping[Column, int]
    unknown: tuple[str, ...]
    width: int

    @classmethod
    def of(cls, titles: Sequence[str]) -> Self:
        """Reads a header row.

        Raises:
            DocumentError: No column has serial numbers, or one is there twice.
        """
        places: dict[Column, int] = {}
        unknown = []
        for place, title in enumerate(titles):
            column = _COLUMNS.get(folded(title))
            if column is None:
                unknown.append(title.strip() or f"column {place + 1}")
            elif column in places:
                raise _no_list(shown(title), f"one column only for the {column}")
            else:
                places[column] = place
        series = Column.FIRST in places and Column.LAST in places
        if Column.SERIAL not in places and not series:
            raise _no_list(
                shown(", ".join(titles)),
                "a header row with a column called serial, or two called first and "
                "last",
            )
        return cls(
            places=MappingProxyType(places), unknown=tuple(unknown), width=len(titles)
        )


def _no_list(found: str, expected: str) -> DocumentError:
    return DocumentError([DocumentProblem("line 1", found, f"expected {expected}")])
