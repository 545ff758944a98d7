"""What a policy allows: each condition, deny overrides, default deny, near misses."""

from dataclasses import replace

import pytest

from broker.core.handling import Handling, Tlp
from broker.core.policy.decision import Allow, Decision, Deny, Question
from broker.core.policy.engine import compile_policy
from broker.core.policy.rules import Effect, Group, Policy, Rule
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import KEN, PARTIES

BEL, MEX, RWA, TZA, XPO = PARTIES
KINDS = ["trace-request", "diversion-alert", "route-intelligence"]
AMBER = Handling(tlp=Tlp.AMBER)
EAC = Group(name="eac", members=frozenset({RWA, TZA}))

TRACES = Rule(
    id="traces",
    effect=Effect.PERMIT,
    everyone=True,
    kinds=frozenset({"trace-request"}),
    handling_up_to=Tlp.AMBER,
    because="tracing",
)
ROUTES = Rule(
    id="routes",
    effect=Effect.PERMIT,
    parties=frozenset({XPO}),
    groups=frozenset({"eac"}),
    kinds=frozenset({"route-intelligence"}),
    handling_up_to=Tlp.AMBER,
)
NO_RED = Rule(
    id="no-red",
    effect=Effect.DENY,
    everyone=True,
    every_kind=True,
    handling_from=Tlp.RED,
    because="in person only",
)


def policy(*exports: Rule, groups: tuple[Group, ...] = (EAC,)) -> Policy:
    return Policy(party=KEN, groups=groups, exports=exports)


def ask(
    *exports: Rule, to: PartyId = BEL, kind: str = "trace-request/1", tlp: Tlp
) -> Decision:
    question = Question(origin=KEN, recipient=to, kind=kind, handling=Handling(tlp=tlp))
    return compile_policy(policy(*exports)).export(question)


def no(*near_misses: str) -> Deny:
    return Deny(rule_ids=(), reasons=("no rule permits it",), near_misses=near_misses)


def test_a_permit_whose_conditions_are_met_allows() -> None:
    assert ask(TRACES, tlp=Tlp.AMBER) == Allow(
        rule_ids=("traces",), reasons=("tracing",)
    )


def test_every_permit_that_applies_is_cited_in_the_order_of_the_policy() -> None:
    again = replace(TRACES, id="again", because="")
    assert ask(TRACES, again, tlp=Tlp.GREEN) == Allow(
        rule_ids=("traces", "again"), reasons=("tracing", "no reason given")
    )


def test_a_denial_wins_whatever_permits() -> None:
    permit = replace(TRACES, handling_up_to=Tlp.RED)
    for rules in ((permit, NO_RED), (NO_RED, permit)):
        assert ask(*rules, tlp=Tlp.RED) == Deny(
            rule_ids=("no-red",), reasons=("in person only",)
        )


def test_a_denial_covers_its_label_and_every_more_closed_one() -> None:
    permit = replace(TRACES, handling_up_to=Tlp.RED)
    denial = replace(NO_RED, handling_from=Tlp.AMBER_STRICT)
    allowed = [tlp for tlp in Tlp if isinstance(ask(permit, denial, tlp=tlp), Allow)]
    assert allowed == [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]


def test_a_denial_without_a_label_covers_every_label() -> None:
    permit = replace(TRACES, handling_up_to=Tlp.RED)
    denial = replace(NO_RED, handling_from=None)
    assert all(isinstance(ask(permit, denial, tlp=tlp), Deny) for tlp in Tlp)


def test_a_permit_covers_its_label_and_every_more_open_one() -> None:
    allowed = [tlp for tlp in Tlp if isinstance(ask(TRACES, tlp=tlp), Allow)]
    assert allowed == [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]


def test_a_party_is_meant_by_name_or_by_group() -> None:
    allowed = [
        party
        for party in PARTIES
        if isinstance(
            ask(ROUTES, to=party, kind="route-intelligence/1", tlp=Tlp.CLEAR), Allow
        )
    ]
    assert allowed == [RWA, TZA, XPO]


def test_every_version_of_a_kind_is_meant() -> None:
    assert isinstance(ask(TRACES, kind="trace-request/2", tlp=Tlp.CLEAR), Allow)


def test_every_kind_covers_kinds_that_nobody_named() -> None:
    rule = replace(TRACES, kinds=frozenset(), every_kind=True)
    assert isinstance(ask(rule, kind="practice-note/1", tlp=Tlp.CLEAR), Allow)


@pytest.mark.parametrize(
    "kind",
    ["", "trace-request", "trace-request/", "trace-request/0", "trace-request/1/1",
     "Trace-request/1", "trace-request/1\n", "/1", "trace-request/\u0661"],
)  # fmt: skip
def test_a_kind_without_a_proper_version_is_denied_even_by_every_kind(
    kind: str,
) -> None:
    rule = replace(TRACES, kinds=frozenset(), every_kind=True)
    assert ask(rule, kind=kind, tlp=Tlp.CLEAR) == Deny(
        rule_ids=(), reasons=("the kind is not a name with a version",)
    )


def test_an_empty_policy_denies_everything() -> None:
    for party in PARTIES:
        for kind in KINDS:
            for tlp in Tlp:
                assert ask(to=party, kind=f"{kind}/1", tlp=tlp) == no()


def test_a_rule_that_names_nobody_matches_nobody() -> None:
    rule = replace(TRACES, everyone=False)
    missed = no("rule traces: recipient not in an empty list")
    assert all(ask(rule, to=party, tlp=Tlp.CLEAR) == missed for party in PARTIES)


def test_a_rule_of_an_empty_group_matches_nobody() -> None:
    rule = replace(TRACES, everyone=False, groups=frozenset({"eac"}))
    empty = policy(rule, groups=(replace(EAC, members=frozenset()),))
    question = Question(
        origin=KEN, recipient=RWA, kind="trace-request/1", handling=AMBER
    )
    assert compile_policy(empty).export(question) == no(
        "rule traces: recipient not in eac"
    )


def test_a_rule_without_kinds_matches_nothing() -> None:
    rule = replace(TRACES, kinds=frozenset())
    missed = no("rule traces: kind not in an empty list")
    assert all(ask(rule, kind=f"{k}/1", tlp=Tlp.CLEAR) == missed for k in KINDS)


def test_a_near_miss_names_the_one_condition_that_failed() -> None:
    routes = replace(ROUTES, parties=frozenset())
    kind = "route-intelligence/1"
    assert ask(routes, to=MEX, kind=kind, tlp=Tlp.AMBER) == no(
        "rule routes: recipient not in eac"
    )
    assert ask(ROUTES, to=MEX, kind=kind, tlp=Tlp.AMBER) == no(
        "rule routes: recipient not in XPO, eac"
    )
    assert ask(ROUTES, to=XPO, kind=kind, tlp=Tlp.RED) == no(
        "rule routes: handling TLP:RED above TLP:AMBER"
    )
    assert ask(ROUTES, to=XPO, tlp=Tlp.AMBER) == no(
        "rule routes: kind not in route-intelligence"
    )


def test_two_failed_conditions_are_no_near_miss() -> None:
    assert ask(ROUTES, to=MEX, tlp=Tlp.AMBER) == no()
    assert ask(ROUTES, to=XPO, tlp=Tlp.RED) == no()


def test_near_misses_come_with_the_easiest_to_change_first() -> None:
    other_kind = replace(TRACES, id="other-kind", kinds=frozenset({"practice-note"}))
    other_kind = replace(other_kind, handling_up_to=Tlp.RED)
    other_party = replace(
        other_kind,
        id="other-party",
        kinds=TRACES.kinds,
        everyone=False,
        parties=frozenset({XPO}),
    )
    assert ask(other_kind, other_party, TRACES, tlp=Tlp.RED) == no(
        "rule traces: handling TLP:RED above TLP:AMBER",
        "rule other-party: recipient not in XPO",
        "rule other-kind: kind not in practice-note",
    )


def test_imports_are_asked_about_the_origin() -> None:
    engine = compile_policy(
        Policy(
            party=KEN,
            groups=(EAC,),
            imports=(replace(TRACES, everyone=False, groups=frozenset({"eac"})),),
        )
    )
    question = Question(
        origin=RWA, recipient=KEN, kind="trace-request/1", handling=AMBER
    )
    assert isinstance(engine.imports(question), Allow)
    assert engine.imports(replace(question, origin=BEL)) == no(
        "rule traces: origin not in eac"
    )
    assert engine.export(replace(question, origin=KEN, recipient=RWA)) == no()


def test_the_policy_of_another_party_allows_nothing() -> None:
    engine = compile_policy(
        Policy(party=KEN, exports=(TRACES,), imports=(replace(TRACES, id="in"),))
    )
    question = Question(
        origin=BEL, recipient=MEX, kind="trace-request/1", handling=AMBER
    )
    assert engine.export(question) == Deny(
        rule_ids=(), reasons=("this is the policy of KEN, not of BEL",)
    )
    assert engine.imports(question) == Deny(
        rule_ids=(), reasons=("this is the policy of KEN, not of MEX",)
    )


def test_a_party_does_not_send_to_itself_even_where_everyone_is_meant() -> None:
    assert ask(TRACES, to=KEN, tlp=Tlp.CLEAR) == Deny(
        rule_ids=(), reasons=("origin and recipient are the same party",)
    )
