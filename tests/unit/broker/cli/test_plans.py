"""Joint mitigation plans on a running federation, as officers agree on them."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration

_EXAMPLE: Final = EXAMPLES / "mitigation-proposal.yaml"
_SAME: Final = ("phase", "agreed", "versions", "words", "actions", "history")
"""What every party is told alike."""


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    """A proposal without an id."""
    lines = _EXAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "proposal.yaml"
    text = "".join(line for line in lines if "planId" not in line)
    file.write_text(text, encoding="utf-8")
    return file


def proposed(desk: Desk, proposal: Path, *options: object) -> str:
    """Has Belgium propose a plan; returns the id of its message."""
    return desk.sends("BEL", "plan", "propose", proposal, "--yes", *options)


def answers(desk: Desk, party: str, plan: str, *words: object) -> str:
    return desk.sends(party, "plan", "answer", plan, *words, "--yes")


def shown(desk: Desk, party: str, plan: str) -> dict[str, Any]:
    ended = desk.at(party, "plan", "show", plan)
    assert ended.code == 0, ended.out
    return dict(ended.json)


def _id(desk: Desk, plan: str) -> str:
    return str(shown(desk, "BEL", plan)["plan"])


def test_three_parties_agree_after_an_amendment_and_see_the_same(
    desk: Desk, proposal: Path, tmp_path: Path
) -> None:
    plan = proposed(desk, proposal, "--case", "BEL-PLAN-1")
    first = shown(desk, "KEN", plan)
    assert (first["phase"], first["case"]) == ("proposed", "BEL-PLAN-1")
    assert first["possible"] == ["accept", "amend", "decline", "withdraw"]
    assert {one["by"] for one in first["owed"]} == {"KEN", "MEX"}
    mexico = ("--node", desk.partners.folder / "MEX")
    early = desk.cli("plan", "show", plan, *mexico)
    assert "1. KEN by 2026-04-02: Hold and inspect" in early.out
    assert "owed: KEN: an answer to version" in early.out
    other = tmp_path / "other.yaml"
    desk.cli("plan", "terms", plan, "--out", other, *mexico)
    assert desk.cli("plan", "terms", plan, *mexico).out == other.read_text("utf-8")
    changed = other.read_text(encoding="utf-8").replace("2026-04-30", "2026-05-31")
    other.write_text(changed, encoding="utf-8")
    answers(desk, "MEX", plan, "amend", "--terms", other, "--reason", "We need a month")
    answers(desk, "KEN", plan, "accept")
    answers(desk, "BEL", plan, "accept")
    views = [shown(desk, party, "BEL-PLAN-1") for party in ("BEL", "KEN", "MEX")]
    assert views[0]["phase"] == "agreed"
    assert views[0]["actions"][2]["by_when"] == "2026-05-31"
    for name in _SAME:
        assert views[0][name] == views[1][name] == views[2][name]
    table = desk.cli("plan", "show", plan, *mexico)
    assert "agreed by all parties" in table.err
    assert "Hold and inspect container" in table.out


def test_what_is_agreed_is_told_to_the_alerted_and_reported_on_by_its_owners(
    desk: Desk, proposal: Path, tmp_path: Path
) -> None:
    alert = desk.sends("BEL", "send", EXAMPLES / "diversion-alert.yaml", "--to", "MEX")
    plan = proposed(desk, proposal, "--reply-to", alert)
    draft = ("alert", "update", alert, "update", "--plan", plan)
    code, text = desk.refusal("BEL", *draft)
    assert (code, "is proposed" in text) == ("configuration", True)
    say = ("plan", "report", plan)
    code, text = desk.refusal("KEN", *say, 1, "done", "--yes")
    assert (code, "is proposed; now possible" in text) == ("illegal-step", True)
    for party in ("KEN", "MEX"):
        answers(desk, party, plan, "accept")
    file = tmp_path / "update.yaml"
    assert desk.at("BEL", *draft, "--out", file).json == {"file": str(file)}
    text = file.read_text(encoding="utf-8").replace("reason: ''", "reason: Agreed")
    file.write_text(text, encoding="utf-8")
    desk.sends("BEL", "send", file, "--reply-to", alert)
    [told] = desk.at("MEX", "alert", "show", alert).json["added"]["plan"]
    agreed = told["value"]["agreements"]
    assert [one["party"] for one in agreed] == ["BEL", "KEN", "MEX"]
    assert told["value"]["actions"][0]["status"] == "ACTION_STATUS_AGREED"
    code, text = desk.refusal("MEX", *say, 1, "done", "--yes")
    assert (code, "KEN's to report on" in text) == ("illegal-step", True)
    for number, party in enumerate(("KEN", "BEL", "MEX"), 1):
        desk.sends(party, *say, number, "done", "--date", "2026-04", "--yes")
    for party in ("BEL", "KEN", "MEX"):
        assert shown(desk, party, plan)["phase"] == "completed"
    code, text = desk.refusal(
        "MEX", "plan", "answer", plan, "withdraw", "--reason", "Late", "--yes"
    )
    assert (code, "now possible: nothing" in text) == ("illegal-step", True)
    still = desk.at("MEX", "plan", "list", "--open").json["plans"]
    assert _id(desk, plan) not in {one["plan"] for one in still}
    table = desk.cli("plan", "list", "--node", desk.partners.folder / "MEX")
    assert _id(desk, plan)[:12] in table.out
    assert desk.refusal("MEX", "plan", "show", "ZZZ-NO-CASE")[0] == "configuration"


def test_concurrent_amendments_have_to_be_named_and_can_be_merged(
    desk: Desk, proposal: Path, tmp_path: Path
) -> None:
    plan = proposed(desk, proposal)
    terms = tmp_path / "terms.yaml"
    terms.write_text(
        proposal.read_text(encoding="utf-8").replace("Hold and", "Hold, weigh and"),
        encoding="utf-8",
    )
    [first] = shown(desk, "KEN", plan)["versions"]
    amend = ("amend", "--terms", terms, "--reason", "Weigh it as well")
    version = ("--version", first["digest"][:12])
    answers(desk, "KEN", plan, *amend, *version)
    terms.write_text(
        terms.read_text(encoding="utf-8").replace("weigh", "photograph"),
        encoding="utf-8",
    )
    answers(desk, "MEX", plan, *amend, *version)
    code, text = desk.refusal("BEL", "plan", "answer", plan, "accept", "--yes")
    assert (code, "which version?" in text) == ("configuration", True)
    opened = [v["digest"] for v in shown(desk, "BEL", plan)["versions"] if v["open"]]
    both = [word for one in opened for word in ("--version", one[:10])]
    answers(desk, "BEL", plan, *amend, *both)
    merged = shown(desk, "KEN", plan)["versions"][-1]
    assert sorted(merged["replaces"]) == sorted(opened)


def test_nothing_is_said_before_somebody_confirms_it(
    desk: Desk, proposal: Path
) -> None:
    code, text = desk.refusal("BEL", "plan", "propose", proposal)
    assert (code, "--yes" in text) == ("configuration", True)
    plan = desk.at("BEL", "plan", "propose", proposal, "--dry-run")
    assert [one["party"] for one in plan.json["would_get_it"]] == ["KEN", "MEX"]


def test_what_is_no_proposal_of_ours_is_refused(
    desk: Desk, proposal: Path, tmp_path: Path
) -> None:
    code, text = desk.refusal(
        "BEL", "plan", "propose", EXAMPLES / "action-report.yaml", "--yes"
    )
    assert (code, "not a mitigation-proposal/1" in text) == ("configuration", True)
    without = tmp_path / "without.yaml"
    without.write_text(
        proposal.read_text(encoding="utf-8")
        .replace("[BEL, KEN, MEX]", "[BEL, KEN]")
        .replace("owner: MEX", "owner: KEN"),
        encoding="utf-8",
    )
    code, text = desk.refusal("MEX", "plan", "propose", without, "--yes")
    assert (code, "MEX is no party of it" in text) == ("configuration", True)
    plan = proposed(desk, proposal)
    code, text = desk.refusal(
        "KEN", "plan", "answer", plan, "amend", "--terms", without,
        "--reason", "Without them", "--yes",
    )  # fmt: skip
    assert (code, "propose another plan" in text) == ("configuration", True)


def test_an_answer_needs_what_its_verdict_asks_for(desk: Desk, proposal: Path) -> None:
    plan = proposed(desk, proposal)
    code, text = desk.refusal("KEN", "plan", "answer", plan, "amend", "--yes")
    assert (code, "--terms" in text) == ("configuration", True)
    code, text = desk.refusal("KEN", "plan", "answer", plan, "decline", "--yes")
    assert (code, "--reason" in text) == ("configuration", True)
    code, text = desk.refusal(
        "KEN", "plan", "answer", plan, "accept", "--version", "ffffffffffff", "--yes"
    )
    assert (code, "names no version" in text) == ("configuration", True)
