"""An explanation never says anything but what the engine decides."""

from hypothesis import given, settings

from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Approval, Deny, Question, Redact, Terms
from broker.core.policy.engine import compile_policy
from broker.core.policy.explain import answer_word, explain, terms_words
from broker.core.policy.rule import Effect
from broker.core.policy.rules import Policy
from tests.unit.broker.core.policy.policies import policies
from tests.unit.broker.core.policy.questions import questions, turned


@settings(max_examples=60, deadline=None)
@given(policies, questions)
def test_the_rules_that_apply_are_those_that_the_answer_cites(
    policy: Policy, question: Question
) -> None:
    for asked, side in ((question, "export"), (turned(question), "import")):
        found = explain(policy, asked)
        engine = compile_policy(policy)
        decision = engine.export(asked) if side == "export" else engine.imports(asked)
        assert (found.side, found.decision) == (side, decision)
        denied = isinstance(decision, Deny)
        effect = Effect.DENY if denied else Effect.PERMIT
        applying = tuple(
            one.rule.id
            for one in found.considered
            if one.applies and one.rule.effect is effect
        )
        assert decision.rule_ids == (applying if found.in_force else ())
        assert denied == (answer_word(decision) == "deny")
        assert not (denied and list(terms_words(decision)))


@settings(max_examples=60, deadline=None)
@given(policies, questions)
def test_every_condition_is_told_with_what_was_asked_and_found(
    policy: Policy, question: Question
) -> None:
    shown = explain(policy, question).as_json()
    assert shown["policy"] == "KEN"
    for rule in shown["considered"]:
        assert rule["applies"] == all(one["met"] for one in rule["conditions"])
        for one in rule["conditions"]:
            assert one["asked"]
            assert one["found"]


def test_what_a_release_is_bound_to_is_said_in_words() -> None:
    terms = Terms(
        retention_days=30,
        with_consent=True,
        approvals=(Approval(rule_id="a", needed=1, officers=frozenset({"amina"})),),
        routes=frozenset({"customs"}),
        quarantine=True,
    )
    decision = Redact(
        rule_ids=("a",),
        reasons=("treaty",),
        terms=terms,
        fields=((FieldClass.PERSONAL, Treatment.DROP),),
    )
    assert answer_word(decision) == "redact"
    assert list(terms_words(decision)) == [
        "personal: drop",
        "keep at most 30 days",
        "pass on only with the provider's consent",
        "approved first by 1 of amina (rule a)",
        "goes to customs",
        "a person looks at it before anybody else gets it",
    ]
