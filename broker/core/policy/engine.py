"""Deciding what a policy allows.

A rule that denies wins; without a permit the answer is no. Recording the answer is
left to whoever asked.
"""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from broker.core.handling import Tlp
from broker.core.policy.decision import Allow, Decision, Deny, Question
from broker.core.policy.rules import Effect, Policy, Rule
from keys.identity import PartyId

_KIND: Final = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)/[1-9][0-9]{0,3}")


class _Everything:
    """Contains whatever it is asked about."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One rule, its conditions resolved to what each of them covers.

    Attributes:
        rule_id: The rule.
        reason: Why, in words.
        parties: Other parties it covers.
        kinds: Kinds without version it covers.
        labels: Labels it covers.
        party_missed: What to say when the other party is not covered.
        kind_missed: What to say when the kind is not covered.
    """

    rule_id: str
    reason: str
    parties: Container[PartyId]
    kinds: Container[str]
    labels: frozenset[Tlp]
    party_missed: str
    kind_missed: str

    def applies(self, party: PartyId, kind: str, tlp: Tlp) -> bool:
        """Tells whether every condition is met."""
        return kind in self.kinds and party in self.parties and tlp in self.labels

    def failed(self, party: PartyId, kind: str, tlp: Tlp) -> list[tuple[int, str]]:
        """Returns each condition of a permit that is not met: rank, and reason.

        The lower the rank, the easier it is for the origin to change.
        """
        failed = []
        if tlp not in self.labels:
            ceiling = max(self.labels)  # `Policy` refuses a permit without one
            failed.append((0, f"handling {tlp.label} above {ceiling.label}"))
        if party not in self.parties:
            failed.append((1, self.party_missed))
        if kind not in self.kinds:
            failed.append((2, self.kind_missed))
        return failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """The rules of one direction.

    Attributes:
        permits: Those that permit, in their order.
        denials: Those that deny, in their order.
    """

    permits: tuple[Clause, ...]
    denials: tuple[Clause, ...]

    def decide(self, party: PartyId, kind: str, tlp: Tlp) -> Decision:
        """Answers for one other party, a kind without version, and a label."""
        against = [c for c in self.denials if c.applies(party, kind, tlp)]
        if against:
            return Deny(
                rule_ids=tuple(clause.rule_id for clause in against),
                reasons=tuple(clause.reason for clause in against),
            )
        in_favour = [c for c in self.permits if c.applies(party, kind, tlp)]
        if in_favour:
            return Allow(
                rule_ids=tuple(clause.rule_id for clause in in_favour),
                reasons=tuple(clause.reason for clause in in_favour),
            )
        return Deny(
            rule_ids=(),
            reasons=("no rule permits it",),
            near_misses=self._near_misses(party, kind, tlp),
        )

    def _near_misses(self, party: PartyId, kind: str, tlp: Tlp) -> tuple[str, ...]:
        ranked = []
        for clause in self.permits:
            failed = clause.failed(party, kind, tlp)
            if len(failed) == 1:
                rank, reason = failed[0]
                ranked.append((rank, f"rule {clause.rule_id}: {reason}"))
        # By rank alone: equal ranks keep the order of the policy.
        return tuple(miss for _, miss in sorted(ranked, key=itemgetter(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A policy made ready to answer; `compile_policy` makes it.

    Attributes:
        party: Whose policy it is.
        outward: Its rules for what leaves.
        inward: Its rules for what arrives.
    """

    party: PartyId
    outward: Clauses
    inward: Clauses

    def export(self, question: Question) -> Decision:
        """Answers whether this party lets the message go to its recipient."""
        return self._decide(
            self.outward, question, own=question.origin, other=question.recipient
        )

    def imports(self, question: Question) -> Decision:
        """Answers whether this party takes the message from its origin."""
        return self._decide(
            self.inward, question, own=question.recipient, other=question.origin
        )

    def _decide(
        self, clauses: Clauses, question: Question, *, own: PartyId, other: PartyId
    ) -> Decision:
        if own != self.party:
            return _refuse(f"this is the policy of {self.party}, not of {own}")
        if other == self.party:
            return _refuse("origin and recipient are the same party")
        kind = _KIND.fullmatch(question.kind)
        if kind is None:
            return _refuse("the kind is not a name with a version")
        return clauses.decide(other, kind[1], question.handling.tlp)


def compile_policy(policy: Policy) -> Engine:
    """Returns what answers for `policy`: groups resolved, labels spelt out."""
    members = {group.name: group.members for group in policy.groups}
    return Engine(
        party=policy.party,
        outward=_clauses(policy.exports, members, "recipient"),
        inward=_clauses(policy.imports, members, "origin"),
    )


def _refuse(reason: str) -> Deny:
    return Deny(rule_ids=(), reasons=(reason,))


def _clauses(
    rules: Sequence[Rule], members: Mapping[str, frozenset[PartyId]], other: str
) -> Clauses:
    compiled = [(rule.effect, _clause(rule, members, other)) for rule in rules]
    return Clauses(
        permits=tuple(c for effect, c in compiled if effect is Effect.PERMIT),
        denials=tuple(c for effect, c in compiled if effect is Effect.DENY),
    )


def _clause(
    rule: Rule, members: Mapping[str, frozenset[PartyId]], other: str
) -> Clause:
    parties = rule.parties.union(*(members[name] for name in rule.groups))
    named = [*sorted(rule.parties), *sorted(rule.groups)]
    return Clause(
        rule_id=rule.id,
        reason=rule.because or "no reason given",
        parties=_Everything() if rule.everyone else parties,
        kinds=_Everything() if rule.every_kind else rule.kinds,
        labels=_labels(rule),
        party_missed=_missed(other, named),
        kind_missed=_missed("kind", sorted(rule.kinds)),
    )


def _labels(rule: Rule) -> frozenset[Tlp]:
    # A missing bound reads in the safe direction: it permits nothing, denies all.
    if rule.effect is Effect.PERMIT:
        highest = rule.handling_up_to or 0
        return frozenset(tlp for tlp in Tlp if tlp <= highest)
    lowest = rule.handling_from or 0
    return frozenset(tlp for tlp in Tlp if tlp >= lowest)


def _missed(what: str, named: Sequence[str]) -> str:
    return f"{what} not in {', '.join(named) or 'an empty list'}"
