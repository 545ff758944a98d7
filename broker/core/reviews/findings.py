"""What can be wrong with the receipts about one message, and how it is taken down.

Looking for it is left to `broker.core.reviews.review`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from broker.core.model import Receipt, Stage
from broker.core.reviews.clocks import Clock, ReceiptClocks


class FindingKind(StrEnum):
    """What can be wrong."""

    LATE = "late"
    MISSING = "missing"
    CONTRADICTORY = "contradictory"


class Conflict(StrEnum):
    """How statements can contradict one another, or themselves."""

    TWICE = "twice"
    REFUSED_AND_ACCEPTED = "refused-and-accepted"
    REFUSED_AND_DELIVERED = "refused-and-delivered"
    BEFORE_ACCEPTANCE = "before-acceptance"
    STEP_LEFT_OUT = "step-left-out"
    WRONG_ORDER = "wrong-order"
    AFTER_REFUSAL = "after-refusal"
    FROM_THE_FUTURE = "from-the-future"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A receipt, and when it came.

    Attributes:
        came_ms: When it came into our inbox at the hub; 0 where that is not known.
    """

    receipt: Receipt
    came_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The message that receipts are about.

    Attributes:
        message_digest: Its name, 32 bytes.
        kind: With version.
        origin: Who sealed it.
        parties: To whom.
        taken_back: Whether its origin has recalled or replaced it since: nobody need
            act on it any more.
    """

    message_digest: bytes
    kind: str
    origin: str
    parties: tuple[str, ...]
    taken_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFinding:
    """One thing that is wrong.

    Attributes:
        kind: What.
        ours: Whether it is us who owe something to `party`.
        clock: The clock that ran out, or the contradiction.
        message_digest: The message.
        party: Who owes the statement or has made it, or the hub; whom we owe it.
        stage: Which statement.
        due_ms: When it should have been made, in ms since the epoch.
        over_ms: By how much that was missed, in ms.
    """

    kind: FindingKind
    ours: bool = False
    clock: Clock | Conflict
    message_digest: bytes
    party: str
    stage: Stage
    due_ms: int
    over_ms: int

    @property
    def name(self) -> str:
        """By which it is known again: what is late was missing before."""
        side = "owing" if self.ours else "owed"
        digest = self.message_digest.hex()
        return f"{side}/{self.clock}/{self.party}/{self.stage.name}/{digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a review has found.

    Attributes:
        findings: In the order of their names.
        next_ms: When to look again if nothing comes; None for never.
    """

    findings: tuple[ReceiptFinding, ...]
    next_ms: int | None


@dataclass(slots=True, kw_only=True)
class Notes:
    """Takes down what is found, and what is still to come."""

    message: Reviewed
    clocks: ReceiptClocks
    now_ms: int
    ours: bool = False
    findings: dict[str, ReceiptFinding] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)

    def wait(
        self,
        party: str,
        stage: Stage,
        clock: Clock,
        begins_ms: int,
        answers: Mapping[Stage, int],
    ) -> None:
        """Notes a stage that is missing or late; any of `answers` stops the clock."""
        due_ms = begins_ms + self.span_ms(clock)
        slack_ms = self.clocks.skew_ms
        if answers:
            over_ms = min(answers.values()) - due_ms
            if over_ms > slack_ms:
                self.note(FindingKind.LATE, clock, party, stage, due_ms, over_ms)
        elif self.now_ms > due_ms + slack_ms:
            over_ms = self.now_ms - due_ms
            self.note(FindingKind.MISSING, clock, party, stage, due_ms, over_ms)
        else:
            self.pending.append(due_ms + slack_ms + 1)

    def conflict(
        self, what: Conflict, party: str, stage: Stage, at_ms: int, over_ms: int = 0
    ) -> None:
        """Notes a contradiction."""
        kind = FindingKind.CONTRADICTORY
        self.note(kind, what, party, stage, at_ms, over_ms)

    def note(
        self,
        kind: FindingKind,
        clock: Clock | Conflict,
        party: str,
        stage: Stage,
        due_ms: int,
        over_ms: int,
    ) -> None:
        """Notes a finding; of two under one name, the one that is further off."""
        found = ReceiptFinding(
            kind=kind,
            ours=self.ours,
            clock=clock,
            message_digest=self.message.message_digest,
            party=party,
            stage=stage,
            due_ms=due_ms,
            over_ms=over_ms,
        )
        known = self.findings.get(found.name)
        if known is None or (found.over_ms, found.due_ms) > (
            known.over_ms,
            known.due_ms,
        ):
            self.findings[found.name] = found

    def review(self) -> Review:
        """Returns what was taken down."""
        return Review(
            findings=tuple(self.findings[name] for name in sorted(self.findings)),
            next_ms=min(self.pending, default=None),
        )

    def span_ms(self, clock: Clock) -> int:
        """Returns how long a clock runs for this message."""
        match clock:
            case Clock.ACCEPTED:
                return self.clocks.accepted_ms
            case Clock.DELIVERED:
                return self.clocks.delivered_ms
            case Clock.OPENED:
                return self.clocks.opened_ms
            case Clock.ACKNOWLEDGED:
                span_ms = self.clocks.until_acknowledged_ms(self.message.kind)
                return self.clocks.acknowledged_ms if span_ms is None else span_ms
            case Clock.TOLD:
                return self.clocks.told_ms
