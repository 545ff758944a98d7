"""Codes that customs papers carry, brought into the form that they are compared in.

A code that is out of its table is remarked upon and left out. The tables themselves are
left to `broker.core`.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from adapters.declarations.consignment import Mode, Nature, Remark
from adapters.declarations.limits import LIMITS, Limits
from broker.core.codec.check_digits import imo_check_digit
from broker.core.country_codes import country_of_locode, is_country
from broker.core.identification.hs import remark_on

_MODES: Final[Mapping[str, Mode]] = {
    "1": Mode.SEA,
    "2": Mode.RAIL,
    "3": Mode.ROAD,
    "4": Mode.AIR,
    "5": Mode.POST,
    "6": Mode.MULTIMODAL,
    "7": Mode.OTHER,
    "8": Mode.INLAND_WATER,
    "9": Mode.OTHER,
}
_NATURES: Final[Mapping[str, Nature]] = {
    "22": Nature.EXPORT,
    "23": Nature.IMPORT,
    "24": Nature.TRANSIT,
    "28": Nature.TRANSHIPMENT,
}
_LOCODE: Final = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_INTERNATIONAL: Final = "XZ"  # UN/LOCODE: installations in international waters
_HS_LONGEST: Final = 12  # digits: six of the system's, the rest are national
_HS_KEPT: Final = 10  # digits
_HS_SHORTEST: Final = 4  # digits: a heading
_ALPHA_2: Final = 2  # letters
_COUNT_MAX: Final = 10**15
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_WORD: Final = re.compile(r"[^\s,;:|()\[\]\"'<>]+")
_DIGIT: Final = re.compile(r"\d")
_WORD_LENGTH: Final = range(4, 33)  # signs; a serial number has more than three


@dataclass(slots=True)
class Codes:
    """Reads the codes of one file, and collects what is wrong with them.

    Args:
        limits: How many remarks are kept.
    """

    limits: Limits = LIMITS
    _kept: list[Remark] = field(default_factory=list)
    _more: int = 0

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was wrong; the last one counts those that are not shown."""
        if not self._more:
            return tuple(self._kept)
        rest = Remark(where="elsewhere", expected=f"{self._more} more to be mended")
        return (*self._kept, rest)

    def remark(self, where: str, expected: str) -> None:
        """Notes that something is not as it should be."""
        if len(self._kept) < self.limits.remarks_max:
            self._kept.append(Remark(where=where, expected=expected))
        else:
            self._more += 1

    def hs(self, text: str, where: str) -> str:
        """Returns the digits of a code of goods; empty when it is none."""
        digits = re.sub(r"[. ]", "", text)
        if not digits:
            return ""
        plain = digits.isascii() and digits.isdigit()
        if not plain or not _HS_SHORTEST <= len(digits) <= _HS_LONGEST:
            self.remark(where, "a Harmonized System code of 4 to 12 digits")
            return ""
        if remark := _remark(digits):
            self.remark(where, remark)
        kept = digits[:_HS_KEPT]
        return kept[: len(kept) // 2 * 2]

    def locode(self, text: str, where: str) -> str:
        """Returns a UN/LOCODE without a space; empty when it is none."""
        compact = text.replace(" ", "").upper()
        if not compact:
            return ""
        known = country_of_locode(compact) or compact[:2] == _INTERNATIONAL
        if known and _LOCODE.fullmatch(compact):
            return compact
        self.remark(where, "a UN/LOCODE such as KEMBA")
        return ""

    def country(self, text: str, where: str) -> str:
        """Returns three letters for a country; empty when it is none."""
        code = text.strip().upper()
        if not code:
            return ""
        if len(code) == _ALPHA_2:
            found = country_of_locode(code) or ""
        else:
            found = code if is_country(code) else ""
        if not found:
            self.remark(where, "a country of ISO 3166-1, such as KE or KEN")
        return found

    def mode(self, text: str, where: str) -> Mode:
        """Returns how goods move; OTHER when it is not said."""
        code = text.strip()
        if code not in ("", "0") and code not in _MODES:
            self.remark(where, "a mode of transport from 1 to 9 (Recommendation 19)")
        return _MODES.get(code, Mode.OTHER)

    def nature(self, text: str, where: str) -> Nature:
        """Returns which way goods go; UNKNOWN when it is not said."""
        code = text.strip()
        if code and code not in _NATURES:
            self.remark(
                where, "22, 23, 24 or 28: export, import, transit, transhipment"
            )
        return _NATURES.get(code, Nature.UNKNOWN)

    def day(self, text: str, where: str) -> str:
        """Returns a day, ISO 8601; empty when it is none. A time after it is cut."""
        if not text.strip():
            return ""
        found = _DAY.match(text.strip())
        try:
            parts = (int(part) for part in found.groups()) if found else ()
            return dt.date(*parts).isoformat()
        except (TypeError, ValueError):
            self.remark(where, "a day such as 2026-03-12")
            return ""

    def amount(self, text: str, where: str) -> float:
        """Returns a weight in kilograms; 0 when it is not said."""
        if not text.strip():
            return 0.0
        try:
            found = float(text.strip().replace(",", "."))
        except ValueError:
            found = math.nan
        if not 0 <= found <= _COUNT_MAX:  # not a number compares as false
            self.remark(where, "a weight in kilograms, such as 190.5")
            return 0.0
        return found

    def count(self, text: str, where: str) -> int:
        """Returns a number of pieces, rounded down; 0 when it is not said."""
        if not text.strip():
            return 0
        try:
            found = float(text.strip().replace(",", "."))
        except ValueError:
            found = math.nan
        if not 0 <= found <= _COUNT_MAX:
            self.remark(where, "a number of pieces")
            return 0
        return int(found)


@lru_cache(maxsize=4_096)
def _remark(digits: str) -> str:
    """Returns what looks wrong about a code; a manifest repeats its codes."""
    return remark_on(digits)


def container(text: str) -> str:
    """Returns the number of a container as it is compared."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def imo(text: str, *, said_to_be: bool = False) -> str:
    """Returns an IMO number from whatever identifies a vessel; empty when it is none.

    Args:
        text: "IMO 9074729", "9074729", or a call sign.
        said_to_be: Whether the file says that it is one; a check digit that fails is
            then let through, since such numbers are in real use.
    """
    marked = re.search(r"(?<![0-9])[0-9]{7}(?![0-9])", text)
    if marked is None:
        return ""
    number = marked[0]
    named = said_to_be or "IMO" in text.upper()
    return number if named or imo_check_digit(number) == int(number[-1]) else ""


def words(*texts: str, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Returns the words of texts that a serial number may be: those with digits."""
    found: dict[str, None] = {}
    for text in texts:
        for part in _WORD.findall(text[: limits.text_max]):
            word = part.strip(".")
            if len(word) in _WORD_LENGTH and _DIGIT.search(word):
                found[word] = None
                if len(found) == limits.marks_max:
                    return tuple(found)
    return tuple(found)
