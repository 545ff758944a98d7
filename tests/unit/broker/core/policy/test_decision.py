"""Answers in one line."""

from broker.core.fields import FieldClass, Treatment
from broker.core.policy.decision import Allow, Deny, Redact, Terms


def test_a_yes_cites_its_rules() -> None:
    allow = Allow(
        rule_ids=("traces", "all"), reasons=("tracing", "trust"), terms=Terms()
    )
    assert allow.summary == "permitted by rule traces: tracing; rule all: trust"


def test_a_yes_with_less_says_what_does_not_stay() -> None:
    redact = Redact(
        rule_ids=("traces",),
        reasons=("tracing",),
        terms=Terms(),
        fields=(
            (FieldClass.PERSONAL, Treatment.DROP),
            (FieldClass.EXACT_LOCATION, Treatment.BLUR),
        ),
    )
    assert redact.summary == (
        "permitted by rule traces: tracing; personal: drop, exact-location: blur"
    )


def test_a_denial_cites_its_rules() -> None:
    deny = Deny(rule_ids=("no-red",), reasons=("in person only",))
    assert deny.summary == "denied by rule no-red: in person only"


def test_a_plain_no_names_what_came_nearest() -> None:
    deny = Deny(rule_ids=(), reasons=("no rule permits it",))
    assert deny.summary == "no rule permits it"
    near = Deny(
        rule_ids=(),
        reasons=("no rule permits it",),
        near_misses=("rule routes: recipient not in eac", "rule x: y"),
    )
    assert near.summary == (
        "no rule permits it; nearest is rule routes: recipient not in eac; rule x: y"
    )


def test_a_plain_no_stays_a_line_that_a_person_reads() -> None:
    near = Deny(
        rule_ids=(),
        reasons=("no rule permits it",),
        near_misses=("rule routes: recipient not in eac", "rule x: y", "rule z: y"),
    )
    assert near.summary == (
        "no rule permits it; nearest is rule routes: recipient not in eac; rule x: y; "
        "and 1 more"
    )
