"""What is kept of a decision says what was decided, and hides what it was about."""

from dataclasses import replace

import pytest

from broker.core.decisions import (
    DecisionRecord,
    Direction,
    Verdict,
    past_of,
    protect_asked,
    record_decision,
)
from broker.core.errors import Code
from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Allow, Decision, Deny, Question, Redact, Terms
from broker.core.policy.facts import Facts, ItemClass
from tests import world
from tests.world import AMBER, BEL, KEN, NOW_MS

KEY = world.holder(KEN).store_key
QUESTION = Question(
    origin=KEN,
    recipient=BEL,
    kind="trace-request/1",
    handling=AMBER,
    at_ms=NOW_MS,
    facts=Facts(
        items=frozenset({ItemClass.TECHNOLOGY}), involved=frozenset({"TZA", "UGA"})
    ),
)
ALLOW = Allow(rule_ids=("a", "b"), reasons=("treaty", "accord"), terms=Terms())
FIELDS = ((FieldClass.SOURCE, Treatment.DROP),)
REDACT = Redact(rule_ids=("a",), reasons=("treaty",), terms=Terms(), fields=FIELDS)
DENY = Deny(rule_ids=("no",), reasons=("no agreement",))


def record(
    decision: Decision,
    direction: Direction = Direction.EXPORT,
    code: Code | None = None,
) -> DecisionRecord:
    return record_decision(
        QUESTION,
        decision,
        direction,
        subject=bytes(32),
        policy_digest=bytes(32),
        protected=protect_asked(KEY, QUESTION, direction),
        code=code,
    )


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [(ALLOW, Verdict.ALLOW), (REDACT, Verdict.REDACT), (DENY, Verdict.DENY)],
)
def test_each_answer_is_kept_as_it_was(decision: Decision, verdict: Verdict) -> None:
    kept = record(decision)
    assert (kept.verdict, kept.rule_ids) == (verdict, decision.rule_ids)
    assert kept.reasons == decision.reasons
    assert kept.fields == (FIELDS if decision is REDACT else ())


def test_a_denial_names_the_side_that_denied_it() -> None:
    assert record(DENY).code == "export-policy"
    assert record(DENY, Direction.IMPORT).code == "import-policy"


def test_the_other_party_is_whoever_is_not_this_one() -> None:
    assert record(ALLOW).party == BEL
    assert record(ALLOW, Direction.IMPORT).party == KEN


def test_what_something_else_stopped_is_denied_whatever_policy_said() -> None:
    kept = record(REDACT, code=Code.CONSENT_NEEDED)
    assert (kept.verdict, kept.code) == (Verdict.DENY, "consent-needed")
    assert kept.rule_ids == ("a",)


def test_nothing_of_the_content_is_kept_in_clear() -> None:
    kept = record(ALLOW)
    shown = repr(replace(kept, protected=b"")).encode() + kept.protected
    for secret in (b"TZA", b"UGA", b"TECHNOLOGY", b'"items"'):
        assert secret not in shown


@pytest.mark.parametrize(
    ("direction", "code", "by_others", "too_little"),
    [
        (Direction.EXPORT, None, False, False),
        (Direction.IMPORT, None, False, False),
        (Direction.EXPORT, Code.IMPORT_POLICY, True, False),
        (Direction.EXPORT, Code.KEY_NOT_VALID, True, False),
        (Direction.EXPORT, Code.REDACTION, False, True),
    ],
)
def test_who_denied_it_is_told_apart(
    direction: Direction, code: Code | None, *, by_others: bool, too_little: bool
) -> None:
    own = KEN if direction is Direction.EXPORT else BEL
    past = past_of(KEY, record(REDACT if code else DENY, direction, code), own)
    assert past.question == QUESTION
    assert (past.by_others, past.too_little) == (by_others, too_little)
