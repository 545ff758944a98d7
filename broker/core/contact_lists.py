"""Reads a list of many countries' contacts, such as one of competent authorities.

Comma-separated values with a header row. Reading the file is left to the callers,
keeping what it says to the store.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from broker.core.addresses import (
    is_email,
    is_telephone,
    looks_personal,
    tidy_telephone,
)
from broker.core.codec.problems import NOTHING, shown
from broker.core.contact_columns import (
    Column,
    Header,
    is_nothing,
    is_yes,
    language_of,
    no_list,
    parts,
    role_of,
    starts_formula,
)
from broker.core.contact_records import ImportedOffice
from broker.core.countries import Countries, folded
from broker.core.errors import DocumentProblem
from keys.directory.model import OfficeRole

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 100
MAX_NAME: Final = 200  # characters of an office's name, or a task
MAX_CELL: Final = 2_000  # characters
MAX_VALUES: Final = 16  # addresses, numbers, languages or tasks of one office
DELIMITERS: Final = (",", ";", "\t")
_MAX_PROBLEMS: Final = 100
_REORDERING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactList:
    """What a list says, as far as it could be read.

    Attributes:
        offices: In the order of the file; the same office named twice is one.
        rows: How many rows with something in them there were, without the header.
        merged: How many of them named an office that was there already.
        left_out: How many rows are left out.
        refused: Why they are; the first hundred reasons.
        remarks: What was left out of rows that were taken, or looks wrong.
        unknown: Titles of columns that nobody knows.
        people: Titles of columns with people's names: never imported.
    """

    offices: tuple[ImportedOffice, ...]
    rows: int
    merged: int
    left_out: int
    refused: tuple[DocumentProblem, ...]
    remarks: tuple[DocumentProblem, ...]
    unknown: tuple[str, ...]
    people: tuple[str, ...]


def parse_contact_list(
    text: str,
    countries: Countries,
    *,
    delimiter: str | None = None,
    role: OfficeRole | None = None,
) -> ContactList:
    """Reads a list.

    Args:
        text: The file, decoded; a byte order mark in front is passed over.
        countries: The table of countries.
        delimiter: What stands between cells; guessed from the header when absent.
        role: Of offices for which the list names none.

    Raises:
        DocumentError: Not such a list at all: no header, no column with countries or
            names, or too large. What is wrong in single rows is in `refused`.
    """
    text = text.removeprefix("\ufeff")
    records = _records(text, delimiter or _guessed(text))
    _, titles = next(records, (1, []))
    header = Header.of(titles)
    reader = _Reader(countries=countries, header=header, role=role)
    for line, cells in records:
        if any(not is_nothing(cell) for cell in cells):
            reader.take(line, cells)
    return ContactList(
        offices=tuple(reader.offices.values()),
        rows=reader.rows,
        merged=reader.rows - len(reader.offices) - len(reader.refused_lines),
        left_out=len(reader.refused_lines),
        refused=tuple(reader.refused),
        remarks=tuple(reader.remarks),
        unknown=header.unknown,
        people=header.people,
    )


def _guessed(text: str) -> str:
    header = text[:MAX_CELL].split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yields rows with the line on which each begins."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for count, cells in enumerate(rows):
            if count > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise no_list(
                    line,
                    "more than that",
                    f"at most {MAX_ROWS} rows and {MAX_COLUMNS} columns",
                )
            yield line, cells
            line = rows.line_num + 1
    except csv.Error as error:
        raise no_list(line, str(error), "comma-separated values") from error


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Takes rows one by one, and notes what does not fit."""

    countries: Countries
    header: Header
    role: OfficeRole | None
    rows: int = 0
    offices: dict[tuple[str, str, str], ImportedOffice] = field(default_factory=dict)
    refused: list[DocumentProblem] = field(default_factory=list)
    refused_lines: set[int] = field(default_factory=set)
    remarks: list[DocumentProblem] = field(default_factory=list)

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Takes one row, or refuses it."""
        self.rows += 1
        problems = list(self._problems(line, cells))
        if problems:
            self.refused_lines.add(line)
            self.refused.extend(problems[: _MAX_PROBLEMS - len(self.refused)])
            return
        office = self._office(line, cells)
        key = (office.country, office.role or "", folded(office.name))
        known = self.offices.get(key)
        self.offices[key] = office if known is None else _merged(known, office)

    def _problems(self, line: int, cells: Sequence[str]) -> Iterator[DocumentProblem]:
        if len(cells) != self.header.width:
            yield _problem(
                line,
                None,
                f"{len(cells)} cells",
                f"{self.header.width} as in the header",
            )
            return
        for column, places in self.header.places.items():
            if column is not Column.PERSON:
                for place in places:
                    yield from _cell_problems(line, column, cells[place])
        country = self.header.cell(Column.COUNTRY, cells)
        if self.countries.find(country) is None:
            yield _problem(
                line,
                Column.COUNTRY,
                shown(country) if country else NOTHING,
                "a country or organisation: ISO 3166-1 alpha-3 or alpha-2, M49, ICAO "
                "Doc 9303, or its English name",
            )
        name = self.header.cell(Column.NAME, cells)
        if is_nothing(name) or len(name) > MAX_NAME:
            yield _problem(
                line,
                Column.NAME,
                NOTHING if is_nothing(name) else f"{len(name)} characters",
                f"the name of the office, of at most {MAX_NAME} characters",
            )

    def _office(self, line: int, cells: Sequence[str]) -> ImportedOffice:
        header = self.header
        country = self.countries.find(header.cell(Column.COUNTRY, cells))
        assert country is not None  # noqa: S101 - `_problems` has refused it
        emails = self._values(line, cells, Column.EMAIL)
        office = ImportedOffice(
            country=country,
            name=header.cell(Column.NAME, cells),
            role=self._role(line, cells),
            emails=emails,
            telephones=self._values(line, cells, Column.TELEPHONE),
            languages=self._values(line, cells, Column.LANGUAGES),
            tasks=tuple(
                task[:MAX_NAME]
                for cell in header.cells(Column.TASKS, cells)
                for task in parts(cell)
            )[:MAX_VALUES],
            round_the_clock=is_yes(header.cell(Column.ROUND_THE_CLOCK, cells)),
            line=line,
        )
        if not office.emails and not office.telephones:
            self._remark(line, None, NOTHING, "an e-mail address or a telephone number")
        for email in filter(looks_personal, emails):
            self._remark(
                line, Column.EMAIL, shown(email), "the office's own, not a person's"
            )
        return office

    def _role(self, line: int, cells: Sequence[str]) -> OfficeRole | None:
        cell = self.header.cell(Column.ROLE, cells)
        if is_nothing(cell):
            return self.role
        role = role_of(cell)
        if role is None:
            roles = ", ".join(OfficeRole)
            self._remark(line, Column.ROLE, shown(cell), f"one of {roles}")
        return role or self.role

    def _values(
        self, line: int, cells: Sequence[str], column: Column
    ) -> tuple[str, ...]:
        """Returns what is understood of the cells of a column; notes what is not."""
        values: list[str] = []
        for cell in self.header.cells(column, cells):
            for part in parts(cell):
                value = _value(column, part)
                if value is None:
                    self._remark(line, column, shown(part), _EXPECTED[column])
                else:
                    values.append(value)
        return tuple(dict.fromkeys(values))[:MAX_VALUES]

    def _remark(
        self, line: int, column: Column | None, found: str, expected: str
    ) -> None:
        if len(self.remarks) < _MAX_PROBLEMS:
            self.remarks.append(_problem(line, column, found, expected))


_EXPECTED: Final = {
    Column.EMAIL: "an e-mail address; it is left out",
    Column.TELEPHONE: "a number with country code, as +254 20 0000000; it is left out",
    Column.LANGUAGES: "a language by its tag or English name; it is left out",
}


def _value(column: Column, part: str) -> str | None:
    if column is Column.EMAIL:
        email = part.removeprefix("mailto:").strip("<>")
        return email if is_email(email) else None
    if column is Column.TELEPHONE:
        number = tidy_telephone(part)
        return number if is_telephone(number) else None
    return language_of(part)


def _cell_problems(line: int, column: Column, cell: str) -> Iterator[DocumentProblem]:
    if len(cell) > MAX_CELL:
        yield _problem(
            line, column, f"{len(cell)} characters", f"at most {MAX_CELL} characters"
        )
    elif any(_steers(sign) for sign in cell):
        yield _problem(line, column, shown(cell), "text without control characters")
    elif any(_is_formula(column, part) for part in (cell, *parts(cell))):
        yield _problem(
            line, column, shown(cell), "no formula: spreadsheets run =, +, - and @"
        )


def _is_formula(column: Column, part: str) -> bool:
    if is_nothing(part) or not starts_formula(part):
        return False
    # A country code begins like a formula: what follows must be a number, then.
    return column is not Column.TELEPHONE or not all(
        is_telephone(tidy_telephone(number)) for number in parts(part)[:1]
    )


def _steers(sign: str) -> bool:
    control = unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t"
    return control or sign in _REORDERING


def _merged(known: ImportedOffice, again: ImportedOffice) -> ImportedOffice:
    return replace(
        known,
        emails=_together(known.emails, again.emails),
        telephones=_together(known.telephones, again.telephones),
        languages=_together(known.languages, again.languages),
        tasks=_together(known.tasks, again.tasks),
        round_the_clock=known.round_the_clock or again.round_the_clock,
    )


def _together(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))[:MAX_VALUES]


def _problem(
    line: int, column: Column | None, found: str, expected: str
) -> DocumentProblem:
    place = f"line {line}" if column is None else f"line {line}, {column}"
    return DocumentProblem(place, found, f"expected {expected}")
