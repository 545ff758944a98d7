"""Traces at the keyboard: looked over, planned, asked on, answered, shown, closed.

Kenya asks Belgium, which names Mexico as the next; Mexico answers; Kenya closes.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration

CASE = "KEN-2026-0900"
LEADS_ON = {
    "outcome": "TRACE_OUTCOME_ANSWERED",
    "results": [
        {
            "item": 0,
            "status": "TRACING_STATUS_PENDING",
            "nextCountry": "MEX",
            "chain": [
                {
                    "event": "CUSTODY_EVENT_MANUFACTURED",
                    "date": "2013",
                    "country": "BEL",
                    "basis": "RECORD_BASIS_MANUFACTURER_RECORD",
                },
                {
                    "event": "CUSTODY_EVENT_EXPORTED",
                    "date": "2014-02-11",
                    "country": "BEL",
                    "toCountry": "MEX",
                    "document": {
                        "kind": "DOCUMENT_KIND_EXPORT_LICENCE",
                        "number": "BE-EX-0001-TEST",
                    },
                    "basis": "RECORD_BASIS_STATE_RECORD",
                },
            ],
        }
    ],
}
TRACED = {
    "outcome": "TRACE_OUTCOME_ANSWERED",
    "results": [
        {
            "item": 0,
            "status": "TRACING_STATUS_TRACED",
            "chain": [
                {
                    "event": "CUSTODY_EVENT_IMPORTED",
                    "date": "2014-03",
                    "country": "MEX",
                    "basis": "RECORD_BASIS_STATE_RECORD",
                },
                {
                    "event": "CUSTODY_EVENT_REPORTED_STOLEN",
                    "date": "2019-06",
                    "country": "MEX",
                    "basis": "RECORD_BASIS_STATE_RECORD",
                },
            ],
            "pointOfDiversion": {
                "place": {"country": "MEX"},
                "stage": "DIVERSION_STAGE_POST_DELIVERY_STOCK",
                "method": "DIVERSION_METHOD_THEFT",
            },
        }
    ],
}

DELAYED = {
    "outcome": "TRACE_OUTCOME_DELAYED",
    "limitation": {
        "measure": "LIMITATION_MEASURE_DELAY",
        "grounds": ["LIMITATION_GROUND_CRIMINAL_INVESTIGATION"],
        "reasons": "Arrests are to come",
        "reviewOn": "2027-01-31",
    },
}


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


def _file(
    folder: Path, kind: str, to: str, content: object, handling: str = "TLP:AMBER"
) -> Path:
    file = folder / f"{kind.partition('/')[0]}-{to}-{handling[4:9]}.yaml"
    document = {"kind": kind, "handling": handling, "to": [to], "content": content}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def _request(folder: Path, number: str) -> Path:
    """Kenya's request about another pistol."""
    text = (EXAMPLES / "trace-request.yaml").read_text(encoding="utf-8")
    draft = yaml.safe_load(text)
    [item] = draft["content"]["items"]
    item["firearm"]["frameSerial"] = {"raw": f"ZZQ-{number}"}
    item["firearm"]["markingCondition"] = "MARKING_CONDITION_INTACT"
    del item["firearm"]["otherSerials"]
    item["reference"] = f"EX-{number}"
    draft["content"]["recovery"]["date"] = "2026-03-09"
    draft["content"].pop("answerBy")
    file = folder / f"request-{number}.yaml"
    file.write_text(yaml.safe_dump(draft), encoding="utf-8")
    return file


def _answered(desk: Desk, folder: Path, handling: str, case: str, number: str) -> str:
    """Has Kenya ask Belgium, and Belgium answer; returns the id of the answer."""
    file = _request(folder, number)
    asked = desk.sends("KEN", "send", file, "--case", case)
    answer = _file(folder, "trace-response/1", "KEN", LEADS_ON, handling)
    return desk.sends("BEL", "send", answer, "--reply-to", asked)


def test_trace_goes_from_state_to_state_and_is_closed_everywhere(
    desk: Desk, tmp_path: Path
) -> None:
    _answered(desk, tmp_path, "TLP:GREEN", CASE, "77001")
    plan = desk.at("KEN", "trace", "plan", CASE).json
    assert plan["next"] == "MEX"
    assert [one["country"] for one in plan["steps"]] == ["KEN", "MEX", "BEL"]
    out = tmp_path / "next.yaml"
    ended = desk.at("KEN", "trace", "next", CASE, "--out", out)
    assert ended.code == 0, ended.err
    draft = yaml.safe_load(out.read_text(encoding="utf-8"))
    assert draft["to"] == ["MEX"]
    assert draft["caseReference"] == CASE
    assert draft["content"]["continues"]
    assert "BE-EX-0001-TEST" in draft["content"]["question"]
    linted = desk.at("KEN", "trace", "lint", out).json
    assert linted["score"] >= 60
    assert "asked-before" not in {one["code"] for one in linted["findings"]}
    asked = desk.sends("KEN", "send", out)
    for content in (DELAYED, TRACED):
        answer = _file(tmp_path, "trace-response/1", "KEN", content)
        desk.sends("MEX", "send", answer, "--reply-to", asked)
    shown = desk.at("KEN", "trace", "show", CASE).json
    [item] = shown["items"]
    events = [
        one["step"]["event"].removeprefix("CUSTODY_EVENT_") for one in item["chain"]
    ]
    assert events == ["MANUFACTURED", "EXPORTED", "IMPORTED", "REPORTED_STOLEN"]
    assert [one["state"] for one in shown["legs"]] == ["answered", "answered"]
    assert (item["conflicts"], shown["next"]) == ([], None)
    told = desk.cli("trace", "show", CASE, "--node", desk.partners.folder / "KEN").out
    for words in ("exported in BEL to MEX", "diverted: MEX", "undertaken; seen by"):
        assert words in told
    _closes(desk, tmp_path)


def _closes(desk: Desk, folder: Path) -> None:
    basis = ("--basis", "point-of-diversion")
    ended = desk.at("KEN", "trace", "close", CASE, *basis, "--dry-run")
    drafts = ended.json["drafts"]
    # Mexico's answer is TLP:AMBER: Belgium is not told, and Kenya is told so.
    assert "results" not in drafts["BEL"]["content"] or "pointOfDiversion" not in str(
        drafts["BEL"]["content"]
    )
    # Once: nobody has to consent to a delay that is over.
    assert ended.err.count("permission ask") == 1
    [traced] = drafts["MEX"]["content"]["results"]
    assert len(traced["chain"]) == 4
    said = desk.cli(
        "trace", "close", CASE, *basis, "--dry-run",
        "--node", desk.partners.folder / "KEN",
    )  # fmt: skip
    assert "Nothing was sent." in said.err
    folder_out = folder / "drafts"
    ended = desk.at("KEN", "trace", "close", CASE, *basis, "--out", folder_out)
    assert sorted(ended.json["files"]) == ["BEL", "MEX"]
    ended = desk.at("KEN", "trace", "close", CASE, *basis, "--yes")
    assert {one["state"] for one in ended.json["closings"]} == {"stored"}
    shown = desk.at("KEN", "trace", "show", CASE).json
    assert {one["state"] for one in shown["legs"]} == {"closed"}
    code, text = desk.refusal("KEN", "trace", "close", CASE, *basis, "--yes")
    assert (code, "open" in text) == ("configuration", True)


def test_what_may_not_be_passed_on_stands_not_in_the_next_leg(
    desk: Desk, tmp_path: Path
) -> None:
    answer = _answered(desk, tmp_path, "TLP:AMBER H2", "KEN-2026-0901", "77002")
    ended = desk.at("KEN", "trace", "next", "KEN-2026-0901")
    draft, advice = ended.json["draft"], "\n".join(ended.json["advice"])
    assert "BE-EX-0001-TEST" not in str(draft)
    assert draft["content"]["continues"]
    assert f"permission ask {answer} --to MEX" in advice
    asked = desk.sends(
        "KEN", "permission", "ask", answer, "--to", "MEX",
        "--purpose", "point-of-diversion", "--reason", "The next leg",
    )  # fmt: skip
    desk.sends("BEL", "permission", "grant", asked, "--yes")
    ended = desk.at("KEN", "trace", "next", "KEN-2026-0901")
    draft = ended.json["draft"]
    assert "BE-EX-0001-TEST" in draft["content"]["question"]
    assert draft["handling"] == "TLP:AMBER H2"


def test_a_state_is_asked_once_and_who_is_asked_does_not_ask_on(
    desk: Desk, tmp_path: Path
) -> None:
    _answered(desk, tmp_path, "TLP:GREEN", "KEN-2026-0902", "77003")
    code, text = desk.refusal("BEL", "trace", "next", "KEN-2026-0902", "--to", "MEX")
    assert (code, "ours" in text) == ("configuration", True)
    plan = desk.at("BEL", "trace", "plan", "KEN-2026-0902").json
    assert {one["progress"] for one in plan["steps"]} == {"at home"}
    assert plan["next"] is None
    code, text = desk.refusal("KEN", "trace", "next", "KEN-2026-0902", "--to", "BEL")
    assert (code, "asked already" in text) == ("configuration", True)
    code, text = desk.refusal("KEN", "trace", "next", "KEN-2026-0902", "--to", "XPO")
    assert (code, "nothing leads to XPO" in text) == ("configuration", True)
    code, text = desk.refusal("KEN", "trace", "next", "KEN-2026-0902", "--to", "KEN")
    assert (code, "your own" in text) == ("configuration", True)
    code, text = desk.refusal(
        "KEN", "trace", "close", "KEN-2026-0902", "--basis", "point-of-diversion"
    )
    assert (code, "no answer names one" in text) == ("configuration", True)


def test_own_list_is_looked_at_before_others_are_asked(
    desk: Desk, tmp_path: Path
) -> None:
    stolen = tmp_path / "stolen.csv"
    stolen.write_text(
        "serial,make,model,calibre,reference\n"
        "ZZQ-77006,Example Works,Model 17,9mm Luger,R-1\n",
        encoding="utf-8",
    )
    taken = desk.at("KEN", "records", "import", stolen, "--name", "stolen 2025")
    assert taken.code == 0, taken.err
    request = _request(tmp_path, "77006")
    plan = desk.at("KEN", "trace", "plan", request).json
    [known] = plan["known_here"]
    assert (known["list"], known["entry"]) == ("stolen 2025", "R-1")
    found = desk.at("KEN", "trace", "lint", request).json["findings"]
    assert "in-own-records" in {one["code"] for one in found}
    shown = desk.cli("trace", "plan", request, "--node", desk.partners.folder / "KEN")
    assert "stolen 2025, entry R-1" in shown.out


def test_answer_is_drafted_with_ground_and_reason(desk: Desk, tmp_path: Path) -> None:
    asked = desk.sends("KEN", "send", _request(tmp_path, "77004"))
    again = desk.at("KEN", "trace", "lint", _request(tmp_path, "77004"))
    assert "asked-before" in {one["code"] for one in again.json["findings"]}
    draft = ("trace", "answer", asked, "--outcome")
    printed = desk.cli(*draft, "no-record", "--node", desk.partners.folder / "BEL").out
    assert yaml.safe_load(printed)["content"] == {"outcome": "TRACE_OUTCOME_NO_RECORD"}
    assert "# They undertake that restrictions will be kept" in printed
    ended = desk.at(
        "BEL", *draft, "delayed", "--ground", "criminal-investigation",
        "--reason", "Arrests are to come", "--review-on", "2027-01-31",
    )  # fmt: skip
    limitation = ended.json["draft"]["content"]["limitation"]
    assert limitation == {
        "measure": "LIMITATION_MEASURE_DELAY",
        "grounds": ["LIMITATION_GROUND_CRIMINAL_INVESTIGATION"],
        "reasons": "Arrests are to come",
        "reviewOn": "2027-01-31",
    }
    for wrong in (
        ("delayed", "--ground", "no-guarantee", "--reason", "x"),
        ("refused", "--reason", "because"),
        ("no-record", "--ground", "no-guarantee", "--reason", "x"),
        ("delayed", "--ground", "no-guarantee", "--reason", "x", "--review-on", "soon"),
    ):
        assert desk.refusal("BEL", *draft, *wrong)[0] == "configuration"
    assert desk.refusal("KEN", *draft, "no-record")[0] == "configuration"


def test_a_draft_that_is_not_filled_in_cannot_be_sent(
    desk: Desk, tmp_path: Path
) -> None:
    asked = desk.sends("KEN", "send", _request(tmp_path, "77005"))
    out = tmp_path / "answer.yaml"
    ended = desk.at(
        "BEL", "trace", "answer", asked, "--outcome", "answered", "--out", out
    )
    assert ended.code == 0, ended.err
    assert desk.refusal("BEL", "send", out, "--reply-to", asked)[0] == "document"
    again = desk.at("BEL", "trace", "answer", asked, "--outcome", "answered", "-o", out)
    assert "is there already" in again.json["error"]["text"]


def test_poor_request_is_sent_only_when_asked_for(desk: Desk, tmp_path: Path) -> None:
    text = (EXAMPLES / "trace-request.yaml").read_text(encoding="utf-8")
    draft = yaml.safe_load(text)
    firearm: dict[str, Any] = draft["content"]["items"][0]["firearm"]
    for name in ("make", "model", "marks", "otherSerials", "countryManufacture"):
        del firearm[name]
    firearm["calibre"] = {"raw": "9mm"}
    firearm["frameSerial"] = {"raw": "2014"}
    poor = tmp_path / "poor.yaml"
    poor.write_text(yaml.safe_dump(draft), encoding="utf-8")
    ended = desk.at("KEN", "send", poor)
    assert ended.code == 65
    [whole, *places] = ended.json["error"]["problems"]
    assert "--anyway" in whole["expected"]
    assert "items[0].firearm.make" in {one["path"] for one in places}
    assert desk.at("KEN", "send", poor, "--dry-run").code == 0
    ended = desk.cli("send", poor, "--node", desk.partners.folder / "KEN")
    assert (ended.code, "scores 0 of 100" in ended.err) == (65, True)
    assert desk.at("KEN", "send", poor, "--anyway").code == 0
