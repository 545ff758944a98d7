"""A policy as a document: what is read, and exactly what is said when it is not."""

from typing import Any

import pytest
import yaml

from broker.core.errors import PolicyError
from broker.core.handling import Tlp
from broker.core.policy.parse import parse_policy
from broker.core.policy.rule import Ceiling, Effect, Group, Rule
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import KINDS, RULE_KEYS
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import WRITTEN

RULE = {"id": "a", "permit": "every-kind", "to": "everyone", "up-to": "TLP:RED"}
ALL_KINDS = ", ".join(KINDS)
LABELS = "TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED"
POLICY_WORDS = "party, valid, officers, groups, export, import"
RULE_WORDS = ", ".join(RULE_KEYS["export"])


def problems(document: object) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        parse_policy(document)
    return [str(problem) for problem in refused.value.problems]


def rule_problems(**changes: object) -> list[str]:
    rule = {**RULE, **{key.replace("_", "-"): v for key, v in changes.items()}}
    return problems({"party": "KEN", "groups": {"eac": []}, "export": [rule]})


def without(key: str) -> list[str]:
    rule = {name: value for name, value in RULE.items() if name != key}
    return problems({"party": "KEN", "export": [rule]})


def test_a_policy_is_read() -> None:
    assert parse_policy(yaml.safe_load(WRITTEN)) == Policy(
        party=PartyId("KEN"),
        groups=(
            Group(
                name="eac",
                members=frozenset({PartyId("RWA"), PartyId("TZA"), PartyId("UGA")}),
            ),
        ),
        exports=(
            Rule(
                id="traces",
                effect=Effect.PERMIT,
                everyone=True,
                kinds=frozenset({"trace-request", "trace-response"}),
                up_to=Ceiling(tlp=Tlp.AMBER),
                because="International Tracing Instrument",
            ),
            Rule(
                id="no-routes-red",
                effect=Effect.DENY,
                parties=frozenset({PartyId("MEX")}),
                groups=frozenset({"eac"}),
                kinds=frozenset({"route-intelligence"}),
                starting_at=Tlp.RED,
                because="In person only",
            ),
        ),
        imports=(
            Rule(
                id="all",
                effect=Effect.PERMIT,
                everyone=True,
                every_kind=True,
                up_to=Ceiling(tlp=Tlp.RED),
            ),
        ),
    )


def test_a_party_alone_is_a_policy_that_shares_nothing() -> None:
    assert parse_policy({"party": "KEN"}) == Policy(party=PartyId("KEN"))


@pytest.mark.parametrize(
    ("document", "found"),
    [(None, "nothing"), ([], "[]"), ("party: KEN", "'party: KEN'"), (3, "3")],
)
def test_what_is_not_a_mapping_is_one_problem(document: object, found: str) -> None:
    assert problems(document) == [
        (f"(document): found {found}, expected a mapping with {POLICY_WORDS}")
    ]


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    assert problems({"party": "KEN", "exports": [], 7: []}) == [
        (
            f"exports: found 'exports', expected a key among {POLICY_WORDS}; did you "
            "mean 'export'?"
        ),
        f"7: found 7, expected a key among {POLICY_WORDS}",
    ]
    assert rule_problems(becuase="x") == [
        (
            f"export[0].becuase: found 'becuase', expected a key among {RULE_WORDS}; "
            "did you mean 'because'?"
        )
    ]
    assert rule_problems(to={"party": ["MEX"]}) == [
        (
            "export[0].to.party: found 'party', expected a key among parties, groups; "
            "did you mean 'parties'?"
        )
    ]


def test_an_export_rule_that_says_from_is_refused() -> None:
    rule: dict[str, Any] = {**RULE, "from": "everyone"}
    del rule["to"]
    assert problems({"party": "KEN", "export": [rule]}) == [
        f"export[0].from: found 'from', expected a key among {RULE_WORDS}",
        "export[0].to: found nothing, expected everyone, or parties and groups",
    ]


@pytest.mark.parametrize("code", ["ken", "KE", "KENY", "HUB", "", "KEN\n", 404, True])
def test_what_is_not_a_party_code_is_refused(code: object) -> None:
    expected = "expected a party code: three capital letters, as in KEN"
    assert problems({"party": code}) == [f"party: found {code!a}, {expected}"]


def test_a_letter_of_another_script_is_made_visible() -> None:
    assert problems({"party": "K\u0415N"}) == [
        (
            r"party: found 'K\u0415N', expected a party code: three capital letters, "
            "as in KEN"
        )
    ]


def test_a_missing_party_is_reported_with_the_rest() -> None:
    assert problems({"export": [{**RULE, "id": "A"}]}) == [
        "party: found nothing, expected a party code: three capital letters, as in KEN",
        (
            "export[0].id: found 'A', expected at most 64 small letters and digits, in "
            "words joined by hyphens"
        ),
    ]


@pytest.mark.parametrize("side", ["export", "import"])
@pytest.mark.parametrize("value", [None, {}, "none"])
def test_rules_are_a_list(side: str, value: object) -> None:
    found = "nothing" if value is None else repr(value)
    assert problems({"party": "KEN", side: value}) == [
        f"{side}: found {found}, expected a list of rules; [] when there is none"
    ]


def test_groups_are_names_with_lists_of_parties() -> None:
    assert problems({"party": "KEN", "groups": ["eac"]}) == [
        "groups: found ['eac'], expected group names, each with a list of parties"
    ]
    assert problems(
        {
            "party": "KEN",
            "groups": {"eac": "RWA", "sadc": ["RWA", 1, "RWA", "x"], 5: []},
        }
    ) == [
        "groups.5: found 5, expected a name",
        "groups.eac: found 'RWA', expected a list of party codes",
        "groups.sadc[1]: found 1, expected a list of party codes",
        "groups.sadc[2]: found 'RWA', expected each once",
        (
            "groups.sadc[3]: found 'x', expected a party code: three capital letters, "
            "as in KEN"
        ),
    ]


def test_a_rule_that_is_no_mapping_is_one_problem_and_keeps_its_place() -> None:
    assert problems({"party": "KEN", "export": ["x", {**RULE, "up-to": 1}]}) == [
        f"export[0]: found 'x', expected a mapping with {RULE_WORDS}",
        f"export[1].up-to: found 1, expected one of {LABELS}",
    ]


def test_an_id_is_needed() -> None:
    assert without("id") == [
        "export[0].id: found nothing, expected a name for the rule"
    ]


def test_to_is_needed_since_forgetting_it_must_not_mean_everyone() -> None:
    assert without("to") == [
        "export[0].to: found nothing, expected everyone, or parties and groups"
    ]
    assert rule_problems(to="all") == [
        "export[0].to: found 'all', expected everyone, or parties and groups"
    ]


def test_a_permit_needs_a_ceiling() -> None:
    assert without("up-to") == [
        (
            "export[0].up-to: found nothing, a permit needs the most closed label it "
            "covers, such as TLP:AMBER"
        )
    ]


def test_a_rule_either_permits_or_denies() -> None:
    assert without("permit") == [
        "export[0].permit: found nothing, expected either permit or deny"
    ]
    assert rule_problems(deny="every-kind") == [
        "export[0].permit: found ['permit', 'deny'], expected either permit or deny"
    ]
    assert problems({"party": "KEN", "export": [{"id": "a", "to": "everyone"}]}) == [
        "export[0].permit: found nothing, expected either permit or deny"
    ]


def test_an_unknown_kind_is_refused_with_the_nearest_one() -> None:
    assert rule_problems(permit=["trace-requests", "bribe"]) == [
        (
            f"export[0].permit[0]: found 'trace-requests', expected one of "
            f"{ALL_KINDS}; did you mean 'trace-request'?"
        ),
        f"export[0].permit[1]: found 'bribe', expected one of {ALL_KINDS}",
    ]
    assert rule_problems(permit="trace-request") == [
        (
            "export[0].permit: found 'trace-request', expected every-kind, or a list "
            "of kinds"
        )
    ]


def test_an_unknown_label_is_refused_with_the_nearest_one() -> None:
    assert rule_problems(up_to="amber") == [
        (
            f"export[0].up-to: found 'amber', expected one of {LABELS}; did you mean "
            "'TLP:AMBER'?"
        )
    ]
    assert rule_problems(up_to=None) == [
        f"export[0].up-to: found nothing, expected one of {LABELS}"
    ]


def test_a_group_that_nobody_defined_is_refused() -> None:
    assert rule_problems(to={"groups": ["eacc"]}) == [
        (
            "export[0].to: found 'eacc', expected a group that is defined under "
            "groups; did you mean 'eac'?"
        )
    ]


def test_a_reason_is_words() -> None:
    assert rule_problems(because=12) == [
        "export[0].because: found 12, expected the reason in words"
    ]


def test_empty_lists_are_read_and_mean_nobody_and_nothing() -> None:
    rule = {**RULE, "permit": [], "to": {"parties": [], "groups": []}}
    policy = parse_policy({"party": "KEN", "export": [rule]})
    assert policy.exports[0].parties == policy.exports[0].kinds == frozenset()
    assert not policy.exports[0].everyone
    assert not policy.exports[0].every_kind


def test_a_yaml_bomb_is_reported_in_one_short_line() -> None:
    bomb: object = "x"
    for _ in range(40):
        bomb = [bomb, bomb]
    (problem,) = problems({"party": bomb})
    assert len(problem) < 160


def test_a_very_long_value_is_shortened() -> None:
    (problem,) = problems({"party": "x" * 10_000})
    assert len(problem) < 160
