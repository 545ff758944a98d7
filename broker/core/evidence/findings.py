"""What came of checking evidence, in plain words.

What is checked, and how, is left to the siblings of this module.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TypeVar

from broker.core.errors import BrokerError, ProofError
from keys.errors import KeysError

T = TypeVar("T")


@unique
class State(StrEnum):
    """What a finding says about what it names."""

    PROVED = "proved"
    CAUTION = "caution"
    """Proved, with something that whoever weighs it has to know."""
    UNPROVED = "not-proved"
    """Not claimed: nobody should read it into the evidence."""
    BROKEN = "does-not-hold"
    """Claimed, or asked for, and wrong or missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that checking has shown.

    Attributes:
        state: What is said about it.
        topic: What it is about: "trust", "log", "time", or the digest of a message.
        text: One or two sentences for a person who knows nothing of cryptography.
    """

    state: State
    topic: str
    text: str


@dataclass(slots=True)
class Findings:
    """Findings as they are made, in order."""

    made: list[Finding] = field(default_factory=list)

    def add(self, state: State, topic: str, text: str) -> None:
        """Notes a finding."""
        self.made.append(Finding(state=state, topic=topic, text=text))

    def about(self, topic: str) -> Callable[[State, str], None]:
        """Returns what notes findings about one topic."""
        return lambda state, text: self.add(state, topic, text)

    def attempt(self, topic: str, what: str, check: Callable[[], T]) -> T | None:
        """Returns what checking one claim gives; None when the claim does not hold.

        Other claims are looked at all the same: who weighs evidence has to know what
        remains of it.

        Args:
            topic: What it is about.
            what: The claim, in words that ": " and the reason can follow.
            check: Raises an error of ours when the claim does not hold.
        """
        try:
            return check()
        except (BrokerError, KeysError) as error:
            self.add(State.BROKEN, topic, f"{what}: {error}")
            return None

    @property
    def broken(self) -> bool:
        """Whether anything that is claimed does not hold."""
        return any(one.state is State.BROKEN for one in self.made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of checking a whole file.

    Attributes:
        findings: In the order in which they were made.
        witnesses: Names of those whose cosignatures hold.
    """

    findings: tuple[Finding, ...]
    witnesses: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything holds that is claimed or was asked for."""
        return all(one.state is not State.BROKEN for one in self.findings)

    def of(self, state: State) -> tuple[Finding, ...]:
        """Returns the findings of one state."""
        return tuple(one for one in self.findings if one.state is state)

    def check(self) -> None:
        """Refuses evidence of which anything does not hold.

        Raises:
            ProofError: With everything that does not hold.
        """
        if not self.holds:
            raise ProofError("; ".join(one.text for one in self.of(State.BROKEN)))
