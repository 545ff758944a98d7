"""What an answer of a policy comes to, whichever rules gave it.

Deciding is left to `broker.core.policy.engine`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TypeAlias

from broker.core.fields import FieldClass, Treatment, settled
from broker.core.policy.decision import Allow, Decision, Deny, Redact, Terms
from broker.core.policy.rule import RuleTerms

FieldRules: TypeAlias = tuple[tuple[FieldClass, Treatment], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Yes, and on what terms. No is None.

    Attributes:
        fields: What becomes of the fields of each class that does not stay, ascending.
        retention_days: How long it may be kept; None: not limited.
        with_consent: Passing it on needs the provider's consent.
        approvals: How many of which officers must approve it; each of these.
        routes: The desks and adapters that get it.
        quarantine: A person looks at it first.
    """

    fields: FieldRules = ()
    retention_days: int | None = None
    with_consent: bool = False
    approvals: frozenset[tuple[int, frozenset[str]]] = frozenset()
    routes: frozenset[str] = frozenset()
    quarantine: bool = False

    @classmethod
    def of_rule(cls, terms: RuleTerms) -> Self:
        """Returns what one permit comes to by itself."""
        approval = terms.approval
        return cls(
            fields=tuple(sorted(settled(terms.fields).items())),
            retention_days=terms.retention_days,
            with_consent=terms.with_consent,
            approvals=(
                frozenset()
                if approval is None
                else frozenset({(approval.needed, approval.officers)})
            ),
            routes=terms.routes,
            quarantine=terms.quarantine,
        )

    def joined(self, other: "Outcome") -> "Outcome":
        """Returns what binds as much as both do."""
        fields = dict(self.fields)
        for field_class, treatment in other.fields:
            known = fields.get(field_class, Treatment.KEEP)
            fields[field_class] = max(known, treatment)
        kept = {self.retention_days, other.retention_days} - {None}
        return Outcome(
            fields=tuple(sorted(fields.items())),
            retention_days=min(
                (days for days in kept if days is not None), default=None
            ),
            with_consent=self.with_consent or other.with_consent,
            approvals=self.approvals | other.approvals,
            routes=self.routes | other.routes,
            quarantine=self.quarantine or other.quarantine,
        )


def joined(outcomes: Iterable[Outcome]) -> Outcome | None:
    """Returns what binds as much as all of these; None when there are none."""
    result: Outcome | None = None
    for outcome in outcomes:
        result = outcome if result is None else result.joined(outcome)
    return result


def outcome_of(decision: Decision) -> Outcome | None:
    """Returns what a decision comes to."""
    match decision:
        case Deny():
            return None
        case Allow():
            return _of_terms(decision.terms, ())
        case Redact():
            return _of_terms(decision.terms, decision.fields)


def _of_terms(terms: Terms, fields: FieldRules) -> Outcome:
    return Outcome(
        fields=fields,
        retention_days=terms.retention_days,
        with_consent=terms.with_consent,
        approvals=frozenset((one.needed, one.officers) for one in terms.approvals),
        routes=terms.routes,
        quarantine=terms.quarantine,
    )
