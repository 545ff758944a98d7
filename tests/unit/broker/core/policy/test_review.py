"""What cannot be meant is found, named with its place, and told what to do about."""

import datetime as dt

import yaml
from hypothesis import given, settings

from broker.core.policy.decision import Deny, Question
from broker.core.policy.engine import compile_policy
from broker.core.policy.parse import parse_policy
from broker.core.policy.review import Finding, review
from broker.core.policy.rules import Policy
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import OFFICERS, policies
from tests.unit.broker.core.policy.questions import questions

TAKE = "import: [{id: take, permit: every-kind, from: everyone, up-to: TLP:RED}]"


def found(exports: str, groups: str = "", imports: str = TAKE) -> list[Finding]:
    text = f"party: KEN\n{groups}\nexport:\n{exports}\n{imports}\n"
    return review(parse_policy(yaml.safe_load(text)), day=dt.date(2026, 6, 15))


def only(findings: list[Finding]) -> tuple[str, str, str]:
    (one,) = findings
    return one.path, one.severity, one.text


def test_a_policy_in_order_has_no_findings() -> None:
    assert (
        found("- {id: a, permit: [contact-card], to: everyone, up-to: TLP:RED}") == []
    )


def test_a_permit_that_denials_cover_wholly_is_an_error() -> None:
    path, severity, text = only(
        found("""
- {id: a, permit: [contact-card], to: {parties: [BEL]}, up-to: TLP:AMBER}
- {id: b, permit: [contact-card], to: {parties: [MEX]}, up-to: TLP:AMBER}
- {id: c, deny: [contact-card], to: {parties: [BEL]}}
""")
    )
    assert (path, severity) == ("export[0]", "error")
    assert "denials cover all of it (c (export[2]))" in text


def test_several_denials_can_cover_a_permit_together() -> None:
    _, severity, text = only(
        found("""
- {id: a, permit: [contact-card], to: {parties: [BEL]}, up-to: TLP:AMBER}
- {id: b, deny: every-kind, to: everyone, starting-at: TLP:GREEN}
- {id: c, deny: every-kind, to: everyone, embargo: true}
- {id: d, deny: every-kind, to: everyone, embargo: false}
- {id: e, permit: [contact-card], to: {parties: [MEX]}, up-to: TLP:AMBER}
""")[:1]
    )
    assert severity == "error"
    assert "b (export[1]), c (export[2]), d (export[3])" in text


def test_a_denial_of_exactly_the_same_is_named_so() -> None:
    findings = found("""
- {id: a, permit: every-kind, to: everyone, up-to: TLP:RED H1 H2 H3 PAP:RED,
   items: every-item}
- {id: b, deny: every-kind, to: everyone}
""")
    assert "a denial covers exactly the same (b (export[1]))" in findings[0].text


def test_rules_about_nobody_no_kind_or_no_day_are_unreachable() -> None:
    findings = found(
        """
- {id: a, permit: [contact-card], to: {groups: [empty]}, up-to: TLP:RED}
- {id: b, permit: [], to: everyone, up-to: TLP:RED}
- {id: c, permit: [contact-card], to: everyone, up-to: TLP:RED,
   valid: {until: 2026-06-14}}
- {id: d, permit: [contact-card], to: everyone, up-to: TLP:RED}
""",
        groups="groups: {empty: []}",
    )
    assert [(one.path, one.severity) for one in findings] == [
        ("groups.empty", "warning"),
        ("export[0].to", "error"),
        ("export[1].permit", "error"),
        ("export[2].valid", "warning"),
    ]


def test_names_that_nothing_uses_are_warned_of() -> None:
    policy = Policy(
        party=parse_policy({"party": "KEN", "export": [], "import": []}).party,
        groups=parse_policy(
            {
                "party": "KEN",
                "groups": {"own": ["KEN"], "other": ["BEL"]},
                "export": [],
                "import": [],
            }
        ).groups,
        officers=OFFICERS,
    )
    texts = {(one.path, one.text.partition(":")[0]) for one in review(policy)}
    assert ("groups.other", "no rule uses this group") in texts
    assert any(path == "officers.amina" for path, _ in texts)
    assert any("alone is in this group" in text for _, text in texts)


def test_a_ceiling_that_denials_cut_off_is_warned_of() -> None:
    path, _, text = only(
        found("""
- {id: a, permit: [contact-card], to: everyone, up-to: TLP:RED}
- {id: b, deny: every-kind, to: everyone, starting-at: TLP:AMBER+STRICT}
""")
    )
    assert path == "export[0].up-to"
    assert "say up-to TLP:AMBER" in text


def test_a_denial_above_every_ceiling_is_warned_of() -> None:
    path, _, text = only(
        found("""
- {id: a, permit: [contact-card], to: everyone, up-to: TLP:AMBER}
- {id: b, deny: [contact-card], to: everyone, starting-at: TLP:RED}
""")
    )
    assert path == "export[1].starting-at"
    assert "it denies nothing" in text


def test_a_denial_of_what_nobody_permits_yet_is_a_safeguard_without_a_finding() -> None:
    assert (
        found("""
- {id: a, permit: [contact-card], to: everyone, up-to: TLP:AMBER}
- {id: b, deny: [route-intelligence], to: everyone, starting-at: TLP:RED}
""")
        == []
    )


def test_what_another_rule_says_already_is_redundant_unless_it_binds_to_more() -> None:
    wide = (
        "- {id: a, permit: [contact-card, trace-request], to: everyone,"
        " up-to: TLP:RED}\n"
    )
    narrow = "- {id: b, permit: [contact-card], to: everyone, up-to: TLP:RED%s}\n"
    path, _, text = only(found(wide + narrow % ""))
    assert path == "export[1]"
    assert "a (export[0]) says all of this already" in text
    assert found(wide + narrow % ", retention: 1y") == []
    # Of two that say the same, the later one is too many.
    assert only(found(narrow % "" + (narrow % "").replace("id: b", "id: c")))[0] == (
        "export[1]"
    )


def test_free_text_that_stays_beside_what_goes_is_warned_of() -> None:
    path, _, text = only(
        found("""
- {id: a, permit: [contact-card], to: everyone, up-to: TLP:RED,
   fields: {personal: drop, free-text: keep}}
""")
    )
    assert path == "export[0].fields.free-text"
    assert "(personal)" in text


def test_asking_without_taking_answers_is_warned_of() -> None:
    imports = "import: [{id: take, permit: every-kind, from: {parties: [BEL]}, "
    imports += "up-to: TLP:RED}]"
    ask = "- {id: a, permit: [trace-request], to: %s, up-to: TLP:RED}"
    assert found(ask % "{parties: [BEL]}", imports=imports) == []
    paths = [one.path for one in found(ask % "everyone", imports=imports)]
    assert paths == ["import", "import"]
    nobody = found(ask % "{parties: [MEX]}", imports=imports)
    assert "is taken from nobody that is asked" in nobody[0].text


def test_a_policy_that_allows_nothing_is_warned_of() -> None:
    findings = found("  []", imports="import: []")
    assert [one.path for one in findings] == ["export", "import"]


def test_exceptions_that_leave_nobody_depend_on_which_parties_there_are() -> None:
    policy = parse_policy(
        yaml.safe_load(f"""
party: KEN
export:
- {{id: a, permit: [contact-card], to: everyone, up-to: TLP:RED,
   except: {{parties: [BEL]}}}}
{TAKE}
""")
    )
    assert review(policy) == []
    (one, *_) = review(policy, parties=[policy.party, PartyId("BEL")])
    assert one.path == "export[0].to"


@settings(max_examples=30, deadline=None)
@given(policies, questions)
def test_no_answer_ever_cites_a_permit_that_is_said_to_be_denied_wholly(
    policy: Policy, question: Question
) -> None:
    dead = {
        policy.exports[int(one.path[7:-1])].id
        for one in review(policy)
        if one.severity == "error"
        and one.path.startswith("export[")
        and one.path.endswith("]")
    }
    decision = compile_policy(policy).export(question)
    if not isinstance(decision, Deny):
        assert dead.isdisjoint(decision.rule_ids)


def test_what_is_about_persons_does_not_go_without_being_named() -> None:
    wide = "- {id: a, permit: every-kind, to: everyone, up-to: TLP:RED}\n"
    path, severity, text = only(found(wide))
    assert (path, severity) == ("export[0].permit", "warning")
    assert "actor-profile and brokering-notice go" in text
    denied = "- {id: b, deny: [actor-profile, brokering-notice], to: everyone}\n"
    assert found(wide + denied) == []
    named = "- {id: c, permit: [actor-profile], to: {parties: [BEL]}, up-to: TLP:RED}"
    assert found(named) == []
