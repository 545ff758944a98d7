"""What States publish about their weapons: controlled components and marks, by day.

Whether a weapon bears what it should is left to whoever looks at it.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.registers.spans import Span, first_day
from broker.core.registers.statement import (
    Fields,
    Statement,
    acts,
    folded,
    inner,
    listed,
    matters,
    plain,
    text,
    wordings,
)

COMPONENT: Final = "component-declaration"
MARKING: Final = "marking-practice"
_ENDING_ACTS: Final = frozenset({"CASE_ACT_REVOKE", "CASE_ACT_WITHDRAW"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Which component a State treats as the weapon.

    Attributes:
        statement: By which it was said.
        country: Whose choice it is.
        make: Manufacturer of the family; empty for any.
        family: Family of models; empty for all.
        component: "frame-receiver".
        modular: Whether the family is modular.
        valid_from: First day.
        legal_basis: May be empty.
        own: Whether the State says so itself, and to us.
    """

    statement: Statement
    country: str
    make: str
    family: str
    component: str
    modular: bool
    valid_from: dt.date
    legal_basis: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One mark of a practice."""

    kind: str
    form: str
    position: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """How a State has weapons marked on one occasion.

    Attributes:
        statement: By which it was said.
        country: Whose practice it is.
        occasion: "import".
        span: When it applied.
        marks: As patterns or examples.
        methods: In words; may be empty.
        own: Whether the State says so itself, and to us.
    """

    statement: Statement
    country: str
    occasion: str
    span: Span
    marks: tuple[Specimen, ...]
    methods: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Practices:
    """Everything that was published and not taken back, oldest first."""

    components: tuple[Component, ...]
    markings: tuple[Marking, ...]

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of which anything is known, ascending."""
        declaring = {one.country for one in self.components}
        return tuple(sorted(declaring | {one.country for one in self.markings}))

    def components_on(self, country: str, day: dt.date) -> tuple[Component, ...]:
        """Returns the declarations in force on a day: one for each family.

        What the State says itself counts before what others say of it; then the one
        that holds from the latest day; then the one that was said last.
        """
        newest: dict[tuple[str, str], Component] = {}
        for one in sorted(self.components, key=_rank):
            if one.country == country and one.valid_from <= day:
                newest[folded(one.make), folded(one.family)] = one
        return tuple(newest[key] for key in sorted(newest))

    def component_of(
        self, country: str, make: str, family: str, day: dt.date
    ) -> Component | None:
        """Returns the declaration that holds for a weapon on a day.

        The nearest one: for the family, for the manufacturer, for all.
        """
        fitting = [
            one
            for one in self.components_on(country, day)
            if folded(one.make) in {"", folded(make)}
            and folded(one.family) in {"", folded(family)}
        ]
        fitting.sort(key=lambda one: (bool(one.family), bool(one.make)))
        return fitting[-1] if fitting else None

    def markings_on(self, country: str, day: dt.date) -> tuple[Marking, ...]:
        """Returns the practices that applied on a day: one for each occasion.

        What the State says itself counts before what others say of it; then the one
        that was said last.
        """
        newest: dict[str, Marking] = {}
        for one in sorted(
            self.markings, key=lambda one: (one.own, one.statement.order)
        ):
            if one.country == country and one.span.holds(day):
                newest[one.occasion] = one
        return tuple(newest[key] for key in sorted(newest))


def practices(statements: Collection[Statement]) -> Practices:
    """Returns what was published, whatever order statements come in.

    What is said anew in reply to it stands in its place; what its author has revoked or
    withdrawn is left out.

    Args:
        statements: Declarations, practices, and steps about them; others are passed
            over.
    """
    return Practices(
        components=tuple(map(_component, _standing(statements, COMPONENT))),
        markings=tuple(map(_marking, _standing(statements, MARKING))),
    )


def _standing(statements: Collection[Statement], kind: str) -> Iterator[Statement]:
    """Yields the last wording of each publication of a kind that has not ended."""
    for matter in matters(statements, kind):
        last = wordings(matter, kind)[-1]
        if not _ENDING_ACTS & {*acts(matter, last.by)}:
            yield last


def _rank(one: Component) -> tuple[bool, dt.date, tuple[int, bytes]]:
    return one.own, one.valid_from, one.statement.order


def _component(statement: Statement) -> Component:
    fields = statement.fields
    return Component(
        statement=statement,
        country=text(fields, "country"),
        make=text(fields, "make"),
        family=text(fields, "modelFamily"),
        component=plain(text(fields, "component"), "PART_KIND_"),
        modular=fields.get("modular") is True,
        valid_from=first_day(text(fields, "validFrom")),
        legal_basis=text(fields, "legalBasis"),
        own=_is_own(statement),
    )


def _marking(statement: Statement) -> Marking:
    fields = statement.fields
    return Marking(
        statement=statement,
        country=text(fields, "country"),
        occasion=plain(text(fields, "occasion"), "MARKING_OCCASION_"),
        span=Span.of(inner(fields, "period")),
        marks=tuple(_specimen(one) for one in listed(fields, "marks")),
        methods=text(fields, "methods"),
        own=_is_own(statement),
    )


def _specimen(fields: Mapping[str, object]) -> Specimen:
    return Specimen(
        kind=plain(text(fields, "kind"), "MARK_KIND_"),
        form=text(fields, "form"),
        position=text(fields, "position"),
        meaning=text(fields, "meaning"),
    )


def _is_own(statement: Statement) -> bool:
    fields: Fields = statement.fields
    return statement.by == text(fields, "country") and not statement.via
