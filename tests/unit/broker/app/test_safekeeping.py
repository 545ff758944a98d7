"""A node's keystore under another passphrase or token."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.app.exchange_files import FederationFile
from broker.app.joining import NodePlan, make_node
from broker.app.key_changes import changing_keys
from broker.app.node_folder import Node, open_node
from broker.app.safekeeping import Lock, protect
from broker.core.errors import ConfigurationError
from broker.core.policy.parse import parse_policy
from broker.infra.document_files import load_file
from keys.directory.model import Contact
from keys.errors import (
    KeystoreError,
    KeystoreUnlockError,
    TokenKeyExistsError,
    TokenNotFoundError,
    TokenPinError,
)
from keys.identity import PartyId
from keys.keystore import UNSAFE_THROWAWAY_COST, load, protection
from keys.token_uri import TokenUri
from tests.tokens import PIN
from tests.world import NOW_MS

POLICY = Path(__file__).parents[4] / "examples" / "policies" / "ken.yaml"
PASSPHRASE, OTHER = b"correct horse", b"battery staple"
CHEAP = UNSAFE_THROWAWAY_COST


def made(
    folder: Path, secret: bytes, token: TokenUri | None, role_token: TokenUri | None
) -> Node:
    make_node(
        folder,
        NodePlan(
            party=PartyId("KEN"),
            name="Kenya",
            policy=parse_policy(load_file(POLICY)),
            policy_text=POLICY.read_text(encoding="utf-8"),
            contact=Contact(office="Registry", languages=("en",)),
            token=token,
            role_token=role_token,
        ),
        FederationFile(
            name="F", bus_url="tls://127.0.0.1:1", root=b"root", hub_account="A"
        ),
        secret,
        now_ms=NOW_MS,
        cost=CHEAP,
    )
    return open_node(folder)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = made(tmp_path / "node", PASSPHRASE, None, None)
    yield node
    node.close()


def test_a_keystore_goes_from_a_passphrase_to_a_token_and_back(
    node: Node, token: TokenUri
) -> None:
    before = load(node.folder.keys, PASSPHRASE)
    protect(node, PASSPHRASE, Lock(secret=PIN, token=token))
    assert protection(node.folder.keys) is not None
    assert load(node.folder.keys, PIN) == before
    with pytest.raises(TokenPinError):
        node.unlock(PASSPHRASE)
    protect(node, PIN, Lock(secret=OTHER, cost=CHEAP))
    assert load(node.folder.keys, OTHER) == before
    assert [path.name for path in node.folder.root.glob("*.keys*")] == ["node.keys"]
    assert list(node.folder.root.glob(".node.keys*")) == []


def test_a_copy_leaves_the_keystore_as_it_is(
    node: Node, token: TokenUri, tmp_path: Path
) -> None:
    before, copy = node.folder.keys.read_bytes(), tmp_path / "safe" / "copy.keys"
    protect(node, PASSPHRASE, Lock(secret=PIN, token=token), copy=copy)
    assert node.folder.keys.read_bytes() == before
    assert load(copy, PIN) == load(node.folder.keys, PASSPHRASE)
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeystoreError, match="never written over"):
        protect(node, PASSPHRASE, Lock(secret=OTHER, cost=CHEAP), copy=copy)


def test_what_cannot_be_done_leaves_the_keystore_as_it_is(
    node: Node, token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = node.folder.keys.read_bytes()
    absent = TokenUri(token="absent", module_name=token.module_name)
    with pytest.raises(TokenNotFoundError):
        protect(node, PASSPHRASE, Lock(secret=PIN, token=absent))
    with pytest.raises(TokenPinError):
        protect(node, PASSPHRASE, Lock(secret=b"wrong", token=token))
    with pytest.raises(KeystoreUnlockError):
        protect(node, b"wrong", Lock(secret=OTHER, cost=CHEAP))
    with changing_keys(node), pytest.raises(ConfigurationError, match="somebody else"):
        protect(node, PASSPHRASE, Lock(secret=OTHER, cost=CHEAP))
    with monkeypatch.context() as broken:
        broken.setattr(
            "broker.app.safekeeping.load",
            lambda path, _: {"name": path.name.encode()},  # not what was written
        )
        with pytest.raises(KeystoreError, match="stays"):
            protect(node, PASSPHRASE, Lock(secret=OTHER, cost=CHEAP))
    assert node.folder.keys.read_bytes() == before
    # What was begun does not stand in the way of the next try.
    protect(node, PASSPHRASE, Lock(secret=OTHER, cost=CHEAP))
    node.unlock(OTHER)


def test_a_crash_after_the_key_was_made_says_how_to_go_on(
    node: Node, token: TokenUri, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("broker.app.safekeeping.move_private", crash)
        with pytest.raises(KeyboardInterrupt):
            protect(node, PASSPHRASE, Lock(secret=PIN, token=token))
    node.unlock(PASSPHRASE)
    with pytest.raises(TokenKeyExistsError) as told:
        protect(node, PASSPHRASE, Lock(secret=PIN, token=token))
    there = TokenUri.parse(str(told.value).split()[3])
    protect(node, PASSPHRASE, Lock(secret=PIN, token=there))
    node.unlock(PIN)


def test_the_pin_of_a_role_in_a_token_is_not_lost_with_the_old_secret(
    tmp_path: Path, token: TokenUri
) -> None:
    node = made(tmp_path / "node", PIN, token, token)
    public = node.unlock(PIN).require_role().public_key
    protect(node, PIN, Lock(secret=OTHER, cost=CHEAP))
    moved = node.unlock(OTHER).require_role()
    public.verify_signature(moved.sign(b"data"), b"data")
    # The token's PIN was changed with the token's own tool since then.
    protect(node, OTHER, Lock(secret=OTHER, role_pin=b"changed", cost=CHEAP))
    with pytest.raises(TokenPinError):
        node.unlock(OTHER).require_role().sign(b"data")
    node.close()
