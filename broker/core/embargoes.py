"""Arms embargoes by date, as a table that a party keeps, and flags on contents.

A flag decides nothing: what a resolution forbids and allows, people read. Whether the
table is right is its keeper's to know; reading files is left to
`broker.core.codec.embargoes`.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from broker.core.countries import folded
from broker.core.country_codes import country_of_locode
from broker.core.policy.facts import ItemClass

STALE_DAYS: Final = 366
"""After how many days somebody has to compare a table with its sources again."""

_ITEM_CLASS: Final = "ITEM_CLASS_"
_ARMS: Final = re.compile(r"93|360[123]")
_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


class Direction(StrEnum):
    """Whether an embargo is on what goes to its target, comes from it, or both."""

    TO = "to"
    FROM = "from"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Embargo:
    """One embargo.

    Attributes:
        regime: What it is called.
        resolution: Where it is laid down.
        target: Against whom, in words.
        countries: The territories that it is about: ISO 3166-1 alpha-3.
        names: Names of those it is about, where it is not about a territory.
        scope: Classes of items; None: all arms and related materiel.
        direction: Which way.
        first: First day.
        last: Last day, included; None: no end is laid down.
        exemptions: What it leaves free, in words.
    """

    regime: str
    resolution: str
    target: str
    countries: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    scope: frozenset[ItemClass] | None = None
    direction: Direction = Direction.TO
    first: dt.date
    last: dt.date | None = None
    exemptions: tuple[str, ...] = ()

    def in_force(self, day: dt.date) -> bool:
        """Tells whether it holds on a day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def covers(self, items: frozenset[ItemClass]) -> bool:
        """Tells whether any of some classes is in its scope; none named: yes."""
        return not items or self.scope is None or bool(self.scope & items)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbargoTable:
    """The embargoes that a party goes by.

    Attributes:
        embargoes: In the order of the file; there are none until somebody fills it.
        checked_on: Day on which somebody last compared it with its sources.
    """

    embargoes: tuple[Embargo, ...] = ()
    checked_on: dt.date | None = None

    def in_force(
        self,
        day: dt.date,
        country: str = "",
        items: frozenset[ItemClass] = frozenset(),
    ) -> tuple[Embargo, ...]:
        """Returns what holds on a day.

        Args:
            day: The day.
            country: Only what is about this territory; empty: all.
            items: Only what covers one of these classes; empty: all.
        """
        return tuple(
            one
            for one in self.embargoes
            if one.in_force(day)
            and (not country or country in one.countries)
            and one.covers(items)
        )

    def is_stale(self, day: dt.date) -> bool:
        """Tells whether it is time to compare it with its sources again."""
        if self.checked_on is None:
            return bool(self.embargoes)
        return (day - self.checked_on).days > STALE_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something in a content that an embargo may be about. A person decides.

    Attributes:
        embargo: Which.
        path: Where it stands: "consignment.destinedTo".
        why: What stands there, in words.
    """

    embargo: Embargo
    path: str
    why: str


class Way(StrEnum):
    """What a country is to a matter, by the name of the field that names it."""

    SOURCE = "source"
    DESTINATION = "destination"
    OTHER = "other"


COUNTRY_FIELDS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "country": Way.OTHER,
        "destinedTo": Way.DESTINATION,
        "toCountry": Way.DESTINATION,
        "exportedFrom": Way.SOURCE,
        "countryManufacture": Way.SOURCE,
        "nextCountry": Way.OTHER,
        "flag": Way.OTHER,
        "issuedBy": Way.OTHER,
    }
)
"""Fields of contents that name a territory which a matter concerns."""

PLACE_FIELDS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "locode": Way.OTHER,
        "loading": Way.SOURCE,
        "transhipment": Way.OTHER,
        "discharge": Way.DESTINATION,
    }
)
"""Fields that name a place by its UN/LOCODE."""

_NOT_MEANT: Final[Mapping[Direction, Way]] = MappingProxyType(
    {Direction.TO: Way.SOURCE, Direction.FROM: Way.DESTINATION}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mention:
    path: str
    country: str
    way: Way
    name: str = ""


def flags(
    document: Mapping[str, object], table: EmbargoTable, day: dt.date
) -> tuple[Flag, ...]:
    """Returns what in a content an embargo may be about, in the order of the content.

    Args:
        document: Protobuf's JSON mapping of a content of any kind.
        table: What is in force when.
        day: The day that matters: of a transfer, or today.
    """
    items = items_in(document)
    holding = table.in_force(day, items=items)
    found = []
    for mention in _mentions(document, ""):
        for embargo in holding:
            why = _why(embargo, mention)
            if why:
                found.append(Flag(embargo=embargo, path=mention.path, why=why))
    return tuple(found)


def items_in(document: object) -> frozenset[ItemClass]:
    """Returns the classes of items that a content names; empty: it does not say.

    Goods that are declared as arms by their tariff heading alone may be of any class.
    """
    found: set[ItemClass] = set()
    for name, value in _leaves(document):
        if name == "itemClass":
            word = str(value).removeprefix(_ITEM_CLASS)
            found.update(one for one in ItemClass if one.name == word)
        if name == "hsCode" and _ARMS.match(str(value)):
            return frozenset()
    return frozenset(found)


def _why(embargo: Embargo, mention: _Mention) -> str:
    """Returns why a mention may concern an embargo; empty if it does not."""
    if mention.name:
        known = {folded(one) for one in embargo.names} - {""}
        meant = folded(mention.name) in known
        return f"bears the name of {embargo.target}" if meant else ""
    if mention.country not in embargo.countries:
        return ""
    if mention.way is _NOT_MEANT.get(embargo.direction):
        return ""
    return f"{mention.country} is under an embargo: {embargo.target}"


def _mentions(value: object, path: str, name: str = "") -> Iterator[_Mention]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _mentions(inner, f"{path}.{key}" if path else str(key), str(key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _mentions(inner, f"{path}[{position}]", name)
    elif isinstance(value, str):
        yield from _mention(value, path, name)


def _mention(value: str, path: str, name: str) -> Iterator[_Mention]:
    if name in COUNTRY_FIELDS:
        yield _Mention(path=path, country=value, way=COUNTRY_FIELDS[name])
    elif name in PLACE_FIELDS and _LOCODE.fullmatch(value):
        country = country_of_locode(value)
        if country is not None:
            yield _Mention(path=path, country=country, way=PLACE_FIELDS[name])
    elif name in {"name", "aliases"}:
        yield _Mention(path=path, country="", way=Way.OTHER, name=value)


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    else:
        yield name, value
