"""Asking another policy about the past counts what would have been otherwise."""

import datetime as dt
from dataclasses import replace

from hypothesis import given, settings

from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Deny, Question, Redact
from broker.core.policy.engine import compile_policy
from broker.core.policy.facts import Facts
from broker.core.policy.past import Direction, Past, Verdict
from broker.core.policy.replay import Change, Replay
from broker.core.policy.rule import ApprovalRule, Rule, Validity
from broker.core.policy.rules import Policy
from tests import world
from tests.officers import AMINA
from tests.unit.broker.core.flows.documents import permit, policy
from tests.unit.broker.core.policy.policies import policies
from tests.unit.broker.core.policy.questions import questions
from tests.world import AMBER, BEL, KEN, MEX, NOW_MS

DROP = Treatment.DROP
SOURCE = ((FieldClass.SOURCE, DROP), (FieldClass.FREE_TEXT, DROP))
TELLS_SOURCE = Facts(classes=frozenset({FieldClass.SOURCE}))
ASKED = Question(
    origin=KEN,
    recipient=BEL,
    kind="trace-request/1",
    handling=AMBER,
    at_ms=NOW_MS,
    facts=TELLS_SOURCE,
)
ALLOWED = Past(question=ASKED, direction=Direction.EXPORT, verdict=Verdict.ALLOW)
DENIED = replace(ALLOWED, verdict=Verdict.DENY)
REDACTED = replace(ALLOWED, verdict=Verdict.REDACT, fields=SOURCE)
ALL = permit("all", BEL)
LESS = permit("less", BEL, fields={FieldClass.SOURCE: DROP})


def replayed(*past: Past, rules: tuple[Rule, ...] = (ALL,)) -> Replay:
    found = Replay.under(policy(*rules, officers=(AMINA,)))
    for one in past:
        found.ask(one)
    return found


def change(found: Replay) -> Change:
    [(one, count)] = found.changes.items()
    assert (count, found.same, found.asked) == (1, 0, 1)
    return one


def test_what_would_be_the_same_is_only_counted() -> None:
    found = replayed(ALLOWED, ALLOWED)
    assert (found.asked, found.same, found.changes) == (2, 2, {})


def test_who_gains_and_who_loses_is_told_with_the_rules() -> None:
    gain = change(replayed(DENIED))
    assert (gain.old, gain.new, gain.party) == (Verdict.DENY, Verdict.ALLOW, BEL)
    assert gain.why == "permitted by rule all: agreement"
    loss = change(replayed(ALLOWED, rules=(permit("other", MEX),)))
    assert (loss.old, loss.new) == (Verdict.ALLOW, Verdict.DENY)
    assert "nearest is rule other" in loss.why


def test_the_same_change_is_counted_and_not_repeated() -> None:
    found = replayed(DENIED, DENIED, replace(DENIED, question=ASKED))
    assert list(found.changes.values()) == [3]


def test_other_fields_are_another_answer() -> None:
    found = change(replayed(REDACTED))
    assert (found.old, found.new) == (Verdict.REDACT, Verdict.ALLOW)
    assert found.old_fields == ((FieldClass.SOURCE, DROP),)
    assert replayed(REDACTED, rules=(LESS,)).same == 1


def test_fields_that_a_message_does_not_have_make_no_difference() -> None:
    bare = replace(ALLOWED, question=replace(ASKED, facts=Facts()))
    assert replayed(bare, rules=(LESS,)).same == 1


def test_what_others_denied_stays_denied() -> None:
    found = replayed(replace(DENIED, by_others=True))
    assert (found.same, found.by_others, found.changes) == (1, 1, {})


def test_what_too_little_was_left_of_may_go_when_less_is_taken_out() -> None:
    too_little = replace(DENIED, fields=SOURCE, too_little=True)
    assert change(replayed(too_little)).new is Verdict.ALLOW
    assert replayed(too_little, rules=(LESS,)).same == 1


def test_what_would_have_waited_for_officers_is_counted() -> None:
    one = ApprovalRule(needed=1, officers=frozenset({AMINA}))
    found = replayed(ALLOWED, rules=(permit("held", BEL, approval=one),))
    assert (found.to_approve, found.same) == (1, 1)


def test_a_policy_can_be_tried_before_it_is_in_force() -> None:
    later = replace(policy(ALL), validity=Validity(first=dt.date(2090, 1, 1)))
    found = Replay.under(later)
    found.ask(ALLOWED)
    assert found.same == 1


def test_messages_of_others_are_asked_of_the_rules_for_what_arrives() -> None:
    arrived = replace(
        DENIED,
        question=replace(ASKED, origin=MEX, recipient=KEN),
        direction=Direction.IMPORT,
    )
    found = Replay.under(world.open_policy(KEN))
    found.ask(arrived)
    one = change(found)
    assert (one.party, one.direction, one.new) == (
        MEX,
        Direction.IMPORT,
        Verdict.ALLOW,
    )


@settings(max_examples=60, deadline=None)
@given(policies, questions)
def test_asking_the_policy_that_decided_changes_nothing(
    own: Policy, question: Question
) -> None:
    asked = replace(question, origin=own.party, recipient=BEL)
    decision = compile_policy(replace(own, validity=Validity())).export(asked)
    past = Past(
        question=asked,
        direction=Direction.EXPORT,
        verdict=Verdict.DENY
        if isinstance(decision, Deny)
        else Verdict.REDACT
        if isinstance(decision, Redact)
        else Verdict.ALLOW,
        fields=decision.fields if isinstance(decision, Redact) else (),
    )
    found = Replay.under(own)
    found.ask(past)
    assert (found.same, found.changes) == (1, {})
