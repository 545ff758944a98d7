"""Evidence is exported from a running federation, and checked where there is none."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from broker.core.audit.entry import EntryFilter
from broker.core.errors import Code
from broker.core.model import Stage
from broker.core.recalls.taken_back import TakenBack
from broker.core.records import InboxMessage
from broker.core.sentences import describe
from broker.infra.node_store import NodeStore
from keys.framing import sha256
from tests.federation import EXAMPLES, Federation
from tests.unit.broker.cli.conftest import Cli, Ended

pytestmark = pytest.mark.integration
_LOGGED = frozenset({Stage.ACCEPTED.name, Stage.DELIVERED.name, Stage.OPENED.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A message from Kenya to Belgium, logged with everything that was stated."""

    federation: Federation
    digest: str
    case: str

    def node(self, party: str) -> Path:
        """Returns the folder of a party."""
        return self.federation.folder / party

    @property
    def root(self) -> str:
        """The digest that a reader knows from elsewhere."""
        return sha256(self.federation.hub.federation.root).hex()


@pytest.fixture
def exchange(cli: Cli, federation: Federation, tmp_path: Path) -> Exchange:
    """Such an exchange."""
    ken = federation.folder / "KEN"
    case = tmp_path.name[-30:]
    request = EXAMPLES / "trace-request.yaml"
    ended = cli("send", request, "--node", ken, "--case", case, "--json")
    [sent] = ended.json["messages"]
    digest = bytes.fromhex(sent["digest"])
    wanted = EntryFilter(message_digest=digest)

    def logged() -> bool:
        return {entry.stage for entry in federation.log(wanted)} >= _LOGGED

    asyncio.run(federation.until(logged, "the log"))
    asyncio.run(federation.opened("KEN", digest, sent["to"]))
    return Exchange(federation=federation, digest=sent["digest"], case=case)


def exported(cli: Cli, exchange: Exchange, file: Path, *more: object) -> Any:  # noqa: ANN401 - JSON
    """Exports the message of Kenya; returns what is said about the file."""
    where = ("--node", exchange.node("KEN"), "--out", file, "--json")
    ended = cli("evidence", "export", exchange.digest[:16], *where, *more)
    assert ended.code == 0, ended.err
    return ended.json


def verified(cli: Cli, exchange: Exchange, file: Path, *more: object) -> Ended:
    """Checks a file as a stranger would."""
    known = ("--root-sha256", exchange.root, "--witnesses", 0)
    return cli("evidence", "verify", file, *known, *more)


def test_evidence_of_a_message_is_exported_and_holds_elsewhere(
    cli: Cli, exchange: Exchange, tmp_path: Path
) -> None:
    file = tmp_path / "it.evidence.zip"
    said = exported(cli, exchange, file)
    assert said["root_sha256"] == exchange.root
    assert said["disclosed"] == []
    assert sha256(file.read_bytes()).hex() == said["sha256"]
    ended = verified(cli, exchange, file)
    assert ended.code == 0, ended.out
    for words in (
        "Proved:",
        "KEN signed message",
        "HUB stated ACCEPTED",
        "BEL stated OPENED",
        "Not proved:",
        "its content is not disclosed",
        "Everything that is claimed and asked for holds.",
    ):
        assert words in ended.out
    assert b"Example Works" not in file.read_bytes()
    report = verified(cli, exchange, file, "--json").json
    assert report["holds"] is True
    assert report["sha256"] == said["sha256"]


def test_the_recipient_discloses_a_content_and_that_is_noted(
    cli: Cli, exchange: Exchange, tmp_path: Path
) -> None:
    file, bel = tmp_path / "it.evidence.zip", exchange.node("BEL")
    asked = ("evidence", "export", exchange.digest, "--node", bel, "--out", file)
    disclosed = (*asked, "--disclose", "content")
    ended = cli(*disclosed)
    assert ended.code == 78
    assert "TLP:AMBER" in ended.err
    assert not file.exists()
    ended = cli(*disclosed, "--yes")
    assert ended.code == 0, ended.err
    assert "--root-sha256" in ended.err
    ended = verified(cli, exchange, file)
    assert "The disclosed content" in ended.out
    [shown] = cli("evidence", "show", file, "--json").json["messages"]
    assert shown["content"]["items"][0]["firearm"]["make"] == "Example Works"
    assert {one["by"] for one in shown["receipts"]} == {"BEL"}
    noted = exchange.federation.members["BEL"].node.store.handed_out(
        bytes.fromhex(exchange.digest)
    )
    assert [(one.desk, one.file_digest) for one in noted] == [
        ("evidence", sha256(file.read_bytes()))
    ]


def test_a_content_that_was_taken_back_is_not_disclosed_any_more(
    cli: Cli, exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its origin can still show what it said, as long as it can read it."""
    gone = TakenBack(readable=True, sentence="KEN has recalled it")
    monkeypatch.setattr(NodeStore, "taken_back", lambda *_: gone)
    file = tmp_path / "it.evidence.zip"
    asked = ("evidence", "export", exchange.digest, "--out", file, "--yes")
    disclosed = (*asked, "--disclose", "content", "--node")
    ended = cli(*disclosed, exchange.node("BEL"))
    assert ended.code == describe(Code.RECALLED).exit_code
    assert "KEN has recalled it" in ended.err
    assert not file.exists()
    assert cli(*asked, "--node", exchange.node("BEL")).code == 0
    file.unlink()
    assert cli(*disclosed, exchange.node("KEN")).code == 0


def test_a_content_that_is_not_open_here_cannot_be_disclosed(
    cli: Cli, exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = NodeStore.find_received

    def unopened(store: NodeStore, digest: bytes) -> InboxMessage | None:
        message = found(store, digest)
        return message and replace(message, protected_key=b"")

    monkeypatch.setattr(NodeStore, "find_received", unopened)
    asked = ("evidence", "export", exchange.digest, "--out", tmp_path / "it.zip")
    where = ("--yes", "--disclose", "content", "--node", exchange.node("BEL"))
    ended = cli(*asked, *where)
    assert ended.code == 78
    assert "without --disclose content" in ended.err


def test_evidence_of_a_case_holds_all_its_messages(
    cli: Cli, exchange: Exchange, tmp_path: Path
) -> None:
    file = tmp_path / "case.evidence.zip"
    where = ("--node", exchange.node("KEN"), "--out", file)
    ended = cli("evidence", "export", exchange.case, *where, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["messages"] == [exchange.digest]
    assert verified(cli, exchange, file).code == 0
    ended = cli("evidence", "show", file)
    assert exchange.case in ended.err
    assert "NOT CHECKED" in ended.err
    assert "OPENED by BEL" in ended.out


def test_evidence_that_does_not_hold_is_said_to_and_fails(
    cli: Cli, exchange: Exchange, tmp_path: Path
) -> None:
    file = tmp_path / "it.evidence.zip"
    exported(cli, exchange, file)
    ended = verified(cli, exchange, file, "--witnesses", 1)
    assert ended.code == 1
    assert ended.out.startswith("DOES NOT HOLD")
    authority = tmp_path / "ca.pem"
    authority.write_text("nobody")
    ended = verified(cli, exchange, file, "--tsa", authority, "--json")
    assert (ended.code, ended.json["holds"]) == (1, False)
    known = ("--root-sha256", "00" * 32, "--witnesses", 0)
    ended = cli("evidence", "verify", file, *known)
    assert ended.code == 1
    assert "another federation" in ended.err
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert verified(cli, exchange, file).code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "no-such-case"), "no message and no case"),
        (("export", "no-such-case", "--case"), "no message and no case"),
        (("export", "{digest}", "--disclose", "keys"), "--disclose content"),
        (("export", "{digest}", "--out", "{there}"), "is there already"),
    ],
    ids=["no such subject", "no such case", "keys", "in place of a file"],
)
def test_what_cannot_be_exported_is_said_before_anything_is_done(
    cli: Cli,
    exchange: Exchange,
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    there = tmp_path / "there"
    there.write_text("kept")
    filled = [one.format(digest=exchange.digest, there=there) for one in arguments]
    ended = cli("evidence", *filled, "--node", exchange.node("KEN"))
    assert ended.code == 78
    assert said in ended.err
    assert there.read_text() == "kept"


def test_what_cannot_be_checked_is_said(cli: Cli, tmp_path: Path) -> None:
    file, empty = tmp_path / "no.zip", tmp_path / "empty"
    known = ("--root-sha256", "00" * 32, "--witnesses", 0)
    assert "cannot read" in cli("evidence", "verify", file, *known).err
    file.write_bytes(b"PK")
    empty.write_bytes(b"")
    assert "not a file of evidence" in cli("evidence", "verify", file, *known).err
    assert "not a file of evidence" in cli("evidence", "show", file).err
    short = ("--root-sha256", "00", "--witnesses", 0)
    assert "64 hexadecimal" in cli("evidence", "verify", file, *short).err
    ended = cli("evidence", "verify", file, *known, "--tsa", empty)
    assert "is empty" in ended.err
