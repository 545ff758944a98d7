"""Tables about people in which no small number can be read or worked out.

What the cells count is left to the callers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

THRESHOLD: Final = 5
"""Fewer people than this are never shown, unless they are none."""

HIDDEN: Final = "few"
"""What stands for a number that is too small to be shown."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that may be shown; None stands where a number is not.

    Attributes:
        rows: Labels, in order.
        columns: Labels, in order.
        cells: Numbers by row and column.
        row_totals: By row.
        column_totals: By column.
        total: Of all.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Place, int | None]
    row_totals: Mapping[str, int | None]
    column_totals: Mapping[str, int | None]
    total: int | None

    @property
    def head(self) -> tuple[str, ...]:
        """What stands over its lines."""
        return ("", *self.columns, "all")

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """Each row with its label and total, in words; the last has the totals."""
        lines = [
            (
                row,
                *(_shown(self.cells[row, column]) for column in self.columns),
                _shown(self.row_totals[row]),
            )
            for row in self.rows
        ]
        totals = (_shown(self.column_totals[column]) for column in self.columns)
        return [*lines, ("all", *totals, _shown(self.total))]


def _shown(number: int | None) -> str:
    return HIDDEN if number is None else str(number)


def suppress(
    counts: Mapping[Place, int],
    rows: Sequence[str],
    columns: Sequence[str],
    threshold: int = THRESHOLD,
) -> Table:
    """Returns a table of counts in which small numbers cannot be worked out.

    1. A number below the threshold is hidden. 2. So is the total of each row and column
    that hides one: its total less the rest would be the number. 3. The total of all is
    the only sum left that takes in what is hidden. It is shown if every hidden number
    could still be another one, given that it is below the threshold and not nought.

    Args:
        counts: By row and column; what is missing is nought.
        rows: Labels, in order.
        columns: Labels, in order.
        threshold: From 2.
    """
    full = {(one, two): counts.get((one, two), 0) for one in rows for two in columns}
    # 1.
    hidden = {place for place, number in full.items() if 0 < number < threshold}
    # 2.
    row_totals = {
        row: _total([(row, column) for column in columns], full, hidden) for row in rows
    }
    column_totals = {
        column: _total([(row, column) for row in rows], full, hidden)
        for column in columns
    }
    # 3.
    number, together = len(hidden), sum(full[place] for place in hidden)
    open_ended = number < together < number * (threshold - 1)
    whole = sum(full.values())
    return Table(
        rows=tuple(rows),
        columns=tuple(columns),
        cells={
            place: None if place in hidden else count for place, count in full.items()
        },
        row_totals=row_totals,
        column_totals=column_totals,
        total=whole if not hidden or (number > 1 and open_ended) else None,
    )


def _total(
    line: Iterable[Place], full: Mapping[Place, int], hidden: set[Place]
) -> int | None:
    places = list(line)
    if any(place in hidden for place in places):
        return None
    return sum(full[place] for place in places)
