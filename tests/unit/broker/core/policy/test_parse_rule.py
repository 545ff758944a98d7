"""The words of a rule: what each is read as, and what is said when it is not one."""

import base64
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.core.errors import PolicyError
from broker.core.fields import FieldClass, Treatment
from broker.core.handling import Europol, IntendedUse, Pap, Tlp
from broker.core.policy.facts import AdmiraltySource, EuropolSource, ItemClass
from broker.core.policy.parse import parse_policy
from broker.core.policy.render import render_policy
from broker.core.policy.rule import (
    ApprovalRule,
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Floor,
    Officer,
    Rule,
    RuleTerms,
    Validity,
)
from broker.core.policy.rules import Policy
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import OFFICERS

AMINA, BRIAN = OFFICERS
KEYS = {
    "amina": "ed25519:" + base64.b64encode(AMINA.public_key).decode(),
    "brian": "p256:" + base64.b64encode(BRIAN.public_key).decode(),
}
PERMIT = {"id": "a", "permit": "every-kind", "to": "everyone", "up-to": "TLP:RED"}
DENY = {"id": "a", "deny": "every-kind", "to": "everyone"}
IMPORT = {"id": "a", "permit": "every-kind", "from": "everyone", "up-to": "TLP:RED"}


def policy(rule: dict[str, Any], side: str = "export") -> Policy:
    return parse_policy(
        {
            "party": "KEN",
            "officers": KEYS,
            "groups": {"eac": ["TZA"], "sadc": ["TZA", "ZAF"]},
            side: [rule],
        }
    )


def rule(given: dict[str, Any], side: str = "export") -> Rule:
    read = policy(given, side)
    assert parse_policy(render_policy(read)) == read
    return (read.exports or read.imports)[0]


def problems(given: dict[str, Any], side: str = "export") -> list[str]:
    with pytest.raises(PolicyError) as refused:
        policy(given, side)
    return [str(problem) for problem in refused.value.problems]


def test_every_word_of_an_export_permit_is_read() -> None:
    found = rule(
        {
            **PERMIT,
            "except": {"parties": ["BEL"], "groups": ["eac"]},
            "up-to": "TLP:AMBER+STRICT H1 H2 PAP:AMBER",
            "items": ["firearm", "ammunition"],
            "purposes": ["criminal-investigation"],
            "source-at-least": {"admiralty": "C", "europol": "B"},
            "recovered-in": ["KEN", "theirs"],
            "manufactured-in": ["YUG"],
            "involves": ["theirs"],
            "embargo": False,
            "no-older-than": "8w",
            "fields": {"personal": "drop", "full-serial": "blur", "free-text": "keep"},
            "retention": "2y",
            "onward": "with-consent",
            "approval": {"officers": ["brian", "amina"], "needed": 2},
            "valid": {"from": "2026-01-01", "until": "2026-12-31"},
            "because": "Memorandum  of\n12 March",
        }
    )
    assert found == Rule(
        id="a",
        effect=Effect.PERMIT,
        everyone=True,
        except_parties=frozenset({PartyId("BEL")}),
        except_groups=frozenset({"eac"}),
        every_kind=True,
        up_to=Ceiling(
            tlp=Tlp.AMBER_STRICT,
            codes=frozenset({Europol.H1, Europol.H2}),
            pap=Pap.AMBER,
        ),
        conditions=Conditions(
            items=frozenset({ItemClass.FIREARM, ItemClass.AMMUNITION}),
            purposes=frozenset({IntendedUse.CRIMINAL_INVESTIGATION}),
            floor=Floor(admiralty=AdmiraltySource.C, europol=EuropolSource.B),
            recovered_in=Countries(named=frozenset({"KEN"}), theirs=True),
            manufactured_in=Countries(named=frozenset({"YUG"})),
            involves=Countries(theirs=True),
            embargo=False,
            age_days=56,
        ),
        terms=RuleTerms(
            fields={
                FieldClass.PERSONAL: Treatment.DROP,
                FieldClass.FULL_SERIAL: Treatment.BLUR,
                FieldClass.FREE_TEXT: Treatment.KEEP,
            },
            retention_days=730,
            with_consent=True,
            approval=ApprovalRule(needed=2, officers=frozenset({"amina", "brian"})),
        ),
        validity=Validity(first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31)),
        because="Memorandum of 12 March",
    )


def test_every_word_of_an_import_permit_is_read() -> None:
    found = rule(
        {**IMPORT, "items": "every-item", "route": ["police"], "quarantine": True},
        "import",
    )
    assert found.conditions == Conditions(every_item=True)
    assert found.terms == RuleTerms(routes=frozenset({"police"}), quarantine=True)


def test_every_word_of_a_denial_is_read() -> None:
    found = rule(
        {
            **DENY,
            "starting-at": "TLP:RED",
            "items": ["technology"],
            "embargo": True,
            "older-than": "10y",
        }
    )
    assert (found.effect, found.starting_at) == (Effect.DENY, Tlp.RED)
    assert found.conditions == Conditions(
        items=frozenset({ItemClass.TECHNOLOGY}), embargo=True, age_days=3650
    )


def test_officers_and_days_of_a_policy_are_read() -> None:
    read = parse_policy(
        {"party": "KEN", "officers": KEYS, "valid": {"until": "2026-12-31"}}
    )
    assert read.officers == OFFICERS
    assert read.validity == Validity(last=dt.date(2026, 12, 31))
    assert parse_policy(render_policy(read)) == read


def test_a_day_that_the_loader_made_a_date_is_read() -> None:
    found = rule({**PERMIT, "valid": {"from": dt.date(2026, 3, 9)}})
    assert found.validity.first == dt.date(2026, 3, 9)


def test_words_that_say_what_holds_anyway_leave_no_trace() -> None:
    """One meaning has one encoding, whichever way it was written."""
    plain = rule(PERMIT)
    extras: list[dict[str, object]] = [
        {"fields": {}},
        {"fields": {"personal": "keep", "free-text": "keep"}},
        {"onward": "within-handling"},
        {"except": {}},
        {"because": ""},
    ]
    for extra in extras:
        assert rule({**PERMIT, **extra}) == plain
    assert rule({**IMPORT, "quarantine": False}, "import") == rule(IMPORT, "import")


@pytest.mark.parametrize(
    ("text", "ceiling"),
    [
        ("TLP:RED", Ceiling(tlp=Tlp.RED)),
        (" H1   TLP:AMBER ", Ceiling(tlp=Tlp.AMBER, codes=frozenset({Europol.H1}))),
        ("PAP:RED TLP:CLEAR", Ceiling(tlp=Tlp.CLEAR, pap=Pap.RED)),
    ],
)
def test_the_words_of_a_ceiling_have_no_order(text: str, ceiling: Ceiling) -> None:
    assert rule({**PERMIT, "up-to": text}).up_to == ceiling


REFUSED = yaml.safe_load(Path(__file__).with_name("refused_words.yaml").read_text())
SOUND = {"export permit": PERMIT, "export deny": DENY, "import permit": IMPORT}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: str(case["says"]))
def test_what_a_rule_may_not_say(case: dict[str, Any]) -> None:
    side = case["of"].split()[0]
    given = {**SOUND[case["of"]], **case["says"]}
    assert problems(given, side) == [f"{side}[0].{case['problem']}"]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "rsa:AAAA",
        KEYS["amina"].replace("ed25519", "p256"),
        KEYS["amina"].rstrip("="),
        KEYS["amina"] + "\n",
        KEYS["amina"].replace("Ro=", "Rp="),
        12,
    ],
)
def test_what_is_no_officers_key_is_refused(key: object) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy({"party": "KEN", "officers": {"amina": key}})
    (problem,) = refused.value.problems
    assert problem.path == "officers.amina"
    assert "ed25519: with 32 bytes in base64 or p256: with 65" in problem.expected


def test_one_person_under_two_names_would_count_twice_and_is_refused() -> None:
    with pytest.raises(PolicyError) as refused:
        Policy(
            party=PartyId("KEN"),
            officers=(AMINA, Officer(name="other", public_key=AMINA.public_key)),
        )
    assert "officers.other: found a key that is there already" in str(refused.value)
