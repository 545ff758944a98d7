"""The demonstration, as a newcomer runs it: twice, and from a folder with a space."""

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
STORY = [
    ("trace-request/1", "KEN", ["BEL"]),
    ("trace-response/1", "BEL", ["KEN"]),
    ("diversion-alert/1", "BEL", ["KEN", "MEX", "XPO"]),
    ("route-intelligence/1", "MEX", ["XPO"]),
]


def _check_shape(told: dict[str, Any]) -> None:
    """Checks every key of the document that the demonstration prints."""
    assert told.keys() == {
        *("messages", "refused", "matters"),
        *("given", "audit", "evidence"),
    }
    story = []
    for message in told["messages"]:
        assert message.keys() == {"id", "kind", "from", "to"}
        for recipient in message["to"]:
            assert recipient.keys() == {"party", "stages"}
            stages = recipient["stages"]
            assert all(step.keys() == {"stage", "at"} for step in stages)
            asked = message["kind"] == "trace-request/1"
            assert [step["stage"] for step in stages] == [
                "ACCEPTED",
                "DELIVERED",
                "OPENED",
                *(("ACKNOWLEDGED", "ACTED") if asked else ()),
            ]
            times = [step["at"] for step in stages]
            assert all(TIME.fullmatch(time) for time in times)
            assert times == sorted(times)
        parties = [recipient["party"] for recipient in message["to"]]
        story.append((message["kind"], message["from"], parties))
    assert story == STORY
    [refused] = told["refused"]
    assert refused.keys() == {"kind", "from", "to", "code", "reason"}
    assert (refused["from"], refused["code"]) == ("KEN", "export-policy")
    assert "rule routes" in refused["reason"]
    stands = {
        (one["matter"], one["from"], one["to"]): (one["state"], one["owed"])
        for one in told["matters"]
    }
    assert stands["trace", "KEN", "BEL"] == ("answered-restricted", [])
    assert stands["diversion", "BEL", "MEX"][1] != []
    given = told["given"]
    assert given.keys() == {"party", "desk", "handling", "file"}
    assert (given["party"], given["desk"]) == ("MEX", "customs")
    assert given["handling"] == "TLP:AMBER"
    evidence = told["evidence"]
    assert evidence.keys() == {"holds", "root_sha256", "witnesses"}
    assert evidence["holds"] is True
    assert evidence["witnesses"] == ["witness.demonstration.example"]
    audit = told["audit"]
    assert audit.keys() == {"verified", "entries", "checkpoint"}
    assert audit["verified"] is True
    assert audit["checkpoint"].keys() == {"origin", "size", "root"}
    # Acceptance of 4 messages, DELIVERED and OPENED by 6 recipients, two words of an
    # office, one withheld; and every version of the directory.
    assert audit["entries"] == audit["checkpoint"]["size"] > 4 + 2 * 6 + 2 + 1


def test_demonstration_runs_twice_in_a_folder_with_a_space(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    ids = set()
    for _ in range(2):
        ended = cli("demo", "--once", "--json")
        assert ended.code == 0, ended.err
        _check_shape(ended.json)
        ids |= {message["id"] for message in ended.json["messages"]}
        assert not any(folder.iterdir()), "it cleans up after itself"
    assert len(ids) == 2 * len(STORY)


def test_demonstration_for_people_says_the_same(cli: Cli) -> None:
    ended = cli("demo", "--once")
    assert ended.code == 0, ended.err
    assert all(kind in ended.out for kind, _, _ in STORY)
    assert "audit verified: " in ended.out
    assert "refused: KEN" in ended.out


def test_json_needs_an_end(cli: Cli) -> None:
    ended = cli("demo", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")
