"""Sending and looking: on a running federation, as an officer would."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker.core.codec.receipts import encode_receipt
from broker.core.model import Stage
from broker.core.records import LedgerLine
from tests.crafting import statement
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration
REQUEST = EXAMPLES / "trace-request.yaml"


def _sent(cli: Cli, federation: Federation, *more: object) -> dict[str, Any]:
    """Sends Kenya's request; returns once it is opened."""
    ken = federation.folder / "KEN"
    ended = cli("send", REQUEST, "--node", ken, "--wait", 20, "--json", *more)
    assert ended.code == 0, ended.err
    sent: dict[str, Any]
    [sent] = ended.json["messages"]
    asyncio.run(federation.opened("KEN", bytes.fromhex(sent["digest"]), sent["to"]))
    return sent


def test_message_is_sent_followed_and_read(cli: Cli, federation: Federation) -> None:
    ken, bel = federation.folder / "KEN", federation.folder / "BEL"
    sent = _sent(cli, federation)
    assert sent["state"] == "accepted"
    assert sent["to"] == ["BEL"]
    status = cli("status", sent["id"], "--node", ken, "--json").json
    [recipient] = status["recipients"]
    stages = [step["stage"] for step in recipient["stages"]]
    assert (recipient["party"], stages) == ("BEL", ["ACCEPTED", "DELIVERED", "OPENED"])
    assert [step["by"] for step in recipient["stages"]] == ["HUB", "BEL", "BEL"]
    newest = cli("inbox", "--node", bel, "--json").json["messages"][0]
    assert (newest["id"], newest["state"]) == (sent["id"], "opened")
    here = cli("show", sent["id"], "--node", bel, "--json").json
    there = cli("show", sent["digest"][:12], "--node", ken, "--json").json
    assert here == there
    assert here["content"]["items"][0]["firearm"]["make"] == "Example Works"


def test_tables_for_people_say_the_same(cli: Cli, federation: Federation) -> None:
    ken, bel = federation.folder / "KEN", federation.folder / "BEL"
    sent = _sent(cli, federation)
    for arguments, words in (
        (("status", sent["id"], "--node", ken), ("DELIVERED", "OPENED", "BEL")),
        (("sent", "--node", ken), (sent["id"], "BEL opened")),
        (("inbox", "--node", bel), (sent["id"], "KEN", "opened")),
        (("show", sent["id"], "--node", bel), ("Example Works", "TLP:AMBER")),
    ):
        ended = cli(*arguments)
        assert ended.code == 0
        assert all(word in ended.out for word in words)


def test_id_alone_stands_on_standard_output(cli: Cli, federation: Federation) -> None:
    ended = cli("send", REQUEST, "--node", federation.folder / "KEN")
    assert ended.code == 0
    assert (
        cli("status", ended.out.strip(), "--node", federation.folder / "KEN").code == 0
    )
    assert "rogatory status" in ended.err


def test_answer_names_what_it_answers(cli: Cli, federation: Federation) -> None:
    bel = federation.folder / "BEL"
    asked = _sent(cli, federation)
    answer = EXAMPLES / "trace-response.yaml"
    ended = cli("send", answer, "--node", bel, "--reply-to", asked["id"][:13], "--json")
    [sent] = ended.json["messages"]
    shown = cli("show", sent["id"], "--node", bel, "--json").json
    assert shown["in_reply_to"] == asked["digest"]


def test_dry_run_tells_and_changes_nothing(cli: Cli, federation: Federation) -> None:
    ken = federation.folder / "KEN"
    before = cli("sent", "--node", ken, "--json").json
    ended = cli("send", REQUEST, "--node", ken, "--dry-run", "--json")
    assert ended.code == 0
    assert [one["party"] for one in ended.json["would_get_it"]] == ["BEL"]
    refused = EXAMPLES / "refused-route-intelligence.yaml"
    ended = cli("send", refused, "--node", ken, "--dry-run", "--json")
    assert ended.code == 77
    assert {one["code"] for one in ended.json["would_not"]} == {"export-policy"}
    assert "Nothing was sent." in cli("send", REQUEST, "--node", ken, "--dry-run").err
    assert cli("sent", "--node", ken, "--json").json == before


def test_policy_refuses_with_exit_code_77(cli: Cli, federation: Federation) -> None:
    ken = federation.folder / "KEN"
    refused = EXAMPLES / "refused-route-intelligence.yaml"
    ended = cli("send", refused, "--node", ken)
    assert (ended.code, ended.out) == (77, "")
    assert "nearest is rule routes" in ended.err
    ended = cli("send", refused, "--node", ken, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (77, "export-policy")
    assert ended.json["error"]["advice"]
    withheld = cli("sent", "--node", ken, "--json").json["withheld"]
    assert withheld[0]["to"] == ["BEL", "XPO"]


def test_partial_goes_to_those_who_may(
    cli: Cli, federation: Federation, tmp_path: Path
) -> None:
    document = tmp_path / "route.yaml"
    text = (EXAMPLES / "route-intelligence.yaml").read_text(encoding="utf-8")
    document.write_text(text.replace("to: [XPO]", "to: [XPO, BEL]"), encoding="utf-8")
    mex = federation.folder / "MEX"
    assert cli("send", document, "--node", mex, "--json").code == 77
    ended = cli("send", document, "--node", mex, "--partial", "--json")
    assert ended.code == 0
    assert [one["to"] for one in ended.json["messages"]] == [["XPO"]]


@pytest.mark.parametrize("name", ["serial-alone", "slips", "refusal-without-reasons"])
def test_bad_document_has_exit_code_65_and_every_place(
    cli: Cli, federation: Federation, name: str
) -> None:
    ken, file = federation.folder / "KEN", EXAMPLES / "invalid" / f"{name}.yaml"
    arguments = ("send", file, "--to", "BEL", "--handling", "TLP:AMBER", "--node", ken)
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (65, "")
    error = cli(*arguments, "--json").json["error"]
    assert error["code"] == "document"
    assert error["problems"]
    for problem in error["problems"]:
        assert problem.keys() == {"path", "found", "expected"}
        assert problem["path"] in ended.err
        assert problem["expected"] in ended.err


@pytest.mark.parametrize(
    ("option", "value", "code", "word"),
    [
        ("--to", "BE", 65, "party-code"),
        ("--to", "BEL,ZZZ", 65, "unknown-party"),
        ("--to", "KEN", 65, "invalid-recipients"),
        ("--handling", "TLP:PINK", 65, "handling"),
        ("--expires-in", "soon", 78, "configuration"),
        ("--expires-in", "999d", 65, "lifetime-too-long"),
        ("--case", "x" * 65, 65, "invalid-header"),
        ("--reply-to", "0123456789abcdef", 78, "configuration"),
    ],
)
def test_bad_option_is_refused_with_its_code(
    cli: Cli, federation: Federation, option: str, value: str, code: int, word: str
) -> None:
    ken = federation.folder / "KEN"
    ended = cli("send", REQUEST, "--node", ken, option, value, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (code, word)


@pytest.mark.parametrize(
    "content", [b"", b"[1, 2]", b"kind: [", b"\xff\xfe\x00", b"kind: trace-request/1"]
)
def test_file_that_is_no_document_has_exit_code_65(
    cli: Cli, federation: Federation, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "document.yaml"
    file.write_bytes(content)
    ended = cli("send", file, "--node", federation.folder / "KEN", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (65, "document")


@pytest.mark.parametrize("name", ["show", "status"])
@pytest.mark.parametrize("message", ["12", "0123456789abcdef", "%%%%%%%%"])
def test_unknown_message_is_named(
    cli: Cli, federation: Federation, name: str, message: str
) -> None:
    ended = cli(name, message, "--node", federation.folder / "KEN", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")


def test_received_message_has_no_status(cli: Cli, federation: Federation) -> None:
    sent = _sent(cli, federation)
    ended = cli("status", sent["id"], "--node", federation.folder / "BEL")
    assert ended.code == 78
    assert "rogatory inbox" in ended.err


def _forget(federation: Federation, receipt: bytes) -> None:
    """Takes out what no node would have taken: others audit the same federation."""
    path = federation.members["KEN"].node.folder.database
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM ledger WHERE receipt = ?", (receipt,))


def test_detail_of_a_receipt_cannot_steer_the_terminal(
    cli: Cli, federation: Federation, request: pytest.FixtureRequest
) -> None:
    """A recipient chooses the words of its refusals."""
    sent = _sent(cli, federation)
    digest, store = bytes.fromhex(sent["digest"]), federation.members["KEN"].node.store
    hostile = statement(
        Stage.REFUSED,
        digest,
        by="BEL",
        to="KEN",
        at_ms=1,
        code="cannot-open",
        detail="\x1b[2J\u202egone",
    )
    line = LedgerLine(receipt=hostile, receipt_bytes=encode_receipt(hostile), proof=b"")
    store.store_receipts([line])
    request.addfinalizer(lambda: _forget(federation, encode_receipt(hostile)))
    for more in ((), ("--json",)):
        ended = cli("status", sent["id"], "--node", federation.folder / "KEN", *more)
        assert ended.code == 0
        assert "gone" in ended.out
        assert not {"\x1b", "\u202e"} & set(ended.out + ended.err)
