"""Hub and node from nothing: founding, joining, publishing, and what can go wrong."""

from functools import partial
from inspect import unwrap
from pathlib import Path

import pytest

from broker.app.founding import make_hub
from broker.app.joining import make_node
from broker.app.node_link import connected
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import EXAMPLES, PASSPHRASE, Federation
from tests.unit.broker.cli.conftest import Cli

pytestmark = pytest.mark.integration
POLICY = EXAMPLES / "policies" / "ken.yaml"


@pytest.fixture(autouse=True)
def _cheap_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares these tests what keeps guessers out."""
    cost = UNSAFE_THROWAWAY_COST
    monkeypatch.setattr("broker.cli.node.make_node", partial(make_node, cost=cost))
    monkeypatch.setattr("broker.cli.hub.make_hub", partial(make_hub, cost=cost))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file with a passphrase."""
    path = tmp_path / "secret"
    path.write_bytes(PASSPHRASE)
    return path


def _node_init(folder: Path, federation_file: Path, secret: Path) -> list[object]:
    return [
        *("node", "init", folder, "--party", "KEN", "--name", "Kenya"),
        *("--federation", federation_file, "--policy", POLICY),
        *("--passphrase-file", secret, "--json"),
    ]


def test_federation_is_founded_joined_and_not_founded_twice(
    cli: Cli, tmp_path: Path, secret: Path
) -> None:
    hub, node = tmp_path / "a hub", tmp_path / "a node"
    init = ("hub", "init", hub, "--name", "Test", "--passphrase-file", secret)
    founded = cli(*init, "--stewards", 2, "--threshold", 2, "--json")
    assert founded.code == 0, founded.err
    file = Path(founded.json["federation_file"])
    assert cli(*init).code == 78
    assert cli(*init, "--if-missing").code == 0
    joined = cli(*_node_init(node, file, secret))
    assert joined.json["federation_root_sha256"] == founded.json["root_sha256"]
    again = cli(*_node_init(node, file, secret))
    assert (again.code, again.json["error"]["code"]) == (78, "configuration")
    request = joined.json["join_request"]
    admit = ("hub", "admit", hub, request, "--passphrase-file", secret, "--json")
    wrong = cli(*admit, "--fingerprint", "0" * 64)
    assert wrong.code == 78
    fingerprint = joined.json["role_key_sha256"]
    for _ in range(2):
        admitted = cli(*admit, "--fingerprint", fingerprint)
        assert (admitted.code, admitted.json["party"]) == (0, "KEN")
    for folder in (hub, node):
        assert folder.stat().st_mode & 0o777 == 0o700
    for keystore in (*hub.rglob("*.keys"), *node.rglob("*.keys")):
        assert keystore.stat().st_mode & 0o777 == 0o600


def test_threshold_beyond_the_stewards_is_refused(
    cli: Cli, tmp_path: Path, secret: Path
) -> None:
    hub = tmp_path / "hub"
    init = ("hub", "init", hub, "--name", "Test", "--passphrase-file", secret)
    ended = cli(*init, "--stewards", 1, "--threshold", 2, "--json")
    assert ended.code == 65
    assert not (hub / "hub.toml").exists()


def test_policy_of_another_party_is_refused(
    cli: Cli, federation: Federation, tmp_path: Path, secret: Path
) -> None:
    arguments = _node_init(tmp_path / "n", federation.hub.folder.federation, secret)
    arguments[arguments.index(POLICY)] = EXAMPLES / "policies" / "bel.yaml"
    ended = cli(*arguments)
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")


def test_policy_with_mistakes_names_every_place(
    cli: Cli, federation: Federation, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "party: KEN\nexport:\n  - {id: a, permit: everything, to: BEL, up-to: TLP:PINK}"
        "\n",
        encoding="utf-8",
    )
    publish = ("node", "publish", federation.folder / "KEN", "--policy", policy)
    ended = cli(*publish, "--dry-run", "--json")
    assert (ended.code, ended.json["error"]["code"]) == (65, "policy")
    problems = ended.json["error"]["problems"]
    assert any("up-to" in problem["path"] for problem in problems)


def test_policy_is_published_and_dry_run_publishes_nothing(
    cli: Cli, federation: Federation, tmp_path: Path
) -> None:
    xpo, policy = federation.folder / "XPO", tmp_path / "xpo.yaml"
    text = (EXAMPLES / "policies" / "xpo.yaml").read_text(encoding="utf-8")
    policy.write_text(text.replace("up-to: TLP:AMBER+STRICT", "up-to: TLP:GREEN"))
    before = federation.trust()
    publish = ("node", "publish", xpo, "--policy", policy)
    assert cli(*publish, "--dry-run").code == 0
    assert federation.trust().view.version == before.view.version
    ended = cli(*publish, "--json")
    assert (ended.code, ended.json) == (0, {"party": "XPO", "version": 2})
    after = federation.trust()
    changed = {
        party
        for party in after.policy_digests
        if after.policy_digests[party] != before.policy_digests[party]
    }
    assert changed == {"XPO"}
    assert (xpo / "policy.yaml").read_text(encoding="utf-8") == policy.read_text(
        encoding="utf-8"
    )
    request = ("send", EXAMPLES / "trace-request.yaml", "--node", xpo)
    assert cli(*request).code == 77


def test_stranger_is_not_admitted_with_exit_code_77(
    cli: Cli, federation: Federation, tmp_path: Path, secret: Path
) -> None:
    node = tmp_path / "stranger"
    made = cli(*_node_init(node, federation.hub.folder.federation, secret))
    assert made.code == 0
    ended = cli("node", "publish", node, "--passphrase-file", secret, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (77, "not-admitted")
    ended = cli("doctor", "--node", node, "--passphrase-file", secret, "--json")
    assert ended.code == 1
    [hub] = [check for check in ended.json["checks"] if check["name"] == "hub"]
    assert "admit" in hub["hint"]


def test_absent_hub_has_exit_code_69(
    cli: Cli,
    federation: Federation,
    tmp_path: Path,
    secret: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(unwrap(connected).__kwdefaults__, "wait_s", 0.1)
    node = tmp_path / "alone"
    init = _node_init(node, federation.hub.folder.federation, secret)
    assert cli(*init, "--bus-url", "nats://127.0.0.1:1").code == 0
    with_secret = ("--passphrase-file", secret, "--json")
    for arguments in (
        ("audit", "verify", "--node", node),
        ("send", EXAMPLES / "trace-request.yaml", "--node", node),
    ):
        ended = cli(*arguments, *with_secret)
        assert (ended.code, ended.json["error"]["code"]) == (69, "unavailable")


def test_wrong_passphrase_has_exit_code_77(
    cli: Cli, federation: Federation, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase", encoding="utf-8")
    publish = ("node", "publish", federation.folder / "KEN")
    ended = cli(*publish, "--passphrase-file", wrong, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (77, "keystore")
    run = ("hub", "run", federation.hub_folder, "--passphrase-file", wrong)
    assert cli(*run).code == 77


@pytest.mark.parametrize("content", [None, b"", b"\n"])
def test_unusable_passphrase_file_has_exit_code_78(
    cli: Cli, federation: Federation, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    publish = ("node", "publish", federation.folder / "KEN")
    ended = cli(*publish, "--passphrase-file", file, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")


@pytest.mark.parametrize("name", ["federation.json", "join-request.json"])
def test_damaged_exchange_file_has_exit_code_78(
    cli: Cli, federation: Federation, tmp_path: Path, secret: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text('{"format": "something else"}', encoding="utf-8")
    if name == "federation.json":
        ended = cli(*_node_init(tmp_path / "n", file, secret))
    else:
        admit = ("hub", "admit", federation.hub_folder, file)
        ended = cli(*admit, "--passphrase-file", secret, "--json")
    assert (ended.code, ended.json["error"]["code"]) == (78, "configuration")
