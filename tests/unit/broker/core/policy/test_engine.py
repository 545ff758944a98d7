"""What a policy allows: each condition, deny overrides, default deny, near misses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import pytest

from broker.core.handling import Tlp
from broker.core.policy.decision import (
    Allow,
    Deny,
)
from broker.core.policy.engine import _ANSWERS_MAX, NEAR_MISSES_MAX, compile_policy
from broker.core.policy.facts import Facts, ItemClass
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Validity,
)
from broker.core.policy.rules import Policy
from tests.unit.broker.core.policy.asking import (
    BEL,
    EAC,
    KINDS,
    MEX,
    NO_RED,
    ROUTES,
    RWA,
    TRACES,
    TZA,
    XPO,
    ask,
    asked,
    no,
    policy,
    yes,
)
from tests.unit.broker.core.policy.policies import DAY_MS, KEN, OFFICERS, PARTIES, TODAY
from tests.unit.broker.core.policy.questions import TODAY_MS


def test_a_permit_whose_conditions_are_met_allows() -> None:
    assert ask(TRACES, tlp=Tlp.AMBER) == yes(("traces", "tracing"))


def test_every_permit_that_applies_is_cited_in_the_order_of_the_policy() -> None:
    again = replace(TRACES, id="again", because="")
    assert ask(TRACES, again, tlp=Tlp.GREEN) == yes(
        ("traces", "tracing"), ("again", "no reason given")
    )


def test_a_denial_wins_whatever_permits() -> None:
    permit = replace(TRACES, up_to=Ceiling(tlp=Tlp.RED))
    for rules in ((permit, NO_RED), (NO_RED, permit)):
        assert ask(*rules, tlp=Tlp.RED) == Deny(
            rule_ids=("no-red",), reasons=("in person only",)
        )


def test_a_denial_covers_its_label_and_every_more_closed_one() -> None:
    permit = replace(TRACES, up_to=Ceiling(tlp=Tlp.RED))
    denial = replace(NO_RED, starting_at=Tlp.AMBER_STRICT)
    allowed = [tlp for tlp in Tlp if isinstance(ask(permit, denial, tlp=tlp), Allow)]
    assert allowed == [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]


def test_a_denial_without_a_label_covers_every_label() -> None:
    permit = replace(TRACES, up_to=Ceiling(tlp=Tlp.RED))
    denial = replace(NO_RED, starting_at=None)
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
    assert compile_policy(empty).export(asked(RWA)) == no(
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
    other_kind = replace(other_kind, up_to=Ceiling(tlp=Tlp.RED))
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
    question = replace(asked(), origin=RWA, recipient=KEN)
    assert isinstance(engine.imports(question), Allow)
    assert engine.imports(replace(question, origin=BEL)) == no(
        "rule traces: origin not in eac"
    )
    assert engine.export(replace(question, origin=KEN, recipient=RWA)) == no()


def test_the_policy_of_another_party_allows_nothing() -> None:
    engine = compile_policy(
        Policy(party=KEN, exports=(TRACES,), imports=(replace(TRACES, id="in"),))
    )
    question = replace(asked(), origin=BEL, recipient=MEX)
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


def test_whom_a_rule_excepts_it_is_not_about() -> None:
    rule = replace(
        TRACES, except_parties=frozenset({BEL}), except_groups=frozenset({"eac"})
    )
    allowed = [p for p in PARTIES if isinstance(ask(rule, to=p, tlp=Tlp.CLEAR), Allow)]
    assert allowed == [MEX, XPO]
    assert ask(rule, to=RWA, tlp=Tlp.CLEAR) == no(
        "rule traces: recipient excepted by BEL, eac"
    )
    named = replace(ROUTES, except_parties=frozenset({TZA}))
    kind = "route-intelligence/1"
    assert isinstance(ask(named, to=RWA, kind=kind, tlp=Tlp.CLEAR), Allow)
    assert ask(named, to=TZA, kind=kind, tlp=Tlp.CLEAR) == no(
        "rule routes: recipient not in XPO, eac, or excepted by TZA"
    )


def test_whom_a_denial_excepts_it_does_not_bar() -> None:
    denial = replace(NO_RED, starting_at=None, except_groups=frozenset({"eac"}))
    allowed = [
        p for p in PARTIES if isinstance(ask(TRACES, denial, to=p, tlp=Tlp.RED), Allow)
    ]
    assert allowed == []
    allowed = [
        p
        for p in PARTIES
        if isinstance(ask(TRACES, denial, to=p, tlp=Tlp.GREEN), Allow)
    ]
    assert allowed == [RWA, TZA]


def test_a_rule_applies_on_its_first_and_last_day_and_on_no_other() -> None:
    rule = replace(TRACES, validity=Validity(first=TODAY, last=TODAY))
    engine = compile_policy(policy(rule))
    answers = [
        engine.export(replace(asked(), at_ms=at_ms))
        for at_ms in (
            TODAY_MS - 1,
            TODAY_MS,
            TODAY_MS + DAY_MS - 1,
            TODAY_MS + DAY_MS,
        )
    ]
    during = "from 2026-06-15 until 2026-06-15"
    assert answers == [
        no(f"rule traces: it applies {during}, not on 2026-06-14"),
        yes(("traces", "tracing")),
        yes(("traces", "tracing")),
        no(f"rule traces: it applies {during}, not on 2026-06-16"),
    ]


def test_a_policy_that_is_not_in_force_allows_nothing() -> None:
    over = replace(policy(TRACES), validity=Validity(last=TODAY))
    engine = compile_policy(over)
    assert engine.export(asked()) == yes(("traces", "tracing"))
    tomorrow = replace(asked(), at_ms=TODAY_MS + DAY_MS)
    denied = Deny(
        rule_ids=(),
        reasons=("the policy is in force until 2026-06-15, not on 2026-06-16",),
    )
    assert engine.export(tomorrow) == engine.may_export(tomorrow) == denied


def test_the_engine_knows_the_keys_of_the_officers() -> None:
    engine = compile_policy(Policy(party=KEN, officers=OFFICERS))
    assert engine.officers == {one.name: one.public_key for one in OFFICERS}


def test_the_same_rules_give_the_very_same_answer() -> None:
    engine = compile_policy(policy(TRACES))
    assert engine.export(asked(BEL)) is engine.export(asked(MEX))


def test_more_answers_than_are_remembered_are_right_all_the_same() -> None:
    # Nine rules about one kind of item each: any set of items is another set of rules.
    items = list(ItemClass)
    rules = [
        replace(
            NO_RED,
            id=f"no-{item.word}",
            starting_at=None,
            conditions=Conditions(items=frozenset({item})),
        )
        for item in items
    ]
    rules.append(
        replace(NO_RED, id="to-bel", starting_at=None, everyone=False,
                parties=frozenset({BEL}))
    )  # fmt: skip
    engine = compile_policy(policy(*rules))
    for to, mask in product((BEL, MEX), range(1, 2 ** len(items))):
        drawn = [item for place, item in enumerate(items) if mask >> place & 1]
        question = replace(asked(to), facts=Facts(items=frozenset(drawn)))
        answer = engine.export(question)
        more = ("to-bel",) if to is BEL else ()
        assert answer.rule_ids == (*(f"no-{item.word}" for item in drawn), *more)
    assert len(engine.outward.made) == _ANSWERS_MAX


def test_several_threads_may_ask_at_once() -> None:
    questions = [asked(to, tlp=tlp) for to, tlp in product(PARTIES, Tlp)] * 20
    rules = (TRACES, ROUTES, NO_RED)
    alone = compile_policy(policy(*rules))
    shared = compile_policy(policy(*rules))
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(shared.export, questions, chunksize=7))
    assert together == list(map(alone.export, questions))


def test_a_policy_of_many_near_misses_cannot_fill_the_store_of_whoever_asks() -> None:
    many = [replace(TRACES, id=f"traces-{number}") for number in range(100)]
    answer = ask(*many, tlp=Tlp.RED)
    assert isinstance(answer, Deny)
    assert len(answer.near_misses) == NEAR_MISSES_MAX
    assert answer.near_misses[0].startswith("rule traces-0:")
