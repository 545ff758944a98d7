"""What a content says that policies ask about.

Reading it out of a content is left to `broker.core.codec.facts`.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from broker.core.fields import FieldClass
from broker.core.handling import IntendedUse
from broker.core.words import Word


class ItemClass(Word):
    """What an item is."""

    FIREARM = 1
    LIGHT_WEAPON = 2
    PART = 3
    AMMUNITION = 4
    EXPLOSIVE = 5
    IED_COMPONENT = 6
    CONVERTIBLE = 7
    ACCESSORY = 8
    TECHNOLOGY = 9


class AdmiraltySource(Word):
    """How reliable a source is in the Admiralty system; F cannot be judged."""

    A = 1
    B = 2
    C = 3
    D = 4
    E = 5
    F = 6


class EuropolSource(Word):
    """How reliable a source is in Europol's system; X cannot be assessed."""

    A = 1
    B = 2
    C = 3
    X = 4


ALWAYS_COVERED: Final = frozenset(
    {ItemClass.FIREARM, ItemClass.LIGHT_WEAPON, ItemClass.CONVERTIBLE}
)
"""What a permit covers that names no class; every other class is opt-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a content says, as far as policies ask.

    Attributes:
        items: Classes of all items that it is about.
        purposes: What it says that information is wanted or given for.
        admiralty: The least reliable source by the Admiralty system, if any is.
        europol: The least reliable source by Europol's system, if any is.
        recovered_in: Countries where items were recovered.
        manufactured_in: Countries where items were made.
        involved: Every country and party that it names.
        embargo: Whether the breach of an embargo is among the reasons given.
        dated: The day it goes back to, at the earliest; None when it does not say.
        classes: What its fields tell; never PLAIN.
    """

    items: frozenset[ItemClass] = frozenset()
    purposes: frozenset[IntendedUse] = frozenset()
    admiralty: AdmiraltySource | None = None
    europol: EuropolSource | None = None
    recovered_in: frozenset[str] = frozenset()
    manufactured_in: frozenset[str] = frozenset()
    involved: frozenset[str] = frozenset()
    embargo: bool = False
    dated: dt.date | None = None
    classes: frozenset[FieldClass] = frozenset()
