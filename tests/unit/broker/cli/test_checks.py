"""Directory, doctor and audit: what a node and a hub can say about themselves."""

import asyncio
import base64
from pathlib import Path

import pytest

from broker.core.audit.checkpoint import open_checkpoint
from broker.core.audit.entry import receipt_leaf_hash
from broker.core.audit.proof import verify_inclusion
from keys.notes import NoteVerifier
from tests.federation import Federation
from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def digest(federation: Federation) -> bytes:
    """A message that BEL has opened and that is in the log, receipts and all."""
    sent = federation.send("KEN")
    asyncio.run(federation.opened("KEN", sent, ["BEL"]))

    def logged() -> bool:
        stages = {entry.stage for entry in federation.log_about(sent)}
        return stages == {"ACCEPTED", "DELIVERED", "OPENED"}

    asyncio.run(federation.until(logged, "the log"))
    return sent


def test_directory_shows_every_party(cli: Cli, federation: Federation) -> None:
    ken = federation.folder / "KEN"
    shown = cli("directory", "show", "--node", ken, "--json").json
    assert [one["party"] for one in shown["parties"]] == ["BEL", "KEN", "MEX", "XPO"]
    assert all(one["policy_sha256"] for one in shown["parties"])
    assert shown["failed"] == {}
    table = cli("directory", "show", "--node", ken)
    assert table.code == 0
    assert "Office in XPO" in table.out


def test_directory_shows_one_party(cli: Cli, federation: Federation) -> None:
    ken = federation.folder / "KEN"
    card = cli("directory", "show", "BEL", "--node", ken)
    assert card.code == 0
    assert "Office in BEL" in card.out
    one = cli("directory", "show", "BEL", "--node", ken, "--json").json
    assert one["contact"]["office"] == "Office in BEL"
    assert all(key["valid_now"] for key in one["signing_keys"])


@pytest.mark.parametrize("party", ["ZZZ", "belgium"])
def test_party_that_is_none_is_bad_data(
    cli: Cli, federation: Federation, party: str
) -> None:
    ken = federation.folder / "KEN"
    ended = cli("directory", "show", party, "--node", ken, "--json")
    assert ended.code == 65
    assert ended.json["error"]["text"]


def test_doctor_finds_a_running_node_well(cli: Cli, federation: Federation) -> None:
    xpo = federation.folder / "XPO"
    ended = cli("doctor", "--node", xpo, "--json")
    assert ended.code == 0, ended.out
    assert ended.json["well"] is True
    names = {check["name"] for check in ended.json["checks"]}
    assert names >= {"keys", "hub", "directory", "policy", "disk", "outbox", "alarms"}
    assert cli("doctor", "--node", xpo).out.count("ok ") == len(names)


def test_doctor_says_what_to_do_without_the_passphrase(
    cli: Cli, federation: Federation, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase", encoding="utf-8")
    xpo = federation.folder / "XPO"
    ended = cli("doctor", "--node", xpo, "--passphrase-file", wrong, "--json")
    assert ended.code == 1
    [ill] = [check for check in ended.json["checks"] if not check["well"]]
    assert ill["name"] == "keys"
    assert ill["hint"]


def test_audit_lists_what_was_said(
    cli: Cli, federation: Federation, digest: bytes
) -> None:
    for place in (
        ("--hub", federation.hub_folder),
        ("--node", federation.folder / "KEN"),
    ):
        entries = cli("audit", "list", *place, "--json").json["entries"]
        assert digest.hex() in {one["message"] for one in entries}
        opened = cli(
            "audit", "list", *place, "--stage", "opened", "--party", "BEL", "--json"
        )
        assert {one["stage"] for one in opened.json["entries"]} == {"OPENED"}
        assert cli("audit", "list", *place).code == 0
    ended = cli("audit", "list", "--hub", federation.hub_folder, "--stage", "eaten")
    assert (ended.code, ended.out) == (78, "")


def test_audit_of_the_hub_verifies(
    cli: Cli, federation: Federation, digest: bytes
) -> None:
    assert digest
    ended = cli("audit", "verify", "--hub", federation.hub_folder, "--json")
    assert (ended.code, ended.json["verified"]) == (0, True)
    assert ended.json["entries"] == ended.json["checkpoint"]["size"] >= 3
    words = cli("audit", "verify", "--hub", federation.hub_folder)
    assert (words.code, words.out) == (0, "")
    assert "The log holds" in words.err


def test_audit_of_a_node_verifies(
    cli: Cli, federation: Federation, digest: bytes
) -> None:
    assert digest
    ken = federation.folder / "KEN"
    ended = cli("audit", "verify", "--node", ken, "--json")
    assert (ended.code, ended.json["verified"]) == (0, True)
    assert ended.json["entries"] >= 3
    assert "proven" in cli("audit", "verify", "--node", ken).err


def test_proof_holds_without_us(
    cli: Cli, federation: Federation, digest: bytes
) -> None:
    ken = federation.folder / "KEN"
    ended = cli("audit", "proof", digest.hex(), "--node", ken, "--json")
    assert ended.code == 0
    trusted = federation.trust().view.federation
    verifier = NoteVerifier(trusted.log_origin, trusted.log_key)
    stages = []
    for one in ended.json["proofs"]:
        checkpoint = open_checkpoint(one["checkpoint"], verifier)
        leaf = receipt_leaf_hash(base64.b64decode(one["receipt"]))
        path = [bytes.fromhex(node) for node in one["path"]]
        verify_inclusion(leaf, one["index"], checkpoint.size, path, checkpoint.root)
        assert leaf.hex() == one["leaf_hash"]
        stages.append(one["stage"])
    assert sorted(stages) == ["ACCEPTED", "DELIVERED", "OPENED"]


def test_folder_may_come_from_the_environment(
    cli: Cli, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROGATORY_NODE", str(federation.folder / "KEN"))
    assert cli("inbox").code == 0
    monkeypatch.setenv("ROGATORY_HUB", str(federation.hub_folder))
    assert "root" in cli("audit", "verify", "--json").out


@pytest.mark.parametrize("command", ["inbox", "sent", "doctor"])
def test_no_folder_is_a_matter_of_configuration(cli: Cli, command: str) -> None:
    ended = cli(command, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")
    assert "ROGATORY_NODE" in cli(command).err


@pytest.mark.parametrize("command", ["inbox", "doctor"])
def test_folder_that_is_no_node_is_left_as_it_is(
    cli: Cli, tmp_path: Path, command: str
) -> None:
    ended = cli(command, "--node", tmp_path, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")
    assert not any(tmp_path.iterdir())
