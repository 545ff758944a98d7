"""Recall, correction and retention at the keyboard, on running nodes."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker.core.model import Stage
from broker.infra.clock import SYSTEM_CLOCK
from tests import world
from tests.federation import Federation
from tests.unit.broker.cli.conftest import Cli
from tests.unit.broker.cli.partners_world import ROUTE, Desk

pytestmark = pytest.mark.integration
GREEN = "TLP:GREEN"


@pytest.fixture
def desk(cli: Cli, partners: Federation) -> Desk:
    return Desk(cli, partners)


def standings(desk: Desk, message: str) -> dict[str, dict[str, Any]]:
    [ours] = desk.at("MEX", "recalls", "list", message).json["ours"]
    return {one["party"]: one for one in ours["recipients"]}


def complied(desk: Desk, message: str) -> dict[str, Any]:
    """Returns what BEL has attested about a message of MEX, once it has."""

    def look() -> dict[str, Any] | None:
        found = standings(desk, message)["BEL"]
        return found if found["standing"] == "complied" else None

    return asyncio.run(desk.partners.until(look, "BEL's attestation"))


def recall(desk: Desk, message: str, *options: object) -> Any:  # noqa: ANN401 - of the cli
    return desk.at("MEX", "recall", message, "--reason", "error", *options)


def test_a_recall_reaches_desks_and_copies_and_is_shown_as_complied(
    desk: Desk, tmp_path: Path
) -> None:
    message = desk.route(GREEN)
    copy = desk.sends("BEL", "forward", message, "--to", "KEN")
    ended = desk.at(
        "BEL", "hand-out", message, "--desk", "police", "-o", tmp_path / "given.json"
    )
    assert ended.code == 0, ended.out
    planned = recall(desk, message, "--dry-run")
    assert planned.json["to"] == ["BEL"]
    at_mexico = ("--node", desk.partners.folder / "MEX")
    listed = desk.cli("recalls", "list", message, *at_mexico)
    assert "We have not taken this message back." in listed.err
    assert "taken back" not in desk.cli("status", message, *at_mexico).err
    assert desk.at("BEL", "show", message).code == 0
    unsaid = recall(desk, message)
    assert (unsaid.code, "confirmed" in unsaid.out) == (78, True)
    [notice] = recall(desk, message, "--yes").json["notices"]
    said = complied(desk, message)
    acted = {("BEL", Stage.ACKNOWLEDGED), ("BEL", Stage.ACTED)}
    digest = bytes.fromhex(notice["digest"])
    asyncio.run(
        desk.partners.until(
            lambda: acted <= desk.partners.stages("MEX", digest), "BEL's receipts"
        )
    )
    assert said["outcome"] == "destroyed"
    whom = {one["party"] or one["desk"]: one["told"] for one in said["downstream"]}
    assert whom == {"KEN": True, "police": False}
    for refused in (
        desk.refusal("BEL", "show", message),
        desk.refusal("BEL", "forward", message, "--to", "KEN"),
        desk.refusal(
            "BEL", "hand-out", message, "--desk", "police", "-o", tmp_path / "no.json"
        ),
    ):
        assert refused[0] == "recalled"
    assert "taken back" in _gone_at(desk, "KEN", copy)
    police = desk.at("BEL", "inbox", "--desk", "police").json["messages"]
    [mine] = [one for one in police if one["id"] == message]
    assert not mine["taken_back"]["readable"]
    again = recall(desk, message, "--yes")
    assert (again.code, again.json["error"]["code"]) == (69, "store")
    assert "rogatory recalls list" in again.json["error"]["text"]
    status = desk.cli("status", message, *at_mexico)
    assert f"taken back or replaced: rogatory recalls list {message}" in status.err


def _gone_at(desk: Desk, party: str, message: str) -> str:
    def look() -> str | None:
        ended = desk.at(party, "show", message)
        return None if ended.code == 0 else str(ended.json["error"]["text"])

    return asyncio.run(desk.partners.until(look, f"{party} to destroy {message}"))


def test_desks_are_told_by_number(desk: Desk) -> None:
    message = desk.route(GREEN)
    [notice] = recall(desk, message, "--yes").json["notices"]
    complied(desk, message)
    no_news = ("correct", desk.route(GREEN), "--with", notice["id"])
    ended = desk.at("MEX", *no_news, "--reason", "error", "--yes")
    assert (ended.code, "replaces nothing" in ended.out) == (78, True)
    notices = desk.at("BEL", "recalls", "notices", "--desk", "customs")
    [number] = [
        one["number"] for one in notices.json["notices"] if one["id"] == message
    ]
    table = desk.cli("recalls", "notices", "--node", desk.partners.folder / "BEL")
    assert "destroy your copy" in table.out
    assert desk.at("BEL", "recalls", "told", number, "--by", "a clerk").code == 0
    assert desk.at("BEL", "recalls", "told", number, "--by", "a clerk").code == 78
    told = desk.at("BEL", "recalls", "notices", "--all").json["notices"]
    assert {one["told_by"] for one in told if one["number"] == number} == {"a clerk"}
    [received] = desk.at("BEL", "recalls", "list", message).json["received"]
    said = {one["desk"]: one["told"] is not None for one in received["desks"]}
    assert said["customs"]


def test_a_correction_is_shown_and_keeps_it_from_leaving(desk: Desk) -> None:
    wrong, right = desk.route(GREEN), desk.route(GREEN)
    correct = ("correct", wrong, "--with", right, "--reason", "error")
    assert desk.at("MEX", *correct, "--dry-run").json["to"] == ["BEL"]
    destroys = desk.at("MEX", *correct, "--destroy")
    assert "destroyed, and replaced" in destroys.json["error"]["text"]
    itself = desk.at("MEX", "correct", wrong, "--with", wrong, "--reason", "error")
    assert itself.code == 78
    elsewhere = desk.sends("MEX", "send", ROUTE, "--to", "KEN", "--handling", GREEN)
    other = ("correct", wrong, "--with", elsewhere, "--reason", "error", "--dry-run")
    assert "BEL did not get what takes its place" in desk.at("MEX", *other).err
    assert desk.at("MEX", *correct, "--yes").code == 0

    def look() -> Any:  # noqa: ANN401 - of the cli
        ended = desk.at("BEL", "show", wrong)
        return ended if ended.json["taken_back"] else None

    shown = asyncio.run(desk.partners.until(look, "the correction"))
    assert "replaced by its origin" in shown.err
    assert shown.json["taken_back"]["readable"]
    code, text = desk.refusal("BEL", "forward", wrong, "--to", "KEN")
    assert (code, "replaced" in text) == ("recalled", True)
    assert "TAKEN BACK" in desk.cli("inbox", "--node", desk.partners.folder / "BEL").out


def test_what_the_law_keeps_is_kept_until_it_does_not(desk: Desk) -> None:
    message = desk.route(GREEN)
    keep = ("recalls", "keep", message, "--authority", "Court of Appeal")
    assert desk.at("BEL", *keep, "--yes").code == 0
    assert recall(desk, message, "--yes").code == 0

    def look() -> bool:
        return bool(standings(desk, message)["BEL"]["standing"] == "kept by law")

    asyncio.run(desk.partners.until(look, "the answer"))
    assert desk.at("BEL", "show", message).json["taken_back"]["readable"]
    [hold] = desk.at("BEL", "retention", "show").json["holds"]
    assert hold["authority"] == "Court of Appeal"
    assert desk.at("BEL", "recalls", "carry-out", message, "--yes").code == 78
    assert desk.at("BEL", "recalls", "release", message, "--yes").code == 0
    assert complied(desk, message)["outcome"] == "destroyed"
    assert desk.at("BEL", "recalls", "release", message, "--yes").code == 78
    assert desk.at("BEL", *keep, "--yes").code == 78
    table = desk.cli("recalls", "list", "--node", desk.partners.folder / "BEL")
    assert "destroyed" in table.out
    ours = desk.cli("recalls", "--node", desk.partners.folder / "MEX")
    assert "complied" in ours.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("recall", "--reason", "because"), "no reason"),
        (("recall", "--reason", "provider-recalled"), "no reason"),
        (("recalls", "keep", "--authority", " "), "which office"),
        (("recalls", "carry-out"), "nobody has taken it back"),
    ],
)
def test_what_cannot_be_done_is_said(
    desk: Desk, arguments: tuple[str, ...], said: str
) -> None:
    sent = desk.at("MEX", "sent", "--json").json["messages"]
    message = sent[-1]["id"] if sent else desk.route(GREEN)
    head = 1 if arguments[0] == "recall" else 2
    ended = desk.at("MEX", *arguments[:head], message, *arguments[head:], "--yes")
    assert (ended.code, said in ended.json["error"]["text"]) == (78, True), ended.out


def test_only_what_was_sent_from_here_is_taken_back(desk: Desk) -> None:
    message = desk.route(GREEN)
    ended = desk.at("BEL", "recall", message, "--reason", "error", "--yes")
    assert (ended.code, "only its origin" in ended.json["error"]["text"]) == (78, True)


def test_retention_is_shown_first_and_runs_only_as_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROGATORY_NODE_RETENTION_INTELLIGENCE_DAYS", "1")
    message = desk.route(GREEN)
    classes = desk.at("BEL", "retention", "show").json["classes"]
    found = {one["class"]: one for one in classes}
    assert found["record"]["minimum_years"] == 20
    assert found["intelligence"]["limit_days"] == 1
    assert (
        "manufacture"
        in desk.cli("retention", "show", "--node", desk.partners.folder / "BEL").out
    )
    shown = desk.at("BEL", "retention", "run", "--dry-run")
    # What other files of tests have sent may say itself that it is over.
    others = [one for one in shown.json["due"] if one["rule"] == "content"]
    assert (shown.code, shown.json["due"]) == (0, others)
    wrong = desk.at("BEL", "retention", "run", "--confirm", "00" * 32)
    assert (wrong.code, wrong.json["error"]["code"]) == (69, "store")
    assert desk.at("BEL", "retention", "run", "--confirm", "what").code == 78
    assert desk.at("BEL", "show", message).code == 0
    nothing = desk.cli("retention", "run", "--node", desk.partners.folder / "MEX")
    assert "No message is due" in nothing.err


def test_a_run_destroys_exactly_what_was_shown(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = desk.route(GREEN)
    later = world.FakeClock(SYSTEM_CLOCK.now_ms() + 2000 * world.DAY_MS)
    monkeypatch.setattr("broker.app.recalls.SYSTEM_CLOCK", later)
    copied = copy_of_node(desk.partners.folder / "BEL", tmp_path / "BEL")
    run = ("retention", "run", "--node", copied)
    table = desk.cli(*run, "--dry-run")
    assert "route-intelligence/1" in table.out
    shown = desk.cli(*run, "--dry-run", "--json").json
    assert shown["count"] == len(shown["due"]) > 0
    assert desk.cli("show", message, "--node", copied).code == 0
    assert desk.cli(*run).code == 78  # nobody to ask
    done = desk.cli(*run, "--confirm", shown["digest"], "--json")
    assert (done.code, done.json["destroyed"]) == (0, shown["count"]), done.err
    gone = desk.cli("show", message, "--node", copied, "--json")
    assert "end of its time" in gone.json["error"]["text"]


def test_a_person_carries_out_what_the_node_was_not_to(
    desk: Desk, tmp_path: Path
) -> None:
    message = desk.route(GREEN)
    keep = ("recalls", "keep", message, "--authority", "Court", "--yes")
    assert desk.at("BEL", *keep).code == 0
    told = desk.cli(
        "recall", message, "--reason", "legal-order", "--yes",
        "--node", desk.partners.folder / "MEX",
    )  # fmt: skip
    assert (told.code, "Stored for BEL" in told.err) == (0, True)

    def look() -> bool:
        return bool(standings(desk, message)["BEL"]["standing"] == "kept by law")

    asyncio.run(desk.partners.until(look, "the answer"))
    # A copy of the node, which does not run.
    at = ("--node", copy_of_node(desk.partners.folder / "BEL", tmp_path / "BEL"))
    shown = desk.cli("retention", "show", *at)
    assert "kept by order of Court" in shown.err
    assert desk.cli("recalls", "release", message, "--yes", *at).code == 0
    refused = desk.cli("show", message, *at, "--json")
    assert refused.json["error"]["code"] == "recalled"
    done = desk.cli("recalls", "carry-out", message, "--yes", *at)
    assert (done.code, "dealt with" in done.err) == (0, True)
    [received] = desk.cli("recalls", "list", message, *at, "--json").json["received"]
    assert (received["state"], received["outcome"]) == ("done", "destroyed")
    assert desk.cli("recalls", "carry-out", message, "--yes", *at).code == 78


def copy_of_node(source: Path, target: Path) -> Path:
    """Copies a node that runs, as a backup would."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sqlite3*"))
    with (
        closing(sqlite3.connect(source / "node.sqlite3")) as running,
        closing(sqlite3.connect(target / "node.sqlite3")) as copied,
    ):
        running.backup(copied)
    return target
