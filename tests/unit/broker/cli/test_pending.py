"""`rogatory pending` and `officer`: on a running federation, as officers would."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from broker.app.release_files import ReleaseRequest
from broker.core.codec.documents import encode_document
from broker.core.errors import ProofError
from broker.core.handling import IntendedUse, Restrictions
from broker.infra.node_store import NodeStore
from keys import keystore
from keys.framing import sha256
from keys.keystore import UNSAFE_THROWAWAY_COST, KdfCost
from tests.federation import EXAMPLES, Federation
from tests.officers import OFFICERS, officer_signer
from tests.release_policies import approved_routes, policy_folder
from tests.unit.broker.cli.conftest import Cli, Ended

pytestmark = pytest.mark.integration
ROUTE = EXAMPLES / "route-intelligence.yaml"
SECRET = b"known to every test"


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """KEN and XPO; two of three officers approve what KEN tells XPO of routes."""
    folder = tmp_path_factory.mktemp("pending")
    policies = policy_folder(folder / "policies", KEN=approved_routes())
    parties = ("KEN", "XPO")
    with Federation(folder / "there", parties, policies=policies) as made:
        yield made


@pytest.fixture(autouse=True)
def _cheap_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = asdict(UNSAFE_THROWAWAY_COST)
    monkeypatch.setattr(KdfCost.__init__, "__kwdefaults__", cheap)


@pytest.fixture(scope="module")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The officers' keys, in files."""
    return officer_files(tmp_path_factory.mktemp("officers"))


def officer_files(folder: Path) -> Path:
    for name in (*OFFICERS, "mallory"):
        seed = sha256(f"officer/{name}".encode())
        keystore.save(
            folder / name, {"officer": seed}, SECRET, cost=UNSAFE_THROWAWAY_COST
        )
    return folder


class Ken:
    """The command line, at the node of KEN."""

    def __init__(self, cli: Cli, there: Federation, keys: Path) -> None:
        self.cli = cli
        self.there = there
        self.keys = keys
        self.node = ("--node", there.folder / "KEN")

    def __call__(self, *arguments: object) -> Ended:
        return self.cli(*arguments, *self.node)

    def done(self, *arguments: object) -> Any:  # noqa: ANN401 - JSON
        ended = self(*arguments, "--json")
        assert ended.code == 0, ended.err
        return ended.json

    def hold(self, *more: object) -> str:
        held = self.done("send", ROUTE, *more)
        assert held["state"] == "pending"
        return str(held["id"])

    def by(self, officer: str) -> tuple[object, ...]:
        secret = self.there.passphrase_file
        key = ("--key", self.keys / officer, "--key-passphrase-file", secret)
        return (*key, "--yes")

    def sign(self, file: Path, officer: str, *more: object) -> Ended:
        secret = ("--passphrase-file", self.there.passphrase_file)
        key = ("--key", self.keys / officer, *secret)
        return self.cli("officer", "sign", file, *key, "--yes", *more)


@pytest.fixture
def ken(cli: Cli, there: Federation, key_folder: Path) -> Ken:
    return Ken(cli, there, key_folder)


def test_two_of_three_officers_send_it_and_the_recipient_opens_it(
    ken: Ken, there: Federation
) -> None:
    name = ken.hold()
    first = ken.done("pending", "approve", name, *ken.by("amina"))
    assert (first["state"], first["messages"]) == ("pending", [])
    [count] = first["approvals"]
    assert (count["needed"], count["approved"], count["met"]) == (2, ["amina"], False)
    listed = ken.done("pending", "list")["pending"]
    assert [one["id"] for one in listed] == [name]
    assert "1 document(s) wait for officers" in ken("sent").err
    second = ken.done(
        "pending", "approve", name, *ken.by("chen"), "--reason", "agreed with XPO"
    )
    assert second["state"] == "released"
    [message] = second["messages"]
    [sent] = there.members["KEN"].node.store.sent(1)
    asyncio.run(there.opened("KEN", sent.message_digest, ["XPO"]))
    shown = ken.done("show", message)
    assert [one["officer"] for one in shown["approved"]["by"]] == ["amina", "chen"]
    assert shown["approved"]["by"][1]["reason"] == "agreed with XPO"
    assert shown["approved"]["problem"] is None
    assert "amina approved" in ken("show", message).err
    assert "approved by chen" in ken("status", message).err
    everything = ("pending", "list", "--all")
    assert message in ken(*everything).err + ken(*everything, "--json").out
    assert "released" in ken("pending", "show", name).err
    status = ken.done("status", message)
    assert [one["officer"] for one in status["approved"]] == ["amina", "chen"]
    assert ken.done("pending", "list")["pending"] == []
    assert ken.done("pending", "list", "--all")["pending"][0]["messages"] == [message]


def test_evidence_that_proves_nothing_is_a_warning(
    ken: Ken, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = ken.hold()
    ken.done("pending", "approve", name, *ken.by("amina"))
    [message] = ken.done("pending", "approve", name, *ken.by("brian"))["messages"]
    asyncio.run(ken.there.until(ken.there.members["KEN"].node.store.policies, "it"))

    def refuse(*_: object) -> None:
        raise ProofError("the approvals do not hold: of amina")

    monkeypatch.setattr("broker.app.pending.check_release", refuse)
    shown = ken("show", message, "--json")
    assert "proves nothing" in shown.err
    assert "of amina" in shown.json["approved"]["problem"]
    monkeypatch.setattr(NodeStore, "policy_of", lambda *_: None)
    shown = ken("show", message, "--json")
    assert "not stored here" in shown.json["approved"]["problem"]


def test_in_answer_and_with_restrictions_a_person_sees_that_too(
    ken: Ken, tmp_path: Path
) -> None:
    waiting = ken.hold("--handling", "TLP:AMBER", "--case", "K-9")
    file = tmp_path / "release.json"
    ken.done("pending", "export", waiting, "-o", file, "--with-content")
    request = ReleaseRequest.read(file)
    [parcel] = request.release.parcels
    narrow = Restrictions(
        release_to=("customs",),
        purpose="tracing",
        no_onward=True,
        other="ask first",
        purposes=frozenset({IntendedUse(1)}),
        retention_days=30,
    )
    handled = replace(parcel, handling=replace(parcel.handling, restrictions=narrow))
    release = replace(request.release, parcels=(handled,), in_reply_to=bytes(32))
    replace(request, release=release).write(file)
    seen = ken.sign(file, "amina").err
    for words in (
        "for customs only",
        "30 days",
        "consent",
        "ask first",
        "K-9",
        "00" * 32,
    ):
        assert words in seen
    # That is not what would leave: at the node, it does not count.
    ended = ken("pending", "import", file)
    assert (ended.code, "something else" in ended.err) == (77, True)
    ken.done("pending", "withdraw", waiting, "--yes")


def test_a_person_reads_all_of_it_before_agreeing(ken: Ken) -> None:
    ended = ken("send", ROUTE)
    assert (ended.code, "NOT SENT YET" in ended.err) == (0, True)
    name = ended.out.strip()
    asked = ken("pending", "approve", name, *ken.by("amina")[:-1])
    assert asked.code == 78
    for words in (
        "KEN would send: route-intelligence/1",
        "XPO",
        "TLP:AMBER",
        "Pistol parts by parcel post",
        "rule routes: 2 of amina, brian, chen",
        "you would sign",
        "give --yes",
    ):
        assert words in asked.err
    assert "0 of 2" in ken("pending", "show", name).err
    assert name in ken("pending", "list").out
    ended = ken("pending", "reject", name, *ken.by("brian"), "--reason", "not now")
    assert "brian rejected" in ended.err
    assert "not now" in ken("pending", "show", name[:13]).err
    assert "rejected by brian" in ken("pending", "list").out
    assert "withdrawn" in ken("pending", "withdraw", name, "--yes").err
    late = ken("pending", "approve", name, *ken.by("amina"))
    assert late.code == 69
    assert "does not wait any more" in late.err


def test_a_stranger_and_a_wrong_key_approve_nothing(ken: Ken) -> None:
    name = ken.hold()
    ended = ken("pending", "approve", name, *ken.by("mallory"))
    assert ended.code == 78
    assert "none of the officers of the published policy" in ended.err
    assert ken("pending", "approve", "0000", *ken.by("amina")).code == 78
    assert ken("pending", "approve", "00000000", *ken.by("amina")).code == 78
    assert ken.done("pending", "show", name)["approvals"][0]["approved"] == []
    ken.done("pending", "withdraw", name, "--yes")


def test_officers_elsewhere_sign_a_file(
    ken: Ken, there: Federation, tmp_path: Path
) -> None:
    name, file = ken.hold(), tmp_path / "release.json"
    ken.done("pending", "export", name, "-o", file, "--with-content")
    assert ken("pending", "export", name, "-o", file).code == 78
    assert file.stat().st_mode & 0o077 == 0
    nobody = ken("pending", "import", file)
    assert "nobody has signed" in nobody.err
    seen = ken.sign(file, "brian")
    assert seen.code == 0
    assert "Pistol parts by parcel post" in seen.err
    assert ken.sign(file, "mallory").code == 78
    signed = ken.sign(file, "chen", "--json")
    assert (signed.json["officer"], signed.json["verdict"]) == ("chen", "approve")
    ended = ken.done("pending", "import", file)
    assert ended["state"] == "released"
    [sent] = there.members["KEN"].node.store.sent(1)
    asyncio.run(there.opened("KEN", sent.message_digest, ["XPO"]))
    again = ken("pending", "import", file)
    assert (again.code, "released" in again.err) == (0, True)


def test_a_file_without_content_says_so_and_can_be_rejected(
    ken: Ken, tmp_path: Path
) -> None:
    name, file = ken.hold(), tmp_path / "release.json"
    assert "without its content" in ken("pending", "export", name, "-o", file).err
    assert b"Pistol" not in file.read_bytes()
    assert "needs a --reason" in ken.sign(file, "amina", "--reject").err
    ended = ken.sign(file, "amina", "--reject", "--reason", "unclear source")
    assert "NOT SHOWN" in ended.err
    assert ken.done("pending", "import", file)["approvals"][0]["rejected"] == ["amina"]
    # Later at the node, she agrees: that is the last word.
    ken.done("pending", "approve", name, *ken.by("amina"))
    found = ken.done("pending", "show", name)
    assert found["approvals"][0]["approved"] == ["amina"]
    ken.done("pending", "withdraw", name, "--yes")


def _changed(file: Path, **fields: object) -> None:
    found = json.loads(file.read_text())
    file.write_text(json.dumps({**found, **fields}))


def test_a_file_that_was_changed_is_not_signed(ken: Ken, tmp_path: Path) -> None:
    name, file = ken.hold(), tmp_path / "release.json"
    ken.done("pending", "export", name, "-o", file, "--with-content")
    good = json.loads(file.read_text())
    other = encode_document("trace-info-request/1", _harmless())
    _changed(file, bodies=[base64.b64encode(other).decode()])
    ended = ken.sign(file, "amina")
    assert ended.code == 78
    assert "somebody has changed the file" in ended.err
    for bad in ({"release": "AAAA"}, {"format": "other"}, {"lapses_ms": "soon"}):
        file.write_text(json.dumps({**good, **bad}))
        assert ken.sign(file, "amina").code == 78
    file.write_text("[]")
    assert ken.sign(file, "amina").code == 78
    assert ken.sign(tmp_path / "none", "amina").code == 78
    ken.done("pending", "withdraw", name, "--yes")


def _harmless() -> dict[str, object]:
    return {"missing": [{"kind": "MISSING_KIND_MARKINGS", "question": "Which?"}]}


def test_an_answer_that_was_forged_in_a_file_is_an_alarm(
    ken: Ken, there: Federation, tmp_path: Path
) -> None:
    name, file = ken.hold(), tmp_path / "release.json"
    ken.done("pending", "export", name, "-o", file)
    # The file says that amina's key is mallory's: so mallory signs as amina.
    mallory = ken.cli(
        "officer", "show", ken.keys / "mallory", "--json", *_secret(there)
    )
    public = mallory.json["public"].removeprefix("ed25519:")
    good = json.loads(file.read_text())
    _changed(file, officers={**good["officers"], "amina": public})
    assert ken.sign(file, "mallory").code == 0
    before = there.members["KEN"].node.store.count_alarms()
    ended = ken("pending", "import", file)
    assert ended.code == 77
    assert "not taken: of amina" in ended.err
    assert there.members["KEN"].node.store.count_alarms() == before + 1
    # An honest officer's program sees it too.
    _changed(file, officers=good["officers"])
    assert "does not hold" in ken.sign(file, "brian").err
    ken.done("pending", "withdraw", name, "--yes")


def _secret(there: Federation) -> tuple[object, ...]:
    return ("--passphrase-file", there.passphrase_file)


def test_an_officer_makes_a_key_and_gets_the_line_for_the_policy(
    cli: Cli, there: Federation, tmp_path: Path
) -> None:
    secret = _secret(there)
    made = cli("officer", "init", "dora", "-o", tmp_path / "dora", *secret)
    assert made.code == 0
    line = made.out.strip()
    assert line.startswith("dora: ed25519:")
    shown = cli("officer", "show", tmp_path / "dora", *secret)
    assert f"dora: {shown.out.strip()}" == line
    assert cli("officer", "init", "dora", "-o", tmp_path / "dora", *secret).code == 77
    assert cli("officer", "init", "Dora!", "-o", tmp_path / "d", *secret).code == 78
    as_json = cli("officer", "init", "e", "-o", tmp_path / "e", "--json", *secret).json
    assert as_json["public"].startswith("ed25519:")
    role = tmp_path / "role"
    cli("keys", "role", "init", role, *secret)
    assert cli("officer", "show", role, *secret).code == 77


def test_the_keys_of_these_tests_are_those_of_the_policy(
    cli: Cli, there: Federation, key_folder: Path
) -> None:
    for name in OFFICERS:
        shown = cli("officer", "show", key_folder / name, *_secret(there), "--json")
        public = str(officer_signer(name).public_key.keyval["public"])
        raw = base64.b64decode(shown.json["public"].split(":")[1])
        assert raw.hex() == public
