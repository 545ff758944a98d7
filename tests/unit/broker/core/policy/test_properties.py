"""What holds for every policy and every question."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from hypothesis import assume, given, settings, strategies as st

from broker.core.errors import PolicyError
from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import (
    Allow,
    Decision,
    Deny,
    HeaderQuestion,
    Question,
    Redact,
    Terms,
)
from broker.core.policy.engine import compile_policy
from broker.core.policy.facts import Facts
from broker.core.policy.rule import Conditions, Effect, Rule
from broker.core.policy.rules import Policy
from keys.identity import PartyId
from tests.unit.broker.core.policy import reading
from tests.unit.broker.core.policy.policies import (
    PARTIES,
    meaningful,
    policies,
    rule_lists,
)
from tests.unit.broker.core.policy.questions import facts, question_sets, turned

# A policy costs far more to draw than a question to answer: each is asked 90 times.
thorough = settings(max_examples=40, deadline=None)


def yes(answer: Decision) -> bool:
    return not isinstance(answer, Deny)


def treated(answer: Decision) -> dict[FieldClass, Treatment]:
    return dict(answer.fields) if isinstance(answer, Redact) else {}


def header_of(question: Question) -> HeaderQuestion:
    return HeaderQuestion(
        origin=question.origin,
        recipient=question.recipient,
        kind=question.kind,
        handling=question.handling,
        at_ms=question.at_ms,
    )


def with_exports(policy: Policy, rules: Iterable[Rule]) -> Policy:
    return replace(policy, exports=meaningful(policy.groups, rules))


def with_imports(policy: Policy, rules: Iterable[Rule]) -> Policy:
    return replace(policy, imports=meaningful(policy.groups, rules))


@thorough
@given(policies, question_sets)
def test_the_engine_decides_as_the_rules_read(
    policy: Policy, questions: list[Question]
) -> None:
    engine = compile_policy(policy)
    for question in questions:
        answer = engine.export(question)
        expected = reading.release(policy, question)
        assert yes(answer) is (expected is not None)
        if expected is not None:
            closed = {f: how for f, how in expected.items() if how > Treatment.KEEP}
            assert treated(answer) == closed
        arrives = turned(question)
        assert yes(engine.imports(arrives)) is reading.is_taken(policy, arrives)


@thorough
@given(policies, question_sets)
def test_every_rule_that_applies_is_cited_and_no_other(
    policy: Policy, questions: list[Question]
) -> None:
    engine = compile_policy(policy)
    for question in questions:
        answer = engine.export(question)
        if "the policy is in force" in answer.reasons[0]:
            continue
        applying = {
            effect: tuple(
                rule.id
                for rule in policy.exports
                if rule.effect is effect
                and not reading.missed(
                    rule, policy.groups, question, question.recipient
                )
            )
            for effect in Effect
        }
        cited = applying[Effect.DENY] or applying[Effect.PERMIT]
        assert answer.rule_ids == cited
        assert len(answer.reasons) == max(1, len(cited))


@thorough
@given(policies, question_sets)
def test_near_misses_are_exactly_the_permits_that_fail_by_one_condition(
    policy: Policy, questions: list[Question]
) -> None:
    engine = compile_policy(policy)
    for question in questions:
        answer = engine.export(question)
        if not isinstance(answer, Deny) or answer.reasons != ("no rule permits it",):
            continue
        expected = {
            rule.id
            for rule in policy.exports
            if rule.effect is Effect.PERMIT
            and len(reading.missed(rule, policy.groups, question, question.recipient))
            == 1
        }
        assert len(answer.near_misses) == len(expected)
        assert {near.split(":")[0] for near in answer.near_misses} == {
            f"rule {rule_id}" for rule_id in expected
        }


@thorough
@given(policies, question_sets, rule_lists("more"), st.integers(0, 6))
def test_adding_denials_never_widens(
    policy: Policy, questions: list[Question], more: tuple[Rule, ...], place: int
) -> None:
    """Not whom it lets have anything, nor the fields, nor the terms."""
    denials = [rule for rule in more if rule.effect is Effect.DENY]
    rules = [*policy.exports[:place], *denials, *policy.exports[place:]]
    before = compile_policy(policy)
    after = compile_policy(with_exports(policy, rules))
    for question in questions:
        answer = after.export(question)
        assert not yes(answer) or answer == before.export(question)


@thorough
@given(policies, question_sets, rule_lists("more", inward=True))
def test_adding_denials_never_takes_in_more(
    policy: Policy, questions: list[Question], more: tuple[Rule, ...]
) -> None:
    denials = [rule for rule in more if rule.effect is Effect.DENY]
    before = compile_policy(policy)
    after = compile_policy(with_imports(policy, [*policy.imports, *denials]))
    for question in map(turned, questions):
        answer = after.imports(question)
        assert not yes(answer) or answer == before.imports(question)


@thorough
@given(policies, question_sets, rule_lists("more"))
def test_adding_a_permit_never_loosens_what_somebody_already_gets(
    policy: Policy, questions: list[Question], more: tuple[Rule, ...]
) -> None:
    permits = [rule for rule in more if rule.effect is Effect.PERMIT]
    before = compile_policy(policy)
    after = compile_policy(with_exports(policy, [*policy.exports, *permits]))
    for question in questions:
        old, new = before.export(question), after.export(question)
        if isinstance(old, Deny):
            continue
        assert not isinstance(new, Deny)
        assert_no_looser(old, new)


def assert_no_looser(old: Allow | Redact, new: Allow | Redact) -> None:
    fields = treated(new)
    for field, how in treated(old).items():
        assert fields.get(field, Treatment.KEEP) >= how
    if old.terms.retention_days is not None:
        assert new.terms.retention_days is not None
        assert new.terms.retention_days <= old.terms.retention_days
    assert new.terms.with_consent or not old.terms.with_consent
    assert new.terms.quarantine or not old.terms.quarantine
    assert set(new.terms.approvals) >= set(old.terms.approvals)
    assert new.terms.routes >= old.terms.routes


def without(policy: Policy, party: PartyId, group: str) -> Policy:
    """The policy once `party` has left `group`; such a policy must have a meaning."""
    groups = tuple(
        replace(g, members=g.members - {party}) if g.name == group else g
        for g in policy.groups
    )
    try:
        return replace(policy, groups=groups)
    except PolicyError:
        assume(condition=False)
        raise


@thorough
@given(policies, question_sets, st.sampled_from(PARTIES))
def test_leaving_a_group_of_permits_never_adds_a_recipient(
    policy: Policy, questions: list[Question], party: PartyId
) -> None:
    """Where a group stands decides what leaving it does.

    Under `to` of a permit it opens a door, and under `except` of a denial it spares
    from one that is shut: whoever leaves it, loses. Under `except` of a permit and
    under `to` of a denial it shuts a door: whoever leaves it, gains, as whoever wrote
    "everyone except" or "deny to" has asked for. A group in both places does both, and
    then nothing can be said without the rules; `rogatory policy diff` says who gains.
    """
    rules = [
        replace(rule, except_groups=frozenset())
        if rule.effect is Effect.PERMIT
        else replace(rule, groups=frozenset())
        for rule in policy.exports
    ]
    policy = with_exports(policy, rules)
    before, after = (
        compile_policy(policy),
        compile_policy(without(policy, party, "eac")),
    )
    for question in questions:
        assert yes(before.export(question)) or not yes(after.export(question))


@thorough
@given(policies, question_sets, st.sampled_from(PARTIES))
def test_leaving_a_group_of_exceptions_and_denials_never_removes_a_recipient(
    policy: Policy, questions: list[Question], party: PartyId
) -> None:
    """The other half: see `test_leaving_a_group_of_permits_never_adds_a_recipient`."""
    rules = [
        replace(rule, groups=frozenset())
        if rule.effect is Effect.PERMIT
        else replace(rule, except_groups=frozenset())
        for rule in policy.exports
    ]
    policy = with_exports(policy, rules)
    before, after = (
        compile_policy(policy),
        compile_policy(without(policy, party, "eac")),
    )
    for question in questions:
        assert yes(after.export(question)) or not yes(before.export(question))


def agree_without_content(
    decide: Callable[[Question], Decision],
    may: Callable[[HeaderQuestion], Decision],
    question: Question,
) -> None:
    if yes(decide(question)):
        assert yes(may(header_of(question)))


@thorough
@given(policies, question_sets, st.lists(facts, max_size=5))
def test_what_the_header_forbids_no_content_makes_allowed(
    policy: Policy, questions: list[Question], more: list[Facts]
) -> None:
    engine = compile_policy(policy)
    for question in questions[::3]:
        for content in (question.facts, *more):
            asked = replace(question, facts=content)
            agree_without_content(engine.export, engine.may_export, asked)
            agree_without_content(engine.imports, engine.may_import, turned(asked))


@thorough
@given(policies, question_sets)
def test_without_conditions_on_content_the_header_says_it_all(
    policy: Policy, questions: list[Question]
) -> None:
    rules = [
        replace(rule, conditions=Conditions(every_item=rule.effect is Effect.PERMIT))
        for rule in policy.exports
    ]
    engine = compile_policy(with_exports(policy, rules))
    for question in questions:
        by_header, whole = (
            engine.may_export(header_of(question)),
            engine.export(question),
        )
        assert yes(by_header) is yes(whole)
        assert by_header.rule_ids == whole.rule_ids
        if isinstance(whole, Deny):
            assert by_header == whole
        else:
            # Which rules apply, and so what binds, is nothing that a header tells.
            assert isinstance(by_header, Allow)
            assert by_header.terms == Terms()


@thorough
@given(policies, question_sets)
def test_the_order_of_the_rules_does_not_matter(
    policy: Policy, questions: list[Question]
) -> None:
    engine = compile_policy(policy)
    upside_down = compile_policy(with_exports(policy, policy.exports[::-1]))
    for question in questions:
        one, other = engine.export(question), upside_down.export(question)
        assert type(one) is type(other)
        assert one.rule_ids == other.rule_ids[::-1]
        assert treated(one) == treated(other)
