"""What a lifecycle consists of: states, the steps between them, and who owes what.

Each lifecycle is one value in a module of its own; what events make of one matter is
left to `broker.core.cases.leg`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STAYS: Final = ""
"""The target of a step that changes nothing but the record."""


class Side(StrEnum):
    """The two sides of a leg."""

    OPENER = "opener"
    ADDRESSEE = "addressee"
    EITHER = "either"


class Since(StrEnum):
    """What a clock counts from: the receipt of the opening, or of what came last."""

    OPENING = "opening"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that may happen.

    Attributes:
        event: As `broker.core.codec.case_events` names it: "trace-response:delayed".
        by: Who may do it.
        sources: States in which it may happen.
        target: The state that it leads to; `STAYS` for the same.
    """

    event: str
    by: Side
    sources: frozenset[str]
    target: str = STAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What one side owes while a matter is in certain states.

    Attributes:
        clock: The name of its clock, as `broker.core.cases.clocks` has it.
        by: Who owes it.
        states: While it is owed.
        since: What the clock counts from.
        what: What is owed, as the end of a sentence: "an answer".
    """

    clock: str
    by: Side
    states: frozenset[str]
    since: Since = Since.STATE
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """How one sort of matter goes on.

    Attributes:
        name: As people call it: "trace".
        title: The matter, as a sentence without full stop.
        opens: Events that open one: kinds without version, with their sort if they
            have any.
        states: Every state, and what it means.
        initial: The state after opening.
        final: States in which nothing is owed any more.
        steps: What may happen.
        debts: What is owed in between.

    Raises:
        ValueError: It contradicts itself.
    """

    name: str
    title: str
    opens: tuple[str, ...]
    states: Mapping[str, str]
    initial: str
    final: frozenset[str]
    steps: tuple[Step, ...]
    debts: tuple[Debt, ...] = ()

    def __post_init__(self) -> None:
        """Refuses states that nobody knows, and steps that say two things."""
        named = {self.initial, *self.final}
        named.update(*(step.sources for step in self.steps))
        named.update(step.target or self.initial for step in self.steps)
        named.update(*(debt.states for debt in self.debts))
        if strangers := named - set(self.states):
            raise ValueError(f"{self.name}: unknown states {sorted(strangers)}")
        if any(self.final & debt.states for debt in self.debts):
            raise ValueError(f"{self.name}: something is owed in a final state")
        seen: set[tuple[str, Side, str]] = set()
        for step in self.steps:
            for side in sides_of(step.by):
                for source in step.sources:
                    if (step.event, side, source) in seen:
                        raise ValueError(f"{self.name}: {step.event} twice in {source}")
                    seen.add((step.event, side, source))

    def step(self, event: str, by: Side, state: str) -> Step | None:
        """Returns the step that an event is in a state, or None if it is none."""
        for step in self.steps:
            if (
                step.event == event
                and state in step.sources
                and by in sides_of(step.by)
            ):
                return step
        return None

    def knows(self, event: str) -> bool:
        """Tells whether an event may ever be a step here."""
        return any(step.event == event for step in self.steps)

    def allowed(self, by: Side, state: str) -> tuple[str, ...]:
        """Returns what a side may do in a state, ascending."""
        return tuple(
            sorted(
                step.event
                for step in self.steps
                if state in step.sources and by in sides_of(step.by)
            )
        )


def sides_of(side: Side) -> tuple[Side, ...]:
    """Returns the sides that a word stands for."""
    return (Side.OPENER, Side.ADDRESSEE) if side is Side.EITHER else (side,)
