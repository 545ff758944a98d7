"""What the columns of a contact list are called, and what stands in their cells.

Rows are left to `broker.core.contact_lists`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final, Self

from broker.core.addresses import is_language
from broker.core.codec.problems import shown
from broker.core.countries import folded
from broker.core.errors import DocumentError, DocumentProblem
from keys.directory.model import OfficeRole


@unique
class Column(StrEnum):
    """What a column of a list may hold."""

    COUNTRY = "country"
    NAME = "name"
    ROLE = "role"
    EMAIL = "e-mail"
    TELEPHONE = "telephone"
    LANGUAGES = "languages"
    TASKS = "tasks"
    ROUND_THE_CLOCK = "24/7"
    PERSON = "person"


REPEATABLE: Final = frozenset(
    {Column.EMAIL, Column.TELEPHONE, Column.LANGUAGES, Column.TASKS, Column.PERSON}
)
"""Columns that a list may have several of: "E-mail 1", "E-mail 2"."""

_TITLES: Final = {
    Column.COUNTRY: (
        *("country", "country code", "country or territory", "country territory"),
        *("country name", "state", "state party", "member state", "member", "party"),
        *("nation", "iso", "iso3", "iso 3166", "iso 3166 1", "alpha 2", "alpha 3"),
        *("alpha2", "alpha3", "iso code", "m49"),
    ),
    Column.NAME: (
        *("name", "name of authority", "name of the authority", "authority"),
        *("authority name", "competent authority", "national authority", "agency"),
        *("agency name", "name of agency", "office", "office name", "institution"),
        *("name of institution", "organisation", "organization", "body", "entity"),
        *("national focal point", "national point of contact", "point of contact"),
    ),
    Column.ROLE: (
        *("role", "type", "type of authority", "authority type", "category"),
        *("function", "function of authority", "sector"),
    ),
    Column.EMAIL: ("e mail", "email", "mail", "e mail address", "email address"),
    Column.TELEPHONE: (
        *("telephone", "phone", "tel", "tel no", "telephone number", "phone number"),
        *("phone no", "telephone no", "hotline"),
    ),
    Column.LANGUAGES: (
        *("language", "languages", "working language", "working languages"),
        *("language s", "languages of work", "correspondence languages"),
    ),
    Column.TASKS: (
        *("task", "tasks", "competence", "competences", "responsibility"),
        *("responsibilities", "mandate", "remit", "area of competence"),
    ),
    Column.ROUND_THE_CLOCK: (
        *("24 7", "24x7", "24 hours", "round the clock", "available 24 7"),
        *("24 hour service", "24 7 available"),
    ),
    Column.PERSON: (
        *("contact person", "contact name", "name of contact", "person", "officer"),
        *("contact officer", "name of contact person", "name of official", "head"),
        *("first name", "last name", "surname", "family name", "given name"),
        *("head of authority", "contact person s", "focal point name", "title"),
    ),
}
_COLUMNS: Final = MappingProxyType(
    {title: column for column, titles in _TITLES.items() for title in titles}
)
_ROLE_WORDS: Final = (
    # The first that is found decides: narrow ones stand before wide ones.
    (OfficeRole.INTERPOL_NCB, ("interpol", "ncb", "national central bureau")),
    (OfficeRole.FINANCIAL_INTELLIGENCE, ("financial intelligence", "fiu")),
    (OfficeRole.DUTY_DESK, ("duty", "24 7", "hotline", "operations room")),
    (OfficeRole.TRACING_AUTHORITY, ("tracing", "competent authority")),
    (OfficeRole.LICENSING, ("licensing", "licence", "license", "export control")),
    (OfficeRole.CUSTOMS, ("customs",)),
    (OfficeRole.BORDER, ("border", "immigration", "coast guard")),
    (OfficeRole.MILITARY, ("military", "armed forces", "defence", "defense", "army")),
    (OfficeRole.COORDINATION, ("coordination", "coordinating", "national commission")),
    (OfficeRole.TECHNICAL_LIAISON, ("technical liaison", "liaison")),
    (OfficeRole.POLICE, ("police", "gendarmerie", "law enforcement")),
)
_LANGUAGES: Final = MappingProxyType(
    {
        "albanian": "sq",
        "amharic": "am",
        "arabic": "ar",
        "armenian": "hy",
        "azerbaijani": "az",
        "bosnian": "bs",
        "bulgarian": "bg",
        "chinese": "zh",
        "croatian": "hr",
        "czech": "cs",
        "danish": "da",
        "dutch": "nl",
        "english": "en",
        "estonian": "et",
        "finnish": "fi",
        "french": "fr",
        "georgian": "ka",
        "german": "de",
        "greek": "el",
        "hebrew": "he",
        "hungarian": "hu",
        "indonesian": "id",
        "italian": "it",
        "japanese": "ja",
        "kazakh": "kk",
        "khmer": "km",
        "korean": "ko",
        "kyrgyz": "ky",
        "lao": "lo",
        "latvian": "lv",
        "lithuanian": "lt",
        "macedonian": "mk",
        "malay": "ms",
        "mongolian": "mn",
        "norwegian": "no",
        "persian": "fa",
        "polish": "pl",
        "portuguese": "pt",
        "romanian": "ro",
        "russian": "ru",
        "serbian": "sr",
        "slovak": "sk",
        "slovenian": "sl",
        "somali": "so",
        "spanish": "es",
        "swahili": "sw",
        "swedish": "sv",
        "tajik": "tg",
        "thai": "th",
        "turkish": "tr",
        "turkmen": "tk",
        "ukrainian": "uk",
        "urdu": "ur",
        "uzbek": "uz",
        "vietnamese": "vi",
    }
)
_NOTHING: Final = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "none", "nil"})
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "24/7", "24x7", "24 hours"})
_STARTS_FORMULA: Final = ("=", "+", "-", "@")


def column_of(title: str) -> Column | None:
    """Returns what a column with this title holds; None when that is not known.

    Case, punctuation and a number behind ("E-mail 2") do not matter.
    """
    key = folded(title)
    return _COLUMNS.get(key) or _COLUMNS.get(re.sub(r" ?[0-9]$", "", key))


def role_of(text: str) -> OfficeRole | None:
    """Returns the role that a list means; None when it is none of ours."""
    key = folded(text)
    for role in OfficeRole:
        if key == folded(role.value):
            return role
    words = f" {key} "
    for role, signs in _ROLE_WORDS:
        if any(f" {sign} " in words for sign in signs):
            return role
    return None


def language_of(text: str) -> str | None:
    """Returns the tag of a language that is named by tag or in English."""
    if is_language(text) and (len(text) == 2 or "-" in text):  # noqa: PLR2004 - ISO 639-1
        return text
    return _LANGUAGES.get(folded(text))


def is_nothing(cell: str) -> bool:
    """Tells whether a cell says that there is nothing: empty, a dash, "n/a"."""
    return cell.strip().casefold() in _NOTHING


def is_yes(cell: str) -> bool:
    """Tells whether a cell affirms what its column asks."""
    return cell.strip().casefold() in _YES


def parts(cell: str) -> list[str]:
    """Returns what a cell lists, one below the other or between ; , or |."""
    found = (part.strip() for part in re.split(r"[;,|\n\r]+", cell))
    return list(dict.fromkeys(part for part in found if not is_nothing(part)))


def starts_formula(cell: str) -> bool:
    """Tells whether a spreadsheet would run a cell instead of showing it."""
    return cell.lstrip().startswith(_STARTS_FORMULA) or cell[:1] in {"\t", "\r"}


def no_list(line: int, found: str, expected: str) -> DocumentError:
    """Returns the error for a file that is no list of contacts."""
    return DocumentError(
        [DocumentProblem(f"line {line}", found, f"expected {expected}")]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which column stands where.

    Attributes:
        width: Cells that every row must have.
        places: Of the columns that are known.
        unknown: Titles that nobody knows.
        people: Titles of columns with people's names.
    """

    width: int
    places: Mapping[Column, tuple[int, ...]]
    unknown: tuple[str, ...]
    people: tuple[str, ...]

    @classmethod
    def of(cls, titles: Sequence[str]) -> Self:
        """Reads a header row.

        Raises:
            DocumentError: A column that is needed is missing, or there twice.
        """
        places: dict[Column, list[int]] = {}
        unknown, people = [], []
        for place, title in enumerate(titles):
            column = column_of(title)
            if column is None:
                unknown.append(title.strip() or f"column {place + 1}")
                continue
            if column is Column.PERSON:
                people.append(title.strip())
            if column in places and column not in REPEATABLE:
                raise no_list(1, shown(title), f"one column only for the {column}")
            places.setdefault(column, []).append(place)
        for needed in (Column.COUNTRY, Column.NAME):
            if needed not in places:
                raise no_list(
                    1,
                    shown(", ".join(titles)),
                    f"a header row with a column for the {needed} of each office",
                )
        return cls(
            width=len(titles),
            places={column: tuple(where) for column, where in places.items()},
            unknown=tuple(unknown),
            people=tuple(people),
        )

    def cells(self, column: Column, cells: Sequence[str]) -> list[str]:
        """Returns what a row has in the columns of one sort."""
        return [cells[place] for place in self.places.get(column, ())]

    def cell(self, column: Column, cells: Sequence[str]) -> str:
        """Returns what a row has in the one column of a sort, on one line."""
        return " ".join("".join(self.cells(column, cells)).split())
