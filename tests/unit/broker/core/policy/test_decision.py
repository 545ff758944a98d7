"""Answers in one line."""

from broker.core.policy.decision import Allow, Deny


def test_a_yes_cites_its_rules() -> None:
    allow = Allow(rule_ids=("traces", "all"), reasons=("tracing", "trust"))
    assert allow.summary == "permitted by rule traces: tracing; rule all: trust"


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
