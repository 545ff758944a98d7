"""Each condition: what meets it, what does not, and what a header tells of it."""

import datetime as dt
from dataclasses import replace
from typing import NamedTuple

import pytest

from broker.core.handling import Handling, IntendedUse, Restrictions, Tlp
from broker.core.policy.asked import Asked, asked_about
from broker.core.policy.conditions import from_content, from_header
from broker.core.policy.decision import Allow, Decision, Deny, HeaderQuestion, Question
from broker.core.policy.engine import compile_policy
from broker.core.policy.facts import AdmiraltySource, EuropolSource, Facts, ItemClass
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Countries,
    Floor,
    Rule,
)
from tests.unit.broker.core.policy.asking import BEL, NO_RED, TRACES, asked, policy
from tests.unit.broker.core.policy.policies import KEN, TODAY
from tests.unit.broker.core.policy.questions import TODAY_MS

FIREARM, PART, AMMUNITION = ItemClass.FIREARM, ItemClass.PART, ItemClass.AMMUNITION
CRIMINAL, ANALYSIS = IntendedUse.CRIMINAL_INVESTIGATION, IntendedUse.ANALYSIS
STATED = Handling(
    tlp=Tlp.AMBER, restrictions=Restrictions(purposes=frozenset({CRIMINAL}))
)
A, B, C, E, F = (AdmiraltySource[name] for name in "ABCEF")
EUROPOL_A, EUROPOL_B, EUROPOL_X = (EuropolSource[name] for name in "ABX")
IN_KENYA = Countries(named=frozenset({"KEN"}))
FROM_BELGIUM = Countries(theirs=True)


class Case(NamedTuple):
    """What a rule asks for, contents that meet it and that do not, and what is said."""

    conditions: Conditions
    meet: tuple[Facts, ...]
    miss: tuple[Facts, ...]
    missed: str


def items(*of: ItemClass) -> Facts:
    return Facts(items=frozenset(of))


def used(*purposes: IntendedUse) -> Facts:
    return Facts(purposes=frozenset(purposes))


def graded(admiralty: AdmiraltySource, europol: EuropolSource) -> Facts:
    return Facts(admiralty=admiralty, europol=europol)


def made_in(*countries: str) -> Facts:
    return Facts(manufactured_in=frozenset(countries))


def dated(days: int) -> Facts:
    return Facts(dated=TODAY - dt.timedelta(days=days))


PERMITS = [
    Case(
        Conditions(),
        (items(), items(FIREARM, ItemClass.CONVERTIBLE, ItemClass.LIGHT_WEAPON)),
        (items(PART), items(FIREARM, AMMUNITION), items(ItemClass.TECHNOLOGY)),
        "items not all among firearm, light-weapon, convertible",
    ),
    Case(
        Conditions(items=frozenset({PART, AMMUNITION})),
        (items(), items(PART)),
        (items(FIREARM), items(PART, FIREARM)),
        "items not all among part, ammunition",
    ),
    Case(
        Conditions(purposes=frozenset({CRIMINAL, ANALYSIS})),
        (used(CRIMINAL), used(CRIMINAL, ANALYSIS)),
        (used(), used(CRIMINAL, IntendedUse.STATISTICS)),
        "purposes not stated, or not all among criminal-investigation, analysis",
    ),
    Case(
        Conditions(floor=Floor(admiralty=B)),
        (Facts(admiralty=A), Facts(admiralty=B)),
        (
            Facts(),
            Facts(admiralty=C),
            Facts(admiralty=F),
            Facts(europol=EUROPOL_A),
            graded(A, EUROPOL_A),
        ),
        "source not evaluated Admiralty B or better",
    ),
    Case(
        Conditions(floor=Floor(admiralty=E, europol=EuropolSource.C)),
        (Facts(admiralty=E), Facts(europol=EUROPOL_B), graded(E, EUROPOL_A)),
        (Facts(admiralty=F), Facts(europol=EUROPOL_X), graded(F, EUROPOL_A)),
        "source not evaluated Admiralty E or Europol C or better",
    ),
    Case(
        Conditions(recovered_in=IN_KENYA),
        (Facts(recovered_in=frozenset({"KEN", "UGA"})),),
        (Facts(), Facts(recovered_in=frozenset({"BEL"}), involved=frozenset({"KEN"}))),
        "not recovered in KEN",
    ),
    Case(
        Conditions(manufactured_in=replace(IN_KENYA, theirs=True)),
        (made_in("KEN"), made_in("BEL")),
        (Facts(), made_in("MEX")),
        "not manufactured in KEN or the other party",
    ),
    Case(
        Conditions(involves=FROM_BELGIUM),
        (Facts(involved=frozenset({"BEL"})),),
        (Facts(involved=frozenset({"KEN"})), Facts(recovered_in=frozenset({"BEL"}))),
        "not about the other party",
    ),
    Case(
        Conditions(embargo=True),
        (Facts(embargo=True),),
        (Facts(),),
        "no breach of an embargo",
    ),
    Case(
        Conditions(embargo=False),
        (Facts(),),
        (Facts(embargo=True),),
        "breach of an embargo",
    ),
    Case(
        Conditions(age_days=30),
        (dated(0), dated(30), dated(-2)),
        (dated(31), Facts()),
        "older than 30 days, or of unknown age",
    ),
]  # fmt: skip
DENIALS = [
    Case(Conditions(), (Facts(), items(FIREARM)), (), ""),
    Case(
        Conditions(items=frozenset({AMMUNITION})),
        (items(AMMUNITION), items(FIREARM, AMMUNITION)),
        (items(), items(FIREARM)),
        "",
    ),
    Case(
        Conditions(purposes=frozenset({ANALYSIS})),
        (used(ANALYSIS), used(CRIMINAL, ANALYSIS)),
        (used(), used(CRIMINAL)),
        "",
    ),
    Case(
        Conditions(recovered_in=FROM_BELGIUM),
        (Facts(recovered_in=frozenset({"BEL"})),),
        (Facts(recovered_in=frozenset({"KEN"})),),
        "",
    ),
    Case(Conditions(embargo=False), (Facts(),), (Facts(embargo=True),), ""),
    Case(Conditions(age_days=30), (dated(31), Facts()), (dated(30), dated(-1)), ""),
]
ANY_ITEM = replace(TRACES, id="any", conditions=Conditions(every_item=True))
DENIAL = replace(NO_RED, id="not-this", starting_at=None)


def answer(*rules: Rule, facts: Facts, handling: Handling | None = None) -> Decision:
    question = replace(asked(), facts=facts)
    if handling is not None:
        question = replace(question, handling=handling)
    return compile_policy(policy(*rules)).export(question)


def by_header(*rules: Rule, handling: Handling | None = None) -> Decision:
    question = HeaderQuestion(
        origin=KEN,
        recipient=BEL,
        kind="trace-request/1",
        handling=handling or asked().handling,
        at_ms=TODAY_MS,
    )
    return compile_policy(policy(*rules)).may_export(question)


def _header(question: Question) -> Asked:
    return asked_about(question, question.recipient, "trace-request")


def opened(conditions: Conditions) -> Rule:
    """A permit with one condition, without the one on items that needs no saying."""
    every = conditions.items is None and conditions != Conditions()
    return replace(TRACES, conditions=replace(conditions, every_item=every))


@pytest.mark.parametrize("case", PERMITS)
def test_a_permit_applies_where_its_condition_is_met_and_says_what_was_missed(
    case: Case,
) -> None:
    rule = opened(case.conditions)
    for facts in case.meet:
        assert isinstance(answer(rule, facts=facts), Allow), facts
    for facts in case.miss:
        denied = answer(rule, facts=facts)
        assert isinstance(denied, Deny), facts
        assert denied.near_misses == (f"rule traces: {case.missed}",)


@pytest.mark.parametrize("case", DENIALS)
def test_a_denial_applies_where_its_condition_is_met(case: Case) -> None:
    denial = replace(DENIAL, conditions=case.conditions)
    for facts in case.meet:
        assert answer(ANY_ITEM, denial, facts=facts).rule_ids == ("not-this",), facts
    for facts in case.miss:
        assert answer(ANY_ITEM, denial, facts=facts).rule_ids == ("any",), facts


@pytest.mark.parametrize("case", PERMITS)
def test_a_header_does_not_forbid_what_a_content_may_meet(case: Case) -> None:
    assert isinstance(by_header(opened(case.conditions)), Allow)


@pytest.mark.parametrize("case", DENIALS[1:])
def test_a_header_does_not_meet_a_denial_about_content(case: Case) -> None:
    denial = replace(DENIAL, conditions=case.conditions)
    assert isinstance(by_header(ANY_ITEM, denial), Allow)


def test_a_header_shows_a_denial_that_asks_nothing_of_the_content() -> None:
    assert by_header(ANY_ITEM, DENIAL).rule_ids == ("not-this",)


def test_purposes_of_the_handling_count_as_much_as_those_of_the_content() -> None:
    rule = opened(Conditions(purposes=frozenset({CRIMINAL})))
    assert isinstance(answer(rule, facts=Facts(), handling=STATED), Allow)
    assert isinstance(answer(rule, facts=used(ANALYSIS), handling=STATED), Deny)
    denial = replace(DENIAL, conditions=Conditions(purposes=frozenset({CRIMINAL})))
    assert isinstance(answer(ANY_ITEM, denial, facts=Facts(), handling=STATED), Deny)


def test_purposes_of_the_handling_are_judged_by_the_header() -> None:
    analysis = Conditions(purposes=frozenset({ANALYSIS}))
    criminal = Conditions(purposes=frozenset({CRIMINAL}))
    assert isinstance(by_header(opened(criminal), handling=STATED), Allow)
    denied = by_header(opened(analysis), handling=STATED)
    assert isinstance(denied, Deny)
    assert denied.near_misses == (
        "rule traces: purposes not stated, or not all among analysis",
    )
    barred = by_header(ANY_ITEM, replace(DENIAL, conditions=criminal), handling=STATED)
    assert barred.rule_ids == ("not-this",)


@pytest.mark.parametrize(
    ("up_to", "handling", "missed"),
    [
        ("TLP:AMBER H1", "TLP:AMBER H1", None),
        ("TLP:AMBER", "TLP:AMBER H0", None),
        ("TLP:AMBER PAP:AMBER", "TLP:AMBER PAP:GREEN", None),
        ("TLP:AMBER PAP:AMBER", "TLP:AMBER", None),
        ("TLP:AMBER H1", "TLP:AMBER H1 H2", "handling H2 above TLP:AMBER H1"),
        ("TLP:AMBER", "TLP:AMBER PAP:CLEAR", "handling PAP:CLEAR above TLP:AMBER"),
        (
            "TLP:GREEN PAP:GREEN",
            "TLP:RED H1 H3 PAP:RED",
            "handling TLP:RED H1 H3 PAP:RED above TLP:GREEN PAP:GREEN",
        ),
    ],
)
def test_a_ceiling_covers_what_it_names_and_nothing_else(
    up_to: str, handling: str, missed: str | None
) -> None:
    most = Handling.parse(up_to)
    rule = replace(
        TRACES, up_to=Ceiling(tlp=most.tlp, codes=most.europol, pap=most.pap)
    )
    found = answer(rule, facts=Facts(), handling=Handling.parse(handling))
    if missed is None:
        assert isinstance(found, Allow)
    else:
        assert isinstance(found, Deny)
        assert found.near_misses == (f"rule traces: {missed}",)


EMPTY = [
    Conditions(items=frozenset()),
    Conditions(purposes=frozenset()),
    Conditions(floor=Floor()),
    Conditions(recovered_in=Countries()),
    Conditions(manufactured_in=Countries()),
    Conditions(involves=Countries()),
]


@pytest.mark.parametrize("conditions", EMPTY)
def test_an_empty_condition_is_never_met(conditions: Conditions) -> None:
    """No policy has one; if one did, it would mean nobody and nothing."""
    question = asked()
    compiled = list(from_content(replace(TRACES, conditions=conditions)))
    facts = [Facts(), question.facts, Facts(admiralty=A, involved=frozenset({"BEL"}))]
    assert all(
        not all(one.holds(_header(question), told) for one in compiled)
        for told in facts
    )


def test_a_permit_without_a_ceiling_covers_nothing() -> None:
    (condition,) = from_header(replace(TRACES, up_to=None))
    header = _header(asked())
    assert not condition.holds(header)
    assert condition.missed(header) == "it covers no handling"


def test_a_denial_below_its_start_does_not_apply() -> None:
    (condition,) = from_header(NO_RED)
    header = _header(asked())
    assert not condition.holds(header)
    assert condition.missed(header) == "handling TLP:AMBER below TLP:RED"
