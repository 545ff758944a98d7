"""Cases on a running federation, as officers see and move them."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration

TRACE = EXAMPLES / "trace-request.yaml"


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


@pytest.fixture
def reference(desk: Desk) -> str:
    """A case in which Kenya has asked Belgium."""
    name = f"CASE-{uuid4().hex[:8]}"
    desk.sends("KEN", "send", TRACE, "--to", "BEL", "--case", name, "--anyway")
    return name


def listed(desk: Desk, party: str, reference: str, *options: str) -> list[object]:
    cases = desk.at(party, "case", "list", "--limit", 1000, *options).json["cases"]
    return [one for one in cases if one["reference"] == reference]


def opening(desk: Desk, reference: str) -> str:
    case = desk.at("BEL", "case", "show", reference).json
    return str(case["legs"][0]["message"])


def test_both_ends_say_what_is_owed_by_whom_and_by_when(
    desk: Desk, reference: str
) -> None:
    at_ken = desk.at("KEN", "case", "show", reference).json
    at_bel = desk.at("BEL", "case", "show", reference).json
    assert json.dumps(at_ken["owed"]) == json.dumps(at_bel["owed"])
    assert [one["clock"] for one in at_ken["owed"]] == ["acknowledge", "answer"]
    assert {one["by"] for one in at_ken["owed"]} == {"BEL"}
    assert all(one["due"] for one in at_ken["owed"])
    [ours], [theirs] = at_ken["legs"], at_bel["legs"]
    assert ours["state"] == theirs["state"] == "submitted"
    assert "case-step:withdraw" in ours["possible"]
    assert "case-step:start" in theirs["possible"]


def test_a_step_moves_the_matter_and_stays_in_its_case(
    desk: Desk, reference: str
) -> None:
    message = opening(desk, reference)
    desk.sends(
        "BEL", "case", "step", message, "start", "--text", "Records are searched",
        "--by-when", "2099-05-04", "--authority", "Weapons Centre",
    )  # fmt: skip
    case = desk.at("KEN", "case", "show", reference).json
    assert case["legs"][0]["state"] == "in-progress"
    assert [one["event"] for one in case["timeline"]] == [
        "trace-request",
        "case-step:start",
    ]
    [effect] = case["timeline"][1]["effects"]
    assert (effect["before"], effect["after"]) == ("submitted", "in-progress")
    desk.sends("BEL", "case", "step", message, "update", "--text", "One more")
    shown = desk.cli("case", "show", reference, "--node", desk.partners.folder / "KEN")
    assert "in-progress (records are being searched)" in shown.out
    assert "now possible: " in shown.out
    assert "owed: BEL: an answer, until" in shown.out


def test_an_illegal_step_is_refused_with_the_state_and_what_is_possible(
    desk: Desk, reference: str
) -> None:
    message = opening(desk, reference)
    for options in ((), ("--dry-run",)):
        code, text = desk.refusal("BEL", "case", "step", message, "withdraw", *options)
        assert code == "illegal-step"
        assert "is submitted; now possible: " in text


def test_an_answer_goes_into_the_case_that_it_answers(
    desk: Desk, reference: str
) -> None:
    message = opening(desk, reference)
    file = EXAMPLES / "trace-response.yaml"
    text = yaml.safe_load(file.read_text())
    text.pop("caseReference", None)
    answer = desk.partners.folder / f"{reference}.yaml"
    answer.write_text(yaml.safe_dump(text))
    desk.sends("BEL", "send", answer, "--to", "KEN", "--reply-to", message)
    case = desk.at("KEN", "case", "show", reference).json
    assert len(case["timeline"]) == 2


def test_what_fits_is_listed(desk: Desk, reference: str) -> None:
    assert listed(desk, "BEL", reference)
    assert listed(desk, "BEL", reference, "--open", "--kind", "trace-request")
    assert listed(desk, "BEL", reference, "--party", "KEN", "--kind", "trace")
    assert not listed(desk, "BEL", reference, "--overdue")
    assert not listed(desk, "BEL", reference, "--party", "MEX")
    assert not listed(desk, "BEL", reference, "--kind", "diversion")
    table = desk.cli("case", "list", "--node", desk.partners.folder / "BEL")
    assert reference in table.out
    assert desk.refusal("BEL", "case", "list", "--kind", "x")[0] == "configuration"
    one = desk.cli("case", "list", "--limit", 1, "--node", desk.partners.folder / "BEL")
    assert len(one.out.splitlines()) == 2


def test_what_is_called_so_by_nobody_is_said_to_be_unknown(desk: Desk) -> None:
    assert desk.refusal("BEL", "case", "show", "no-such-case")[0] == "configuration"
    assert desk.refusal("BEL", "case", "show", "x")[0] == "configuration"


def test_a_step_needs_a_matter_and_an_act(desk: Desk, reference: str) -> None:
    message = opening(desk, reference)
    code, text = desk.refusal("BEL", "case", "step", message, "dance")
    assert (code, "withdraw" in text) == ("configuration", True)
    code, _ = desk.refusal("BEL", "case", "step", message, "start", "--to", "MEX")
    assert code == "illegal-step"


@pytest.mark.usefixtures("reference")
def test_what_happens_is_shown_line_by_line(desk: Desk) -> None:
    ended = desk.at("BEL", "case", "watch", "--since", "2020-01-01", "--count", 1)
    [line] = ended.out.splitlines()
    assert json.loads(line)["type"] == "event"
    text = desk.cli(
        "case", "watch", "--since", "2020-01-01", "--count", 1,
        "--node", desk.partners.folder / "BEL",
    )  # fmt: skip
    assert "Watching" in text.err
    assert text.out.count("\n") == 1


def test_a_draft_is_written_once(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "draft.yaml"
    assert cli("case", "new", "stock-loss", "--out", out).code == 0
    assert yaml.safe_load(out.read_text())["kind"] == "stock-loss/1"
    assert cli("case", "new", "stock-loss", "--out", out).code == 78
    assert cli("case", "new", "stock-loss").out == out.read_text()
    missing = cli("case", "new", "stock-loss", "--out", tmp_path / "no" / "file")
    assert missing.code == 78


def test_a_lifecycle_is_a_table_a_diagram_and_a_document(cli: Cli) -> None:
    assert "trace" in cli("case", "lifecycle").out
    assert "| State | Means |" in cli("case", "lifecycle", "trace-request").out
    assert cli("case", "lifecycle", "trace", "--mermaid").out.startswith("stateDiagram")
    fields = cli("case", "lifecycle", "trace", "--json").json
    assert fields["initial"] == "submitted"
    assert len(cli("case", "lifecycle", "--json").json["lifecycles"]) > 10
    assert cli("case", "lifecycle", "nothing").code == 78
