"""Starter policies do what the comments in them promise."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from broker.app.starters import starters
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Handling, IntendedUse
from broker.core.policy.decision import Allow, Decision, Deny, Question, Redact
from broker.core.policy.engine import Engine, compile_policy
from broker.core.policy.facts import AdmiraltySource, Facts, ItemClass
from broker.core.policy.parse import parse_policy
from broker.core.policy.review import review
from broker.core.policy.rules import Policy
from broker.infra.document_files import load_bytes
from broker.infra.policy_edits import in_order
from broker.infra.policy_files import policy_in
from keys.identity import PartyId

DAY_MS = 86_400_000
NOW_MS = 1_781_481_600_000  # 2026-06-15
TODAY = dt.date(2026, 6, 15)
GUN = Facts(items=frozenset({ItemClass.FIREARM}), dated=TODAY)
BOMB = Facts(items=frozenset({ItemClass.EXPLOSIVE}), dated=TODAY)
NAMES = ["cautious", "customs", "organisation", "regional"]


def policy(name: str, party: str = "RWA") -> Policy:
    text = starters()[name].made_for(PartyId(party))
    return parse_policy(load_bytes(text.encode()))


def asked(
    name: str,
    kind: str,
    handling: str = "TLP:AMBER",
    *,
    other: str = "BRA",
    facts: Facts = GUN,
    at_ms: int = NOW_MS,
) -> tuple[Decision, Decision]:
    """What the starter answers to sending, and to getting, one message."""
    engine: Engine = compile_policy(policy(name))
    own, them = PartyId("RWA"), PartyId(other)

    def question(origin: PartyId, recipient: PartyId) -> Question:
        return Question(
            origin=origin,
            recipient=recipient,
            kind=f"{kind}/1",
            handling=Handling.parse(handling),
            at_ms=at_ms,
            facts=facts,
        )

    return engine.export(question(own, them)), engine.imports(question(them, own))


def sent(name: str, kind: str, handling: str = "TLP:AMBER", **more: object) -> Decision:
    return asked(name, kind, handling, **more)[0]  # type: ignore[arg-type]


def taken(
    name: str, kind: str, handling: str = "TLP:AMBER", **more: object
) -> Decision:
    return asked(name, kind, handling, **more)[1]  # type: ignore[arg-type]


def test_there_are_four_with_a_title_each() -> None:
    assert list(starters()) == NAMES
    assert starters()["customs"].title == "customs only"


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_has_nothing_that_a_person_should_look_at(name: str) -> None:
    assert review(policy(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_is_in_the_documented_order(name: str) -> None:
    text = starters()[name].made_for(PartyId("RWA"))
    assert in_order(policy_in(text, Path("policy.yaml"))).text == text


@pytest.mark.parametrize("name", NAMES)
def test_nothing_red_leaves(name: str) -> None:
    for kind in ("trace-request", "diversion-alert", "route-intelligence"):
        assert isinstance(sent(name, kind, "TLP:RED", other="KEN"), Deny)


def test_the_region_gets_alerts_whole_and_the_world_without_persons() -> None:
    near = sent("regional", "diversion-alert", "TLP:AMBER+STRICT H2", other="KEN")
    assert isinstance(near, Allow)
    far = sent("regional", "diversion-alert")
    assert isinstance(far, Redact)
    assert dict(far.fields) == {
        FieldClass.PERSONAL: Treatment.DROP,
        FieldClass.SOURCE: Treatment.DROP,
        FieldClass.FREE_TEXT: Treatment.DROP,
    }


def test_the_region_traces_with_everyone_but_not_explosives() -> None:
    assert isinstance(sent("regional", "trace-request"), Allow)
    assert isinstance(sent("regional", "trace-request", facts=BOMB), Deny)
    assert isinstance(taken("regional", "trace-request", facts=BOMB), Allow)


def test_the_region_keeps_routes_among_itself_and_looks_at_those_of_others() -> None:
    near = sent("regional", "route-intelligence", other="KEN")
    assert isinstance(near, Allow)
    assert (near.terms.retention_days, near.terms.with_consent) == (730, True)
    old = Facts(dated=TODAY - dt.timedelta(days=5 * 365 + 1))
    assert isinstance(
        sent("regional", "route-intelligence", other="KEN", facts=old), Deny
    )
    assert isinstance(sent("regional", "route-intelligence"), Deny)
    at_once = taken("regional", "route-intelligence", other="KEN")
    assert isinstance(at_once, Allow)
    assert not at_once.terms.quarantine
    later = taken("regional", "route-intelligence")
    assert isinstance(later, Allow)
    assert later.terms.quarantine


def test_the_cautious_state_asks_for_investigations_only() -> None:
    wanted = Facts(
        items=GUN.items, purposes=frozenset({IntendedUse.CRIMINAL_INVESTIGATION})
    )
    assert isinstance(sent("cautious", "trace-request", facts=wanted), Allow)
    for_trends = Facts(items=GUN.items, purposes=frozenset({IntendedUse.ANALYSIS}))
    assert isinstance(sent("cautious", "trace-request", facts=for_trends), Deny)


def test_the_cautious_state_has_officers_look_at_every_answer() -> None:
    treaty = sent("cautious", "trace-response", other="BEL")
    assert isinstance(treaty, Allow)
    assert [one.needed for one in treaty.terms.approvals] == [2]
    other = sent("cautious", "trace-response")
    assert isinstance(other, Redact)
    assert [one.needed for one in other.terms.approvals] == [1]
    assert (FieldClass.PERSONAL, Treatment.DROP) in other.fields


def test_the_cautious_state_alerts_others_only_about_their_own_country() -> None:
    theirs = Facts(items=GUN.items, recovered_in=frozenset({"BRA"}))
    assert isinstance(sent("cautious", "diversion-alert", facts=theirs), Redact)
    assert isinstance(sent("cautious", "diversion-alert"), Deny)
    assert isinstance(sent("cautious", "diversion-alert", other="FRA"), Allow)


def test_the_cautious_state_keeps_embargo_cases_at_home() -> None:
    case = Facts(items=GUN.items, embargo=True)
    denied = sent("cautious", "diversion-alert", other="FRA", facts=case)
    assert isinstance(denied, Deny)
    assert denied.rule_ids == ("embargo-cases",)


def test_the_cautious_state_shares_and_takes_nothing_once_its_policy_is_over() -> None:
    late = NOW_MS + 730 * DAY_MS
    for answer in asked("cautious", "contact-card", facts=Facts(), at_ms=late):
        assert isinstance(answer, Deny)
        assert "in force" in answer.reasons[0]


def test_the_keys_in_the_cautious_starter_are_digests_as_it_says() -> None:
    keys = [officer.public_key for officer in policy("cautious").officers]
    assert keys == [
        hashlib.sha256(f"the key of nobody, {number}".encode()).digest()
        for number in (1, 4)
    ]


def test_the_organisation_gives_analysis_with_a_source_that_is_evaluated() -> None:
    good = Facts(items=BOMB.items, admiralty=AdmiraltySource.C)
    given = sent("organisation", "route-intelligence", other="KEN", facts=good)
    assert isinstance(given, Allow)
    assert given.terms.with_consent
    assert isinstance(sent("organisation", "route-intelligence", other="KEN"), Deny)
    better = Facts(admiralty=AdmiraltySource.B)
    bare = sent(
        "organisation", "route-intelligence", "TLP:GREEN", other="NOR", facts=better
    )
    assert isinstance(bare, Redact)
    assert FieldClass.FREE_TEXT in dict(bare.fields)


def test_the_organisation_brings_what_arrives_to_its_desks() -> None:
    alert = taken("organisation", "diversion-alert", facts=BOMB)
    assert isinstance(alert, Allow)
    assert alert.terms.routes == {"firearms"}
    route = taken("organisation", "route-intelligence", other="KEN")
    assert isinstance(route, Allow)
    assert route.terms.routes == {"analysis", "firearms"}
    assert route.terms.retention_days == 1825
    assert isinstance(taken("organisation", "route-intelligence", other="NOR"), Deny)


def test_customs_take_no_part_in_tracing() -> None:
    for answer in asked("customs", "trace-request", other="KEN"):
        assert isinstance(answer, Deny)


def test_customs_alert_the_corridor_without_persons_and_take_alerts_from_all() -> None:
    given = sent("customs", "diversion-alert", other="KEN", facts=BOMB)
    assert isinstance(given, Redact)
    assert dict(given.fields)[FieldClass.PERSONAL] is Treatment.DROP
    assert isinstance(sent("customs", "diversion-alert"), Deny)
    alert = taken("customs", "diversion-alert")
    assert isinstance(alert, Allow)
    assert alert.terms.routes == {"targeting"}


def test_customs_look_at_routes_from_outside_the_corridor_first() -> None:
    near = taken("customs", "route-intelligence", other="UGA")
    far = taken("customs", "route-intelligence")
    assert isinstance(near, Allow)
    assert isinstance(far, Allow)
    assert (near.terms.quarantine, far.terms.quarantine) == (False, True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["actor-profile", "brokering-notice"])
def test_what_is_about_persons_leaves_under_no_starter_and_is_looked_at_first(
    name: str, kind: str
) -> None:
    for other in ("KEN", "BEL", "BRA"):
        assert isinstance(sent(name, kind, "TLP:GREEN", other=other), Deny)
        got = taken(name, kind, "TLP:GREEN", other=other)
        assert isinstance(got, Deny) or got.terms.quarantine
