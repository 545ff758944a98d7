"""The space of questions answers as the engine does, and leaves none out."""

from dataclasses import replace

from hypothesis import given, settings

from broker.core.policy.aspects import ASPECTS, COUNTRY_ASPECTS, Value, members_of
from broker.core.policy.decision import Deny, Question
from broker.core.policy.dimensions import ELSEWHERE, THEIRS, Dimension, Span
from broker.core.policy.engine import compile_policy
from broker.core.policy.outcome import Outcome, outcome_of
from broker.core.policy.reach import permitted
from broker.core.policy.rule import ALWAYS, Effect
from broker.core.policy.rules import Policy
from broker.core.policy.sides import Side, parties_of, stand_in
from broker.core.policy.space import Row, Space, later_asking, ones
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import KEN, PARTIES, policies
from tests.unit.broker.core.policy.questions import questions, turned

few = settings(max_examples=30, deadline=None)


def place(dimension: Dimension, value: Value, party: PartyId) -> int:
    """The class of `dimension` that a value belongs to."""
    for number, values in enumerate(dimension.classes):
        if any(means(dimension, one, value, party) for one in values):
            return number
    raise AssertionError((dimension.aspect, value))


def means(dimension: Dimension, shown: Value, value: Value, party: PartyId) -> bool:
    if isinstance(shown, Span):
        return isinstance(value, int) and value in shown
    if dimension.aspect in COUNTRY_ASPECTS:
        assert isinstance(value, frozenset)
        assert isinstance(shown, frozenset)
        return {token(dimension, country, party) for country in value} == shown
    return shown == value


def token(dimension: Dimension, country: str, party: PartyId) -> str:
    if country == party:
        return THEIRS
    known = {
        atom for values in dimension.classes for one in values for atom in atoms(one)
    }
    named = (atom for atom in sorted(known) if country in atom.split(", "))
    return next(named, ELSEWHERE)


def atoms(shown: Value) -> frozenset[str]:
    assert isinstance(shown, frozenset)
    return shown


def row_of(space: Space, party: PartyId) -> Row:
    return next(row for row in space.rows if party in row.parties)


def met_by(space: Space, question: Question, party: PartyId) -> int:
    """The rules that a question meets, walking through the space."""
    row = row_of(space, party)
    met = row.met
    for aspect, dimension in zip(ASPECTS, row.dimensions, strict=True):
        value = aspect.found(question)
        met &= dimension.covered[place(dimension, value, party)]
    return met


def with_few_countries(question: Question) -> Question:
    """Returns a question of the enumerated form: at most two countries each."""
    facts = question.facts
    return replace(
        question,
        facts=replace(
            facts,
            recovered_in=frozenset(sorted(facts.recovered_in)[:2]),
            manufactured_in=frozenset(sorted(facts.manufactured_in)[-2:]),
            involved=frozenset(sorted(facts.involved)[::2]),
        ),
    )


enumerated = questions.map(with_few_countries)


@few
@given(policies, enumerated)
def test_the_space_answers_every_question_as_the_engine_exports(
    policy: Policy, question: Question
) -> None:
    space = Space([Side.exports(policy)], PARTIES)
    expected = compile_policy(policy).export(question)
    met = met_by(space, question, question.recipient)
    assert space.outcome(0, met) == outcome_of(expected)


@few
@given(policies, enumerated.map(turned))
def test_the_space_answers_every_question_as_the_engine_imports(
    policy: Policy, question: Question
) -> None:
    space = Space([Side.imports(policy)], PARTIES)
    expected = compile_policy(policy).imports(question)
    met = met_by(space, question, question.origin)
    assert space.outcome(0, met) == outcome_of(expected)


@few
@given(policies, enumerated)
def test_every_aspect_reads_rules_as_the_engine_does(
    policy: Policy, question: Question
) -> None:
    party = question.recipient
    groups = {group.name: group.members for group in policy.groups}
    applying = [
        rule
        for rule in policy.exports
        if party in members_of(rule, groups, frozenset({party}))
        and all(
            not aspect.asks(rule) or aspect.met(rule, aspect.found(question), party)
            for aspect in ASPECTS
        )
    ]
    everyday = replace(policy, validity=ALWAYS)
    decision = compile_policy(everyday).export(question)
    effect = Effect.DENY if isinstance(decision, Deny) else Effect.PERMIT
    ids = tuple(rule.id for rule in applying if rule.effect is effect)
    assert decision.rule_ids == ids


@few
@given(policies, enumerated)
def test_what_no_longer_matters_is_dropped_without_changing_an_answer(
    policy: Policy, question: Question
) -> None:
    space = Space([Side.exports(policy), Side.imports(policy)], PARTIES)
    party = question.recipient
    row = row_of(space, party)
    later = later_asking(row.dimensions)
    met = space.settled(row.met, later[0])
    for place_, (aspect, one) in enumerate(zip(ASPECTS, row.dimensions, strict=True)):
        number = place(one, aspect.found(question), party)
        met = space.settled(met & one.covered[number], later[place_ + 1])
    whole = met_by(space, question, party)
    for side in (0, 1):
        assert space.outcome(side, met) == space.outcome(side, whole)


@few
@given(policies, questions)
def test_what_the_engine_permits_is_found_by_searching(
    policy: Policy, question: Question
) -> None:
    space = Space([Side.exports(policy)], PARTIES)
    bits = space.sides[0]
    decision = compile_policy(policy).export(question)
    if not isinstance(decision, Deny):
        assert permitted(
            space, bits.permits, bits.denials, {"label": question.handling.tlp}
        )


@few
@given(policies)
def test_what_stands_for_all_others_is_a_party_that_nobody_names(
    policy: Policy,
) -> None:
    other = stand_in([policy])
    assert other in parties_of([policy])
    assert other not in {KEN, *PARTIES}
    assert KEN not in parties_of([policy])


def test_spans_hold_what_is_between_their_ends() -> None:
    assert 5 in Span(5, 5)
    assert 4 not in Span(5, None)
    assert 6 not in Span(None, 5)
    assert Span(None, 5).meet(Span(3, None)) == Span(3, 5)
    assert Span(None, 5).meet(Span(6, None)) is None
    assert list(ones(0b1010)) == [1, 3]
    assert Outcome().joined(Outcome(retention_days=3)).retention_days == 3
