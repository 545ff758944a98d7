"""`rogatory policy publish`, `history` and `pull`: live, by two, and only if sound."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from broker.app.exchange_files import JoinRequest
from broker.app.founding import apply_here
from broker.app.policy_history import note, write_text
from broker.app.proposing import rekey_party
from broker.cli import policy_publishing
from broker.cli.key_publishing import said_last
from broker.cli.policy_history import written
from broker.core.codec.policy import encode_policy
from broker.core.errors import Code, ConfigurationError, RefusedError
from broker.core.policy.finding import Finding
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.node_store import NodeStore
from broker.infra.policy_files import policy_in, read_policy
from broker.settings import NodeFolder
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST, KdfCost
from tests.federation import EXAMPLES, PASSPHRASE, Federation
from tests.release_policies import approved_routes
from tests.unit.broker.cli.conftest import Cli, Ended

pytestmark = pytest.mark.integration
REQUEST = EXAMPLES / "trace-request.yaml"
CLOSED = """# Nothing leaves any more.
party: KEN
export:
  - id: closed
    deny: [trace-request]
    to: everyone
    because: Until the agreement is signed
import:
  - id: take-all
    permit: every-kind
    from: everyone
    up-to: TLP:RED
"""


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """KEN and BEL, whose nodes run all the time."""
    folder = tmp_path_factory.mktemp("publishing") / "there"
    with Federation(folder, ("BEL", "KEN")) as made:
        yield made


@pytest.fixture(autouse=True)
def _cheap_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = asdict(UNSAFE_THROWAWAY_COST)
    monkeypatch.setattr(KdfCost.__init__, "__kwdefaults__", cheap)


class Ken:
    """The command line, at the node of KEN."""

    def __init__(self, cli: Cli, there: Federation, folder: Path) -> None:
        self.cli = cli
        self.there = there
        self.folder = folder
        self.node = there.folder / "KEN"

    def __call__(self, *arguments: object) -> Ended:
        return self.cli(*arguments, "--node", self.node)

    def done(self, *arguments: object) -> Any:  # noqa: ANN401 - JSON
        ended = self(*arguments, "--json")
        assert ended.code == 0, ended.err
        return ended.json

    def file(self, text: str) -> Path:
        path = self.folder / "policy.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def versions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.done("policy", "history")["versions"]
        return found

    def heard(self, digest: str) -> None:
        """Returns once the running node goes by a policy."""
        trust = self.there.stored
        asyncio.run(
            self.there.until(
                lambda: trust("KEN").policy_digests[PartyId("KEN")].hex() == digest,
                "the node hears of its own policy",
            )
        )

    def noted(self, version: int) -> None:
        """Returns once the running node has noted a version."""
        store = self.there.members["KEN"].node.store
        asyncio.run(
            self.there.until(
                lambda: any(one.version == version for one in store.policies()),
                "the node notes its own policy",
            )
        )


@pytest.fixture
def ken(cli: Cli, there: Federation, tmp_path: Path) -> Ken:
    return Ken(cli, there, tmp_path)


OPEN = (EXAMPLES / "policies" / "ken.yaml").read_text(encoding="utf-8")


def test_the_running_node_notes_what_it_was_admitted_with(ken: Ken) -> None:
    ken.noted(1)
    [first] = ken.versions()
    assert (first["version"], first["in_force"], first["eyes"]) == (1, True, "two")
    assert len(first["role_keys"]) == 1
    table = ken("policy", "history").out
    assert "1 (in force)" in table
    assert "one key was enough" in table


def test_a_policy_that_closes_a_kind_takes_effect_without_a_restart(
    ken: Ken,
) -> None:
    assert ken("send", REQUEST, "--dry-run").code == 0
    file = ken.file(CLOSED)
    tried = ken("policy", "publish", file, "--alone", "--dry-run")
    assert tried.code == 0
    assert "Nothing was published" in tried.err
    assert "export:" in tried.err
    alone = ken("policy", "publish", file, "--yes")
    assert alone.code == 78
    assert "one key is enough" in alone.err
    asked = ken("policy", "publish", file, "--alone")
    assert "give --yes" in asked.err
    before = ken.versions()
    done = ken.done("policy", "publish", file, "--alone", "--yes")
    assert done["state"] == "published"
    assert done["changes"]
    ken.heard(done["digest"])
    refused = ken("send", REQUEST, "--json")
    assert refused.code == 77
    assert "Until the agreement is signed" in refused.json["error"]["text"]
    after = ken.versions()
    assert [one["version"] for one in after] == [done["version"], before[0]["version"]]
    assert [one["in_force"] for one in after] == [True, False]
    assert (ken.node / "policy.yaml").read_text() == CLOSED
    again = ken.done("policy", "publish", file, "--alone", "--yes")
    assert again["state"] == "in force already"
    assert "in force already" in ken("policy", "publish", file).err
    opened = ken.done("policy", "publish", ken.file(OPEN), "--alone", "--yes")
    ken.heard(opened["digest"])
    assert ken("send", REQUEST, "--dry-run").code == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OPEN.replace("up-to: TLP:AMBER\n", "up-to: TLP:AMBR\n"), "line"),
        (OPEN.replace("{groups: [eac]}", "{groups: [eaq]}"), "eaq"),
        ("party: [", "found"),
    ],
    ids=["label", "group", "yaml"],
)
def test_of_a_bad_file_nothing_changes_and_the_old_policy_stays(
    ken: Ken, text: str, words: str
) -> None:
    before = ken.versions(), (ken.node / "policy.yaml").read_bytes()
    file = ken.file(text)
    ended = ken("policy", "publish", file, "--alone", "--yes", "--json")
    assert ended.code == 65
    problems = ended.json["error"]["problems"]
    assert problems
    assert all(one["line"] and one["column"] for one in problems)
    assert words in ended.out
    assert (ken.versions(), (ken.node / "policy.yaml").read_bytes()) == before
    assert ken("send", REQUEST, "--dry-run").code == 0


def test_what_cannot_be_meant_is_not_published(
    ken: Ken, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding(path="export[0]", severity="error", text="it contradicts itself")]
    monkeypatch.setattr("broker.cli.policy_publishing.review", lambda *_, **__: found)
    ended = ken("policy", "publish", ken.file(CLOSED), "--alone", "--yes")
    assert ended.code == 65
    assert "export[0]: it contradicts itself" in ended.err
    assert "stays in force" in ended.err


def test_the_policy_of_another_party_is_not_published(ken: Ken) -> None:
    file = ken.file(CLOSED.replace("KEN", "BEL"))
    ended = ken("policy", "publish", file, "--alone", "--yes")
    assert (ended.code, "that of BEL" in ended.err) == (78, True)


def test_an_old_policy_is_shown_as_it_was_written(ken: Ken) -> None:
    current = ken.versions()[0]
    closed = ken.versions()[1]
    shown = ken("policy", "history", "show", closed["version"])
    assert shown.out == CLOSED
    file = ken.folder / "old.yaml"
    assert ken("policy", "history", "show", closed["version"], "-o", file).code == 0
    assert file.read_text() == CLOSED
    assert ken("policy", "history", "show", closed["version"], "-o", file).code != 0
    assert ken("policy", "history", "show", "99").code == 78
    as_json = ken.done("policy", "history", "show", current["version"])
    assert (as_json["text"], as_json["with_comments"]) == (OPEN, True)
    # What was published elsewhere has no comments; it means the same.
    first = ken.done("policy", "history", "show", 1)
    assert not first["with_comments"]
    rendered = ken.folder / "rendered.yaml"
    rendered.write_text(first["text"])
    original = read_policy(EXAMPLES / "policies" / "ken.yaml").policy
    assert read_policy(rendered).policy == original


def test_what_is_in_force_is_pulled_with_its_comments(ken: Ken) -> None:
    file = ken.folder / "pulled.yaml"
    assert ken("policy", "pull", "-o", file).code == 0
    assert file.read_text() == OPEN
    assert ken("policy", "pull").out == OPEN
    assert ken.done("policy", "pull")["digest"] == ken.versions()[0]["digest"]


def test_where_two_must_sign_two_must_sign(ken: Ken, cli: Cli) -> None:
    secret = ("--passphrase-file", ken.there.passphrase_file)
    for number in "12":
        cli("keys", "role", "init", ken.folder / number, *secret)
    publics = [f"--role-key={ken.folder / number}.public" for number in "12"]
    asked = ken.done("keys", "rekey-request", *publics, "--role-threshold", 2)

    def signed(file: object, number: str) -> Ended:
        key = ("--key", ken.folder / number, "--yes", *secret)
        return cli("keys", "sign", file, *key)

    for number in "12":
        assert signed(asked["request"], number).code == 0
    now_ms = SYSTEM_CLOCK.now_ms()
    request = JoinRequest.read(Path(asked["request"]))
    hub = ken.there.hub.folder
    apply_here(hub, rekey_party(hub, request, now_ms), PASSPHRASE, now_ms)

    text = approved_routes()
    wanted = ken.done("policy", "publish", ken.file(text), "--yes")
    assert (wanted["state"], wanted["missing"]) == ("to be signed", 2)
    version, file = wanted["version"], wanted["request"]
    assert all(one["version"] < version for one in ken.versions())
    early = signed(file, "1")
    # Whoever signs a policy has read it.
    assert "approval:" in early.err
    assert "amina" in early.err
    assert ken("keys", "publish", file).code == 77
    assert signed(file, "2").code == 0
    assert ken.done("keys", "publish", file)["version"] == version
    ken.heard(wanted["digest"])
    newest = ken.versions()[0]
    assert (newest["version"], newest["eyes"]) == (version, "four")
    assert len(newest["role_keys"]) == 2
    assert (ken.node / "policy.yaml").read_text() == text
    assert ken("policy", "pull").out == text
    text_out = ken("policy", "publish", ken.file(OPEN), "--yes")
    assert "signature(s) are missing" in text_out.err


def test_nobody_publishes_over_what_they_have_not_seen(
    ken: Ken, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = said_last

    def earlier(*of: Any) -> Any:  # noqa: ANN401 - as it is
        said = last(*of)
        return replace(said, version=said.version - 1)

    monkeypatch.setattr(policy_publishing, "said_last", earlier)
    ended = ken("policy", "publish", ken.file(CLOSED), "--alone", "--yes")
    assert ended.code == 78
    assert "meanwhile" in ended.err


def test_a_policy_that_this_program_cannot_read_is_replaced_without_a_comparison(
    ken: Ken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise RefusedError(Code.UNKNOWN_FIELD, "policy")

    monkeypatch.setattr(policy_publishing, "decode_policy", unreadable)
    ended = ken("policy", "publish", ken.file(CLOSED), "--dry-run")
    assert "Nothing that can be compared" in ended.err
    as_json = ken("policy", "publish", ken.file(CLOSED), "--dry-run", "--json").json
    assert (as_json["changes"], as_json["state"]) == (None, "not published")


def test_a_change_of_words_alone_is_told_as_such(ken: Ken) -> None:
    text = ken("policy", "pull").out
    file = ken.file(text.replace("party: KEN", "party: KEN\ngroups: {eac: [UGA]}"))
    assert "decided differently" in ken("policy", "publish", file, "--dry-run").err


def test_a_history_that_cannot_be_read_is_still_a_history(
    ken: Ken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise RefusedError(Code.UNKNOWN_FIELD, "policy")

    monkeypatch.setattr("broker.cli.policy_history.decode_policy", unreadable)
    assert {one["rules"] for one in ken.versions()} == {"cannot be read"}


def test_a_text_that_means_something_else_is_not_shown_as_the_policy() -> None:
    published = encode_policy(policy_in(CLOSED, Path("closed.yaml")).policy)
    assert written(published, CLOSED) == CLOSED
    for other in (OPEN, "not: a policy", ""):
        assert "deny" in written(published, other)
        assert "Nothing leaves any more" not in written(published, other)


def test_what_cannot_be_written_is_told_and_nothing_published_is_not_noted(
    ken: Ken, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = ken.there.members["KEN"].node
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_text(replace(node, folder=_Nowhere()), "text")
    monkeypatch.setattr(NodeStore, "note_policy", lambda *_: pytest.fail("noted"))
    note(node, None)


class _Nowhere(NodeFolder):
    """A folder that nothing can be written to."""

    def __init__(self) -> None:
        super().__init__(Path("/proc/nowhere"))
