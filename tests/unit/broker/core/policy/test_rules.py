"""A policy cannot be built wrong."""

from dataclasses import replace

import pytest

from broker.core.errors import PolicyError
from broker.core.handling import Tlp
from broker.core.policy.rule import (
    Ceiling,
    Conditions,
    Countries,
    Effect,
    Group,
    Officer,
    Rule,
)
from broker.core.policy.rules import Policy
from broker.core.policy.vocabulary import (
    BECAUSE_MAX,
    GROUPS_MAX,
    NAME_MAX,
    RULES_MAX,
)
from keys.identity import PartyId

KEN = PartyId("KEN")
PERMIT = Rule(id="yes", effect=Effect.PERMIT, up_to=Ceiling(tlp=Tlp.AMBER))
DENY = Rule(id="no", effect=Effect.DENY)
NAMES = "expected at most 64 small letters and digits, in words joined by hyphens"


def problems(*exports: Rule, groups: tuple[Group, ...] = ()) -> list[str]:
    with pytest.raises(PolicyError) as refused:
        Policy(party=KEN, groups=groups, exports=exports)
    return [str(problem) for problem in refused.value.problems]


def group(name: str) -> Group:
    return Group(name=name, members=frozenset())


def test_a_party_may_have_no_rules_at_all() -> None:
    assert Policy(party=KEN).exports == ()


def test_everything_at_its_bound_is_taken() -> None:
    rule = replace(DENY, because="x" * BECAUSE_MAX, groups=frozenset({"g-0"}))
    policy = Policy(
        party=KEN,
        groups=tuple(group(f"g-{i}") for i in range(GROUPS_MAX)),
        exports=tuple(replace(rule, id=f"out-{i}") for i in range(RULES_MAX)),
        imports=(replace(DENY, id="i" * NAME_MAX),),
    )
    assert len(policy.exports) == RULES_MAX


def test_more_than_the_bound_is_refused() -> None:
    rules = tuple(replace(DENY, id=f"out-{i}") for i in range(RULES_MAX + 1))
    groups = tuple(group(f"g-{i}") for i in range(GROUPS_MAX + 1))
    assert problems(*rules, groups=groups) == [
        "groups: found 101 groups, expected at most 100",
        "export: found 501 rules, expected at most 500",
    ]


def test_lists_beyond_their_bound_are_refused() -> None:
    letters = [chr(65 + n) for n in range(26)]
    many = frozenset(PartyId(f"{a}{b}Q") for a in letters[:16] for b in letters)
    rule = replace(
        DENY,
        parties=many,
        conditions=Conditions(involves=Countries(named=frozenset(many))),
    )
    crowd = Group(name="all", members=many)
    officers = tuple(
        Officer(name=f"o-{n}", public_key=bytes([n]) * 32) for n in range(51)
    )
    with pytest.raises(PolicyError) as refused:
        Policy(party=KEN, groups=(crowd,), exports=(rule,), officers=officers)
    assert [str(problem) for problem in refused.value.problems] == [
        "officers: found 51 officers, expected at most 50",
        "groups.all: found 416 parties, expected at most 400",
        "export[0].to.parties: found 416 parties, expected at most 400",
        "export[0].involves: found 416 countries, expected at most 400",
    ]


def test_a_permit_without_a_handling_ceiling_is_refused() -> None:
    assert problems(replace(PERMIT, up_to=None)) == [
        (
            "export[0].up-to: found nothing, a permit needs the most closed label it "
            "covers, such as TLP:AMBER"
        )
    ]


def test_a_permit_with_a_lower_bound_is_refused() -> None:
    assert problems(replace(PERMIT, starting_at=Tlp.RED)) == [
        (
            "export[0].starting-at: found 'TLP:RED', only a rule that denies starts at "
            "a label; a permit says up-to"
        )
    ]


def test_a_denial_with_a_ceiling_is_refused() -> None:
    assert problems(replace(DENY, up_to=Ceiling(tlp=Tlp.RED))) == [
        (
            "export[0].up-to: found 'TLP:RED', only a permit ends at a label; a rule "
            "that denies says starting-at"
        )
    ]


def test_a_rule_about_the_party_itself_is_refused() -> None:
    assert problems(replace(DENY, parties=frozenset({KEN}))) == [
        (
            "export[0].to: found 'KEN', expected other parties: it is the one whose "
            "policy this is"
        )
    ]


def test_a_group_that_nobody_defined_is_refused_with_the_nearest_name() -> None:
    rule = replace(DENY, groups=frozenset({"eacc", "zzz"}))
    assert problems(rule, groups=(group("eac"),)) == [
        (
            "export[0].to: found 'eacc', expected a group that is defined under "
            "groups; did you mean 'eac'?"
        ),
        "export[0].to: found 'zzz', expected a group that is defined under groups",
    ]


def test_everyone_beside_names_is_refused() -> None:
    rule = replace(DENY, everyone=True, parties=frozenset({PartyId("MEX")}))
    assert problems(rule) == [
        (
            "export[0].to: found everyone, and some by name, expected one or the "
            "other: everyone already means every party"
        )
    ]


def test_every_kind_beside_names_is_refused() -> None:
    rule = replace(DENY, every_kind=True, kinds=frozenset({"trace-request"}))
    assert problems(rule) == [
        "export[0].deny: found every kind, and some by name, expected one or the other"
    ]


def test_ids_are_unique_across_both_directions() -> None:
    with pytest.raises(PolicyError) as refused:
        Policy(party=KEN, exports=(DENY,), imports=(PERMIT, DENY))
    assert str(refused.value) == (
        "import[1].id: found 'no', expected a name of its own: export[0] has this one"
    )


def test_a_policy_full_of_unknown_names_does_not_keep_its_readers_busy() -> None:
    """All parties read it: comparing these names would take them minutes."""
    known = tuple(group(f"g-{i:05}") for i in range(5000))
    unknown = frozenset(f"h-{i:05}" for i in range(5000))
    found = problems(replace(DENY, groups=unknown), groups=known)
    suggested = [one for one in found if "did you mean" in one]
    assert len(found) == 5002
    assert 0 < len(suggested) <= 20


def test_names_without_end_are_not_compared() -> None:
    endless = "".join(map(chr, range(1, 121))) * 2000
    found = problems(
        replace(DENY, groups=frozenset({endless[::-1], "eag"})),
        groups=(group(endless), group("eac")),
    )
    assert [one for one in found if "did you mean" in one] == [
        (
            "export[0].to: found 'eag', expected a group that is defined under groups; "
            "did you mean 'eac'?"
        )
    ]


def test_group_names_are_unique() -> None:
    assert problems(groups=(group("eac"), group("eac"))) == [
        "groups.eac: found 'eac', expected each name once"
    ]


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a--b", "a_b", "a\n", "é"])
def test_names_have_one_form(name: str) -> None:
    rule = replace(DENY, id=name, kinds=frozenset({name}))
    assert problems(rule, groups=(group(name),)) == [
        f"groups.{name}: found {name!a}, {NAMES}",
        f"export[0].id: found {name!a}, {NAMES}",
        f"export[0].deny: found {name!a}, {NAMES}",
    ]


@pytest.mark.parametrize("because", ["x" * (BECAUSE_MAX + 1), "a\x1b[2J", "a\u202eb"])
def test_a_reason_that_floods_or_rewrites_the_terminal_is_refused(
    because: str,
) -> None:
    assert problems(replace(DENY, because=because)) == [
        (
            f"export[0].because: found {because[:40]!a}, expected at most 300 "
            "printable characters"
        )
    ]


def test_every_problem_is_reported_at_once() -> None:
    wrong = replace(PERMIT, id="", up_to=None, groups=frozenset({"eac"}))
    assert [problem.split(":")[0] for problem in problems(wrong, wrong)] == [
        "export[0].id",
        "export[0].to",
        "export[0].up-to",
        "export[1].id",
        "export[1].to",
        "export[1].up-to",
    ]
