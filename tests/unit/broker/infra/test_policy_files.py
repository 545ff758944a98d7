"""A bad policy file is refused with place, what was found and what is allowed."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from broker.core.errors import (
    ConfigurationError,
    DocumentProblem,
    PolicyError,
    Position,
)
from broker.infra.policy_files import policy_in, read_policy

SOUND = """\
# A comment.
party: KEN
groups:
  eac: [TZA,
        UGA]
export:
  - id: a
    permit: [trace-request]
    to: {groups: [eac]}
    up-to: TLP:AMBER
"""


def refused(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "policy.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(PolicyError) as error:
        read_policy(path)
    return [str(one).removeprefix(f"{tmp_path}/") for one in error.value.problems]


def test_a_sound_file_is_read_with_its_text_and_places(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(SOUND)
    file = read_policy(path)
    assert (file.text, file.policy.party) == (SOUND, "KEN")
    assert file.position("export[0].up-to") == Position(
        file=str(path), line=10, column=12
    )
    assert (file.position("export[0]").line, file.position("").line) == (7, 2)
    assert str(file.position("groups.eac")) == f"{path}:4:3"
    assert isinstance(file.node("groups.eac", yaml.SequenceNode), yaml.SequenceNode)
    with pytest.raises(ConfigurationError, match="nothing to change at import"):
        file.node("import", yaml.SequenceNode)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "TLP:AMBER",
            "TLP:AMBR",
            (
                "policy.yaml:10:12: export[0].up-to: found 'TLP:AMBR', expected one "
                "of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED; did "
                "you mean 'TLP:AMBER'?"
            ),
        ),
        (
            "UGA",
            "Uganda",
            (
                "policy.yaml:5:9: groups.eac[1]: found 'Uganda', expected a party "
                "code: three capital letters, as in KEN"
            ),
        ),
        (
            "groups: [eac]",
            "groups: [eac, eax]",
            (
                "policy.yaml:9:24: export[0].to: found 'eax', expected a group that is "
                "defined under groups; did you mean 'eac'?"
            ),
        ),
        (
            "    up-to: TLP:AMBER\n",
            "",
            (
                "policy.yaml:7:5: export[0].up-to: found nothing, a permit needs the "
                "most closed label it covers, such as TLP:AMBER"
            ),
        ),
        (
            "up-to: TLP:AMBER",
            "up-to:",
            (
                "policy.yaml:10:11: export[0].up-to: found nothing, expected one of "
                "TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED"
            ),
        ),
        (
            "party: KEN\n",
            "",
            (
                "policy.yaml:2:1: party: found nothing, expected a party code: three "
                "capital letters, as in KEN"
            ),
        ),
        (
            "    to:",
            "    TO:",
            "policy.yaml:9:5: export[0].TO: found 'TO', expected a key among",
        ),
    ],
)
def test_each_problem_has_its_line_and_column(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert (
        refused(tmp_path, SOUND.replace(old, new))[0 if "TO" not in new else -1][
            : len(said)
        ]
        == said
    )


def test_problems_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        SOUND.replace("KEN", "ken")
        .replace("AMBER", "AMBR")
        .replace("- id: a", "- id: A")
    )
    lines = [int(one.split(":")[1]) for one in refused(tmp_path, text)]
    assert lines == [2, 7, 10]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("party: KEN\nparty: BEL\n", "policy.yaml:2:1: (document): found line 2"),
        ("party: &x KEN\ngroups: *x\n", "policy.yaml:2:9: (document): found line 2"),
        ("party: [\n", "policy.yaml:2:1: (document): found line 2"),
        (
            "party: KEN\nvalid: {until: 2026-02-30}\n",
            (
                "policy.yaml:2:16: (document): found line 2, column 16, expected YAML "
                "or JSON: 2026-02-30 is no day: day is out of range for month"
            ),
        ),
        ("", "policy.yaml:1:1: (document): found nothing, expected a mapping"),
        (b"\xff\xfep\x00", "policy.yaml:1:1: (document): found another encoding"),
        (b"\xff", "policy.yaml:1:1: (document): found another encoding"),
        ("\u0001", "policy.yaml:1:1: (document): found a sign that cannot be"),
    ],
)
def test_what_is_no_document_has_a_place_too(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    (problem,) = refused(tmp_path, text)
    assert problem.startswith(said)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_is_read_or_refused_with_a_place(
    data: st.DataObject,
) -> None:
    signs = st.sampled_from(list(SOUND) + list("{}[]&*!|>'\"%@`?,#\t\x00\ufeff"))
    text = list(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(signs)
    problems: list[DocumentProblem] = []
    try:
        policy_in("".join(text), Path("policy.yaml"))
    except PolicyError as error:
        problems = error.problems
    assert all(problem.position is not None for problem in problems)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="No such file"):
        read_policy(tmp_path / "nowhere.yaml")


def test_a_text_is_read_as_a_file_would_be() -> None:
    assert policy_in(SOUND, Path("new.yaml")).policy.party == "KEN"
    with pytest.raises(PolicyError, match=r"^new.yaml:1:9: "):
        policy_in("party: [", Path("new.yaml"))


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\r", "\u202e", "\u2067"])
def test_rules_hidden_in_what_looks_like_a_comment_are_refused(
    tmp_path: Path, sign: str
) -> None:
    hidden = (
        f"# Nothing.{sign}import: [{{id: all, permit: every-kind, from: everyone}}]"
    )
    (found,) = refused(tmp_path, f"{SOUND}{hidden}\n")
    assert found == (
        f"policy.yaml:11:11: (document): found {sign!a}, expected lines that end "
        "as people see it, and no signs that turn text around"
    )


def test_lines_that_end_as_on_windows_hide_nothing(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(SOUND.replace("\n", "\r\n").encode())
    assert read_policy(path).policy.party == "KEN"
