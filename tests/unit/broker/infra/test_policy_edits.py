"""Changes to a policy file change what they say, and nothing else."""

import json
import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from broker.core.errors import ConfigurationError
from broker.core.policy.render import render_policy
from broker.core.policy.rules import Policy
from broker.infra.policy_edits import (
    Edited,
    in_order,
    with_members,
    without_members,
    without_rule,
)
from broker.infra.policy_files import PolicyFile, policy_in
from broker.infra.text_files import write_text
from broker.infra.yaml_surgery import comments_in
from keys.identity import PartyId
from tests.unit.broker.core.policy.policies import policies

PATH = Path("policy.yaml")
TEXT = """\
# Of the file.
party: KEN

# Of the groups.
groups:
  eac: [RWA, UGA]  # Beside a list.
  lines:
    - BEL  # Beside a party.
    # Above a party.
    - MEX
  nobody: []

export:
  # Above a rule.
  - id: first
    permit: [trace-request]
    to: {groups: [eac]}
    up-to: TLP:AMBER
    because: "a # that is no comment"

  # Above another.
  - id: second
    # Within.
    deny: every-kind
    to: everyone
    because: >
      Over two
      lines # and no comment
# Of what arrives.
import:
  - {id: third, permit: every-kind, from: everyone, up-to: TLP:RED}
"""


def file(text: str = TEXT) -> PolicyFile:
    return policy_in(text, PATH)


def members(edited: Edited, group: str) -> list[str]:
    (found,) = [
        g for g in policy_in(edited.text, PATH).policy.groups if g.name == group
    ]
    return sorted(found.members)


def codes(*texts: str) -> list[PartyId]:
    return [PartyId(text) for text in texts]


def lines_changed(edited: Edited) -> tuple[list[str], list[str]]:
    old, new = TEXT.splitlines(), edited.text.splitlines()
    gone = [one for one in old if one not in new]
    return gone, [one for one in new if one not in old]


def test_comments_are_told_from_what_only_looks_like_one() -> None:
    assert comments_in(TEXT) == [
        "# Of the file.",
        "# Of the groups.",
        "# Beside a list.",
        "# Beside a party.",
        "# Above a party.",
        "# Above a rule.",
        "# Above another.",
        "# Within.",
        "# Of what arrives.",
    ]


@pytest.mark.parametrize(
    ("group", "new", "gone", "come"),
    [
        (
            "eac",
            ["TZA", "BDI", "UGA", "ZAF"],
            ["  eac: [RWA, UGA]  # Beside a list."],
            ["  eac: [BDI, RWA, TZA, UGA, ZAF]  # Beside a list."],
        ),
        ("lines", ["FRA", "ZAF"], [], ["    - FRA", "    - ZAF"]),
        ("nobody", ["FRA"], ["  nobody: []"], ["  nobody: [FRA]"]),
        ("eac", ["RWA"], [], []),
    ],
)
def test_parties_are_added_where_they_belong(
    group: str, new: list[str], gone: list[str], come: list[str]
) -> None:
    edited = with_members(file(), group, codes(*new), new=False)
    assert lines_changed(edited) == (gone, come)
    assert set(new) <= set(members(edited, group))


def test_a_list_out_of_order_grows_at_its_end() -> None:
    text = TEXT.replace("[RWA, UGA]", "[UGA, RWA]")
    edited = with_members(file(text), "eac", codes("BDI"), new=False)
    assert "eac: [UGA, RWA, BDI]" in edited.text


def test_a_group_is_made_only_when_that_is_meant() -> None:
    with pytest.raises(ConfigurationError, match=r".eacc.; did you mean .eac."):
        with_members(file(), "eacc", codes("BDI"), new=False)
    edited = with_members(file(), "sadc", codes("ZAF", "BWA"), new=True)
    assert lines_changed(edited) == ([], ["  sadc: [BWA, ZAF]"])


def test_the_first_group_stands_before_the_rules() -> None:
    text = "# Top.\nparty: KEN\n# Of what leaves.\nexport: []"
    edited = with_members(file(text), "eac", codes("RWA"), new=True)
    assert edited.text == (
        "# Top.\nparty: KEN\n\ngroups:\n  eac: [RWA]\n# Of what leaves.\nexport: []\n"
    )


@pytest.mark.parametrize(
    ("group", "out", "gone", "come"),
    [
        (
            "eac",
            ["RWA"],
            ["  eac: [RWA, UGA]  # Beside a list."],
            ["  eac: [UGA]  # Beside a list."],
        ),
        (
            "eac",
            ["RWA", "UGA"],
            ["  eac: [RWA, UGA]  # Beside a list."],
            ["  eac: []  # Beside a list."],
        ),
        ("lines", ["MEX"], ["    - MEX"], []),
    ],
)
def test_parties_are_taken_out(
    group: str, out: list[str], gone: list[str], come: list[str]
) -> None:
    edited = without_members(file(), group, codes(*out), with_comments=False)
    assert lines_changed(edited) == (gone, come)


def test_a_comment_goes_only_when_that_is_meant() -> None:
    with pytest.raises(ConfigurationError, match=r"'# Beside a party.'"):
        without_members(file(), "lines", codes("BEL"), with_comments=False)
    edited = without_members(file(), "lines", codes("BEL", "MEX"), with_comments=True)
    assert edited.lost == ("# Beside a party.",)
    assert members(edited, "lines") == []


def test_who_is_not_in_a_group_cannot_be_taken_out() -> None:
    with pytest.raises(ConfigurationError, match="not in the group eac: BEL"):
        without_members(file(), "eac", codes("BEL"), with_comments=False)


def test_a_rule_goes_and_what_stands_above_it_stays() -> None:
    edited = without_rule(file(), "first", with_comments=False)
    assert "first" not in edited.text
    assert set(comments_in(TEXT)) == set(comments_in(edited.text))
    with pytest.raises(ConfigurationError, match=r"'# Within.'"):
        without_rule(file(), "second", with_comments=False)
    edited = without_rule(file(), "second", with_comments=True)
    assert edited.lost == ("# Within.",)
    assert edited.text.splitlines()[-3:] == TEXT.splitlines()[-3:]


def test_the_last_rule_leaves_an_empty_list() -> None:
    edited = without_rule(file(), "third", with_comments=False)
    assert policy_in(edited.text, PATH).policy.imports == ()
    only = TEXT.replace("  - {id: third", "- {id: third")
    edited = without_rule(file(only), "third", with_comments=False)
    assert policy_in(edited.text, PATH).policy.imports == ()


def test_a_rule_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(
        ConfigurationError, match="no rule 'frist'; did you mean 'first"
    ):
        without_rule(file(), "frist", with_comments=False)


MIXED = """\
# Top.
export:
  - to: {groups: [eac], parties: [BEL]}  # To whom.
    # What.
    permit: every-kind
    up-to: TLP:RED

    # Its name.
    id: first
party: KEN  # Who.
# Days.
valid: {until: 2026-12-31, from: 2026-01-01}
groups: {eac: []}"""


def test_keys_come_into_their_order_with_the_comments_that_belong_to_them() -> None:
    edited = in_order(file(MIXED))
    assert edited.text == (
        "# Top.\n"
        "party: KEN  # Who.\n"
        "# Days.\n"
        "valid: {from: 2026-01-01, until: 2026-12-31}\n"
        "groups: {eac: []}\n"
        "export:\n"
        "    # Its name.\n"
        "  - id: first\n"
        "    # What.\n"
        "    permit: every-kind\n"
        "    to: {parties: [BEL], groups: [eac]}  # To whom.\n"
        "    up-to: TLP:RED\n"
    )
    again = in_order(policy_in(edited.text, PATH))
    assert again.text == edited.text


def test_a_file_in_order_is_left_as_it_is() -> None:
    assert in_order(file()).text == TEXT
    assert in_order(file("party: KEN")).text == "party: KEN"


@settings(max_examples=10, deadline=None)
@given(policies, st.booleans(), st.data())
def test_every_policy_keeps_its_meaning_when_it_is_brought_into_order(
    policy: Policy,
    flow: bool,  # noqa: FBT001 - drawn
    data: st.DataObject,
) -> None:
    def mixed(value: object) -> object:
        if isinstance(value, dict):
            keys = data.draw(st.permutations(list(value)))
            return {key: mixed(value[key]) for key in keys}
        return [mixed(one) for one in value] if isinstance(value, list) else value

    text = yaml.safe_dump(
        mixed(render_policy(policy)),
        sort_keys=False,
        default_flow_style=flow or None,
        allow_unicode=True,
    )
    edited = in_order(file(text))
    assert policy_in(edited.text, PATH).policy == file(text).policy
    ordered = list(render_policy(policy))
    assert list(yaml.safe_load(edited.text)) == ordered


@pytest.mark.parametrize("style", ["flow", "json"])
def test_other_forms_are_changed_too_and_stay_what_they_are(style: str) -> None:
    document = yaml.safe_load(TEXT)
    text = json.dumps(document) if style == "json" else TEXT
    edited = with_members(file(text), "eac", codes("TZA"), new=False)
    edited = without_rule(policy_in(edited.text, PATH), "first", with_comments=False)
    edited = without_members(
        policy_in(edited.text, PATH), "eac", codes("RWA"), with_comments=False
    )
    assert members(edited, "eac") == ["TZA", "UGA"]
    if style == "json":
        assert json.loads(edited.text)["groups"]["eac"] == ["TZA", "UGA"]


def test_new_lines_end_as_the_others_do() -> None:
    text = TEXT.replace("\n", "\r\n")
    edited = with_members(file(text), "lines", codes("ZAF"), new=False)
    assert edited.text == text.replace("    - MEX\r\n", "    - MEX\r\n    - ZAF\r\n")
    assert in_order(file(text)).text == text
    mixed = in_order(file(MIXED.replace("\n", "\r\n"))).text
    assert mixed.count("\n") == mixed.count("\r\n")


def test_a_form_that_only_a_person_can_change_is_left_alone() -> None:
    odd = TEXT.replace("    - BEL  # Beside a party.\n", "    -\n      BEL\n")
    with pytest.raises(ConfigurationError, match="only a person can change"):
        without_members(file(odd), "lines", codes("BEL"), with_comments=False)
    with pytest.raises(ConfigurationError, match="only a person can add one"):
        with_members(file(json.dumps({"party": "KEN"})), "x", codes("BEL"), new=True)


def test_a_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_text(link, "new")
    assert (link.is_symlink(), real.read_text()) == (True, "new")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.yaml", "real.yaml"]


def test_a_file_that_is_there_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    write_text(path, "first", new=True)
    with pytest.raises(ConfigurationError, match="is there already"):
        write_text(path, "second", new=True)
    assert path.read_text() == "first"
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_text(tmp_path / "nowhere" / "policy.yaml", "x")
    assert [one.name for one in tmp_path.iterdir()] == ["policy.yaml"]


def test_a_comment_beside_the_sign_of_a_text_in_lines_is_not_lost_unseen() -> None:
    text = TEXT.replace(
        "    because: ", "    because: >-  # By order.\n      # Not one: ", 1
    )
    assert comments_in(text).count("# By order.") == 1
    assert "# Not one" not in " ".join(comments_in(text))
    rule = next(
        one.id
        for one in file(text).policy.exports
        if one.because.startswith("# Not one")
    )
    with pytest.raises(ConfigurationError, match="By order"):
        without_rule(file(text), rule, with_comments=False)
    assert "# By order." in without_rule(file(text), rule, with_comments=True).lost
