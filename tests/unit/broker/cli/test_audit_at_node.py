"""What a party reads of its own traffic: all of it in one view, and no content."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration
REQUEST = EXAMPLES / "trace-request.yaml"
REFUSED = EXAMPLES / "refused-route-intelligence.yaml"
ALERT = EXAMPLES / "diversion-alert.yaml"


@pytest.fixture
def sent(cli: Cli, federation: Federation) -> dict[str, Any]:
    """Kenya's request to Belgium, opened there."""
    ken = federation.folder / "KEN"
    ended = cli("send", REQUEST, "--node", ken, "--wait", 20, "--json")
    assert ended.code == 0, ended.err
    message: dict[str, Any]
    [message] = ended.json["messages"]
    digest = bytes.fromhex(message["digest"])
    asyncio.run(federation.opened("KEN", digest, message["to"]))
    return message


def _story(cli: Cli, node: Path, name: str) -> dict[str, Any]:
    ended = cli("audit", "message", name, "--node", node, "--json")
    assert ended.code == 0, ended.err
    told: dict[str, Any] = ended.json
    return told


def test_sender_and_recipient_tell_the_same_story_from_their_ends(
    cli: Cli, federation: Federation, sent: dict[str, Any]
) -> None:
    ken, bel = federation.folder / "KEN", federation.folder / "BEL"
    told = _story(cli, ken, sent["id"])
    steps = [(one["what"], one["by"]) for one in told["timeline"]]
    for step in (
        ("decided", "KEN"),
        ("sealed", "KEN"),
        ("submitted", "KEN"),
        ("accepted", "HUB"),
        ("delivered", "BEL"),
        ("opened", "BEL"),
    ):
        assert step in steps
    decided = next(one for one in told["timeline"] if one["what"] == "decided")
    assert decided["rules"]
    assert decided["parties"] == ["BEL"]
    assert decided["policy"] == told["timeline"][1]["policy"]
    assert told["role"] == "sent"
    told = _story(cli, bel, sent["digest"][:12])
    steps = [(one["what"], one["by"]) for one in told["timeline"]]
    for step in (
        ("sealed", "KEN"),
        ("arrived", "BEL"),
        ("delivered", "BEL"),
        ("decided", "BEL"),
        ("admitted", "BEL"),
        ("opened", "BEL"),
    ):
        assert step in steps
    assert told["role"] == "received"
    words = cli("audit", "message", sent["id"], "--node", ken)
    assert sent["id"] in words.err
    assert "policy: let out by" in words.out


def test_both_ends_list_what_was_stated(
    cli: Cli, federation: Federation, sent: dict[str, Any]
) -> None:
    for party, by in (("KEN", "BEL"), ("BEL", "BEL")):
        node = federation.folder / party
        listed = cli(
            *("audit", "list", "--node", node, "--stage", "opened"),
            *("--party", by.lower(), "--kind", "trace-request", "--json"),
        ).json["entries"]
        assert sent["digest"] in {one["message"] for one in listed}
        assert {one["kind"] for one in listed} == {"trace-request/1"}
    everything = cli("audit", "list", "--node", federation.folder / "KEN")
    assert "OPENED" in everything.out


def test_a_party_reads_nothing_of_the_traffic_of_others(
    cli: Cli, federation: Federation, sent: dict[str, Any]
) -> None:
    xpo = federation.folder / "XPO"
    listed = cli("audit", "list", "--node", xpo, "--limit", 1000, "--all", "--json")
    assert sent["digest"] not in listed.out
    ended = cli("audit", "message", sent["digest"], "--node", xpo)
    assert (ended.code, ended.out) == (78, "")
    assert "no message" in ended.err


def test_what_policy_kept_back_is_listed_with_its_story(
    cli: Cli, federation: Federation
) -> None:
    ken = federation.folder / "KEN"
    assert cli("send", REFUSED, "--node", ken).code == 77
    listed = cli(
        *("audit", "list", "--node", ken, "--json"),
        *("--stage", "withheld", "--code", "export-policy", "--party", "XPO"),
    ).json["entries"]
    assert listed[-1]["kind"] == "route-intelligence/1"
    told = _story(cli, ken, listed[-1]["message"][:16])
    assert (told["role"], told["header"]) == ("withheld", None)
    [withheld] = [one for one in told["timeline"] if one["what"] == "withheld"]
    assert withheld["parties"] == ["BEL", "XPO"]
    assert withheld["code"] == "export-policy"
    assert any("not let out" in one["text"] for one in told["timeline"])
    words = cli("audit", "message", listed[-1]["message"], "--node", ken)
    assert "withheld: digest" in words.err


def test_no_view_of_a_node_tells_a_content(
    cli: Cli, federation: Federation, sent: dict[str, Any], tmp_path: Path
) -> None:
    page, table = tmp_path / "page.html", tmp_path / "table.csv"
    for party in ("KEN", "BEL"):
        node = ("--node", federation.folder / party)
        shown = [
            cli("audit", "list", *node, "--all", "--json").out,
            cli("audit", "message", sent["id"], *node, "--json").out,
            cli("audit", "message", sent["id"], *node).out,
            cli("audit", "report", *node, "--html", page, "--csv", table, "--json").out,
            page.read_text(encoding="utf-8"),
            table.read_text(encoding="utf-8"),
        ]
        content = cli("show", sent["id"], *node, "--json").json["content"]
        firearm = content["items"][0]["firearm"]
        words = [one for one in firearm.values() if isinstance(one, str)]
        assert "Example Works" in words
        for text in shown:
            assert not any(word in text for word in words if " " in word)


def test_a_quarantine_is_part_of_the_story(cli: Cli, partners: Federation) -> None:
    bel, ken = partners.folder / "BEL", partners.folder / "KEN"
    ended = cli(
        "send", ALERT, "--to", "KEN", "--handling", "TLP:AMBER", "--node", bel, "--json"
    )
    [message] = ended.json["messages"]
    store, digest = partners.members["KEN"].node.store, bytes.fromhex(message["digest"])
    asyncio.run(partners.until(lambda: store.admission(digest), "quarantine"))
    told = _story(cli, ken, message["id"])["timeline"]
    [waits] = [one for one in told if one["what"] == "admitted"]
    assert waits["text"].startswith("waits in quarantine")
    assert "opened" not in {one["what"] for one in told}


def test_the_report_of_the_present_month_counts_what_was_sent(
    cli: Cli, federation: Federation, sent: dict[str, Any]
) -> None:
    ken = federation.folder / "KEN"
    told = cli("audit", "report", "--node", ken, "--json").json
    assert told["reader"] == "KEN"
    assert told["kinds"]["trace-request/1"]["sent"] >= 1
    assert told["parties"]["BEL"]["sent"] >= 1
    spans = {one["span"]: one["count"] for one in told["latencies"]}
    assert spans["submitted to accepted"] >= 1
    assert spans["delivered to opened"] >= 1
    words = cli("audit", "report", "--node", ken)
    assert words.code == 0
    for word in ("trace-request/1", "all kinds", "delivered to opened", "p99"):
        assert word in words.out
    assert sent["id"] not in words.out
    ended = cli("audit", "report", "--node", ken, "--html", ken / "no folder" / "page")
    assert (ended.code, ended.out) == (78, "")


def test_watching_a_node_shows_each_line_once(
    cli: Cli, federation: Federation, sent: dict[str, Any]
) -> None:
    ken = federation.folder / "KEN"
    watched = cli(
        *("audit", "watch", "--node", ken, "--since", "2020-01-01", "--json"),
        *("--count", 3),
    )
    lines = [json.loads(line) for line in watched.out.splitlines()]
    listed = cli("audit", "list", "--node", ken, "--after", 0, "--limit", 3, "--json")
    assert lines == listed.json["entries"]
    assert sent["digest"]
