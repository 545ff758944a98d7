"""Items in the terms in which other systems want them: what was marked, as read.

How many were seen, and when, is left to each adapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from adapters.reading import inner, many

_IDENTIFYING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "firearm": (
            "make",
            "model",
            "calibre",
            "country_of_manufacture",
            "serial_number",
        ),
        "firearm-part": ("part", "make", "fits", "calibre", "serial_number"),
        "ammunition": ("calibre", "make", "year_of_manufacture", "headstamp", "lot"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One item.

    Attributes:
        sort: "firearm", "firearm-part" or "ammunition".
        fields: What is known of it; nothing empty.
        identifying: Those fields that tell it from others of its sort.
    """

    sort: str
    fields: Mapping[str, object]
    identifying: Mapping[str, object]


def described(item: Mapping[str, object]) -> Described | None:
    """Returns what is known of an item; None when that is its class alone.

    Args:
        item: An `Item`, in plain words.
    """
    if firearm := inner(item.get("firearm")):
        sort, told = "firearm", _firearm(item, firearm)
    elif part := inner(item.get("part")):
        sort, told = "firearm-part", _part(part)
    elif rounds := inner(item.get("ammunition")):
        sort, told = "ammunition", _ammunition(rounds)
    else:
        return None
    told["description"] = item.get("description")
    kept = {name: value for name, value in told.items() if value}
    return Described(
        sort=sort,
        fields=kept,
        identifying={name: kept[name] for name in _IDENTIFYING[sort] if name in kept},
    )


def _firearm(
    item: Mapping[str, object], firearm: Mapping[str, object]
) -> dict[str, object]:
    others = many(firearm.get("other_serials"))
    imports = many(firearm.get("import_marks"))
    return {
        "item_class": item.get("item_class"),
        "firearm_type": firearm.get("type"),
        "firing_action": firearm.get("action"),
        "make": firearm.get("make"),
        "model": firearm.get("model"),
        "variant": firearm.get("variant"),
        "calibre": _calibre(firearm),
        "country_of_manufacture": firearm.get("country_manufacture"),
        "year_of_manufacture": firearm.get("year_manufacture"),
        "serial_number": inner(firearm.get("frame_serial")).get("raw"),
        "other_serial_numbers": [
            f"{one.get('part')}: {inner(one.get('serial')).get('raw')}"
            for one in others
        ],
        "import_marks": [
            f"{one.get('country')} {one.get('year', '')}".strip() for one in imports
        ],
        "marking_condition": firearm.get("marking_condition"),
        "manufacture_mode": firearm.get("manufacture_mode"),
    }


def _part(part: Mapping[str, object]) -> dict[str, object]:
    return {
        "part": part.get("kind"),
        "make": part.get("make"),
        "fits": part.get("fits"),
        "calibre": _calibre(part),
        "country_of_manufacture": part.get("country_manufacture"),
        "serial_number": inner(part.get("serial")).get("raw"),
        "marking_condition": part.get("marking_condition"),
    }


def _ammunition(rounds: Mapping[str, object]) -> dict[str, object]:
    return {
        "calibre": _calibre(rounds),
        "ammunition_type": rounds.get("type"),
        "make": rounds.get("make"),
        "country_of_manufacture": rounds.get("country_manufacture"),
        "year_of_manufacture": rounds.get("year_manufacture"),
        "headstamp": [str(one.get("text")) for one in many(rounds.get("headstamp"))],
        "lot": rounds.get("lot"),
    }


def _calibre(of: Mapping[str, object]) -> object:
    """Returns what a calibre was understood to be, or else as it was read."""
    stated = inner(of.get("calibre"))
    return stated.get("designation") or stated.get("raw")
