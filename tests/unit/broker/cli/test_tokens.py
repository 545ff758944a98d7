"""`node init` with tokens: what is made where, and what is said when it cannot be."""

from functools import partial
from pathlib import Path

import pytest

from broker.app.founding import make_hub
from broker.app.joining import make_node
from broker.app.node_folder import open_node
from broker.cli.secrets_prompt import unlock
from keys import keystore
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.token_uri import TokenUri
from tests.federation import EXAMPLES, PASSPHRASE
from tests.tokens import PIN, Tokens
from tests.unit.broker.cli.conftest import Cli

POLICY = EXAMPLES / "policies" / "ken.yaml"


@pytest.fixture
def federation_file(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a hub's operator hands out."""
    cheap = partial(make_hub, cost=UNSAFE_THROWAWAY_COST)
    monkeypatch.setattr("broker.cli.hub.make_hub", cheap)
    hub, secret = tmp_path / "hub", secret_file(tmp_path, PASSPHRASE)
    founded = cli("hub", "init", hub, "--name", "Test", "--passphrase-file", secret)
    assert founded.code == 0, founded.err
    return hub / "federation.json"


def secret_file(folder: Path, secret: bytes) -> Path:
    path = folder / f"secret {secret.decode()}"
    path.write_bytes(secret)
    return path


def init(folder: Path, federation_file: Path) -> list[object]:
    return [
        *("node", "init", folder / "node", "--party", "KEN", "--name", "Kenya"),
        *("--federation", federation_file, "--policy", POLICY, "--json"),
    ]


def test_a_node_is_made_with_its_keys_in_tokens(
    cli: Cli,
    tmp_path: Path,
    federation_file: Path,
    token: TokenUri,
    token_folder: Tokens,
) -> None:
    role_pin = b"role-5678"
    pin_file = secret_file(tmp_path, PIN)
    made = cli(
        *init(tmp_path, federation_file),
        *("--token", token, "--passphrase-file", pin_file),
        *("--role-token", token_folder.make("role", role_pin)),
        *("--role-pin-file", secret_file(tmp_path, role_pin)),
    )
    assert made.code == 0, made.err
    found = keystore.protection(tmp_path / "node" / "node.keys")
    assert found is not None
    assert found.of_token == token
    node = open_node(tmp_path / "node")
    with_pin = unlock(node, pin_file)
    node.close()
    assert with_pin.require_role().public_key.scheme == "ecdsa-sha2-nistp256"


@pytest.mark.usefixtures("token_folder")  # where tokens are looked for
@pytest.mark.parametrize(
    ("option", "code", "says"),
    [
        ("--token=KEN", 78, "named by a URI"),
        ("--token=pkcs11:token=K?pin-value=1", 78, "ends in histories"),
        ("--role-token=pkcs11:token=absent", 69, "no token pkcs11:token=absent"),
        ("--role-token=pkcs11:object=x", 78, "neither token="),
    ],
)
def test_a_token_that_cannot_be_used_is_told_and_nothing_is_made(
    cli: Cli,
    tmp_path: Path,
    federation_file: Path,
    option: str,
    code: int,
    says: str,
) -> None:
    made = cli(
        *init(tmp_path, federation_file),
        option,
        *("--passphrase-file", secret_file(tmp_path, PIN)),
    )
    assert (made.code, made.json["error"]["code"]) == (code, "token")
    assert says in made.json["error"]["text"]
    assert not (tmp_path / "node" / "node.toml").exists()
    assert not (tmp_path / "node" / "node.keys").exists()


def test_a_wrong_pin_is_refused(
    cli: Cli, tmp_path: Path, federation_file: Path, token: TokenUri
) -> None:
    made = cli(
        *init(tmp_path, federation_file),
        *("--token", token, "--passphrase-file", secret_file(tmp_path, b"wrong")),
    )
    assert (made.code, made.json["error"]["code"]) == (77, "token")
    assert "do not guess" in made.json["error"]["text"]


def test_a_node_is_put_under_a_token_later(
    cli: Cli,
    tmp_path: Path,
    federation_file: Path,
    token: TokenUri,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cheap = partial(make_node, cost=UNSAFE_THROWAWAY_COST)
    monkeypatch.setattr("broker.cli.node.make_node", cheap)
    old, new = secret_file(tmp_path, PASSPHRASE), secret_file(tmp_path, PIN)
    assert cli(*init(tmp_path, federation_file), "--passphrase-file", old).code == 0
    protect = (
        *("node", "protect", tmp_path / "node", "--token", token),
        *("--passphrase-file", old, "--new-passphrase-file", new),
    )
    unconfirmed = cli(*protect)
    assert (unconfirmed.code, "--yes" in unconfirmed.err) == (78, True)
    copy = tmp_path / "copy.keys"
    copied = cli(*protect, "--copy", copy, "--json")
    assert copied.json == {"keystore": str(copy), "opens_with": "token"}
    there = keystore.protection(copy)
    done = cli(*protect[:4], there, *protect[5:], "--yes")
    assert done.code == 0, done.err
    assert f"opens with the PIN of {token}" in done.err
    assert keystore.protection(tmp_path / "node" / "node.keys") == there
    assert cli(*protect, "--yes").code == 77
