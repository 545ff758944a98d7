"""Diversion alerts on a running federation: updates, reports, corrections."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration

_ALERT: Final = EXAMPLES / "diversion-alert.yaml"


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


@pytest.fixture
def alert(desk: Desk, tmp_path: Path) -> str:
    """An alert of Belgium's, to Mexico alone, which is asked for two things."""
    fields = yaml.safe_load(_ALERT.read_text(encoding="utf-8"))
    fields["to"] = ["MEX"]
    fields.pop("caseReference")
    fields["content"]["asks"] = [
        {"kind": "ASK_KIND_HOLD", "of": "MEX", "byWhen": "2026-04-02"},
        {"kind": "ASK_KIND_INFORM"},
        {"kind": "ASK_KIND_VERIFY_EUC", "of": "KEN"},
    ]
    file = tmp_path / "alert.yaml"
    file.write_text(yaml.safe_dump(fields), encoding="utf-8")
    return desk.sends("BEL", "send", file)


def shown(desk: Desk, party: str, alert: str) -> dict[str, Any]:
    ended = desk.at(party, "alert", "show", alert)
    assert ended.code == 0, ended.out
    return dict(ended.json)


def drafted(
    desk: Desk, party: str, alert: str, sort: str, file: Path
) -> dict[str, Any]:
    """Has a party draft an update; returns it as the file has it."""
    node = desk.partners.folder / party
    ended = desk.cli("alert", "update", alert, sort, "--out", file, "--node", node)
    assert ended.code == 0, ended.err
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def updated(
    desk: Desk, party: str, alert: str, sort: str, file: Path, **content: object
) -> str:
    """Has a party draft an update, fill it in and send it."""
    fields = drafted(desk, party, alert, sort, file)
    fields["content"] |= content
    file.write_text(yaml.safe_dump(fields), encoding="utf-8")
    return desk.sends(party, "send", file, "--reply-to", alert)


def replies(view: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {
        ask["name"]: {one["party"]: one["answer"] for one in ask["replies"]}
        for ask in view["asks"]
    }


def test_what_was_done_is_told_of_each_thing_and_seen_alike(
    desk: Desk, alert: str
) -> None:
    desk.sends(
        "MEX", "alert", "report", alert, "reported", "--ask", 1, "--yes",
        "--text", "Held at the port", "--authority", "Customs",
    )  # fmt: skip
    views = [shown(desk, party, alert) for party in ("BEL", "MEX")]
    assert replies(views[0]) == {
        "1": {"MEX": "reported"},
        "2": {"MEX": "open"},
        "3": {},
    }
    assert views[0]["asks"] == views[1]["asks"]
    assert views[0]["asks"][0]["replies"][0]["said"][0]["text"] == "Held at the port"
    assert views[0]["states"] == {"MEX": "reported"}
    desk.sends("MEX", "alert", "report", alert, "declined", "--ask", 2, "--yes")
    assert replies(shown(desk, "BEL", alert))["2"] == {"MEX": "declined"}
    table = desk.cli("alert", "show", alert, "--node", desk.partners.folder / "BEL")
    assert "declined" in table.out
    listed = desk.cli("alert", "list", "--node", desk.partners.folder / "BEL")
    assert "MEX:reported" in listed.out


def test_updates_stand_beside_the_alert_in_the_order_of_their_numbers(
    desk: Desk, alert: str, tmp_path: Path
) -> None:
    more = [{"kind": "ASK_KIND_INSPECT", "of": "MEX", "byWhen": "2099-01-01"}]
    updated(desk, "BEL", alert, "update", tmp_path / "1.yaml", reason="New", asks=more)
    correction = {"field": "items[0].firearm.model", "was": "Model 17"}
    for party, value in (("BEL", "Model 18"), ("MEX", "Model 19")):
        said = [{**correction, "is": value}]
        updated(
            desk, party, alert, "correct", tmp_path / f"{party}.yaml",
            reason="Seen", corrections=said,
        )  # fmt: skip
    view = shown(desk, "MEX", alert)
    assert [(one["by"], one["number"]) for one in view["updates"]] == [
        ("BEL", 1),
        ("BEL", 2),
        ("MEX", 1),
    ]
    [corrected] = view["corrections"]
    assert (corrected["original"], corrected["conflicting"]) == ("Model 17", True)
    assert replies(view)["U1.1"] == {"MEX": "open"}
    desk.sends("MEX", "alert", "report", alert, "under-way", "--ask", "U1.1", "--yes")
    assert replies(shown(desk, "BEL", alert))["U1.1"] == {"MEX": "under-way"}
    table = desk.cli("alert", "show", alert, "--node", desk.partners.folder / "BEL")
    assert "contradict one another" in table.out


def test_only_the_issuer_ends_an_alert_and_only_once(
    desk: Desk, alert: str, tmp_path: Path
) -> None:
    code, text = desk.refusal("MEX", "alert", "update", alert, "cancel")
    assert (code, "only BEL, who issued" in text) == ("illegal-step", True)
    fields = drafted(desk, "MEX", alert, "update", tmp_path / "forged.yaml")
    fields["content"] |= {"kind": "UPDATE_KIND_CANCEL", "reason": "It is nothing"}
    forged = tmp_path / "forged.yaml"
    forged.write_text(yaml.safe_dump(fields), encoding="utf-8")
    code, text = desk.refusal("MEX", "send", forged, "--reply-to", alert)
    assert (code, "is issued; now possible" in text) == ("illegal-step", True)
    resolution = {"outcome": "RESOLUTION_OUTCOME_PREVENTED", "date": "2026-04-03"}
    updated(
        desk, "BEL", alert, "resolve", tmp_path / "end.yaml",
        reason="The goods are back", resolution=resolution,
    )  # fmt: skip
    view = shown(desk, "MEX", alert)
    assert view["ending"]["resolution"]["outcome"] == "RESOLUTION_OUTCOME_PREVENTED"
    assert view["states"] == {"MEX": "resolved"}
    assert desk.at("BEL", "alert", "update", alert, "cancel").code == 77
    table = desk.cli("alert", "show", alert, "--node", desk.partners.folder / "MEX")
    assert "Ended by BEL (resolve): The goods are back" in table.err
    still = desk.at("MEX", "alert", "list", "--open").json["alerts"]
    assert alert not in {one["message"] for one in still}
    code, text = desk.refusal("MEX", "alert", "report", alert, "--yes")
    assert (code, "is resolved" in text) == ("illegal-step", True)


def test_what_is_not_asked_of_us_is_not_reported_on_and_gaps_are_told(
    desk: Desk, alert: str, tmp_path: Path
) -> None:
    code, text = desk.refusal("MEX", "alert", "report", alert, "--ask", 3, "--yes")
    assert (code, "that is: 1, 2" in text) == ("configuration", True)
    code, text = desk.refusal("BEL", "alert", "report", alert, "--yes")
    assert (code, "nothing in this alert" in text) == ("configuration", True)
    assert desk.refusal("BEL", "alert", "show", "ffffffffffff")[0] == "configuration"
    late = desk.at("MEX", "alert", "update", alert, "correct").json
    assert (late["content"]["sequence"], late["to"]) == (1, ["BEL"])
    text = desk.cli(
        "alert", "update", alert, "update", "--node", desk.partners.folder / "MEX"
    )
    file = tmp_path / "update.yaml"
    file.write_text(
        text.out.replace("sequence: 1", "sequence: 3").replace("''", "New"), "utf-8"
    )
    desk.sends("MEX", "send", file, "--reply-to", alert)
    table = desk.cli("alert", "show", alert, "--node", desk.partners.folder / "BEL")
    assert "not here: update 1, 2 of MEX" in table.err
