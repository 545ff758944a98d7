"""Notices, assistance and flags of embargoes, as officers at running nodes see them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import Desk

pytestmark = pytest.mark.integration

TABLE = EXAMPLES / "embargoes" / "synthetic.yaml"


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


def changed(folder: Path, name: str, **content: Any) -> Path:  # noqa: ANN401 - any field
    """Returns an example in which some fields of the content are changed."""
    document = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    document["content"] |= content
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def listed(desk: Desk, party: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.at(party, "notice", "list", *options).json[
        "notices"
    ]
    return found


def test_notices_are_listed_until_their_last_day(desk: Desk, tmp_path: Path) -> None:
    for name, to, day in (
        ("transfer-notice", "BEL", "2099-12-31"),
        ("financial-lead", "BEL", "2020-01-01"),
    ):
        file = changed(tmp_path, name, expiresOn=day)
        desk.sends("KEN", "send", file, "--to", to)
    kinds = {one["kind"]: one for one in listed(desk, "BEL")}
    assert "financial-lead/1" not in kinds
    transfer = kinds["transfer-notice/1"]
    assert (transfer["grade"], transfer["expired"]) == ("europol B3", False)
    everything = {one["kind"]: one for one in listed(desk, "BEL", "--expired")}
    assert everything["financial-lead/1"]["expired"] is True
    table = desk.cli("notice", "list", "--node", desk.partners.folder / "BEL")
    assert "past their last day are hidden" in table.err
    shown = desk.cli(
        "notice", "list", "--expired", "--node", desk.partners.folder / "BEL"
    )
    assert "EXPIRED" in shown.out


def test_what_is_about_somebody_is_listed_by_name_only_and_names_nobody(
    desk: Desk, tmp_path: Path
) -> None:
    file = changed(tmp_path, "actor-profile", expiresOn="2099-12-31")
    desk.sends("MEX", "send", file, "--to", "BEL")
    assert "actor-profile/1" not in {one["kind"] for one in listed(desk, "BEL")}
    [profile] = listed(desk, "BEL", "--kind", "actor-profile")
    assert profile["about"] == "person, supplier, MEX"
    assert "Example Person" not in str(profile)
    code, words = desk.refusal("BEL", "notice", "list", "--kind", "actor-profil")
    assert (code, "actor-profile" in words) == ("configuration", True)


def test_models_that_are_converted_are_counted_over_all_reports(
    desk: Desk, tmp_path: Path
) -> None:
    file = changed(tmp_path, "conversion-technique", expiresOn="2099-12-31")
    for party in ("BEL", "MEX"):
        desk.sends(party, "send", file, "--to", "KEN")
    [model] = desk.at("KEN", "notice", "models").json["models"]
    assert (model["model"], model["reports"], model["seen"]) == ("Starter 8", 2, 28)
    assert model["by"] == ["BEL", "MEX"]
    table = desk.cli("notice", "models", "--node", desk.partners.folder / "KEN")
    assert "Example Signal" in table.out


def test_a_need_and_an_offer_become_a_project(desk: Desk, tmp_path: Path) -> None:
    need = desk.sends("KEN", "send", EXAMPLES / "assistance-need.yaml", "--to", "BEL")
    offer = desk.sends(
        "BEL", "send", EXAMPLES / "assistance-offer.yaml", "--to", "KEN",
        "--reply-to", need,
    )  # fmt: skip
    both = desk.at("KEN", "assistance", "list").json
    assert [len(both["needs"]), len(both["offers"])] == [1, 1]
    [match] = desk.at("KEN", "assistance", "matches").json["matches"]
    assert (match["score"], match["need"]["from"], match["offer"]["from"]) == (
        0.75,
        "KEN",
        "BEL",
    )
    assert desk.at("KEN", "assistance", "matches", "--min", "0.9").json == {
        "matches": []
    }
    draft = tmp_path / "match.yaml"
    node = ("--node", desk.partners.folder / "KEN")
    made = desk.cli("assistance", "draft", need, offer, "--out", draft, *node)
    assert made.code == 0, made.err
    desk.sends("KEN", "send", draft, "--reply-to", need)
    for party in ("KEN", "BEL"):
        known = desk.at(party, "assistance", "projects").json
        [project] = known["projects"]
        assert project["partners"] == ["BEL", "KEN"]
        assert known["may_be_the_same"] == []
    again = yaml.safe_load(draft.read_text(encoding="utf-8"))
    again["to"] = ["KEN"]
    draft.write_text(yaml.safe_dump(again), encoding="utf-8")
    desk.sends("BEL", "send", draft)
    [twice] = desk.at("KEN", "assistance", "projects").json["may_be_the_same"]
    assert "the same need" in twice["reasons"]
    for verb in ("list", "matches"):
        assert "KEN" in desk.cli("assistance", verb, *node).out
    table = desk.cli("assistance", "projects", *node)
    assert "BEL, KEN" in table.out
    assert "may be the same" in table.err
    assert desk.cli("assistance", "draft", offer, need, *node).code != 0


def test_a_review_is_read_question_by_question(desk: Desk, tmp_path: Path) -> None:
    opened = desk.sends("KEN", "send", EXAMPLES / "peer-review.yaml")
    finding = [{"number": 1, "question": "How soon?", "text": "In two days, mostly"}]
    findings = changed(
        tmp_path, "peer-review", part="REVIEW_PART_FINDINGS", findings=finding
    )
    desk.sends("BEL", "send", findings, "--to", "KEN", "--reply-to", opened)
    known = desk.at("KEN", "assistance", "review", opened).json
    assert [one["number"] for one in known["questions"]] == [1, 2]
    assert [one["part"] for one in known["parts"]] == ["self-assessment", "findings"]
    assert known["without_response"] == [1]
    node = ("--node", desk.partners.folder / "KEN")
    shown = desk.cli("assistance", "review", opened, *node)
    assert "BEL, findings: In two days, mostly" in shown.out
    assert "without a response: 1" in shown.err
    [review] = desk.at("KEN", "assistance", "reviews").json["reviews"]
    assert review["country"] == "KEN"
    assert "KEN self-assessment" in desk.cli("assistance", "reviews", *node).out
    other = desk.sends("KEN", "send", EXAMPLES / "practice-note.yaml", "--to", "BEL")
    assert desk.refusal("KEN", "assistance", "review", other)[0] == "configuration"


def test_an_embargo_is_flagged_when_something_is_sent_and_stops_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    node = ("--node", desk.partners.folder / "KEN")
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    table["embargoes"][0]["to"] = "2099-12-31"
    table["checked-on"] = "2099-01-01"
    file = tmp_path / "table.yaml"
    file.write_text(yaml.safe_dump(table), encoding="utf-8")
    assert desk.cli("embargo", "load", file, *node).code == 0
    consignment = {"reference": "TEST-1", "destinedTo": "ZZX"}
    sent = changed(tmp_path, "transfer-notice", consignment=consignment)
    try:
        plan = desk.cli("send", sent, "--to", "BEL", "--dry-run", *node)
    finally:
        (desk.partners.folder / "KEN" / "embargoes.yaml").unlink()
    assert plan.code == 0, plan.err
    assert "embargo: consignment.destinedTo: ZZX is under an embargo" in plan.err
