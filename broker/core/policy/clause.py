"""A rule made ready to be asked: groups resolved, conditions as functions.

What follows when rules apply is left to `broker.core.policy.engine`.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from broker.core.fields import Treatments, settled
from broker.core.policy import conditions as on
from broker.core.policy.asked import Asked
from broker.core.policy.decision import Approval, Terms
from broker.core.policy.facts import Facts
from broker.core.policy.rule import Effect, Rule
from keys.identity import PartyId


@dataclass(frozen=True, slots=True)
class _AllBut:
    """Contains whatever is not in `out`."""

    out: frozenset[str]

    def __contains__(self, item: object) -> bool:
        return item not in self.out


_EVERYTHING: Final = _AllBut(frozenset())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clause:
    """One rule, its conditions resolved to what each of them covers.

    Told apart by identity: a policy has each rule once.

    Attributes:
        rule_id: The rule.
        effect: What it does when it applies.
        reason: Why, in words.
        parties: Other parties it covers.
        kinds: Kinds without version it covers.
        from_header: What the header has to meet besides: label, validity.
        from_content: What the content has to meet.
        may: What has to hold so that `may_apply`.
        must: What has to hold so that `must_apply`.
        terms: What it binds a release to.
        fields: What becomes of the fields of each class that does not stay.
        party_missed: What to say when the other party is not covered.
        kind_missed: What to say when the kind is not covered.
    """

    rule_id: str
    effect: Effect
    reason: str
    parties: Container[PartyId]
    kinds: Container[str]
    from_header: tuple[on.HeaderCondition, ...]
    from_content: tuple[on.ContentCondition, ...]
    may: tuple[on.HeaderTest, ...]
    must: tuple[on.HeaderTest, ...]
    terms: Terms
    fields: Treatments
    party_missed: str
    kind_missed: str

    def applies(self, asked: Asked, facts: Facts) -> bool:
        """Tells whether every condition is met, the kind apart."""
        if asked.party not in self.parties:
            return False
        for condition in self.from_header:
            if not condition.holds(asked):
                return False
        for needed in self.from_content:  # noqa: SIM110 - all() costs more than the tests
            if not needed.holds(asked, facts):
                return False
        return True

    def may_apply(self, asked: Asked) -> bool:
        """Tells whether the header leaves it possible that `applies`."""
        return asked.party in self.parties and _hold(self.may, asked)

    def must_apply(self, asked: Asked) -> bool:
        """Tells whether it `applies` whatever the content says."""
        return asked.party in self.parties and _hold(self.must, asked)

    def near_miss(self, asked: Asked, facts: Facts | None) -> tuple[int, str] | None:
        """Returns the one condition that is not met; None when there are more, or none.

        Args:
            asked: What is asked.
            facts: What the content says. None: only the header is known, and what
                it leaves possible counts as met.

        Returns:
            Its rank, the lower the easier it is for the origin to change; and what
            to say.
        """
        if asked.kind not in self.kinds:
            rest = (
                self.may_apply(asked) if facts is None else self.applies(asked, facts)
            )
            return (on.KIND_RANK, self.kind_missed) if rest else None
        missed = self._missed(asked, facts)
        first = next(missed, None)
        if first is None or next(missed, None) is not None:
            return None
        return first if isinstance(first, tuple) else (first.rank, first.missed(asked))

    def _missed(
        self, asked: Asked, facts: Facts | None
    ) -> Iterator[tuple[int, str] | on.HeaderCondition]:
        if asked.party not in self.parties:
            yield on.PARTY_RANK, self.party_missed
        for condition in self.from_header:
            if not condition.holds(asked):
                yield condition  # its words take longer than all the rest
        for needed in self.from_content:
            if not (
                needed.possible(asked) if facts is None else needed.holds(asked, facts)
            ):
                yield on.CONTENT_RANK, needed.missed


def compile_rule(
    rule: Rule, members: Mapping[str, frozenset[PartyId]], other: str
) -> Clause:
    """Returns `rule` ready to be asked.

    Args:
        rule: The rule.
        members: Who is in each group of its policy.
        other: What the other party is to the owner of the policy: "recipient" of its
            exports, "origin" of its imports.
    """
    from_header = tuple(on.from_header(rule))
    from_content = tuple(on.from_content(rule))
    header = [condition.holds for condition in from_header]
    return Clause(
        rule_id=rule.id,
        effect=rule.effect,
        reason=rule.because or "no reason given",
        parties=_parties(rule, members),
        kinds=_EVERYTHING if rule.every_kind else rule.kinds,
        from_header=from_header,
        from_content=from_content,
        may=(*header, *(c.possible for c in from_content if c.possible is not on.may)),
        must=(*header, *(condition.certain for condition in from_content)),
        terms=_terms(rule),
        fields=settled(rule.terms.fields),
        party_missed=_party_missed(rule, other),
        kind_missed=_missed("kind", sorted(rule.kinds)),
    )


def _hold(tests: Iterable[on.HeaderTest], asked: Asked) -> bool:
    for test in tests:  # noqa: SIM110 - all() costs more than the tests
        if not test(asked):
            return False
    return True


def _parties(
    rule: Rule, members: Mapping[str, frozenset[PartyId]]
) -> Container[PartyId]:
    out = rule.except_parties.union(*(members[name] for name in rule.except_groups))
    if rule.everyone:
        return _AllBut(out)
    return rule.parties.union(*(members[name] for name in rule.groups)) - out


def _terms(rule: Rule) -> Terms:
    terms, approval = rule.terms, rule.terms.approval
    return Terms(
        retention_days=terms.retention_days,
        with_consent=terms.with_consent,
        approvals=()
        if approval is None
        else (
            Approval(
                rule_id=rule.id, needed=approval.needed, officers=approval.officers
            ),
        ),
        routes=terms.routes,
        quarantine=terms.quarantine,
    )


def _party_missed(rule: Rule, other: str) -> str:
    out = [*sorted(rule.except_parties), *sorted(rule.except_groups)]
    if rule.everyone:
        return f"{other} excepted by {', '.join(out)}"
    missed = _missed(other, [*sorted(rule.parties), *sorted(rule.groups)])
    return f"{missed}, or excepted by {', '.join(out)}" if out else missed


def _missed(what: str, named: Iterable[str]) -> str:
    return f"{what} not in {', '.join(named) or 'an empty list'}"
