"""Differences name every question that is answered differently, and no other."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from broker.core.errors import ConfigurationError
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.aspects import ASPECTS
from broker.core.policy.decision import Question
from broker.core.policy.differences import (
    Difference,
    Effect,
    change_between,
    differences,
)
from broker.core.policy.dimensions import Span
from broker.core.policy.engine import compile_policy
from broker.core.policy.facts import AdmiraltySource, ItemClass
from broker.core.policy.outcome import outcome_of
from broker.core.policy.rule import (
    ApprovalRule,
    Ceiling,
    Conditions,
    Countries,
    Effect as RuleEffect,
    Floor,
    Group,
    Rule,
    RuleTerms,
    Validity,
)
from broker.core.policy.rules import Policy
from broker.core.policy.sides import Side
from broker.core.policy.space import Space
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import (
    KEN,
    OFFICERS,
    PARTIES,
    TODAY,
    policies,
)
from tests.unit.broker.core.policy.questions import questions, turned
from tests.unit.broker.core.policy.test_space import (
    enumerated,
    means,
    row_of,
)

BEL, MEX, RWA, TZA, XPO = PARTIES
few = settings(max_examples=12, deadline=None)


def permit(**changed: Any) -> Rule:  # noqa: ANN401 - each key of its own type
    rule = Rule(
        id="traces",
        effect=RuleEffect.PERMIT,
        everyone=True,
        kinds=frozenset({"trace-request"}),
        up_to=Ceiling(tlp=Tlp.AMBER),
    )
    return replace(rule, **changed)


def policy(*exports: Rule, imports: tuple[Rule, ...] = ()) -> Policy:
    return Policy(
        party=KEN,
        groups=(Group(name="eac", members=frozenset({RWA, TZA})),),
        exports=exports,
        imports=imports,
        officers=OFFICERS,
    )


def texts(old: Policy, new: Policy) -> list[str]:
    return [f"{one.side}: {one.text}" for one in differences(old, new)]


def covers(found: Difference, space: Space, question: Question) -> bool:
    party = question.recipient if found.side == "export" else question.origin
    if party not in found.region.parties:
        return False
    row = row_of(space, party)
    return all(
        aspect.name not in found.region.values
        or any(
            means(one, shown, aspect.found(question), party)
            for shown in found.region.values[aspect.name]
        )
        for aspect, one in zip(ASPECTS, row.dimensions, strict=True)
    )


@few
@given(policies, policies, enumerated)
def test_a_question_is_in_a_difference_exactly_if_it_is_answered_differently(
    old: Policy, new: Policy, question: Question
) -> None:
    found = differences(old, new, PARTIES)
    for side, asked, sides in (
        ("export", question, (Side.exports(old), Side.exports(new))),
        ("import", turned(question), (Side.imports(old), Side.imports(new))),
    ):
        engines = [compile_policy(one) for one in (old, new)]
        answers = [
            outcome_of(e.export(asked) if side == "export" else e.imports(asked))
            for e in engines
        ]
        space = Space(sides, PARTIES)
        about = [d for d in found if d.side == side and covers(d, space, asked)]
        expected = change_between(*answers)
        assert {d.region.answer for d in about} == ({expected} - {None})


@few
@given(policies, st.data())
def test_what_names_more_countries_differs_only_where_two_already_do(
    old: Policy, data: st.DataObject
) -> None:
    # One rule less: often no answer changes, which is when the claim says something.
    new = replace(old, exports=old.exports[1:])
    question = data.draw(questions)
    answers = [outcome_of(compile_policy(one).export(question)) for one in (old, new)]
    if answers[0] != answers[1]:
        assert [one for one in differences(old, new, PARTIES) if one.side == "export"]


@few
@given(policies)
def test_a_policy_does_not_differ_from_itself_renamed_and_turned_round(
    old: Policy,
) -> None:
    turned_round = tuple(replace(r, id=f"new-{r.id}") for r in old.exports[::-1])
    assert differences(old, replace(old, exports=turned_round)) == []


@settings(max_examples=4, deadline=None)
@given(policies, policies)
def test_the_same_policies_give_the_same_lines_in_the_same_order(
    old: Policy, new: Policy
) -> None:
    lines = [one.text for one in differences(old, new)]
    assert lines == [one.text for one in differences(old, new)]
    assert len(lines) == len(set(lines))


def test_a_raised_ceiling_is_one_line() -> None:
    old, new = policy(permit()), policy(permit(up_to=Ceiling(tlp=Tlp.RED)))
    assert texts(old, new) == [
        "export: everyone gain: trace-request, from TLP:AMBER+STRICT on"
    ]


def test_whoever_is_excepted_loses() -> None:
    old = policy(permit())
    new = policy(permit(except_groups=frozenset({"eac"})))
    assert texts(old, new) == ["export: eac lose: trace-request, up to TLP:AMBER"]
    new = policy(permit(everyone=False, parties=frozenset({BEL})))
    assert texts(old, new) == [
        "export: everyone but BEL lose: trace-request, up to TLP:AMBER"
    ]


def test_terms_that_change_are_told_with_what_was() -> None:
    terms = RuleTerms(
        fields={FieldClass.PERSONAL: Treatment.BLUR},
        retention_days=365,
        with_consent=True,
        approval=ApprovalRule(needed=2, officers=frozenset({"amina", "brian"})),
    )
    plain, bound = policy(permit()), policy(permit(terms=terms))
    assert texts(plain, bound) == [
        (
            "export: everyone get on other terms: trace-request, up to TLP:AMBER; "
            "personal: blur (was: keep); free-text: drop (was: keep); "
            "retention: 365 days (was: not limited); "
            "consent: needed to pass it on (was: not needed to pass it on); "
            "approval: 2 of amina, brian (was: none)"
        )
    ]
    assert texts(policy(), bound) == [
        (
            "export: everyone gain: trace-request, up to TLP:AMBER; "
            "personal: blur; free-text: drop; retention: 365 days; "
            "consent: needed to pass it on; approval: 2 of amina, brian"
        )
    ]


def test_routes_and_quarantine_of_what_arrives_are_told() -> None:
    terms = RuleTerms(routes=frozenset({"customs"}), quarantine=True)
    old = policy(imports=(permit(),))
    new = policy(imports=(permit(terms=terms),))
    (found,) = differences(old, new)
    assert found.side == "import"
    assert found.region.answer.effect is Effect.OTHER_TERMS
    assert found.text == (
        "everyone are heard on other terms with: trace-request, up to TLP:AMBER; "
        "route: customs (was: none); "
        "quarantine: a person looks at it first (was: none)"
    )


def test_one_permit_for_two_classes_of_items_is_not_two_permits_for_one_each() -> None:
    # Whoever sends both at once is the only one who notices.
    both = policy(permit(conditions=items("part", "ammunition")))
    each = policy(
        permit(conditions=items("part")),
        permit(id="other", conditions=items("ammunition")),
    )
    assert texts(both, each) == [
        (
            "export: everyone lose: trace-request, up to TLP:AMBER, "
            "items: only ammunition and part"
        )
    ]


def items(*words: str) -> Conditions:
    found = {ItemClass.from_word(word) for word in words}
    return Conditions(items=frozenset(one for one in found if one is not None))


def test_days_that_are_over_do_not_matter_when_asked_from_today_on() -> None:
    last_year = Validity(last=dt.date(2025, 12, 31))
    old, new = policy(permit(validity=last_year)), policy()
    assert differences(old, new, days=Span(TODAY.toordinal(), None)) == []
    assert len(differences(old, new)) == 1


def test_policies_of_two_parties_do_not_compare() -> None:
    with pytest.raises(ConfigurationError, match="of KEN, the other of BEL"):
        differences(policy(), Policy(party=PartyId("BEL")))


def test_the_json_form_names_every_value() -> None:
    (found,) = differences(policy(), policy(permit()), [BEL, MEX])
    assert found.as_json() == {
        "side": "export",
        "effect": "gain",
        "parties": ["BEL", "MEX"],
        "who": "everyone",
        "messages": {
            "kind": ["trace-request"],
            "label": ["TLP:AMBER", "TLP:CLEAR", "TLP:GREEN"],
            "codes": [{"none_but": []}],
            "pap": [None],
            "items": [{"none_but": ["convertible", "firearm", "light-weapon"]}],
        },
        "what": "trace-request, up to TLP:AMBER",
        "terms": [],
    }


def test_every_aspect_of_a_line_is_said_in_words_and_in_json() -> None:
    conditions = Conditions(
        every_item=True,
        purposes=frozenset({IntendedUse.ANALYSIS}),
        floor=Floor(admiralty=AdmiraltySource.B),
        recovered_in=Countries(named=frozenset({"KEN"}), theirs=True),
        embargo=False,
        age_days=30,
    )
    rule = permit(
        up_to=Ceiling(tlp=Tlp.AMBER, codes=frozenset({Europol.H2}), pap=Pap.GREEN),
        conditions=conditions,
        validity=Validity(first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31)),
    )
    (found,) = differences(policy(), policy(rule), [BEL])
    assert found.what == (
        "trace-request, up to TLP:AMBER, codes: none but H2, up to PAP:GREEN, items of "
        "every class, purposes: only analysis, source Admiralty A/B and Europol not "
        "given, recovered in: KEN or their own country, maybe others, without breach "
        "of an embargo, at most 30 days old, from 2026-01-01 until 2026-12-31"
    )
    assert found.as_json()["messages"] == {
        "kind": ["trace-request"],
        "label": ["TLP:AMBER", "TLP:CLEAR", "TLP:GREEN"],
        "codes": [{"none_but": ["H2"]}],
        "pap": [None, "PAP:CLEAR", "PAP:GREEN"],
        "purposes": [{"all_of": ["analysis"], "none_but": ["analysis"]}],
        "source": [["A", None], ["B", None]],
        "recovered-in": [
            {
                "none_but": ["KEN", "elsewhere", "theirs"],
                "some_of": ["KEN", "theirs"],
            }
        ],
        "embargo": [False],
        "age": [{"from": None, "to": 30}],
        "day": [{"from": "2026-01-01", "to": "2026-12-31"}],
    }
