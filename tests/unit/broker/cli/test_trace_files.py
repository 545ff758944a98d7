"""A trace request in a file, looked over and planned without any node."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.federation import EXAMPLES
from tests.unit.broker.cli.conftest import Cli

REQUEST = EXAMPLES / "trace-request.yaml"


def _draft() -> dict[str, Any]:
    draft: dict[str, Any] = yaml.safe_load(REQUEST.read_text(encoding="utf-8"))
    return draft


@pytest.fixture
def poor(tmp_path: Path) -> Path:
    """A request about little more than a number, which is a mark of import."""
    draft = _draft()
    [item] = draft["content"]["items"]
    firearm = item["firearm"]
    item["firearm"] = {
        "type": firearm["type"],
        "calibre": {"raw": "7.62"},
        "frameSerial": {"raw": "KEN 2014"},
    }
    file = tmp_path / "poor.yaml"
    file.write_text(yaml.safe_dump(draft), encoding="utf-8")
    return file


def test_example_is_worth_sending(cli: Cli) -> None:
    ended = cli("trace", "lint", REQUEST, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["score"] >= ended.json["enough"] == 60
    assert "error" not in {one["severity"] for one in ended.json["findings"]}
    assert "ROGATORY_NODE" in ended.err


def test_poor_request_fails_with_what_to_do(cli: Cli, poor: Path) -> None:
    ended = cli("trace", "lint", poor)
    assert ended.code == 1
    for words in ("import mark", "fits several calibres", "no maker is named", "score"):
        assert words in ended.out
    listed = cli("trace", "lint", poor, "--json").json["findings"]
    assert [one["costs"] for one in listed] == sorted(
        (one["costs"] for one in listed), reverse=True
    )
    assert cli("trace", "lint", poor, "--minimum", "0").code == 0


def test_whom_it_is_for_may_be_said_beside_the_file(cli: Cli) -> None:
    listed = cli("trace", "lint", REQUEST, "--to", "MEX", "--json").json["findings"]
    assert "not-the-one-to-ask" in {one["code"] for one in listed}


def test_what_does_not_fit_scores_nothing(cli: Cli) -> None:
    ended = cli("trace", "lint", EXAMPLES / "invalid" / "serial-alone.yaml", "--json")
    assert (ended.code, ended.json["score"]) == (1, 0)
    paths = {one["path"] for one in ended.json["findings"]}
    assert {"legalBasis", "recovery", "items[0].firearm.calibre"} <= paths


def test_what_is_no_trace_request_is_not_linted(cli: Cli, tmp_path: Path) -> None:
    ended = cli("trace", "lint", EXAMPLES / "diversion-alert.yaml", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")
    nothing = cli("trace", "lint", tmp_path / "nothing.yaml", "--json")
    assert (nothing.code, nothing.json["error"]["code"]) == (65, "document")


def test_way_of_a_file_begins_at_home(cli: Cli) -> None:
    steps = cli("trace", "plan", REQUEST, "--json").json["steps"]
    assert [(one["country"], one["progress"]) for one in steps] == [
        (None, "at home"),
        ("BEL", "to ask"),
        ("KEN", "to ask"),
    ]
    shown = cli("trace", "plan", REQUEST).out
    assert "your own" in shown
    assert "it was made there" in shown


def test_a_case_needs_a_node(cli: Cli) -> None:
    ended = cli("trace", "plan", "KEN-2026-0117", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")
