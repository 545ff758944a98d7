"""Indicator 16.4.2 of the Sustainable Development Goals, exactly as it is defined.

The proportion of arms seized, found or surrendered whose illicit origin or context was
traced, or established by a competent authority: 100 x (T + E) / (S + F + U). It
measures what is done about tracing, not how many arms are trafficked. Metadata of 26
July 2018.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from broker.core.indicators.arms import Arms, Recovered, Traced

SERIES: Final = "VC_ARM_SZTRACE"
"""The code of the series in the global database."""
NOT_AVAILABLE: Final = "not available"
"""What stands for a proportion of nothing; it is not nought."""

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many arms, and how many of them can be identified uniquely."""

    arms: int = 0
    identifiable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one country and year, or of several together.

    Attributes:
        cells: By how the arms were recovered and what tracing has come to; what is
            missing is nought.
    """

    cells: Mapping[tuple[Recovered, Traced], Cell]

    def total(
        self,
        *,
        recovered: Recovered | None = None,
        traced: Traced | None = None,
        identifiable: bool = False,
    ) -> int:
        """Returns how many arms there are, of one sort or of all."""
        return sum(
            cell.identifiable if identifiable else cell.arms
            for (how, status), cell in self.cells.items()
            if recovered in {None, how} and traced in {None, status}
        )

    def proportion(
        self,
        *,
        recovered: Recovered | None = None,
        numerator: Iterable[Traced] = (Traced.TRACED, Traced.ESTABLISHED_OTHER),
        identifiable: bool = False,
    ) -> Fraction | None:
        """Returns the proportion from 0 to 1; None where there is nothing to divide.

        Args:
            recovered: Only of arms that were recovered in this way.
            numerator: What counts above the line.
            identifiable: Only of arms that can be identified uniquely: the variant.
        """
        below = self.total(recovered=recovered, identifiable=identifiable)
        above = sum(
            self.total(recovered=recovered, traced=one, identifiable=identifiable)
            for one in numerator
        )
        return Fraction(above, below) if below else None


def figures_of(arms: Iterable[Arms]) -> Figures:
    """Returns the figures for arms, whatever their year."""
    total: Counter[tuple[Recovered, Traced]] = Counter()
    single: Counter[tuple[Recovered, Traced]] = Counter()
    for one in arms:
        total[one.recovered, one.traced] += one.number
        single[one.recovered, one.traced] += one.number * one.identifiable
    return Figures(
        cells={
            key: Cell(arms=total[key], identifiable=single[key])
            for key in sorted(total)
        }
    )


def by_year(arms: Iterable[Arms]) -> dict[int, Figures]:
    """Returns the figures of each year, ascending."""
    years: dict[int, list[Arms]] = {}
    for one in arms:
        years.setdefault(one.year, []).append(one)
    return {year: figures_of(years[year]) for year in sorted(years)}


def together(parts: Iterable[Figures]) -> Figures:
    """Returns the figures of a region: sums over sums, never a mean of proportions."""
    cells: dict[tuple[Recovered, Traced], Cell] = {}
    for part in parts:
        for key, cell in part.cells.items():
            so_far = cells.get(key, Cell())
            cells[key] = Cell(
                arms=so_far.arms + cell.arms,
                identifiable=so_far.identifiable + cell.identifiable,
            )
    return Figures(cells={key: cells[key] for key in sorted(cells)})


def percent(proportion: Fraction | None) -> str:
    """Returns "95.57", half rounded up, or "not available"."""
    if proportion is None:
        return NOT_AVAILABLE
    exact = Decimal(proportion.numerator * 100) / Decimal(proportion.denominator)
    return str(exact.quantize(_CENT, ROUND_HALF_UP))
