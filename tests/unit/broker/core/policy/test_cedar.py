"""The engine against another one: the same policy, rendered as Cedar, decides alike."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import cedarpy
from hypothesis import HealthCheck, given, settings

from broker.core.fields import TREATED, Treatment
from broker.core.policy.decision import Allow, Decision, Deny, Question, Redact
from broker.core.policy.engine import compile_policy
from broker.core.policy.rule import Rule
from broker.core.policy.rules import Policy
from tests.unit.broker.core.policy import cedar
from tests.unit.broker.core.policy.policies import PARTIES, policies
from tests.unit.broker.core.policy.questions import SET_SIZE, question_sets, turned

POLICIES = 60
DECISIONS_MIN = 10_000
HELD_DAYS = (30, 31, 730, 731)  # around the retentions that are drawn

Asked = tuple[str, str, str]  # whose, action, context
Claim = tuple[Asked, bool]  # what the engine makes of it


def claims_about(other: str, question: Question, answer: Decision) -> Iterator[Claim]:
    """What an answer of the engine claims about each action."""
    context = cedar.context_of(question, other)
    released = not isinstance(answer, Deny)
    yield (other, cedar.RELEASE, context), released
    if isinstance(answer, Deny):
        return  # no action is left: forbidden is forbidden
    fields = dict(answer.fields) if isinstance(answer, Redact) else {}
    for field in TREATED:
        how = fields.get(field, Treatment.KEEP)
        yield (other, cedar.keep(field), context), how is Treatment.KEEP
        yield (other, cedar.show(field), context), how is not Treatment.DROP
    terms = answer.terms
    yield (other, cedar.PASS_ON, context), not terms.with_consent
    yield (other, cedar.LEAVE, context), not terms.approvals
    yield (other, cedar.HAND_OUT, context), not terms.quarantine
    for days in HELD_DAYS:
        held = cedar.context_of(question, other, days)
        kept = terms.retention_days is None or days <= terms.retention_days
        yield (other, cedar.HOLD, held), kept


def compare(
    policy: Policy, rules: Sequence[Rule], claims: Sequence[Claim]
) -> list[Claim]:
    """Those of `claims` that Cedar contradicts."""
    results = cedarpy.is_authorized_batch(
        [cedar.request(*asked) for asked, _ in claims],
        cedar.text_of(policy, rules),
        cedar.entities_of(policy, PARTIES),
    )
    # What fails in the evaluation of a policy would pass for one that does not apply.
    assert not any(result.diagnostics.errors for result in results)
    return [
        claim
        for claim, result in zip(claims, results, strict=True)
        if claim[1] is not result.allowed
    ]


def test_cedar_decides_alike() -> None:
    counted: Counter[str] = Counter()

    def asked(
        decide: Callable[[Question], Decision], question: Question, other: str
    ) -> Iterator[Claim]:
        answer = decide(question)
        counted["decisions"] += 1
        counted[type(answer).__name__] += 1
        yield from claims_about(other, question, answer)

    @settings(
        max_examples=POLICIES, deadline=None, suppress_health_check=[*HealthCheck]
    )
    @given(policies, question_sets)
    def decide_alike(policy: Policy, questions: list[Question]) -> None:
        engine = compile_policy(policy)
        leaving = [c for q in questions for c in asked(engine.export, q, q.recipient)]
        arriving = [
            claim
            for question in questions
            for claim in asked(engine.imports, turned(question), question.recipient)
        ]
        assert compare(policy, policy.exports, leaving) == []
        assert compare(policy, policy.imports, arriving) == []
        counted["policies"] += 1
        counted["asked of Cedar"] += len(leaving) + len(arriving)

    decide_alike()
    told = ", ".join(f"{count:,} {what}" for what, count in counted.items())
    print(f"\nthe engine and Cedar agree: {told}")  # noqa: T201 - how much was compared
    assert counted["decisions"] >= DECISIONS_MIN, told
    assert counted["decisions"] == counted["policies"] * 2 * SET_SIZE, told
    for answer in (Allow, Redact, Deny):
        assert counted[answer.__name__] >= DECISIONS_MIN / 100, told
