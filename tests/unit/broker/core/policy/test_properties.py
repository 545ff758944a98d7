"""What holds for every policy and every question."""

from dataclasses import replace

from hypothesis import given, strategies as st

from broker.core.handling import Tlp
from broker.core.policy.decision import Allow, Deny, Question
from broker.core.policy.engine import compile_policy
from broker.core.policy.rules import Effect, Group, Policy, Rule
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import (
    PARTIES,
    policies,
    questions,
    rule_lists,
)


def covered(rule: Rule, groups: tuple[Group, ...], question: Question) -> bool:
    """The documented meaning of a rule, word by word."""
    meant = {
        party
        for group in groups
        if group.name in rule.groups
        for party in group.members
    }
    party = rule.everyone or question.recipient in rule.parties | meant
    kind = rule.every_kind or question.kind.removesuffix("/1") in rule.kinds
    low = rule.handling_from or Tlp.CLEAR
    high = rule.handling_up_to or Tlp.RED
    return party and kind and low <= question.handling.tlp <= high


@given(policies, questions)
def test_the_engine_decides_as_the_rules_read(
    drawn: Policy, question: Question
) -> None:
    cited = {
        effect: tuple(
            rule.id
            for rule in drawn.exports
            if rule.effect is effect and covered(rule, drawn.groups, question)
        )
        for effect in Effect
    }
    match compile_policy(drawn).export(question):
        case Allow(rule_ids=rule_ids):
            assert cited[Effect.DENY] == ()
            assert rule_ids == cited[Effect.PERMIT] != ()
        case Deny(rule_ids=rule_ids):
            assert rule_ids == cited[Effect.DENY]
            assert rule_ids or cited[Effect.PERMIT] == ()


@given(policies, questions, rule_lists("more"))
def test_adding_denials_never_widens(
    drawn: Policy, question: Question, more: tuple[Rule, ...]
) -> None:
    denials = tuple(rule for rule in more if rule.effect is Effect.DENY)
    stricter = replace(drawn, exports=drawn.exports + denials)
    if isinstance(compile_policy(stricter).export(question), Allow):
        assert isinstance(compile_policy(drawn).export(question), Allow)


@given(policies, questions, st.sampled_from(PARTIES))
def test_removing_a_party_from_groups_never_adds_a_recipient_of_permits(
    drawn: Policy, question: Question, party: PartyId
) -> None:
    permits = tuple(r for r in drawn.exports if r.effect is Effect.PERMIT)
    wider = replace(drawn, exports=permits)
    groups = tuple(replace(g, members=g.members - {party}) for g in drawn.groups)
    narrower = replace(wider, groups=groups)
    if isinstance(compile_policy(narrower).export(question), Allow):
        assert isinstance(compile_policy(wider).export(question), Allow)


@given(policies, questions)
def test_a_near_miss_is_a_permit_that_one_change_would_have_met(
    drawn: Policy, question: Question
) -> None:
    answer = compile_policy(drawn).export(question)
    if isinstance(answer, Allow) or answer.rule_ids:
        return
    expected = set()
    for rule in drawn.exports:
        looser = (
            replace(rule, everyone=True, parties=frozenset(), groups=frozenset()),
            replace(rule, every_kind=True, kinds=frozenset()),
            replace(rule, handling_up_to=Tlp.RED),
        )
        if rule.effect is Effect.PERMIT and any(
            covered(changed, drawn.groups, question) for changed in looser
        ):
            expected.add(f"rule {rule.id}")
    assert {miss.partition(":")[0] for miss in answer.near_misses} == expected
    assert len(answer.near_misses) == len(expected)


@given(policies, questions)
def test_the_order_of_the_rules_does_not_matter(
    drawn: Policy, question: Question
) -> None:
    turned = replace(drawn, exports=drawn.exports[::-1])
    answers = [compile_policy(p).export(question) for p in (drawn, turned)]
    assert type(answers[0]) is type(answers[1])
    assert answers[0].rule_ids == answers[1].rule_ids[::-1]
