"""Which kinds a policy lets to, or takes from, which parties: a table.

Showing it is left to `broker.cli`.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from broker.core.handling import Handling, Tlp
from broker.core.policy.aspects import day_of
from broker.core.policy.decision import Question
from broker.core.policy.dimensions import Span
from broker.core.policy.engine import Engine, compile_policy
from broker.core.policy.facts import Facts, ItemClass
from broker.core.policy.outcome import Outcome, joined, outcome_of
from broker.core.policy.reach import permitted_in
from broker.core.policy.rules import Policy
from broker.core.policy.sides import Side
from broker.core.policy.space import Space
from broker.core.policy.vocabulary import KINDS
from keys.identity import PartyId

ORDINARY: Final = (
    "An ordinary message is about one firearm, dated today; it bears no Europol code, "
    "no PAP label and no purpose, its source is not evaluated, and it names no country "
    "and no breach of an embargo."
)
"""What the first label of a cell is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What becomes of one kind for one party.

    Attributes:
        label: The most closed label with which an ordinary message goes; None: none.
        at_most: The most closed label with which any message goes; None: none does.
        terms: What ordinary messages are bound to, on whichever label; None when they
            do not go.
    """

    label: Tlp | None
    at_most: Tlp | None
    terms: Outcome | None

    @property
    def marks(self) -> tuple[str, ...]:
        """What is not left as it is, in words."""
        if self.terms is None:
            return ()
        marks = {
            "redacted": bool(self.terms.fields),
            "approval": bool(self.terms.approvals),
            "consent": self.terms.with_consent,
            "quarantine": self.terms.quarantine,
        }
        return tuple(word for word, there in marks.items() if there)

    @property
    def text(self) -> str:
        """The cell in words: "TLP:AMBER, redacted (some up to TLP:RED)"."""
        if self.at_most is None:
            return "nothing"
        if self.label is None:
            return f"only some, up to {self.at_most.label}"
        words = ", ".join([self.label.label, *self.marks])
        more = f" (some up to {self.at_most.label})"
        return words + (more if self.at_most > self.label else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Parties with the same cells.

    Attributes:
        parties: Ascending.
        cells: One for each kind of the matrix.
    """

    parties: tuple[PartyId, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Parties by kinds.

    Attributes:
        party: Whose policy it is.
        side: "export" or "import".
        day: The day for which it holds (UTC).
        kinds: The columns.
        lines: The rows, those of the most parties first.
    """

    party: PartyId
    side: str
    day: dt.date
    kinds: tuple[str, ...]
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """Returns the matrix as JSON shows it."""
        return {
            "party": self.party,
            "side": self.side,
            "day": self.day.isoformat(),
            "ordinary": ORDINARY,
            "lines": [
                {
                    "parties": list(line.parties),
                    "kinds": {
                        kind: _cell_json(cell)
                        for kind, cell in zip(self.kinds, line.cells, strict=True)
                    },
                }
                for line in self.lines
            ],
        }


def matrix(
    policy: Policy, side: str, parties: Collection[PartyId], at_ms: int
) -> Matrix:
    """Returns what becomes of every kind for every party.

    Args:
        policy: The policy.
        side: "export" or "import".
        parties: The other parties.
        at_ms: The moment for which it holds, in ms since the epoch.
    """
    engine, day = compile_policy(policy), day_of(at_ms)
    chosen = Side.exports(policy) if side == "export" else Side.imports(policy)
    space = Space([chosen], frozenset(parties) - {policy.party}, Span(day, day))
    found: dict[tuple[Cell, ...], list[PartyId]] = {}
    for parties_alike, most in _most(space, KINDS):
        for party in parties_alike:
            asking = _Asking(engine=engine, side=side, party=party, at_ms=at_ms)
            cells = tuple(
                asking.cell(kind, at_most)
                for kind, at_most in zip(KINDS, most, strict=True)
            )
            found.setdefault(cells, []).append(party)
    lines = [Line(parties=tuple(sorted(who)), cells=c) for c, who in found.items()]
    return Matrix(
        party=policy.party,
        side=side,
        day=dt.date.fromordinal(day),
        kinds=KINDS,
        lines=tuple(sorted(lines, key=lambda one: (-len(one.parties), one.parties))),
    )


def _most(
    space: Space, kinds: Sequence[str]
) -> Iterator[tuple[tuple[PartyId, ...], list[Tlp | None]]]:
    """Yields parties with the most closed label that any message goes with, by kind."""
    bits = space.sides[0]
    for row in space.rows:
        yield (
            row.parties,
            [
                next(
                    (
                        tlp
                        for tlp in reversed(Tlp)
                        if permitted_in(
                            row,
                            bits.permits,
                            bits.denials,
                            {"kind": kind, "label": tlp},
                        )
                    ),
                    None,
                )
                for kind in kinds
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    engine: Engine
    side: str
    party: PartyId
    at_ms: int

    def cell(self, kind: str, at_most: Tlp | None) -> Cell:
        answers = {tlp: self._answer(kind, tlp) for tlp in Tlp}
        goes = [tlp for tlp, answer in answers.items() if answer is not None]
        return Cell(
            label=max(goes, default=None),
            at_most=at_most,
            terms=joined(answer for answer in answers.values() if answer is not None),
        )

    def _answer(self, kind: str, tlp: Tlp) -> Outcome | None:
        exports, own = self.side == "export", self.engine.party
        question = Question(
            origin=own if exports else self.party,
            recipient=self.party if exports else own,
            kind=f"{kind}/1",
            handling=Handling(tlp=tlp),
            at_ms=self.at_ms,
            facts=Facts(
                items=frozenset({ItemClass.FIREARM}),
                dated=dt.date.fromordinal(day_of(self.at_ms)),
            ),
        )
        ask = self.engine.export if exports else self.engine.imports
        return outcome_of(ask(question))


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        "label": None if cell.label is None else cell.label.label,
        "at_most": None if cell.at_most is None else cell.at_most.label,
        "marks": list(cell.marks),
        "text": cell.text,
    }
