"""Reads a list of weapons: comma-separated values with a header row.

Reading the file is left to the callers, keeping what it says to the services. A list
is taken in whole: what is wrong in any row is reported, with its line.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from broker.core.codec.problems import shown
from broker.core.countries import Countries
from broker.core.errors import DocumentError, DocumentProblem
from broker.core.identification.historic import FORMER_STATES
from broker.core.identification.masks import reading
from broker.core.identification.ranges import series_of
from broker.core.identification.records import Kept
from broker.core.identification.weapon import FRAME, ReadSerial, SerialSpan, Weapon
from broker.core.weapon_list_columns import Column, Header, part_of, type_of

MAX_ROWS: Final = 5_000_000
_MAX_CELL: Final = 500  # characters
_MAX_PROBLEMS: Final = 100
_DELIMITERS: Final = (",", ";", "\t")
_EXPECTED: Final = {
    Column.TYPE: "a type such as pistol, revolver, assault rifle, smg, shotgun",
    Column.PART: "a part such as frame, barrel, slide, cylinder, bolt",
}
_YEARS: Final = (1500, 2200)
_OWN: Final = "own-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeaponList:
    """What a list says.

    Attributes:
        entries: Weapons and series, in the order of the file.
        unknown: Titles of columns that nobody knows; they are not taken in.
    """

    entries: tuple[Kept, ...]
    unknown: tuple[str, ...]


def parse_weapon_list(
    text: str, countries: Countries, *, delimiter: str | None = None
) -> WeaponList:
    """Reads a list.

    Args:
        text: The file, decoded; a byte order mark in front is passed over.
        countries: The table of countries.
        delimiter: What stands between cells; guessed from the header when absent.

    Raises:
        DocumentError: It is no such list, or something is wrong in some rows: the
            first hundred places.
    """
    text = text.removeprefix("\ufeff")
    records = _records(text, delimiter or _guessed(text))
    _, titles = next(records, (1, []))
    header = Header.of(titles)
    reader = _RowReader(header=header, countries=countries, problems=[])
    entries = [
        kept
        for line, cells in records
        if any(cell.strip() for cell in cells)
        for kept in reader.read(line, cells)
    ]
    if reader.problems:
        raise DocumentError(reader.problems)
    if not entries:
        raise DocumentError(
            [DocumentProblem("", "no row", "expected a row for each weapon or series")]
        )
    return WeaponList(entries=tuple(entries), unknown=header.unknown)


def _guessed(text: str) -> str:
    header = text[:2000].split("\n", 1)[0]
    return max(_DELIMITERS, key=header.count)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yields rows with the line on which each begins."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for count, cells in enumerate(rows):
            if count > MAX_ROWS:
                raise _at(line, "more than that", f"at most {MAX_ROWS} rows")
            yield line, cells
            line = rows.line_num + 1
    except csv.Error as error:
        raise _at(line, str(error), "comma-separated values") from error


def _at(line: int, found: str, expected: str) -> DocumentError:
    return DocumentError([_problem(line, found, expected)])


def _problem(line: int, found: str, expected: str) -> DocumentProblem:
    return DocumentProblem(f"line {line}", found, f"expected {expected}")


class _MisfitError(Exception):
    """A cell that does not fit."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected


@dataclass(slots=True, kw_only=True)
class _RowReader:
    """Reads rows one by one, and notes what does not fit."""

    header: Header
    countries: Countries
    problems: list[DocumentProblem]

    def read(self, line: int, cells: Sequence[str]) -> Iterator[Kept]:
        """Yields what a row says, or notes what is wrong with it."""
        try:
            yield self._kept(f"line {line}", self._row(cells))
        except _MisfitError as misfit:
            if len(self.problems) < _MAX_PROBLEMS:
                self.problems.append(_problem(line, misfit.found, misfit.expected))

    def _row(self, cells: Sequence[str]) -> dict[Column, str]:
        if len(cells) != self.header.width:
            raise _MisfitError(
                f"{len(cells)} cells", f"{self.header.width} cells, as the header"
            )
        places = self.header.places
        return {column: _clean(cells[place]) for column, place in places.items()}

    def _kept(self, path: str, row: dict[Column, str]) -> Kept:
        serial, span = _serial(row), _span(row)
        if (serial is None) == (span is None):
            raise _MisfitError(
                "a number and a series" if serial else "neither",
                "a serial number, or the first and the last of a series",
            )
        year = _whole(row, Column.YEAR)
        if year and not _YEARS[0] <= year <= _YEARS[1]:
            raise _MisfitError(str(year), f"a year from {_YEARS[0]} to {_YEARS[1]}")
        return Kept(
            weapon=Weapon(
                kind=_OWN,
                path=path,
                type=_choice(row, Column.TYPE),
                make=row.get(Column.MAKE, ""),
                model=row.get(Column.MODEL, ""),
                calibre=row.get(Column.CALIBRE, ""),
                country=self._country(row.get(Column.COUNTRY, "")),
                year=year or None,
                quantity=_whole(row, Column.QUANTITY),
                serials=() if serial is None else (serial,),
                ranges=() if span is None else (span,),
            ),
            reference=row.get(Column.REFERENCE, ""),
        )

    def _country(self, text: str) -> str:
        if not text or text in FORMER_STATES:
            return text
        found = self.countries.find(text)
        if found is None:
            raise _MisfitError(shown(text), "a country by code or English name")
        return str(found)


def _clean(cell: str) -> str:
    text = cell.strip()
    if len(text) > _MAX_CELL or not text.isprintable():
        raise _MisfitError(
            shown(text), f"at most {_MAX_CELL} printable characters on one line"
        )
    return text


def _serial(row: dict[Column, str]) -> ReadSerial | None:
    raw, mask = row.get(Column.SERIAL, ""), row.get(Column.MASK, "")
    if not raw:
        return None
    if not reading(raw, mask).known:
        raise _MisfitError(shown(raw), "a serial number with a sign that could be read")
    part = _choice(row, Column.PART) or FRAME
    return ReadSerial(part=part, raw=raw, mask=mask)


def _span(row: dict[Column, str]) -> SerialSpan | None:
    first, last = row.get(Column.FIRST, ""), row.get(Column.LAST, "")
    if not first and not last:
        return None
    span = SerialSpan(first=first, last=last, quantity=_whole(row, Column.QUANTITY))
    if not first or not last or series_of(span) is None:
        raise _MisfitError(
            shown(f"{first} to {last}"),
            "the first and the last of a series, alike but for a rising count",
        )
    return span


def _choice(row: dict[Column, str], column: Column) -> str:
    text = row.get(column, "")
    if not text:
        return ""
    found = type_of(text) if column is Column.TYPE else part_of(text)
    if found is None:
        raise _MisfitError(shown(text), _EXPECTED[column])
    return found


def _whole(row: dict[Column, str], column: Column) -> int:
    text = row.get(column, "")
    if not text:
        return 0
    if not text.isascii() or not text.isdecimal() or len(text) > len("1000000000"):
        raise _MisfitError(shown(text), f"a whole number as {column}")
    return int(text)
