"""What a content says that policies ask about, read along its descriptor.

A new kind needs nothing here: what counts is found by type, form and name. What
follows from it is left to `broker.core.policy.engine`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from broker.core.codec.classes import Leaf, leaves_of
from broker.core.codec.documents import read_document
from broker.core.codec.kinds import parse_kind
from broker.core.codec.options import form_of
from broker.core.codec.walk import Part, parts_of
from broker.core.country_codes import country_of_locode
from broker.core.errors import Code, RefusedError
from broker.core.handling import IntendedUse
from broker.core.policy.facts import AdmiraltySource, EuropolSource, Facts, ItemClass
from broker.core.words import Word
from rogatory.v1 import rules_pb2

W = TypeVar("W", bound=Word)

_DETAILS: Final[Mapping[str, tuple[ItemClass, ...]]] = MappingProxyType(
    {
        # Field that describes an item: classes that say the same, the plainest first.
        "firearm": (ItemClass.FIREARM, ItemClass.LIGHT_WEAPON, ItemClass.CONVERTIBLE),
        "ammunition": (ItemClass.AMMUNITION,),
        "part": (ItemClass.PART, ItemClass.ACCESSORY),
    }
)
_LIGHT_WEAPONS: Final = frozenset(
    {
        "FIREARM_TYPE_HEAVY_MACHINE_GUN",
        "FIREARM_TYPE_GRENADE_LAUNCHER",
        "FIREARM_TYPE_ANTI_TANK_GUN",
        "FIREARM_TYPE_RECOILLESS_RIFLE",
        "FIREARM_TYPE_ANTI_TANK_LAUNCHER",
        "FIREARM_TYPE_ANTI_AIRCRAFT_GUN",
        "FIREARM_TYPE_MANPADS",
        "FIREARM_TYPE_MORTAR",
    }
)
"""What the International Tracing Instrument, paragraph 4 (b), calls light weapons."""

_HS_HEADINGS: Final[Mapping[str, frozenset[ItemClass]]] = MappingProxyType(
    {
        # Military weapons: assault rifles and grenade launchers alike.
        "9301": frozenset({ItemClass.FIREARM, ItemClass.LIGHT_WEAPON}),
        "9302": frozenset({ItemClass.FIREARM}),
        "9303": frozenset({ItemClass.FIREARM}),
        "9305": frozenset({ItemClass.PART}),
        "9306": frozenset({ItemClass.AMMUNITION}),
        "3601": frozenset({ItemClass.EXPLOSIVE}),
        "3602": frozenset({ItemClass.EXPLOSIVE}),
        "3603": frozenset({ItemClass.EXPLOSIVE}),
        # Machines for additive manufacture.
        "8485": frozenset({ItemClass.TECHNOLOGY}),
    }
)
_HEADING_LENGTH: Final = 4  # digits
_RECOVERED: Final = frozenset(
    {"RESOLUTION_OUTCOME_RECOVERED", "RESOLUTION_OUTCOME_PARTLY_RECOVERED"}
)
_DATED: Final = frozenset(
    {"rogatory.v1.RecoveryEvent.date", "rogatory.v1.DiversionAlert.detected"}
)


def facts_of(kind: str, body: bytes) -> Facts:
    """Returns what a content says.

    Args:
        kind: Kind with version: "trace-request/1".
        body: A content that `encode_document` made or `decode_document` took.

    Raises:
        RefusedError: UNKNOWN_KIND, MALFORMED, UNKNOWN_FIELD or NOT_CANONICAL; or
            INVALID_CONTENT when it holds a value that nobody knows.
    """
    known = parse_kind(kind)
    document = read_document(known, body)
    parts = [*parts_of(known.descriptor, document)]
    leaves = [*leaves_of(known.descriptor, document)]
    return Facts(
        items=_items(parts, leaves),
        purposes=frozenset(_stated(IntendedUse, leaves)),
        # The grades ascend from reliable to not to be judged.
        admiralty=max(_stated(AdmiraltySource, leaves), default=None),
        europol=max(_stated(EuropolSource, leaves), default=None),
        recovered_in=frozenset(_recovered_in(parts)),
        manufactured_in=frozenset(_manufactured_in(parts)),
        involved=frozenset(_involved(leaves)),
        embargo=any(leaf.value == "ILLICIT_BASIS_UNSC_EMBARGO" for leaf in leaves),
        dated=min(_dates(parts, leaves), default=None),
        classes=frozenset(told for leaf in leaves for told in leaf.told),
    )


def _stated(words: type[W], leaves: Sequence[Leaf]) -> Iterator[W]:
    """Yields what fields of the enumeration say that `words` mirrors.

    Raises:
        RefusedError: INVALID_CONTENT.
    """
    for leaf in leaves:
        enum = leaf.field.enum_type
        if enum is not None and enum.name == words.__name__:
            try:
                yield words(enum.values_by_name[str(leaf.value)].number)
            except (KeyError, ValueError):
                # What nobody knows must not pass for something harmless.
                raise RefusedError(Code.INVALID_CONTENT, leaf.field.name) from None


def _items(parts: Sequence[Part], leaves: Sequence[Leaf]) -> frozenset[ItemClass]:
    found = set(_stated(ItemClass, leaves))
    for part in parts:
        if part.message.name == "Item":
            found.update(_described(part.fields))
        if part.message.name == "SerialRange":
            found.add(ItemClass.FIREARM)
        if "hsCode" in part.fields:
            code = str(part.fields["hsCode"]).replace(".", "")
            found |= _HS_HEADINGS.get(code[:_HEADING_LENGTH], frozenset())
    return frozenset(found)


def _described(item: Mapping[str, object]) -> Iterator[ItemClass]:
    """Yields what an item's description makes of it, when its class says otherwise."""
    stated = str(item.get("itemClass")).removeprefix("ITEM_CLASS_")
    for name, classes in _DETAILS.items():
        if name in item and stated not in {one.name for one in classes}:
            yield classes[0]
    firearm = item.get("firearm")
    if isinstance(firearm, Mapping) and firearm.get("type") in _LIGHT_WEAPONS:
        yield ItemClass.LIGHT_WEAPON


def _recovered_in(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        recovered = part.message.name == "RecoveryEvent" or (
            part.message.name == "Resolution"
            and (part.fields.get("outcome") in _RECOVERED or "recovered" in part.fields)
        )
        if recovered:
            yield from _countries_at(part.fields.get("place"))


def _countries_at(place: object) -> Iterator[str]:
    """Yields the country of a place, and the one that its LOCODE lies in."""
    if isinstance(place, Mapping):
        if "country" in place:
            yield str(place["country"])
        located = country_of_locode(str(place.get("locode", "")))
        if located is not None:
            yield located


def _manufactured_in(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if "countryManufacture" in part.fields:
            yield str(part.fields["countryManufacture"])
        made = part.fields.get("event") == "CUSTODY_EVENT_MANUFACTURED"
        makes = part.fields.get("role") == "AFFECTED_ROLE_MANUFACTURE"
        if (made or makes) and "country" in part.fields:
            yield str(part.fields["country"])


def _involved(leaves: Sequence[Leaf]) -> Iterator[str]:
    for leaf in leaves:
        form = form_of(leaf.field)
        if form == rules_pb2.FORM_COUNTRY:
            yield str(leaf.value)
        elif form == rules_pb2.FORM_LOCODE:
            located = country_of_locode(str(leaf.value))
            if located is not None:
                yield located


def _dates(parts: Sequence[Part], leaves: Sequence[Leaf]) -> Iterator[dt.date]:
    """Yields the first day of each date that says how old the matter is."""
    for leaf in leaves:
        if leaf.field.full_name in _DATED:
            yield _first_day(str(leaf.value))
    for part in parts:
        if part.message.name == "Period":
            yield _first_day(str(part.fields.get("from") or part.fields.get("to")))


def _first_day(text: str) -> dt.date:
    """Returns the first day of "2026", "2026-03" or "2026-03-09".

    Raises:
        RefusedError: INVALID_CONTENT.
    """
    try:
        return dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        raise RefusedError(Code.INVALID_CONTENT, "date") from None
