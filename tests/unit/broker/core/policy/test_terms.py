"""What a release is bound to: of several permits, each binds."""

from dataclasses import replace

from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Tlp
from broker.core.policy.decision import (
    Allow,
    Approval,
    Redact,
    Terms,
)
from broker.core.policy.engine import combined, compile_policy
from broker.core.policy.rule import (
    ApprovalRule,
    RuleTerms,
)
from broker.core.policy.rules import Policy
from tests.unit.broker.core.policy.asking import (
    BEL,
    TRACES,
    ask,
    asked,
)
from tests.unit.broker.core.policy.policies import KEN, OFFICERS


def test_several_permits_each_bind() -> None:
    officers = frozenset({"amina", "brian"})
    first = replace(
        TRACES,
        terms=RuleTerms(
            fields={
                FieldClass.PERSONAL: Treatment.BLUR,
                FieldClass.SOURCE: Treatment.DROP,
                FieldClass.FREE_TEXT: Treatment.KEEP,
            },
            retention_days=30,
            approval=ApprovalRule(needed=1, officers=officers),
        ),
    )
    second = replace(
        TRACES,
        id="second",
        terms=RuleTerms(
            fields={
                FieldClass.PERSONAL: Treatment.DROP,
                FieldClass.FREE_TEXT: Treatment.BLUR,
            },
            retention_days=700,
            with_consent=True,
            approval=ApprovalRule(needed=2, officers=officers),
        ),
    )
    made = Policy(party=KEN, exports=(first, second), officers=OFFICERS)
    assert compile_policy(made).export(asked()) == Redact(
        rule_ids=("traces", "second"),
        reasons=("tracing", "tracing"),
        terms=Terms(
            retention_days=30,
            with_consent=True,
            approvals=(
                Approval(rule_id="traces", needed=1, officers=officers),
                Approval(rule_id="second", needed=2, officers=officers),
            ),
        ),
        fields=(
            (FieldClass.PERSONAL, Treatment.DROP),
            (FieldClass.SOURCE, Treatment.DROP),
            (FieldClass.FREE_TEXT, Treatment.BLUR),
        ),
    )


def test_free_text_goes_with_anything_else_unless_it_is_stated() -> None:
    terms = RuleTerms(fields={FieldClass.PERSONAL: Treatment.BLUR})
    answer = ask(replace(TRACES, terms=terms), tlp=Tlp.GREEN)
    assert isinstance(answer, Redact)
    assert answer.fields == (
        (FieldClass.PERSONAL, Treatment.BLUR),
        (FieldClass.FREE_TEXT, Treatment.DROP),
    )


def test_import_rules_bind_together_too() -> None:
    rules = (
        replace(TRACES, terms=RuleTerms(routes=frozenset({"customs"}))),
        replace(
            TRACES,
            id="looked-at",
            terms=RuleTerms(routes=frozenset({"police"}), quarantine=True),
        ),
    )
    engine = compile_policy(Policy(party=KEN, imports=rules))
    answer = engine.imports(replace(asked(), origin=BEL, recipient=KEN))
    assert isinstance(answer, Allow)
    assert answer.terms == Terms(
        routes=frozenset({"customs", "police"}), quarantine=True
    )


def test_nothing_binds_together_to_nothing() -> None:
    assert combined([]) == combined([Terms(), Terms()]) == Terms()
