"""`rogatory keys`: shown, rotated, revoked, and signed where the role keys are."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from broker.app.exchange_files import JoinRequest
from broker.app.founding import admit_party, apply_here
from broker.app.joining import make_node
from broker.app.key_changes import changing_keys
from broker.app.proposing import rekey_party
from broker.core.model import message_id_text
from broker.infra.clock import SYSTEM_CLOCK
from keys.custody import make_signer
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import EXAMPLES, PASSPHRASE, Federation
from tests.unit.broker.cli.conftest import Cli, Ended

pytestmark = pytest.mark.integration
SINCE_THE_BEGINNING = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    """KEN and BEL; the node of KEN does not run."""
    folder = tmp_path_factory.mktemp("keys") / "a federation"
    with Federation(folder, parties=("KEN", "BEL"), without_node=("KEN",)) as made:
        yield made


@pytest.fixture(autouse=True)
def _cheap_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares these tests what keeps guessers out."""
    cost = UNSAFE_THROWAWAY_COST
    monkeypatch.setattr("broker.cli.node.make_node", partial(make_node, cost=cost))
    monkeypatch.setattr(
        "broker.cli.key_files.make_signer", partial(make_signer, cost=cost)
    )


class Keys:
    """`rogatory keys` on one node's folder."""

    def __init__(self, cli: Cli, node: Path, secret: Path) -> None:
        self._cli = cli
        self._node = node
        self._secret = secret

    def __call__(self, *arguments: object) -> Ended:
        """Runs a command."""
        secret = ("--passphrase-file", self._secret)
        return self._cli("keys", *arguments, "--node", self._node, *secret)

    def done(self, *arguments: object) -> Any:  # noqa: ANN401 - JSON
        """Runs a command that succeeds; returns its JSON."""
        ended = self(*arguments, "--json")
        assert ended.code == 0, ended.err
        return ended.json


@pytest.fixture
def keys(cli: Cli, here: Federation) -> Keys:
    return Keys(cli, here.folder / "KEN", here.passphrase_file)


def in_use(shown: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    return {one["use"]: one["id"] for one in shown["keys"] if one["state"] == "in use"}


def test_keys_are_shown_with_their_times_and_rotated(keys: Keys) -> None:
    before = keys.done("show")
    assert {one["use"] for one in before["keys"]} == {"signing", "encryption"}
    assert before["pending"] == {}
    assert before["role"] == {"keys": 1, "threshold": 1, "here": 1}
    plan = keys.done("rotate", "--dry-run")
    assert sorted(plan["would_end"]) == sorted(in_use(before).values())
    assert keys.done("show") == before
    assert keys.done("rotate", "--overlap", "3d")["version"] == before["version"] + 1
    after = keys.done("show")
    assert in_use(after).keys() == in_use(before).keys()
    states = {one["id"]: one["state"] for one in after["keys"]}
    for use, key_id in in_use(before).items():
        assert states[key_id] == "ending"
        assert in_use(after)[use] != key_id
    text = keys("show")
    assert text.code == 0
    assert in_use(after)["signing"][:16] in text.out
    assert "ending" in text.out


def test_one_use_is_rotated_and_the_account(keys: Keys) -> None:
    before = keys.done("show")
    text = keys("rotate", "--signing", "--dry-run")
    assert "Nothing was changed" in text.err
    keys.done("rotate", "--signing", "--account")
    after = keys.done("show")
    assert in_use(after)["encryption"] == in_use(before)["encryption"]
    assert in_use(after)["signing"] != in_use(before)["signing"]
    assert after["former_accounts"][-1] == before["account"]


def test_a_key_is_revoked_and_another_takes_its_place(
    keys: Keys, here: Federation
) -> None:
    before = keys.done("show")
    key_id = in_use(before)["signing"]
    ken = here.members["KEN"]
    ken.keys.holder.take_over(ken.node.unlock(PASSPHRASE).holder)
    here.send("KEN", to="BEL")
    [waiting] = ken.node.store.sent(1)
    revoke = ("revoke", key_id[:12], "--reason", "key-compromise")
    plan = keys.done(*revoke, "--since", SINCE_THE_BEGINNING, "--dry-run")
    assert plan["revoked"] == [key_id]
    name = message_id_text(waiting.header.message_id)
    assert plan["to_be_sent_again"] == [name]
    assert keys.done("show") == before
    unconfirmed = keys(*revoke, "--since", SINCE_THE_BEGINNING)
    assert unconfirmed.code == 78
    assert "give --yes" in unconfirmed.err
    assert name in unconfirmed.err
    done = keys.done(*revoke, "--since", "now", "--yes")
    assert done["version"] == before["version"] + 1
    after = keys.done("show")
    [revoked] = [one for one in after["keys"] if one["id"] == key_id]
    assert (revoked["state"], revoked["reason"]) == ("revoked", "key-compromise")
    assert in_use(after)["signing"] != key_id
    assert "revoked since" in keys("show").out


def test_everything_is_revoked_at_once_and_the_party_goes_on(keys: Keys) -> None:
    before = keys.done("show")
    everything = ("revoke", "--all", "--reason", "key-compromise", "--yes")
    done = keys.done(*everything, "--since", SINCE_THE_BEGINNING)
    assert done["account_replaced"]
    after = keys.done("show")
    old = {one["id"] for one in before["keys"]}
    assert {one["state"] for one in after["keys"] if one["id"] in old} == {"revoked"}
    assert in_use(after).keys() == {"signing", "encryption"}
    assert after["account"] != before["account"]
    signing = ("revoke", "--all-signing", "--reason", "superseded", "--yes")
    done = keys.done(*signing, "--since", "now")
    assert done["revoked"] == [in_use(after)["signing"]]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("--since", "now"), "which keys"),
        (("--since", "now", "--all", "--all-signing"), "which keys"),
        (("--since", "now", "abc"), "too short"),
        (("--since", "now", "f" * 64), "means 0 keys"),
        (("--since", "2999-01-01T00:00:00Z", "--all"), "not come yet"),
        (("--since", "yesterday", "--all"), "no time such as"),
        (("--since", "2026-01-01T00:00:00", "--all"), "with its zone"),
    ],
    ids=str,
)
def test_a_revocation_that_cannot_be_meant_is_refused(
    keys: Keys, arguments: tuple[str, ...], match: str
) -> None:
    ended = keys("revoke", *arguments, "--reason", "superseded", "--yes")
    assert ended.code == 78
    assert match in ended.err


def test_while_somebody_else_changes_keys_nothing_is_changed(
    keys: Keys, here: Federation
) -> None:
    with changing_keys(here.members["KEN"].node):
        ended = keys("rotate")
    assert ended.code == 78
    assert "somebody else" in ended.err


def test_what_two_of_three_role_keys_sign_elsewhere_is_published(
    cli: Cli, here: Federation, tmp_path: Path
) -> None:
    secret = ("--passphrase-file", here.passphrase_file)
    for number in "123":
        made = cli("keys", "role", "init", tmp_path / number, *secret, "--json")
        assert made.code == 0, made.err
    assert cli("keys", "role", "init", tmp_path / "1", *secret).code == 77
    publics = [f"--role-key={tmp_path / number}.public" for number in "123"]
    node = tmp_path / "MEX"
    policy = EXAMPLES / "policies" / "mex.yaml"
    joined = cli(
        *("node", "init", node, "--party", "MEX", "--name", "Mexico"),
        *("--federation", here.hub.folder.federation, "--policy", policy),
        *(*publics, "--role-threshold", 2, *secret, "--json"),
    )
    assert joined.code == 0, joined.err
    request = Path(joined.json["join_request"])

    def signed(file: Path, *numbers: str) -> int:
        count = 0
        for number in numbers:
            ended = cli(
                *("keys", "sign", file, "--key", tmp_path / number, "--yes"),
                *(*secret, "--json"),
            )
            assert ended.code == 0, ended.err
            count = ended.json["signatures"]
        return count

    assert signed(request, "1", "3") == 2
    now_ms = SYSTEM_CLOCK.now_ms()
    join = JoinRequest.read(request)
    assert (len(join.role_keys), join.threshold) == (3, 2)
    admit_party(here.hub_folder, join, PASSPHRASE, now_ms=now_ms)

    mex = Keys(cli, node, here.passphrase_file)
    for _ in range(10):
        if mex("show").code == 0:
            break  # the hub lets a newcomer in within a second
    asked = mex.done("rotate")
    assert (asked["missing"], asked["signatures"]) == (2, 0)
    shown = mex.done("show")
    assert shown["pending"].keys() == {"signing", "encryption"}
    assert shown["role"] == {"keys": 3, "threshold": 2, "here": 0}
    file = Path(asked["request"])
    assert signed(file, "2") == 1
    early = mex("publish", file)
    assert early.code == 77
    assert "signed by 1/2 keys" in early.err
    assert signed(file, "3") == 2
    assert mex.done("publish", file)["version"] == 2
    after = mex.done("show")
    assert in_use(after) == shown["pending"]
    elsewhere = tmp_path / "renewal.json"
    renewed = mex.done("request", "--out", elsewhere)
    assert (renewed["version"], renewed["request"]) == (3, str(elsewhere))
    assert "keys sign" in mex("request").err
    assert "keys publish" in mex("rotate", "--request", elsewhere).err


def test_other_role_keys_are_asked_for_and_count_once_the_stewards_agree(
    keys: Keys, here: Federation, tmp_path: Path
) -> None:
    file = tmp_path / "rekey.json"
    asked = keys.done("rekey-request", "--out", file)
    request = JoinRequest.read(file)
    assert (asked["fingerprint"], asked["missing"]) == (request.fingerprint, 0)
    assert asked["version"] == keys.done("show")["version"] + 1
    # Asked again, it is the same key: the stewards may have the first file already.
    assert keys.done("rekey-request")["fingerprint"] == asked["fingerprint"]
    now_ms = SYSTEM_CLOCK.now_ms()
    drafted = rekey_party(here.hub.folder, request, now_ms)
    apply_here(here.hub.folder, drafted, PASSPHRASE, now_ms)
    shown = keys.done("show")
    assert shown["version"] == asked["version"]
    assert shown["role"]["here"] == 1
    assert keys.done("rotate")["version"] == asked["version"] + 1


def test_role_keys_that_are_kept_elsewhere_are_asked_for_by_their_public_halves(
    keys: Keys, cli: Cli, here: Federation, tmp_path: Path
) -> None:
    secret = ("--passphrase-file", here.passphrase_file)
    for number in "12":
        cli("keys", "role", "init", tmp_path / number, *secret)
    publics = [f"--role-key={tmp_path / number}.public" for number in "12"]
    asked = keys.done("rekey-request", *publics, "--role-threshold", 2)
    assert asked["missing"] == 2
    file = Path(asked["request"])
    stranger = ("keys", "role", "init", tmp_path / "stranger", *secret)
    assert cli(*stranger).code == 0
    for name, code in (("1", 0), ("stranger", 78), ("2", 0)):
        ended = cli("keys", "sign", file, "--key", tmp_path / name, "--yes", *secret)
        assert ended.code == code, ended.err
    assert "must sign it" in keys("rekey-request", *publics).err
    wrong = keys("rekey-request", *publics, "--role-threshold", 3)
    assert wrong.code == 78


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 9999, b'{"format": 7}'], ids=str)
def test_what_is_nothing_to_be_signed_is_not_signed(
    cli: Cli, tmp_path: Path, data: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    ended = cli("keys", "sign", file, "--key", tmp_path / "key", "--yes")
    assert ended.code == 78
    assert "nothing to be signed" in ended.err
    missing = cli("keys", "sign", tmp_path / "nowhere", "--key", file, "--yes")
    assert "cannot read" in missing.err
