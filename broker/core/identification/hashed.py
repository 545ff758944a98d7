"""Comparing with an object of which nothing but tokens is kept.

Such a list can be asked, and not be read. Making tokens is left to the services.
"""

from collections.abc import Callable, Mapping
from typing import Final

from broker.core.identification.agreement import LEVELS, Level
from broker.core.identification.calibres import read
from broker.core.identification.makers import canonical_key, maker_key
from broker.core.identification.matching import Lead, Reason, Verdict, scored
from broker.core.identification.weapon import Weapon

Tokeniser = Callable[[str, str], int]
"""Makes a token of what is compared and its value."""

_COMPARED: Final = ("make", "model", "calibre", "country", "year", "type")
_MARK: Final = "entry"


def tokens_of(weapon: Weapon, token: Tokeniser) -> dict[str, int]:
    """Returns tokens of all that is compared besides numbers; never an empty mapping.

    Args:
        weapon: The weapon.
        token: Makes a token.
    """
    values = {
        "make": canonical_key(weapon.make, weapon.country),
        "model": maker_key(weapon.model),
        "calibre": read(weapon.designation or weapon.calibre).designation or "",
        "country": weapon.country,
        "year": str(weapon.year or ""),
        "type": weapon.type,
    }
    found = {what: token(what, value) for what, value in values.items() if value}
    return {_MARK: 1, **found}


def compare_tokens(
    asked: Mapping[str, int], kept: Mapping[str, int], level: Level
) -> Lead:
    """Returns the lead that a meeting by one level is.

    Args:
        asked: Tokens of the weapon that is asked for.
        kept: Those of the object that was found.
        level: By which its number was found.
    """
    worth, text = LEVELS[level]
    serial = Reason(what="serial", verdict=Verdict.AGREES, text=text, level=level.value)
    facts = []
    for what in _COMPARED:
        if what not in asked or what not in kept:
            verdict, words = Verdict.UNKNOWN, "is not known of both"
        elif asked[what] == kept[what]:
            verdict, words = Verdict.AGREES, "agrees"
        else:
            verdict, words = Verdict.DIFFERS, "differs"
        facts.append(Reason(what=what, verdict=verdict, text=f"the {what} {words}"))
    return scored(worth, serial, facts)
