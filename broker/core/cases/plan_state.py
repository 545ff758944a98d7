"""Where a joint mitigation plan stands, and what each of its parties owes.

What makes it so is left to `broker.core.cases.plan_fold`, what a party may do now, to
`broker.core.cases.plan_steps`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from broker.core.cases.clocks import ACT, ANSWER, CaseClocks, end_of_day_ms
from broker.core.cases.events import Urgency
from broker.core.cases.leg import Owed
from broker.core.cases.lifecycle import Debt, Side
from broker.core.cases.plan_messages import (
    Action,
    PlanMessage,
    PlanTerms,
    Progress,
    Verdict,
)
from keys.identity import PartyId

_OPENING: Final = "mitigation-proposal"
_SHORT: Final = 12  # hexadecimal digits by which people tell versions apart

Arrivals = Mapping[bytes, Mapping[PartyId, int]]
"""By message, when it came to each of its recipients, in ms since the epoch."""


class Phase(StrEnum):
    """Where a plan is."""

    PROPOSED = "proposed"
    CONTESTED = "contested"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    COMPLETED = "completed"


class Doubt(StrEnum):
    """Why a word, or a report, counts for nothing."""

    NONE = ""
    EQUIVOCATION = "equivocation"
    UNKNOWN_VERSION = "unknown-version"


class Misfit(StrEnum):
    """Why a message has no effect."""

    OTHER_RECIPIENTS = "other-recipients"
    NOT_A_PARTY = "not-a-party"
    UNKNOWN_PLAN = "unknown-plan"
    UNKNOWN_VERSION = "unknown-version"
    NOT_AGREED = "not-agreed"
    NO_SUCH_ACTION = "no-such-action"
    NOT_THE_OWNER = "not-the-owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a plan that counts.

    Attributes:
        terms: What it says.
        carriers: The messages that brought it, oldest first; never empty.
        supporters: Whose word agrees to it now, ascending.
        is_open: Whether somebody agrees to it, and to none that replaces it.
    """

    terms: PlanTerms
    carriers: tuple[PlanMessage, ...]
    supporters: tuple[PartyId, ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a party stands.

    Attributes:
        party: Who.
        verdict: Its last word; None where it has said nothing. Whoever proposes
            accepts.
        version: Digest of the version that the word is about; empty without one.
        sequence: Of the word; 0 for a proposal.
        messages: What says so, oldest first.
        doubt: Why it counts for nothing.
    """

    party: PartyId
    verdict: Verdict | None = None
    version: bytes = b""
    sequence: int = 0
    messages: tuple[PlanMessage, ...] = ()
    doubt: Doubt = Doubt.NONE

    @property
    def agrees_to(self) -> bytes:
        """Digest of the version that the party agrees to; empty if to none."""
        agrees = self.verdict in (Verdict.ACCEPT, Verdict.AMEND)
        return self.version if agrees and not self.doubt else b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionState:
    """How far one action of the agreed version is.

    Attributes:
        messages: The reports that say so, oldest first; empty before any.
        doubt: EQUIVOCATION when two reports of one sequence contradict one another.
    """

    action: Action
    progress: Progress = Progress.AGREED
    sequence: int = 0
    messages: tuple[PlanMessage, ...] = ()
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """One message that has no effect, and why."""

    message: PlanMessage
    why: Misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """What is known of one plan.

    Attributes:
        plan_id: 32 bytes.
        parties: Those who have to agree, ascending.
        phase: Where it is.
        agreed: Digest of the version that all agree to; empty if there is none.
        versions: Those that count, by their oldest message.
        positions: One for each party, in order.
        actions: Of the agreed version, by number; empty before.
        misplaced: What all parties have and what has no effect, oldest first.
        messages: All that all parties have, oldest first.
    """

    plan_id: bytes
    parties: tuple[PartyId, ...]
    phase: Phase
    agreed: bytes
    versions: tuple[Version, ...]
    positions: tuple[Position, ...]
    actions: tuple[ActionState, ...]
    misplaced: tuple[Misplaced, ...]
    messages: tuple[PlanMessage, ...]

    @property
    def root(self) -> PlanMessage:
        """The proposal with which the plan began; the oldest, if there are several."""
        first = (one for one in self.versions if not one.terms.replaces)
        return next(first).carriers[0]

    @property
    def open_versions(self) -> tuple[Version, ...]:
        """The versions that may still be agreed to, as things stand."""
        return tuple(one for one in self.versions if one.is_open)

    def version(self, digest: bytes) -> Version | None:
        """Returns a version that counts, or None."""
        return next((v for v in self.versions if v.terms.digest == digest), None)

    def position(self, party: PartyId) -> Position | None:
        """Returns where a party stands; None for strangers."""
        return next((one for one in self.positions if one.party == party), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """All plans that messages tell of.

    Attributes:
        plans: By the oldest message of each.
        stray: Messages that belong to none of them, oldest first.
    """

    plans: tuple[PlanState, ...]
    stray: tuple[Misplaced, ...]


def owed(
    state: PlanState, arrivals: Arrivals, spans: CaseClocks, urgency: Urgency
) -> tuple[Owed, ...]:
    """Returns who owes what in a plan.

    Until it is agreed, each party owes an answer whose word is about no version that is
    still open. Once it is, each owner owes its actions, by their own days.

    Args:
        state: Where the plan stands.
        arrivals: As far as known. A clock begins when the version came to whoever is to
            answer.
        spans: How long an answer may take.
        urgency: Of the alert that the plan is about.
    """
    match state.phase:
        case Phase.PROPOSED | Phase.CONTESTED | Phase.DECLINED:
            span_ms = spans.span_ms(_OPENING, ANSWER, urgency)
            return tuple(_answers_owed(state, arrivals, span_ms))
        case Phase.AGREED:
            return tuple(_actions_owed(state))
        case Phase.WITHDRAWN | Phase.COMPLETED:
            return ()


def _answers_owed(state: PlanState, arrivals: Arrivals, span_ms: int) -> Iterator[Owed]:
    opened = state.open_versions
    digests = {one.terms.digest for one in opened}
    for position in state.positions:
        if not opened or (position.version in digests and not position.doubt):
            continue
        carrier = opened[0].carriers[0]
        # What one has sent oneself counts from then.
        own = carrier.at_ms if carrier.by == position.party else None
        since_ms = arrivals.get(carrier.digest, {}).get(position.party, own)
        version = opened[0].terms.digest.hex()[:_SHORT]
        yield Owed(
            debt=_debt(state, ANSWER, f"an answer to version {version} of the plan"),
            by=position.party,
            about=carrier.digest,
            since_ms=since_ms,
            due_ms=None if since_ms is None else since_ms + span_ms,
        )


def _actions_owed(state: PlanState) -> Iterator[Owed]:
    agreed = state.version(state.agreed)
    for one in state.actions:
        if agreed and one.progress not in (Progress.DONE, Progress.DECLINED):
            carrier = agreed.carriers[0]
            yield Owed(
                debt=_debt(state, ACT, f"action {one.action.number} of the plan"),
                by=one.action.owner,
                about=carrier.digest,
                since_ms=carrier.at_ms,
                due_ms=end_of_day_ms(one.action.by_when),
            )


def _debt(state: PlanState, clock: str, what: str) -> Debt:
    return Debt(
        clock=clock, by=Side.EITHER, states=frozenset({state.phase.value}), what=what
    )
