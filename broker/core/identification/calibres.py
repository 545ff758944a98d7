"""What calibre a spelling means: one designation, several candidates, or none known.

The names stand in `broker.core.identification.calibre_table`. The text as read is
always kept beside what is made of it here; that is left to the callers.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from broker.core.identification.calibre_table import AMBIGUOUS, CALIBRES

_REMEMBERED: Final = 4096  # spellings that stand in one list after another
_METRIC: Final = re.compile(
    r"([0-9]{1,2}(?:\.[0-9]{1,2})?)x([0-9]{2,3})(?:\.[0-9])?(r|sr|g|u)?"
)
_NOISE: Final = re.compile(r"(?:caliber|calibre|calibro|calib|cal|kaliber|kal)\.?|mm")
_TIMES: Final = str.maketrans(
    {"\u00d7": "x", "*": "x", "\u0445": "x", "\u0425": "x", ",": ".", "\u043c": "m"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibreReading:
    """What a spelling was understood to be.

    Attributes:
        designation: Diameter and case, "9x19", or a name such as "12 gauge"; None
            when the spelling fits several or is not understood.
        ambiguous: It fits several.
        candidates: Those that it may be: one when it is understood.
        compatible: Designations that the chamber takes too, though they are others.
        listed: Whether this list knows it; a metric designation is understood anyway.
    """

    designation: str | None
    ambiguous: bool
    candidates: tuple[str, ...]
    compatible: tuple[str, ...] = ()
    listed: bool = True


_UNKNOWN: Final = CalibreReading(
    designation=None, ambiguous=False, candidates=(), listed=False
)


@lru_cache(maxsize=_REMEMBERED)
def read(raw: str) -> CalibreReading:
    """Returns what a calibre means as it was marked or written.

    Args:
        raw: "9mm Luger", "7,62x39", ".45 ACP".
    """
    key = _key(raw)
    if key in _DOUBTS:
        return CalibreReading(designation=None, ambiguous=True, candidates=_DOUBTS[key])
    named = _NAMES.get(key) or _metric_of(key)
    if named is None:
        return _UNKNOWN
    return _of(named)


@lru_cache(maxsize=_REMEMBERED)
def same(a: str, b: str) -> bool | None:
    """Tells whether two spellings can mean one calibre; None when nobody can tell.

    What the chamber of the other takes too counts as the same weapon may be described
    by either.
    """
    one, other = read(a), read(b)
    if not one.candidates or not other.candidates:
        return None if _key(a) != _key(b) or not _key(a) else True
    wide = {*one.candidates, *one.compatible}
    return bool(wide & {*other.candidates, *other.compatible})


def _of(designation: str) -> CalibreReading:
    return CalibreReading(
        designation=designation,
        ambiguous=False,
        candidates=(designation,),
        compatible=_COMPATIBLE.get(designation, ()),
        listed=designation in _COMPATIBLE,
    )


def _metric_of(key: str) -> str | None:
    """Reads "7.62x39" and "7.62x39m43": the measures count, not what follows."""
    found = _METRIC.match(key)
    if found is None:
        return None
    width, length, suffix = found.groups()
    rimmed = suffix == "r"
    plain = f"{width.removesuffix('.0')}x{length}"
    if f"{plain}r" in _NAMES and (rimmed or plain not in _NAMES):
        return _NAMES[f"{plain}r"]
    return _NAMES.get(plain, plain + ("R" if rimmed else ""))


def _key(text: str) -> str:
    """Returns a spelling without what people write differently."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TIMES)
    folded = _NOISE.sub("", folded)
    # A dot stays only between digits: ".308", "7.62", "s.&w.".
    folded = re.sub(r"(?<![0-9])0?\.(?=[0-9])|\.(?![0-9])", "", folded)
    folded = re.sub(r"(?<=[0-9])\s*x\s*(?=[0-9])", "x", folded)
    return re.sub(r"[\s\-_'\"/&+()]", "", folded)


def _tables() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    names: dict[str, str] = {}
    compatible: dict[str, tuple[str, ...]] = {}
    for line in re.sub(r"\n  +", " ", CALIBRES).strip().splitlines():
        designation, _, rest = line.partition(" = ")
        aliases, _, others = rest.partition(" ~ ")
        names[_key(designation)] = designation
        for alias in aliases.split("; "):
            names.setdefault(_key(alias), designation)
        compatible[designation] = tuple(filter(None, others.split("; ")))
    return names, compatible


def _doubts() -> dict[str, tuple[str, ...]]:
    lines = (line.partition(" = ") for line in AMBIGUOUS.strip().splitlines())
    return {_key(text): tuple(several.split("; ")) for text, _, several in lines}


_TABLES: Final = _tables()
_NAMES: Final[Mapping[str, str]] = MappingProxyType(_TABLES[0])
_COMPATIBLE: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(_TABLES[1])
_DOUBTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(_doubts())
