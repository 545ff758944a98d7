"""Whose records come next for an item, in the order of the tracing instrument.

One's own records first, then those of the State of manufacture, then those of the last
importer. Who was asked already is left to `broker.core.tracing.route`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from broker.core.identification.historic import FORMER_STATES, successors
from broker.core.identification.makers import canonical
from broker.core.identification.weapon import Weapon, weapons_in


class Ground(StrEnum):
    """Why somebody's records are worth asking for."""

    DOMESTIC = "domestic"
    MANUFACTURE = "manufacture"
    SUCCESSOR = "successor"
    MAKER = "maker"
    IMPORT = "import"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Records that are worth asking for.

    Attributes:
        country: Whose, alpha-3; one's own for domestic ones, empty if that is unknown.
        ground: Why.
        reason: The same for a person, as part of a sentence.
        path: Of the item: "items[0]".
    """

    country: str
    ground: Ground
    reason: str
    path: str

    @property
    def domestic(self) -> bool:
        """Whether these are one's own records."""
        return self.ground is Ground.DOMESTIC


def stations_of(
    item: Mapping[str, object], own: str = "", path: str = ""
) -> tuple[Station, ...]:
    """Returns whose records come next for one item, in order, each country once.

    Args:
        item: An `Item`, by JSON names.
        own: Alpha-3 of whoever asks.
        path: Of the item.
    """
    found: dict[str, Station] = {}
    for weapon in weapons_in("trace-request", item):
        for station in _stations(weapon, own, path):
            found.setdefault(station.country, station)
    if not found:
        found[own] = _domestic(own, path, "records at home come first")
    return tuple(found.values())


def _stations(weapon: Weapon, own: str, path: str) -> Iterator[Station]:
    imports = sorted(
        (one for one in weapon.marks if one.kind == "IMPORT_MARK" and one.country),
        # The last one counts; one without a year may be any.
        key=lambda one: (-(one.year or 0), one.country),
    )
    here = "records at home come first"
    if own and own in {weapon.country, *successors(weapon.country)}:
        here = "it was made here"
    elif own and any(one.country == own for one in imports):
        here = "it bears our mark of import"
    yield _domestic(own, path, here)
    yield from _manufacture(weapon, path)
    for mark in imports:
        year = f" of {mark.year}" if mark.year else ""
        yield Station(
            country=mark.country,
            ground=Ground.IMPORT,
            reason=f"it bears a mark of import{year}",
            path=path,
        )


def _domestic(own: str, path: str, reason: str) -> Station:
    return Station(country=own, ground=Ground.DOMESTIC, reason=reason, path=path)


def _manufacture(weapon: Weapon, path: str) -> Iterator[Station]:
    former = FORMER_STATES.get(weapon.country)
    if former is not None:
        for country in former.successors:
            yield Station(
                country=country,
                ground=Ground.SUCCESSOR,
                reason=f"it was made in {former.name}, which it followed",
                path=path,
            )
    elif weapon.country:
        yield Station(
            country=weapon.country,
            ground=Ground.MANUFACTURE,
            reason="it was made there",
            path=path,
        )
    else:
        maker = canonical(weapon.make)
        if maker is not None:
            yield Station(
                country=maker.countries[0],
                ground=Ground.MAKER,
                reason=f"{maker.name} makes or made firearms there, as far as known",
                path=path,
            )
