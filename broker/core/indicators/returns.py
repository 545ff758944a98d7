"""Figures as parties exchange them: one return a year, of which the newest counts.

What is computed from them is left to `broker.core.indicators.sdg`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from broker.core.indicators.arms import Recovered, Traced, status_of
from broker.core.indicators.sdg import Cell, Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a party has stated for a year.

    Attributes:
        by: Who stated it.
        country: Whose figures they are: ISO 3166-1 alpha-3.
        revision: From 1; the highest counts.
        at_ms: When it was sealed, in ms since the epoch.
    """

    by: str
    country: str
    year: int
    revision: int
    at_ms: int
    figures: Figures


def document_of(
    country: str, year: int, revision: int, figures: Figures, notes: str = ""
) -> dict[str, object]:
    """Returns the content of a return, as protobuf's JSON mapping has it."""
    document: dict[str, object] = {
        "country": str(country),
        "year": year,
        "revision": revision,
    }
    counts = [
        _count(recovered, traced, cell)
        for (recovered, traced), cell in sorted(figures.cells.items())
        if cell.arms
    ]
    if counts:
        document["counts"] = counts
    if notes:
        document["notes"] = notes
    return document


def read_return(by: str, at_ms: int, document: Mapping[str, object]) -> Return:
    """Reads a content that was taken.

    Args:
        by: Who stated it.
        at_ms: When it was sealed.
        document: Protobuf's JSON mapping of a `StatisticsReturn`.
    """
    listed = document.get("counts")
    cells: dict[tuple[Recovered, Traced], Cell] = {}
    for one in listed if isinstance(listed, list) else ():
        traced = status_of(one["status"])
        word = str(one["kind"]).removeprefix("RECOVERY_KIND_").lower()
        if traced is not None:
            cells[Recovered(word), traced] = Cell(
                arms=int(one["arms"]), identifiable=int(one.get("identifiable", 0))
            )
    return Return(
        by=by,
        country=str(document["country"]),
        year=int(str(document["year"])),
        revision=int(str(document["revision"])),
        at_ms=at_ms,
        figures=Figures(cells=cells),
    )


def in_force(returns: Iterable[Return]) -> dict[tuple[str, int], Return]:
    """Returns what counts for each country and year: its own newest revision.

    Nobody speaks for another country.
    """
    newest: dict[tuple[str, int], Return] = {}
    for one in returns:
        if one.by != one.country:
            continue
        place = one.country, one.year
        so_far = newest.get(place)
        if so_far is None or _rank(one) > _rank(so_far):
            newest[place] = one
    return {place: newest[place] for place in sorted(newest)}


def _rank(one: Return) -> tuple[int, int]:
    return one.revision, one.at_ms


def _count(recovered: Recovered, traced: Traced, cell: Cell) -> dict[str, object]:
    count: dict[str, object] = {
        "kind": f"RECOVERY_KIND_{recovered.name}",
        "status": f"TRACING_STATUS_{traced.name}",
        "arms": str(cell.arms),
    }
    if cell.identifiable:
        count["identifiable"] = str(cell.identifiable)
    return count
