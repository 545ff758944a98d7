"""Chapter 93 of the Harmonized System, and what of it is no longer in use.

Titles are short forms in our own words; what counts is the nomenclature. A code that is
not here is in use somewhere perhaps: it is remarked upon, never refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_SUBHEADING: Final = 6  # digits that the Harmonized System itself has

_TITLES: Final = """
9301 Military weapons, but for revolvers, pistols and arms of 9307
930110 Artillery weapons
930120 Rocket launchers, grenade launchers, flame-throwers, torpedo tubes and the like
930190 Other military weapons
9302 Revolvers and pistols, but for those of 9303 and 9304
930200 Revolvers and pistols, but for those of 9303 and 9304
9303 Other firearms that work by an explosive charge
930310 Muzzle-loading firearms
930320 Other sporting, hunting or target shotguns, combinations with a rifle included
930330 Other sporting, hunting or target rifles
930390 Other: signal, blank-firing, captive-bolt and line-throwing devices
9304 Other arms: spring, air and gas guns, truncheons
930400 Other arms: spring, air and gas guns, truncheons
9305 Parts and accessories of articles of 9301 to 9304
930510 Of revolvers or pistols
930520 Of shotguns or rifles of 9303
930591 Of military weapons of 9301
930599 Other parts and accessories
9306 Bombs, grenades, mines, missiles; cartridges and other ammunition; parts
930621 Shotgun cartridges
930629 Parts of shotgun cartridges; pellets for air guns
930630 Other cartridges, and parts of them
930690 Other: bombs, grenades, mines, missiles, and parts of them
9307 Swords, bayonets, lances and the like
930700 Swords, bayonets, lances and the like
"""
_FORMER: Final = """
930100 930190 Military weapons
930111 930110 Artillery weapons, self-propelled
930119 930110 Artillery weapons, other
930521 930520 Shotgun barrels
930529 930520 Other parts of shotguns or rifles of 9303
930590 930599 Other parts and accessories
930610 930630 Cartridges for riveting tools and captive-bolt devices
"""
_HEADING: Final = 4
_RELATED: Final = MappingProxyType(
    {
        "3601": "Propellent powders",
        "3602": "Prepared explosives",
        "3603": "Fuses, detonators and igniters",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsCode:
    """What is known of a code.

    Attributes:
        code: With the dot: "9302.00".
        title: Of its subheading, or of its heading.
        of_arms: Whether it is of chapter 93, or of explosives.
        former: Whether it is no longer in use.
        now: What it became, with the dot; empty unless it is no longer in use.
        known: Whether it is listed here at all.
    """

    code: str
    title: str = ""
    of_arms: bool = False
    former: bool = False
    now: str = ""
    known: bool = False


def goods_code(text: str) -> GoodsCode:
    """Returns what is known of a code of the Harmonized System.

    Args:
        text: With or without dots, of 4 digits or more: "9302.00", "93020000".
    """
    digits = re.sub(r"[^0-9]", "", text)
    sub, heading = digits[:_SUBHEADING], digits[:_HEADING]
    if heading in _RELATED:
        return GoodsCode(
            code=dotted(digits), title=_RELATED[heading], of_arms=True, known=True
        )
    if sub in _FORMER_CODES:
        now, title = _FORMER_CODES[sub]
        return GoodsCode(
            code=dotted(digits),
            title=title,
            of_arms=True,
            former=True,
            now=dotted(now),
            known=True,
        )
    title = _CODES.get(sub, "")
    return GoodsCode(
        code=dotted(digits),
        title=title or _CODES.get(heading, ""),
        of_arms=digits.startswith("93"),
        known=bool(title),
    )


def dotted(digits: str) -> str:
    """Returns a code as it is written: "930200" is "9302.00"."""
    if len(digits) <= _HEADING:
        return digits
    return f"{digits[:_HEADING]}.{digits[_HEADING:]}"


def remark_on(text: str) -> str:
    """Returns what looks wrong about a code, as the end of a sentence; or nothing.

    Codes of other chapters are passed over: goods are declared as many things.
    """
    found = goods_code(text)
    if found.former:
        return f"a code in use; {found.code} was replaced by {found.now}"
    if found.of_arms and not found.known:
        return "a subheading of chapter 93 that this list knows"
    return ""


def _codes() -> dict[str, str]:
    rows = (line.split(" ", 1) for line in _TITLES.strip().splitlines())
    return {row[0]: row[1] for row in rows}


def _former() -> dict[str, tuple[str, str]]:
    rows = (line.split(" ", 2) for line in _FORMER.strip().splitlines())
    return {row[0]: (row[1], row[2]) for row in rows}


_CODES: Final[Mapping[str, str]] = MappingProxyType(_codes())
_FORMER_CODES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(_former())
