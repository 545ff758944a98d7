"""`rogatory policy check`, `new`, `group`, `rule` and `format`, without any node."""

from pathlib import Path

import pytest

from broker.core.policy.schema import POLICY_SCHEMA
from tests.federation import EXAMPLES
from tests.unit.broker.cli.conftest import Cli

STARTERS = sorted((EXAMPLES / "policies" / "starters").glob("*.yaml"))
TEXT = """\
party: KEN
groups:
  eac: [RWA, TZA]  # Partners.
export:
  - permit: [trace-request]
    id: tracing  # Its name.
    to: {groups: [eac]}
    up-to: TLP:AMBER
import:
  - {id: take, permit: every-kind, from: everyone, up-to: TLP:RED}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT)
    return path


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
def test_a_starter_passes_the_strictest_check(cli: Cli, path: Path) -> None:
    ended = cli("policy", "check", path, "--strict")
    assert (ended.code, ended.out) == (0, "")
    assert "is a sound policy" in ended.err


def test_a_mistake_is_shown_in_one_line_with_its_place(cli: Cli, policy: Path) -> None:
    policy.write_text(TEXT.replace("TLP:AMBER", "TLP:AMBR"))
    ended = cli("policy", "check", policy)
    assert (ended.code, ended.out) == (
        65,
        (
            f"{policy}:8:12: error: export[0].up-to: found 'TLP:AMBR', expected one of "
            "TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED; did you mean "
            "'TLP:AMBER'?\n"
        ),
    )
    assert ended.err == f"{policy}: 1 error(s), 0 warning(s).\n"
    found = cli("policy", "check", policy, "--json").json
    assert not found["sound"]
    (one,) = found["findings"]
    assert (one["severity"], one["line"], one["column"]) == ("error", 8, 12)


def test_warnings_are_errors_only_when_that_is_asked_for(
    cli: Cli, policy: Path
) -> None:
    policy.write_text(TEXT.replace("  eac:", "  sadc: [ZAF]\n  eac:"))
    ended = cli("policy", "check", policy)
    assert ended.code == 0
    assert f"{policy}:3:3: warning: groups.sadc: no rule uses this group" in ended.out
    assert cli("policy", "check", policy, "--json").json["sound"]
    assert cli("policy", "check", policy, "--strict").code == 65


def test_a_code_that_nobody_has_is_noticed(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(
        "party: ZZZ\ngroups:\n  treaty: [BEL,\n    NLL]\nexport:\n  - id: a\n"
        "    permit: every-kind\n    to: {groups: [treaty]}\n"
        "    except: {parties: [KNE]}\n    up-to: TLP:GREEN\n",
        "utf-8",
    )
    found = cli("policy", "check", path, "--json").json["findings"]
    codes = [one for one in found if "no country or organisation" in one["text"]]
    assert [(one["path"], one["line"], one["severity"]) for one in codes] == [
        ("groups.treaty", 4, "warning"),
        ("export[0]", 9, "warning"),
    ]


def test_a_rule_that_is_over_today_is_noticed(cli: Cli, policy: Path) -> None:
    policy.write_text(
        TEXT.replace("    up-to", "    valid: {until: 2020-01-31}\n    up-to")
    )
    assert "it ended on 2020-01-31" in cli("policy", "check", policy).out


def test_a_policy_that_is_too_large_to_be_published_is_an_error(
    cli: Cli, policy: Path
) -> None:
    reason = "協" * 300
    rules = "".join(
        f"  - {{id: r{n}, deny: [contact-card], from: everyone, because: {reason}}}\n"
        for n in range(300)
    )
    policy.write_text(f"party: KEN\nimport:\n{rules}", "utf-8")
    ended = cli("policy", "check", policy)
    assert ended.code == 65
    assert "bytes)" in ended.out.splitlines()[0]


def test_starters_are_listed_and_made_into_files(cli: Cli, tmp_path: Path) -> None:
    assert list(cli("policy", "new", "--list", "--json").json["starters"]) == [
        path.stem for path in STARTERS
    ]
    assert "customs only" in cli("policy", "new", "--list").out
    path = tmp_path / "policy.yaml"
    made = ("policy", "new", "--starter", "customs", "--party", "TZA")
    assert cli(*made, "-o", path).code == 0
    assert "\nparty: TZA\n" in path.read_text()
    assert cli("policy", "check", path, "--strict").code == 0
    assert cli(*made).out == path.read_text()
    again = cli(*made, "-o", path)
    assert again.code == 78
    assert "is there already" in again.err
    assert cli(*made, "--json").json["text"] == path.read_text()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 78, "give --starter and --party"),
        (("--starter", "custom", "--party", "KEN"), 78, "did you mean 'customs'?"),
        (("--starter", "customs", "--party", "ken"), 65, "ken"),
    ],
)
def test_a_starter_that_cannot_be_made_is_explained(
    cli: Cli, options: tuple[str, ...], code: int, said: str
) -> None:
    ended = cli("policy", "new", *options)
    assert ended.code == code
    assert said in ended.err


def test_a_group_grows_and_shrinks_and_the_difference_is_shown(
    cli: Cli, policy: Path
) -> None:
    grown = ("policy", "group", policy, "add", "eac", "UGA", "BDI")
    dry = cli(*grown, "--dry-run")
    assert "+  eac: [BDI, RWA, TZA, UGA]  # Partners.\n" in dry.out
    assert "was not changed" in dry.err
    assert policy.read_text() == TEXT
    done = cli(*grown, "--json").json
    assert (done["changed"], done["written"]) == (True, True)
    assert "eac: [BDI, RWA, TZA, UGA]  # Partners." in policy.read_text()
    assert cli("policy", "group", policy, "remove", "eac", "UGA", "BDI").code == 0
    assert policy.read_text() == TEXT
    same = cli("policy", "group", policy, "add", "eac", "RWA")
    assert "nothing was changed" in same.err


def test_a_rule_is_taken_out(cli: Cli, policy: Path) -> None:
    refused = cli("policy", "rule", policy, "remove", "tracing")
    assert refused.code == 78
    assert "'# Its name.'" in refused.err
    assert policy.read_text() == TEXT
    done = cli("policy", "rule", policy, "remove", "tracing", "--with-comments")
    assert done.code == 0
    assert "tracing" not in policy.read_text()


def test_a_file_is_brought_into_order(cli: Cli, policy: Path) -> None:
    checked = cli("policy", "format", policy, "--check")
    assert checked.code == 1
    assert policy.read_text() == TEXT
    assert cli("policy", "format", policy).code == 0
    assert "  - id: tracing  # Its name.\n    permit:" in policy.read_text()
    assert cli("policy", "format", policy, "--check").code == 0


def test_a_policy_with_a_mistake_is_not_edited(cli: Cli, policy: Path) -> None:
    wrong = TEXT.replace("TLP:AMBER", "TLP:AMBR")
    policy.write_text(wrong)
    for change in (("format", policy), ("group", policy, "add", "eac", "UGA")):
        ended = cli("policy", *change)
        assert ended.code == 65
        assert f"{policy}:8:12: export[0].up-to: found 'TLP:AMBR'" in ended.err
    assert policy.read_text() == wrong


def test_a_bad_policy_file_is_refused_with_its_places_wherever_it_is_read(
    cli: Cli, policy: Path, tmp_path: Path
) -> None:
    policy.write_text(TEXT.replace("RWA", "Rwanda"))
    ended = cli(
        "node",
        "init",
        tmp_path / "node",
        *("--party", "KEN", "--name", "Kenya", "--policy", policy, "--json"),
        *("--federation", tmp_path / "federation.json"),
    )
    assert ended.code == 65
    (problem,) = ended.json["error"]["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == (str(policy), 3, 9)


def test_the_schema_of_policy_files_is_printed(cli: Cli) -> None:
    assert cli("schema", "policy").json == POLICY_SCHEMA
    assert "policy" in cli("schema").json["files"]
