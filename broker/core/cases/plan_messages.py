"""What messages say about a joint mitigation plan, as plain values.

Reading them from contents is left to `broker.core.codec.plans`, what they amount to,
to `broker.core.cases.plan_state`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from keys.identity import PartyId


class Verdict(StrEnum):
    """What a party says to a version of a plan."""

    ACCEPT = "accept"
    AMEND = "amend"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Progress(StrEnum):
    """How far an action of an agreed plan is."""

    AGREED = "agreed"
    UNDER_WAY = "under-way"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a plan.

    Attributes:
        number: In the plan, from 1.
        owner: Who acts.
        what: What it does, in words.
        by_when: Day by which, ISO 8601.
    """

    number: int
    owner: PartyId
    what: str
    by_when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """One version of a plan.

    Attributes:
        digest: What agreements name, 32 bytes.
        plan_id: Of the plan, the same through all its versions, 32 bytes.
        parties: Those who have to agree, ascending.
        actions: By number.
        review_on: Day on which the plan is reviewed, ISO 8601; or empty.
        replaces: Digests of the versions that this one replaces, ascending.
    """

    digest: bytes
    plan_id: bytes
    parties: tuple[PartyId, ...]
    actions: tuple[Action, ...]
    review_on: str = ""
    replaces: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A first version of a plan. Whoever proposes it agrees to it."""

    terms: PlanTerms
    reason: str = field(default="", compare=False)

    @property
    def plan_id(self) -> bytes:
        """The plan that it is about."""
        return self.terms.plan_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a party says to a version.

    Attributes:
        plan_id: The plan.
        terms_digest: The version that is answered.
        verdict: What the party says to it.
        sequence: Of this party's answers to this plan, from 1: the highest counts.
        amended: AMEND: the version that it agrees to instead.
        reason: In words. Two answers that differ in it alone say the same.

    Raises:
        ValueError: An amendment without another version, or such a version without.
    """

    plan_id: bytes
    terms_digest: bytes
    verdict: Verdict
    sequence: int
    amended: PlanTerms | None = None
    reason: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuses what says two things."""
        if (self.verdict is Verdict.AMEND) != (self.amended is not None):
            raise ValueError(f"{self.verdict} with, or without, another version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far an action is.

    Attributes:
        plan_id: The plan.
        terms_digest: The version that was agreed.
        action: Number of the action.
        status: How far it is.
        sequence: Of the reports on this action, from 1: the highest counts.
        date: Of what is reported, ISO 8601 as far as known; or empty.
        detail: In words. Two reports that differ in it alone say the same.
    """

    plan_id: bytes
    terms_digest: bytes
    action: int
    status: Progress
    sequence: int
    date: str = ""
    detail: str = field(default="", compare=False)


Word: TypeAlias = Proposal | Answer | Report
"""What one message says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMessage:
    """One message about a plan.

    Attributes:
        digest: Of the message's signed header, 32 bytes.
        by: Whose signature it bears.
        to: Its recipients, as the signed header has them.
        at_ms: When it was sealed, in ms since the epoch.
        word: What it says.
    """

    digest: bytes
    by: PartyId
    to: tuple[PartyId, ...]
    at_ms: int
    word: Word

    @property
    def order(self) -> tuple[int, bytes]:
        """By which messages are listed; nothing depends on it."""
        return self.at_ms, self.digest

    @property
    def members(self) -> tuple[PartyId, ...]:
        """Everybody who has it: its sender and its recipients, ascending."""
        return tuple(sorted({self.by, *self.to}))
