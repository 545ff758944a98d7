"""What a policy is asked, and what it answers.

How the answer is found is left to `broker.core.policy.engine`.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Handling
from broker.core.policy.facts import Facts
from broker.core.protocol_kinds import PROTOCOL_RULE
from keys.identity import PartyId

_NEAREST_NAMED_MAX: Final = 2  # in the line that a person reads; all are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderQuestion:
    """May this message go from `origin` to `recipient`, as far as its header shows?

    Attributes:
        origin: Who wrote it.
        recipient: One of those it is for; each is asked about separately.
        kind: What it is, with its version: "trace-request/1".
        handling: Handling of the message as a whole.
        at_ms: When, in ms since the epoch.
    """

    origin: PartyId
    recipient: PartyId
    kind: str
    handling: Handling
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(HeaderQuestion):
    """May this message go from `origin` to `recipient`?

    Attributes:
        facts: What its content says.
    """

    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What a rule asks for before a release.

    Attributes:
        rule_id: The rule.
        needed: How many of the officers.
        officers: Who may approve, by name.
    """

    rule_id: str
    needed: int
    officers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What binds whoever gets it. Every rule that permits adds to it.

    Attributes:
        retention_days: How long it may be kept; None: not limited.
        with_consent: Passing it on needs the provider's consent.
        approvals: What is needed before it leaves; all of them.
        routes: Import: the desks and adapters that get it.
        quarantine: Import: a person looks at it before anybody else gets it.
    """

    retention_days: int | None = None
    with_consent: bool = False
    approvals: tuple[Approval, ...] = ()
    routes: frozenset[str] = frozenset()
    quarantine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Yes, as it is.

    Attributes:
        rule_ids: The rules that permit it, in their order; never empty.
        reasons: Why, one for each rule.
        terms: What binds whoever gets it.
    """

    rule_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    terms: Terms

    @property
    def summary(self) -> str:
        """The answer in one line, for records and receipts."""
        return f"permitted by {_cited(self.rule_ids, self.reasons)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Yes, but not all of it.

    Attributes:
        rule_ids: The rules that permit it, in their order; never empty.
        reasons: Why, one for each rule.
        terms: What binds whoever gets it.
        fields: What becomes of the fields of each class that does not stay, ascending
            by class; never empty, never KEEP.
    """

    rule_ids: tuple[str, ...]
    reasons: tuple[str, ...]
    terms: Terms
    fields: tuple[tuple[FieldClass, Treatment], ...]

    @property
    def summary(self) -> str:
        """The answer in one line, for records and receipts."""
        treated = ", ".join(f"{field.word}: {how.word}" for field, how in self.fields)
        return f"permitted by {_cited(self.rule_ids, self.reasons)}; {treated}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """No.

    Attributes:
        rule_ids: The rules that deny it, in their order; empty when none does and
            none permits it either.
        reasons: Why, one for each rule; a single one when no rule denies.
        near_misses: Permits that failed by exactly one condition, rule and condition
            each, the handling first, `engine.NEAR_MISSES_MAX` at most; empty when a
            rule denies.
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
        nearest = "; ".join(self.near_misses[:_NEAREST_NAMED_MAX])
        rest = len(self.near_misses) - _NEAREST_NAMED_MAX
        more = f"; and {rest} more" if rest > 0 else ""
        return f"{'; '.join(self.reasons)}; nearest is {nearest}{more}"


Decision: TypeAlias = Allow | Redact | Deny
"""Closed: whoever asks must `match` every member."""

PERMITTED: Final = Allow(
    rule_ids=(PROTOCOL_RULE,),
    reasons=("keeps the exchange itself in order",),
    terms=Terms(),
)
"""The answer about protocol kinds, for which no policy is asked."""


def _cited(rule_ids: tuple[str, ...], reasons: tuple[str, ...]) -> str:
    pairs = zip(rule_ids, reasons, strict=True)
    return "; ".join(f"rule {rule_id}: {reason}" for rule_id, reason in pairs)
