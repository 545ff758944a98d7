"""Countries and organisations by code and by name, as lists of contacts write them.

Where the table comes from is left to `broker.infra.country_table`. Whether a country
is a party is the directory's to say.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from keys.identity import PartyId

_M49_DIGITS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One country, territory or organisation.

    Attributes:
        code: ISO 3166-1 alpha-3, or ICAO Doc 9303 for an organisation.
        alpha_2: ISO 3166-1 alpha-2; empty for an organisation.
        m49: Three digits of the United Nations' M49; empty for an organisation.
        names: In English, the one to show first.
    """

    code: PartyId
    alpha_2: str
    m49: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Countries:
    """A table of countries, ready to be asked."""

    _names: Mapping[str, str]
    _found: Mapping[str, PartyId]

    @classmethod
    def of(cls, table: Iterable[Country]) -> Self:
        """Prepares a table. Where two claim a name, the first has it."""
        names: dict[str, str] = {}
        found: dict[str, PartyId] = {}
        for country in table:
            names[country.code] = country.names[0]
            spellings = (country.code, country.alpha_2, country.m49, *country.names)
            for spelling in filter(None, map(folded, spellings)):
                found.setdefault(spelling, country.code)
        return cls(names, found)

    def find(self, text: str) -> PartyId | None:
        """Returns the code of a country that is named by code or English name.

        Case, accents and punctuation do not matter, nor does "the" in front.
        """
        key = folded(text).removeprefix("the ").removesuffix(" the")
        if key.isascii() and key.isdigit():
            key = key.zfill(_M49_DIGITS)
        return self._found.get(key)

    @property
    def codes(self) -> tuple[PartyId, ...]:
        """Every code of the table, ascending."""
        return tuple(sorted(set(self._found.values())))

    def name(self, code: str) -> str:
        """Returns the English name; empty for a code that is not in the table."""
        return self._names.get(code, "")


def folded(text: str) -> str:
    """Returns a text without case, accents and punctuation, to compare it by."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", plain.replace("&", " and ")))
