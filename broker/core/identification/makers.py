"""Which maker a text means, by the names and abbreviations that makers go by.

The names stand in `broker.core.identification.maker_table`. What is not in it is
compared as text; that no maker was found means nothing.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from broker.core.identification.historic import related
from broker.core.identification.maker_table import MAKERS
from broker.core.identification.scripts import by_sound, scripts_of

_REMEMBERED: Final = 4096  # names that stand in one list after another
_FORM_WORDS: Final = """
    ag as bv co company corp corporation ges gmbh inc incorporated jsc jsco kg llc ltd
    limited mbh mfg manufacturing oy plc pt sa sas spa srl the and et u und y fabrik
    factory works arms firearms weapons waffen armory arma armas armi austria belgium
    germany italy usa
"""
_FORMS: Final = frozenset(_FORM_WORDS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """One maker.

    Attributes:
        name: As it is shown.
        countries: Where it makes or made firearms, alpha-3, the main one first;
            former States by the codes they had.
        first_year: In which it began, as far as commonly known.
        last_year: In which it ended; None while it lasts.
    """

    name: str
    countries: tuple[str, ...]
    first_year: int
    last_year: int | None = None


@lru_cache(maxsize=_REMEMBERED)
def canonical(text: str, country: str = "") -> Maker | None:
    """Returns the maker that a text means.

    Args:
        text: As marked or written: "S&W", "Crvena Zastava".
        country: Alpha-3 of manufacture, which tells makers of one name apart.

    Returns:
        The maker; None when none of the list is meant, or several are and the country
        does not tell which.
    """
    found = _found(text)
    near = [
        maker
        for maker in found
        if country and any(related(country, one) for one in maker.countries)
    ]
    fitting = near or found
    return fitting[0] if len(fitting) == 1 else None


def same(a: str, b: str, country: str = "") -> bool | None:
    """Tells whether two texts mean one maker; None when one of them says nothing."""
    if not maker_key(a) or not maker_key(b):
        return None
    return canonical_key(a, country) == canonical_key(b, country)


@lru_cache(maxsize=_REMEMBERED)
def canonical_key(text: str, country: str = "") -> str:
    """Returns by what a maker is compared: the key of its name, known or not."""
    maker = canonical(text, country)
    return maker_key(text if maker is None else maker.name)


@lru_cache(maxsize=_REMEMBERED)
def maker_key(text: str) -> str:
    """Returns a name without case, accents, punctuation and forms of company."""
    words = _words(text)
    telling = [word for word in words if word not in _FORMS]
    return "".join(telling or words)


def _found(text: str) -> tuple[Maker, ...]:
    whole = "".join(_words(text))
    return _BY_NAME.get(whole) or _BY_NAME.get(maker_key(text), ())


def _words(text: str) -> list[str]:
    if scripts_of(text) - {"latin"}:
        text = min(by_sound(unicodedata.normalize("NFC", text).upper()))
    apart = unicodedata.normalize("NFKD", text.replace("\u0131", "i")).casefold()
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    # "S. & W.", "S&W" and "SW" are one; so are "F.N." and "FN".
    joined = re.sub(r"(?<=\b[a-z])[.&](?=\s?[a-z]\b)\s?", "", plain)
    return re.findall(r"[a-z0-9]+", joined.replace("'", ""))


def _by_name() -> dict[str, tuple[Maker, ...]]:
    table: dict[str, tuple[Maker, ...]] = {}
    for line in re.sub(r";\n\s+", "; ", MAKERS).strip().splitlines():
        name, countries, years, aliases = line.split("|")
        first, _, last = years.partition("-")
        maker = Maker(
            name=name,
            countries=tuple(countries.split()),
            first_year=int(first),
            last_year=int(last) if last else None,
        )
        for alias in filter(None, (name, *aliases.split("; "))):
            for key in {"".join(_words(alias)), maker_key(alias)}:
                known = table.get(key, ())
                table[key] = known if maker in known else (*known, maker)
    return table


_BY_NAME: Final[Mapping[str, tuple[Maker, ...]]] = MappingProxyType(_by_name())
