"""A decision as a tree: every rule, each of its conditions, and what was found.

Drawing it is left to `broker.cli`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from broker.core.policy.aspects import ASPECTS, Aspect, members_of
from broker.core.policy.decision import Allow, Decision, Deny, Question, Redact
from broker.core.policy.engine import compile_policy
from broker.core.policy.rule import Effect, Rule
from broker.core.policy.rule_words import asked_words, found_words, subject_words
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import SUBJECT_KEY
from keys.identity import PartyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition of a rule.

    Attributes:
        aspect: What it looks at: "to", "label", "items".
        asked: What the rule asks for, in words.
        found: What the message is, in words.
        met: Whether that is what it asks for.
    """

    aspect: str
    asked: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One rule that was looked at.

    Attributes:
        rule: The rule.
        checks: Its conditions; it applies when all are met.
    """

    rule: Rule
    checks: tuple[Check, ...]

    @property
    def applies(self) -> bool:
        """Whether every condition is met."""
        return all(check.met for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What one side of one policy makes of a message, and why.

    Attributes:
        side: "export" or "import".
        party: Whose policy it is.
        other: The other party.
        in_force: Whether the policy is in force on that day.
        considered: Every rule of that side, in the order of the policy.
        decision: The answer.
    """

    side: str
    party: PartyId
    other: PartyId
    in_force: bool
    considered: tuple[Considered, ...]
    decision: Decision

    def as_json(self) -> dict[str, Any]:
        """Returns the explanation as JSON shows it."""
        return {
            "side": self.side,
            "policy": self.party,
            "other": self.other,
            "in_force": self.in_force,
            "answer": answer_word(self.decision),
            "summary": self.decision.summary,
            "rules": list(self.decision.rule_ids),
            "terms": list(terms_words(self.decision)),
            "near_misses": (
                list(self.decision.near_misses)
                if isinstance(self.decision, Deny)
                else []
            ),
            "considered": [
                {
                    "rule": one.rule.id,
                    "effect": one.rule.effect.name.lower(),
                    "because": one.rule.because,
                    "applies": one.applies,
                    "conditions": [
                        {
                            "aspect": check.aspect,
                            "asked": check.asked,
                            "found": check.found,
                            "met": check.met,
                        }
                        for check in one.checks
                    ],
                }
                for one in self.considered
            ],
        }


def explain(policy: Policy, question: Question) -> Explanation:
    """Returns what a policy makes of a message: its export side, or its import side.

    Args:
        policy: Of the origin or of the recipient.
        question: About the message.
    """
    exports = policy.party == question.origin
    side = "export" if exports else "import"
    other = question.recipient if exports else question.origin
    engine = compile_policy(policy)
    rules = policy.exports if exports else policy.imports
    return Explanation(
        side=side,
        party=policy.party,
        other=other,
        in_force=_in_force(policy, question),
        considered=tuple(
            Considered(
                rule=rule, checks=tuple(_checks(policy, rule, side, other, question))
            )
            for rule in rules
        ),
        decision=engine.export(question) if exports else engine.imports(question),
    )


def answer_word(decision: Decision) -> str:
    """Returns the answer in one word."""
    match decision:
        case Allow():
            return "allow"
        case Redact():
            return "redact"
        case Deny():
            return "deny"


def terms_words(decision: Decision) -> Iterator[str]:
    """Yields what whoever gets it is bound to, and what becomes of its fields."""
    if isinstance(decision, Deny):
        return
    if isinstance(decision, Redact):
        for field, treatment in decision.fields:
            yield f"{field.word}: {treatment.word}"
    terms = decision.terms
    if terms.retention_days is not None:
        yield f"keep at most {terms.retention_days} days"
    if terms.with_consent:
        yield "pass on only with the provider's consent"
    for one in terms.approvals:
        officers = ", ".join(sorted(one.officers))
        yield f"approved first by {one.needed} of {officers} (rule {one.rule_id})"
    if terms.routes:
        yield f"goes to {', '.join(sorted(terms.routes))}"
    if terms.quarantine:
        yield "a person looks at it before anybody else gets it"


def _checks(
    policy: Policy, rule: Rule, side: str, other: PartyId, question: Question
) -> Iterator[Check]:
    groups = {group.name: group.members for group in policy.groups}
    yield Check(
        aspect=SUBJECT_KEY[side],
        asked=subject_words(rule),
        found=other,
        met=other in members_of(rule, groups, frozenset({other})),
    )
    for aspect in ASPECTS:
        if aspect.asks(rule):
            yield _check(aspect, rule, other, question)


def _check(aspect: Aspect, rule: Rule, other: PartyId, question: Question) -> Check:
    value = aspect.found(question)
    return Check(
        aspect=aspect.name,
        asked=asked_words(aspect.name, rule),
        found=found_words(aspect.name, value),
        met=aspect.met(rule, value, other),
    )


def _in_force(policy: Policy, question: Question) -> bool:
    days = next(aspect for aspect in ASPECTS if aspect.name == "day")
    bounds = Rule(id="policy", effect=Effect.PERMIT, validity=policy.validity)
    return days.met(bounds, days.found(question), policy.party)
