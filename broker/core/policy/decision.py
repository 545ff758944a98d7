"""What a policy is asked, and what it answers.

How the answer is found is left to `broker.core.policy.engine`.
"""

from dataclasses import dataclass
from typing import TypeAlias

from broker.core.handling import Handling
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """May this message go from `origin` to `recipient`?

    Attributes:
        origin: Who wrote it.
        recipient: One of those it is for; each is asked about separately.
        kind: What it is, with its version: "trace-request/1".
        handling: Handling of the message as a whole.
    """

    origin: PartyId
    recipient: PartyId
    kind: str
    handling: Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Yes.

    Attributes:
        rule_ids: The rules that permit it, in their order; never empty.
        reasons: Why, one for each rule.
    """

    rule_ids: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The answer in one line, for records and receipts."""
        return f"permitted by {_cited(self.rule_ids, self.reasons)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """No.

    Attributes:
        rule_ids: The rules that deny it, in their order; empty when none does and
            none permits it either.
        reasons: Why, one for each rule; a single one when no rule denies.
        near_misses: Permits that failed by exactly one condition, rule and condition
            each, the handling first; empty when a rule denies.
    """

    rule_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    near_misses: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The answer in one line, for records and receipts."""
        if self.rule_ids:
            return f"denied by {_cited(self.rule_ids, self.reasons)}"
        if not self.near_misses:
            return "; ".join(self.reasons)
        nearest = "; ".join(self.near_misses)
        return f"{'; '.join(self.reasons)}; nearest is {nearest}"


Decision: TypeAlias = Allow | Deny
"""Closed: whoever asks must `match` every member."""


def _cited(rule_ids: tuple[str, ...], reasons: tuple[str, ...]) -> str:
    pairs = zip(rule_ids, reasons, strict=True)
    return "; ".join(f"rule {rule_id}: {reason}" for rule_id, reason in pairs)
