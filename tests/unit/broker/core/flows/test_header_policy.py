"""The hub refuses what a header alone shows to be forbidden, and nothing else."""

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings

from broker.core.errors import Code, RefusedError
from broker.core.fields import FieldClass, Treatment
from broker.core.flows.header_policy import check_policies
from broker.core.handling import (
    Europol,
    Handling,
    IntendedUse,
    Pap,
    Restrictions,
    Tlp,
)
from broker.core.policy.decision import Deny, Question
from broker.core.policy.engine import Engine, compile_policy
from broker.core.policy.facts import AdmiraltySource, ItemClass
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Rule,
    Validity,
)
from broker.core.policy.rules import Policy
from broker.core.tightening import with_terms
from keys.identity import PartyId
from tests import world
from tests.unit.broker.core.flows.documents import permit, policy
from tests.unit.broker.core.policy.policies import policies
from tests.unit.broker.core.policy.questions import questions
from tests.world import AMBER, BEL, DAY_MS, KEN, MEX, NOW_MS

INVESTIGATION: Final = IntendedUse.CRIMINAL_INVESTIGATION
TODAY: Final = dt.date(1970, 1, 1) + dt.timedelta(days=NOW_MS // DAY_MS)
YESTERDAY: Final = TODAY - dt.timedelta(days=1)
TOMORROW: Final = TODAY + dt.timedelta(days=1)
HIGHEST: Final = Ceiling(
    tlp=Tlp.RED, codes=frozenset(Europol) - {Europol.H0}, pap=Pap.RED
)
WIDE: Final = replace(
    permit("wide", BEL),
    up_to=Ceiling(tlp=Tlp.RED, codes=frozenset({Europol.H1}), pap=Pap.GREEN),
)


def engines(own: Policy, theirs: Policy | None = None) -> dict[PartyId, Engine]:
    """Returns what the hub goes by."""
    theirs = theirs or world.open_policy(BEL)
    # What the recipient takes must not hide what the origin does not let go.
    taking = replace(theirs.imports[0], up_to=HIGHEST)
    theirs = replace(theirs, imports=(taking, *theirs.imports[1:]))
    return {KEN: compile_policy(own), BEL: compile_policy(theirs)}


def judge(
    own: Policy,
    theirs: Policy | None = None,
    now_ms: int = NOW_MS,
    **changes: Any,  # noqa: ANN401 - fields of a header
) -> Code | None:
    """Returns why the hub refuses a message of KEN to BEL; None if it does not."""
    try:
        check_policies(
            world.header(KEN, (BEL,), **changes), engines(own, theirs), now_ms
        )
    except RefusedError as error:
        return error.code
    return None


OF_CONTENT: Final = (
    Conditions(items=frozenset({ItemClass.AMMUNITION})),
    Conditions(floor=Floor(admiralty=AdmiraltySource.A)),
    Conditions(recovered_in=Countries(named=frozenset({"MEX"}))),
    Conditions(manufactured_in=Countries(theirs=True)),
    Conditions(involves=Countries(named=frozenset({"XPO"}))),
    Conditions(embargo=True),
    Conditions(age_days=1),
    Conditions(purposes=frozenset({INVESTIGATION})),
)


@pytest.mark.parametrize("conditions", OF_CONTENT)
def test_what_only_the_content_tells_is_not_the_hubs_to_refuse(
    conditions: Conditions,
) -> None:
    assert judge(policy(replace(WIDE, conditions=conditions))) is None
    if conditions.floor is not None:
        return  # which no rule has that denies
    deny = Rule(
        id="no",
        effect=Effect.DENY,
        everyone=True,
        every_kind=True,
        conditions=conditions,
    )
    assert judge(policy(WIDE, deny)) is None


def test_redaction_is_not_the_hubs_to_refuse() -> None:
    fields = {FieldClass.SOURCE: Treatment.DROP}
    assert judge(policy(permit("less", BEL, fields=fields))) is None


@pytest.mark.parametrize(
    "handling",
    [
        pytest.param(Handling(tlp=Tlp.RED), id="ceiling"),
        pytest.param(Handling(tlp=Tlp.AMBER, europol=frozenset({Europol.H2})), id="H2"),
        pytest.param(Handling(tlp=Tlp.AMBER, pap=Pap.GREEN), id="PAP"),
    ],
)
def test_handling_above_the_ceiling_is_refused(handling: Handling) -> None:
    own = policy(permit("amber", BEL))
    assert judge(own, handling=AMBER) is None
    assert judge(own, handling=handling) is Code.EXPORT_POLICY


def test_purposes_that_the_header_states_are_held_to() -> None:
    only = Conditions(purposes=frozenset({INVESTIGATION}))
    own = policy(replace(WIDE, conditions=only))
    for purpose, expected in (
        (INVESTIGATION, None),
        (IntendedUse.STATISTICS, Code.EXPORT_POLICY),
    ):
        limits = Restrictions(purposes=frozenset({purpose}))
        assert judge(own, handling=replace(AMBER, restrictions=limits)) is expected


@pytest.mark.parametrize("kinds", [frozenset(), frozenset({"trace-request"})])
def test_an_exception_or_another_kind_is_refused(kinds: frozenset[str]) -> None:
    everyone = replace(
        WIDE,
        parties=frozenset(),
        everyone=True,
        except_parties=frozenset() if kinds else frozenset({BEL}),
        every_kind=not kinds,
        kinds=kinds,
    )
    assert judge(policy(everyone)) is Code.EXPORT_POLICY


def test_a_rule_that_is_over_lets_nothing_go_whatever_day_the_header_names() -> None:
    """Whoever may not send any more dates it back."""
    own = policy(replace(WIDE, validity=Validity(last=YESTERDAY)))
    for created_ms in (NOW_MS, NOW_MS - DAY_MS):
        assert judge(own, created_ms=created_ms) is Code.EXPORT_POLICY
    assert judge(own, now_ms=NOW_MS - DAY_MS) is None


def test_a_denial_that_has_begun_cannot_be_got_round_by_an_earlier_date() -> None:
    deny = Rule(
        id="no",
        effect=Effect.DENY,
        everyone=True,
        every_kind=True,
        validity=Validity(first=TODAY),
    )
    own = policy(WIDE, deny)
    assert judge(own, created_ms=NOW_MS - DAY_MS) is Code.EXPORT_POLICY


def test_a_policy_that_is_not_in_force_yet_lets_nothing_go() -> None:
    own = replace(policy(WIDE), validity=Validity(first=TOMORROW))
    assert judge(own, created_ms=NOW_MS + DAY_MS) is Code.EXPORT_POLICY


def test_the_recipients_rules_are_held_to_as_well() -> None:
    theirs = world.closed_policy(BEL, against=KEN)
    assert judge(policy(WIDE), theirs) is Code.IMPORT_POLICY


def test_a_party_without_a_policy_sends_and_gets_nothing() -> None:
    known, header = engines(policy(WIDE)), world.header(KEN, (BEL,))
    for missing, code in ((KEN, Code.EXPORT_POLICY), (BEL, Code.IMPORT_POLICY)):
        left = {party: one for party, one in known.items() if party != missing}
        with pytest.raises(RefusedError) as refused:
            check_policies(header, left, NOW_MS)
        assert refused.value.code is code


def test_each_recipient_is_asked_about() -> None:
    known = engines(policy(WIDE))
    known[MEX] = compile_policy(world.open_policy(MEX))
    with pytest.raises(RefusedError) as refused:
        check_policies(world.header(KEN, (BEL, MEX)), known, NOW_MS)
    assert "MEX" in refused.value.detail


@settings(max_examples=100, deadline=None)
@given(policies, questions)
def test_the_hub_never_refuses_what_a_node_lets_go(
    own: Policy, question: Question
) -> None:
    asked = replace(question, origin=own.party, recipient=BEL)
    engine = compile_policy(own)
    decision = engine.export(asked)
    if isinstance(decision, Deny):
        return
    terms = decision.terms
    header = world.header(
        own.party,
        (BEL,),
        kind=asked.kind,
        handling=with_terms(
            asked.handling, terms.retention_days, with_consent=terms.with_consent
        ),
        approvals_digest=bytes(32) if terms.approvals else b"",
    )
    everything = replace(WIDE, id="all", parties=frozenset(), everyone=True)
    taking = Policy(party=BEL, imports=(replace(everything, up_to=HIGHEST),))
    known = {own.party: engine, BEL: compile_policy(taking)}
    check_policies(header, known, asked.at_ms)
