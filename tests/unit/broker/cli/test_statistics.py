"""Figures and the report, out of what a running node holds."""

import asyncio
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli, Ended

pytestmark = pytest.mark.integration

RECOVERY: dict[str, Any] = {
    "kind": "recovery-record/1",
    "handling": "TLP:GREEN",
    "to": ["BEL"],
    "content": {
        "recovery": {"kind": "RECOVERY_KIND_SEIZED", "date": "1997-03-09"},
        "seizureGround": "SEIZURE_GROUND_CRIMINAL",
        "items": [
            {
                "item": {
                    "itemClass": "ITEM_CLASS_FIREARM",
                    "reference": "STAT-1",
                    "quantity": "1",
                },
                "marked": "CHECK_ANSWER_YES",
                "recorded": "CHECK_ANSWER_YES",
                "traced": "CHECK_ANSWER_NOT_YET",
            },
            {
                "item": {"itemClass": "ITEM_CLASS_AMMUNITION", "quantity": "40"},
                "marked": "CHECK_ANSWER_NOT_DUE",
                "recorded": "CHECK_ANSWER_YES",
                "traced": "CHECK_ANSWER_NOT_DUE",
            },
        ],
        "people": [{"role": "PERSON_ROLE_SUSPECT", "sex": "SEX_MALE", "count": 2}],
    },
}


class Office:
    """An officer of Kenya at the keyboard, and one of Belgium."""

    def __init__(self, cli: Cli, partners: Federation, folder: Path) -> None:
        self.cli, self.partners, self.folder = cli, partners, folder

    def at(self, party: str, *arguments: object) -> Ended:
        return self.cli(*arguments, "--node", self.partners.folder / party)

    def send(self, party: str, document: dict[str, Any], *options: object) -> str:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        ended = self.at(party, "send", path, "--wait", 20, "--json", *options)
        assert ended.code == 0, ended.err + ended.out
        [sent] = ended.json["messages"]
        digest = bytes.fromhex(sent["digest"])
        asyncio.run(self.partners.opened(party, digest, sent["to"]))
        return str(sent["id"])

    def year(self, year: int) -> dict[str, Any]:
        shown = self.at("KEN", "statistics", "show", "--year", year, "--json")
        [fields] = shown.json["years"]
        return dict(fields)


@pytest.fixture
def office(cli: Cli, partners: Federation, tmp_path: Path) -> Office:
    (tmp_path / "files").mkdir()
    return Office(cli, partners, tmp_path / "files")


def trace_request() -> dict[str, Any]:
    document = dict(
        yaml.safe_load((EXAMPLES / "trace-request.yaml").read_text("utf-8"))
    )
    document["content"]["items"][0]["reference"] = "STAT-1"
    return document


def test_a_late_answer_changes_the_figures_of_its_year(office: Office) -> None:
    assert office.year(1997)["percent"] is None
    office.send("KEN", RECOVERY)
    assert office.year(1997)["percent"] == "0.00"
    asked = office.send("KEN", trace_request())
    answer = {
        "kind": "trace-response/1",
        "handling": "TLP:AMBER",
        "to": ["KEN"],
        "content": {
            "outcome": "TRACE_OUTCOME_ANSWERED",
            "results": [
                {
                    "item": 0,
                    "status": "TRACING_STATUS_TRACED",
                    "pointOfDiversion": {"place": {"country": "BEL"}},
                }
            ],
        },
    }
    office.send("BEL", answer, "--reply-to", asked)
    figures = office.year(1997)
    assert (figures["percent"], figures["traced_percent"]) == ("100.00", "100.00")
    assert figures["by_recovery"]["seized"]["traced"] == 1
    text = office.at("KEN", "statistics", "show")
    assert "100.00" in text.out
    assert "not counted in 1997: 40" in text.err


def test_what_another_party_recovered_is_not_ours(office: Office) -> None:
    office.send("BEL", {**RECOVERY, "to": ["KEN"]})
    before = office.year(1997)["arms"]
    office.send("BEL", {**RECOVERY, "to": ["KEN"]})
    assert office.year(1997)["arms"] == before


def test_a_record_that_stayed_at_home_counts_when_it_is_named(
    office: Office, tmp_path: Path
) -> None:
    home = tmp_path / "home.yaml"
    content = json.loads(json.dumps(RECOVERY["content"]))
    content["recovery"]["date"] = "1996"
    home.write_text(yaml.safe_dump({**RECOVERY, "content": content}), "utf-8")
    shown = office.at("KEN", "statistics", "show", "--also", home, "--json")
    assert 1996 in {one["year"] for one in shown.json["years"]}
    wrong = office.at(
        "KEN", "statistics", "show", "--also", EXAMPLES / "trace-request.yaml"
    )
    assert wrong.code == 78
    assert "no recovery-record" in wrong.err


def test_a_return_is_drafted_sent_and_added_up(office: Office, tmp_path: Path) -> None:
    office.send("KEN", RECOVERY)
    out = tmp_path / "return.yaml"
    options = ("--out", out, "--revision", 1)
    drafted = office.at("KEN", "statistics", "draft", 1997, *options)
    assert drafted.code == 0, drafted.err
    again = office.at("KEN", "statistics", "draft", 1997, *options)
    assert again.code == 78
    office.send("KEN", {**yaml.safe_load(out.read_text("utf-8")), "to": ["BEL"]})
    region = office.at(
        "BEL", "statistics", "region", "KEN", "MEX", "--year", 1997, "--json"
    ).json
    assert [one["country"] for one in region["returns"]] == ["KEN"]
    assert region["together"]["arms"] == 1
    assert region["missing"] == ["MEX"]


def test_few_people_are_not_counted_out_loud(office: Office) -> None:
    office.send("KEN", RECOVERY)
    table = office.at("KEN", "statistics", "people", "--year", 1997, "--json").json
    assert table["suspect"]["rows"]["male"]["unknown"] is None
    text = office.at("KEN", "statistics", "people", "--year", 1997)
    assert "few" in text.out
    assert office.at("KEN", "statistics", "people", "--threshold", 1).code == 2


def test_a_report_is_drafted_completed_and_approved_by_a_person(
    office: Office, tmp_path: Path
) -> None:
    office.send("KEN", RECOVERY)
    span = ("--from", 1996, "--to", 1997, "--out", tmp_path)
    drafted = office.at("KEN", "report", "draft", *span)
    assert drafted.code == 0, drafted.err
    path = tmp_path / "poa-KEN-1996-1997-draft.json"
    draft = json.loads(path.read_text("utf-8"))
    draft["sections"][1]["answers"]["manufacture_law"] = "Act <1> & others"
    path.write_text(json.dumps(draft), "utf-8")
    shown = office.cli("report", "show", path, "--json").json
    assert "manufacture_law" not in shown["open"]
    assert "national_coordination" in shown["open"]
    unasked = office.cli("report", "approve", path, "--by", "A", "--out", tmp_path)
    assert unasked.code == 78
    approved = office.cli(
        "report", "approve", path, "--by", "Desk head", "--out", tmp_path, "--yes"
    )
    assert approved.code == 0, approved.err
    report = json.loads((tmp_path / "poa-KEN-1996-1997-approved.json").read_text())
    assert report["approved"]["by"] == "Desk head"
    with zipfile.ZipFile(tmp_path / "poa-KEN-1996-1997-approved.odt") as archive:
        text = archive.read("content.xml").decode()
    assert "Approved by Desk head" in text
    assert "Act &lt;1&gt; &amp; others" in text
    twice = office.cli(
        "report", "approve", tmp_path / "poa-KEN-1996-1997-approved.json",
        "--by", "B", "--out", tmp_path, "--yes",
    )  # fmt: skip
    assert twice.code == 78
    assert "Programme of Action" in office.cli("report", "show", path).out


@pytest.mark.parametrize(
    "text", ["", "[]", '{"report": 1}', '{"report": "programme-of-action"}', "[" * 9999]
)
def test_what_is_no_report_is_refused(cli: Cli, tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(text, "utf-8")
    ended = cli("report", "show", path)
    assert ended.code == 78
    assert "no draft of a report" in ended.err
