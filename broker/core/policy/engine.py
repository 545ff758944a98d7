"""Deciding what a policy allows.

A rule that denies wins; without a permit the answer is no; of several permits, each
binds. Recording the answer is left to whoever asked.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from broker.core.fields import FieldClass, Treatment
from broker.core.policy.asked import Asked, asked_about
from broker.core.policy.clause import Clause, compile_rule
from broker.core.policy.conditions import days_of
from broker.core.policy.decision import (
    Allow,
    Decision,
    Deny,
    HeaderQuestion,
    Question,
    Redact,
    Terms,
)
from broker.core.policy.facts import Facts
from broker.core.policy.rule import Effect, Rule
from broker.core.policy.rules import Policy
from keys.identity import PartyId

_KIND: Final = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)/[1-9][0-9]{0,3}")
NEAR_MISSES_MAX: Final = 10  # that an answer names, the nearest first
_ANSWERS_MAX: Final = 512  # that one direction of a policy remembers
_NO_TERMS: Final = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForKind:
    """The rules that can apply to one kind, in their order."""

    permits: tuple[Clause, ...]
    denials: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The rules of one direction.

    Several threads may ask at once: all that ever changes is what `made` remembers,
    and whoever comes second makes an equal answer.

    Attributes:
        permits: Those that permit, in their order.
        by_kind: Those that can apply to each kind that any of them names.
        otherwise: Those that can apply to every other kind.
        made: Answers, by the rules that apply.
    """

    permits: tuple[Clause, ...]
    by_kind: Mapping[str, ForKind]
    otherwise: ForKind
    made: dict[tuple[Clause, ...], Decision] = field(default_factory=dict)

    def decide(self, asked: Asked, facts: Facts) -> Decision:
        """Answers for one message, its content known."""
        rules = self.by_kind.get(asked.kind, self.otherwise)
        applying = [rule for rule in rules.denials if rule.applies(asked, facts)]
        if not applying:
            applying = [rule for rule in rules.permits if rule.applies(asked, facts)]
        if not applying:
            return self._default(asked, facts)
        return self._answer(tuple(applying))

    def decide_by_header(self, asked: Asked) -> Decision:
        """Answers no where the header is enough to say so, and yes otherwise."""
        rules = self.by_kind.get(asked.kind, self.otherwise)
        against = tuple(rule for rule in rules.denials if rule.must_apply(asked))
        if against:
            return self._answer(against)
        in_favour = tuple(rule for rule in rules.permits if rule.may_apply(asked))
        if not in_favour:
            return self._default(asked, None)
        # Which of them apply, and so what they bind to, only the content tells.
        rule_ids, reasons = _cited(in_favour)
        return Allow(rule_ids=rule_ids, reasons=reasons, terms=_NO_TERMS)

    def _answer(self, applying: tuple[Clause, ...]) -> Decision:
        answer = self.made.get(applying)
        if answer is None:
            denies = applying[0].effect is Effect.DENY
            answer = _denied(applying) if denies else _permitted(applying)
            # The rules that apply together are few in earnest; an attacker's are not.
            if len(self.made) < _ANSWERS_MAX:
                self.made[applying] = answer
        return answer

    def _default(self, asked: Asked, facts: Facts | None) -> Deny:
        near = []
        for clause in self.permits:
            miss = clause.near_miss(asked, facts)
            if miss is not None:
                near.append((miss[0], f"rule {clause.rule_id}: {miss[1]}"))
        # By rank alone: equal ranks keep the order of the policy.
        near.sort(key=itemgetter(0))
        return Deny(
            rule_ids=(),
            reasons=("no rule permits it",),
            # A party from abroad writes its policy as long as it likes, and its denials
            # are kept at home.
            near_misses=tuple(miss for _, miss in near[:NEAR_MISSES_MAX]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A policy made ready to answer, to several threads at once.

    `compile_policy` makes it.

    Attributes:
        party: Whose policy it is.
        outward: Its rules for what leaves.
        inward: Its rules for what arrives.
        validity: When it is in force, in words.
        days: The days on which it is, as `Asked` counts.
        officers: Public key of each officer who may approve a release, by name.
    """

    party: PartyId
    outward: Clauses
    inward: Clauses
    validity: str
    days: range
    officers: Mapping[str, bytes]

    def export(self, question: Question) -> Decision:
        """Answers whether this party lets the message go to its recipient."""
        asked = self._outward(question)
        if isinstance(asked, Deny):
            return asked
        return self.outward.decide(asked, question.facts)

    def imports(self, question: Question) -> Decision:
        """Answers whether this party takes the message from its origin."""
        asked = self._inward(question)
        if isinstance(asked, Deny):
            return asked
        return self.inward.decide(asked, question.facts)

    def may_export(self, question: HeaderQuestion) -> Decision:
        """Answers as `export` as far as the header shows; content can still forbid.

        A no is a no whatever the content says. A yes names the rules that may permit
        it, and says nothing of what they bind to: an `Allow` without terms.
        """
        asked = self._outward(question)
        if isinstance(asked, Deny):
            return asked
        return self.outward.decide_by_header(asked)

    def may_import(self, question: HeaderQuestion) -> Decision:
        """Answers as `imports` as far as the header shows, as `may_export` does."""
        asked = self._inward(question)
        if isinstance(asked, Deny):
            return asked
        return self.inward.decide_by_header(asked)

    def _outward(self, question: HeaderQuestion) -> Asked | Deny:
        return self._asked(question, own=question.origin, other=question.recipient)

    def _inward(self, question: HeaderQuestion) -> Asked | Deny:
        return self._asked(question, own=question.recipient, other=question.origin)

    def _asked(
        self, question: HeaderQuestion, *, own: PartyId, other: PartyId
    ) -> Asked | Deny:
        if own != self.party:
            return _refuse(f"this is the policy of {self.party}, not of {own}")
        if other == self.party:
            return _refuse("origin and recipient are the same party")
        kind = _KIND.fullmatch(question.kind)
        if kind is None:
            return _refuse("the kind is not a name with a version")
        asked = asked_about(question, other, kind[1])
        if asked.day not in self.days:
            day = dt.date.fromordinal(asked.day)
            return _refuse(f"the policy is in force {self.validity}, not on {day}")
        return asked


def compile_policy(policy: Policy) -> Engine:
    """Returns what answers for `policy`: groups resolved, labels spelt out."""
    members = {group.name: group.members for group in policy.groups}
    return Engine(
        party=policy.party,
        outward=_clauses(policy.exports, members, "recipient"),
        inward=_clauses(policy.imports, members, "origin"),
        validity=str(policy.validity),
        days=days_of(policy.validity),
        officers={officer.name: officer.public_key for officer in policy.officers},
    )


def combined(terms: Sequence[Terms]) -> Terms:
    """Returns terms that bind as much as all of `terms` do together."""
    kept = [one.retention_days for one in terms if one.retention_days is not None]
    return Terms(
        retention_days=min(kept, default=None),
        with_consent=any(one.with_consent for one in terms),
        approvals=tuple(approval for one in terms for approval in one.approvals),
        routes=frozenset().union(*(one.routes for one in terms)),
        quarantine=any(one.quarantine for one in terms),
    )


def _clauses(
    rules: Sequence[Rule], members: Mapping[str, frozenset[PartyId]], other: str
) -> Clauses:
    clauses = [compile_rule(rule, members, other) for rule in rules]
    kinds = frozenset().union(*(rule.kinds for rule in rules))
    general = [
        clause for rule, clause in zip(rules, clauses, strict=True) if rule.every_kind
    ]
    return Clauses(
        permits=_of(Effect.PERMIT, clauses),
        by_kind={
            kind: _for_kind([clause for clause in clauses if kind in clause.kinds])
            for kind in kinds
        },
        otherwise=_for_kind(general),
    )


def _for_kind(clauses: Sequence[Clause]) -> ForKind:
    return ForKind(
        permits=_of(Effect.PERMIT, clauses), denials=_of(Effect.DENY, clauses)
    )


def _of(effect: Effect, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    return tuple(clause for clause in clauses if clause.effect is effect)


def _permitted(applying: Sequence[Clause]) -> Allow | Redact:
    rule_ids, reasons = _cited(applying)
    terms = combined([clause.terms for clause in applying])
    fields: dict[FieldClass, Treatment] = {}
    for clause in applying:
        for field_class, treatment in clause.fields.items():
            known = fields.get(field_class, Treatment.KEEP)
            fields[field_class] = max(known, treatment)
    if not fields:
        return Allow(rule_ids=rule_ids, reasons=reasons, terms=terms)
    return Redact(
        rule_ids=rule_ids,
        reasons=reasons,
        terms=terms,
        fields=tuple(sorted(fields.items())),
    )


def _denied(applying: Sequence[Clause]) -> Deny:
    rule_ids, reasons = _cited(applying)
    return Deny(rule_ids=rule_ids, reasons=reasons)


def _cited(clauses: Sequence[Clause]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(clause.rule_id for clause in clauses),
        tuple(clause.reason for clause in clauses),
    )


def _refuse(reason: str) -> Deny:
    return Deny(rule_ids=(), reasons=(reason,))
