"""What a node keeps about its adapters: how they do, dead letters, proposals.

What an adapter is, is left to `adapters.contract`; running it, to `broker.app`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from broker.core.errors import Code
from broker.core.handling import Europol, Handling
from broker.core.policy.rule import Ceiling

SEEN_WITHIN_MS: Final = 90_000
"""An adapter that has not been seen for longer does not run."""


class AdapterState(StrEnum):
    """How an adapter does. Stable: never renamed, never reused."""

    RUNNING = "running"
    AWAY = "away"
    FAILING = "failing"
    HALTED = "halted"
    STOPPED = "stopped"


class Count(StrEnum):
    """What is counted for each adapter, from its first start."""

    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    WITHHELD = "withheld"
    LETTERS = "letters"
    SUBMITTED = "submitted"
    PROPOSED = "proposed"


class LetterState(StrEnum):
    """What becomes of a dead letter."""

    WAITING = "waiting"
    REPLAY = "replay"
    SETTLED = "settled"
    DROPPED = "dropped"


class LetterWay(StrEnum):
    """Which way a dead letter was going."""

    DELIVERY = "delivery"
    WITHDRAWAL = "withdrawal"
    RECEIVED = "received"


class ProposalState(StrEnum):
    """What becomes of a document that an adapter proposes."""

    OPEN = "open"
    SENT = "sent"
    DISMISSED = "dismissed"
    ERASED = "erased"


class LetterCode(StrEnum):
    """Why the node itself puts something among the dead letters. Stable."""

    ABOVE_CEILING = "above-ceiling"
    LOOSER_EMISSION = "looser-emission"
    REJECTED = "rejected"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterHealth:
    """How one adapter does.

    Attributes:
        name: In the configuration.
        kind: What it speaks to; empty before it was started once.
        state: As it was noted; STOPPED when nobody runs it.
        since_ms: Since when it is in that state, in ms since the epoch.
        seen_ms: When whatever runs it noted last that it does; 0: never.
        cursor: The last event of the feed that it is done with.
        notice: The last notice of a withdrawal that it is done with.
        ok_ms: When it was done with something last; 0: never.
        error_ms: When something went wrong last; 0: never.
        error_code: What, in a stable word; empty: nothing ever has.
        waiting: How many deliveries wait for it.
        oldest_ms: Since when the oldest of them does, in ms since the epoch; 0: none.
        letters: How many dead letters wait for a person.
        counts: What was counted, ever.
    """

    name: str
    kind: str
    state: AdapterState
    since_ms: int
    seen_ms: int
    cursor: int
    notice: int
    ok_ms: int
    error_ms: int
    error_code: str
    waiting: int = 0
    oldest_ms: int = 0
    letters: int = 0
    counts: Mapping[Count, int] = field(default_factory=lambda: MappingProxyType({}))

    def state_at(self, now_ms: int) -> AdapterState:
        """Returns how it does; STOPPED when it was not seen for a while."""
        seen = now_ms - self.seen_ms <= SEEN_WITHIN_MS
        # What was halted stays so until a person starts it again.
        if seen or self.state is AdapterState.HALTED:
            return self.state
        return AdapterState.STOPPED

    def lag_ms(self, now_ms: int) -> int:
        """Returns for how long the oldest delivery has waited; 0: none does."""
        return max(0, now_ms - self.oldest_ms) if self.oldest_ms else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Something that could not be given, or taken in, and waits for a person.

    Attributes:
        number: By which people name it.
        adapter: Whose.
        way: Which way it was going.
        key: What tells it from every other one of this adapter.
        message_digest: The message it is about; empty for what came in.
        code: Why, in a stable word.
        state: What becomes of it.
        attempts: How often it was tried.
        at_ms: When it was noted, in ms since the epoch.
        changed_ms: When its state changed last, likewise.
        protected: Reason and bytes, under the node's own key; empty when they are gone.
    """

    number: int
    adapter: str
    way: LetterWay
    key: str
    message_digest: bytes
    code: str
    state: LetterState
    attempts: int
    at_ms: int
    changed_ms: int
    protected: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProposal:
    """A document that an adapter has put before a person.

    Attributes:
        proposal_id: By which people name it.
        adapter: Who proposes it.
        key: What the adapter calls it by.
        kind: What it is, with its version.
        state: What became of it.
        at_ms: When it was proposed, in ms since the epoch.
        decided_ms: When a person decided, likewise; None before.
        decided_by: Who; empty before.
        based_on: Digests of the messages that it says something of.
        protected: The document and the reasons, under the node's own key; empty when
            they are gone.
    """

    proposal_id: str
    adapter: str
    key: str
    kind: str
    state: ProposalState
    at_ms: int
    decided_ms: int | None = None
    decided_by: str = ""
    based_on: tuple[bytes, ...] = ()
    protected: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitted:
    """Something that an adapter gave to its system, as the files have it.

    Attributes:
        adapter: Which.
        message_digest: What for.
        sha256: Of what was given, 32 bytes.
        handling: Its label.
        at_ms: When it was first given, in ms since the epoch.
        target: To what, under the node's own key; empty when it is gone.
    """

    adapter: str
    message_digest: bytes
    sha256: bytes
    handling: str
    at_ms: int
    target: bytes = field(default=b"", repr=False)


def above(ceiling: Ceiling, handling: Handling) -> str:
    """Returns what of a handling is stricter than a ceiling; empty when nothing is.

    What the ceiling does not name, it does not cover.
    """
    found = []
    if handling.tlp > ceiling.tlp:
        found.append(handling.tlp.label)
    codes = handling.europol - ceiling.codes - {Europol.H0}
    found.extend(code.name for code in sorted(codes))
    pap = handling.pap
    if pap is not None and (ceiling.pap is None or pap > ceiling.pap):
        found.append(f"PAP:{pap.name}")
    return " ".join(found)


def is_for_ever(code: Code) -> bool:
    """Tells whether a refusal to hand over ends a delivery without a letter.

    What was taken back or destroyed is not waited for: nobody could mend it.
    """
    return code in {Code.RECALLED, Code.CANNOT_OPEN}
