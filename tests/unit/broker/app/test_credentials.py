"""Keys of hubs and nodes: kept, told apart, and never shown."""

from pathlib import Path

import pytest

from broker.app.credentials import (
    Safekeeping,
    bus_identity,
    load_hub_keys,
    load_node_keys,
    make_hub_keys,
    make_node_keys,
    read_passphrase,
)
from broker.core.errors import ConfigurationError
from keys.directory.signers import public_of
from keys.errors import KeystoreUnlockError, TokenNotFoundError, TokenPinError
from keys.keystore import UNSAFE_THROWAWAY_COST, load, protection, save
from keys.nats_jwt import UNRESTRICTED
from keys.nkeys import KeyKind, NatsKey
from keys.token_uri import TokenUri
from tests.tokens import PIN, Tokens
from tests.world import KEN, NOW_MS

PASSPHRASE = b"correct horse"
CHEAP = Safekeeping(cost=UNSAFE_THROWAWAY_COST)


def test_the_keys_of_a_hub_are_those_that_were_made(tmp_path: Path) -> None:
    path = tmp_path / "hub.keys"
    made = make_hub_keys(path, PASSPHRASE, UNSAFE_THROWAWAY_COST)
    read = load_hub_keys(path, PASSPHRASE)
    assert read.signing.public == made.signing.public
    assert (read.online, read.log) == (made.online, made.log)
    accounts = {read.operator.public, read.system.public, read.account.public}
    assert accounts == {made.operator.public, made.system.public, made.account.public}
    assert len(accounts) == 3


def test_the_keys_of_a_node_are_those_that_were_made(tmp_path: Path) -> None:
    path = tmp_path / "node.keys"
    made = make_node_keys(path, KEN, PASSPHRASE, CHEAP)
    read = load_node_keys(path, KEN, PASSPHRASE)
    assert read.holder.party == KEN
    assert read.holder.signing.public == made.holder.signing.public
    assert read.holder.encryption.keys() == made.holder.encryption.keys()
    assert read.holder.store_key == made.holder.store_key
    assert read.account.public == made.account.public
    assert read.require_role().public_key == made.require_role().public_key


def test_no_key_is_shown_by_repr(tmp_path: Path) -> None:
    hub = make_hub_keys(tmp_path / "hub", PASSPHRASE, UNSAFE_THROWAWAY_COST)
    node = make_node_keys(tmp_path / "node", KEN, PASSPHRASE, CHEAP)
    assert repr(hub) == "HubKeys()"
    assert repr(node) == "NodeKeys(holder=Holder(party='KEN'))"


def test_the_keys_of_a_node_are_not_those_of_a_hub(tmp_path: Path) -> None:
    node, hub = tmp_path / "node.keys", tmp_path / "hub.keys"
    make_node_keys(node, KEN, PASSPHRASE, CHEAP)
    make_hub_keys(hub, PASSPHRASE, UNSAFE_THROWAWAY_COST)
    with pytest.raises(ConfigurationError, match="holds no hub's keys"):
        load_hub_keys(node, PASSPHRASE)
    with pytest.raises(ConfigurationError, match="holds no node's keys"):
        load_node_keys(hub, KEN, PASSPHRASE)


def test_a_wrong_passphrase_opens_neither(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    make_hub_keys(path, PASSPHRASE, UNSAFE_THROWAWAY_COST)
    with pytest.raises(KeystoreUnlockError):
        load_hub_keys(path, b"another")


def test_every_process_is_a_user_of_its_own() -> None:
    account = NatsKey(KeyKind.ACCOUNT, bytes(32))
    first, second = (
        bus_identity(account, "node", UNRESTRICTED, NOW_MS) for _ in range(2)
    )
    assert first.user_seed != second.user_seed
    assert first.user_jwt != second.user_jwt


def test_the_first_passphrase_file_that_is_named_counts(tmp_path: Path) -> None:
    given, configured = tmp_path / "given", tmp_path / "configured"
    given.write_bytes(b" given \n")
    configured.write_bytes(b"configured")
    assert read_passphrase(given, configured) == b"given"
    assert read_passphrase(None, configured) == b"configured"
    assert read_passphrase(None, None) is None


@pytest.mark.parametrize("content", [None, b"", b" \n"])
def test_a_passphrase_file_without_a_passphrase_is_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "passphrase"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="passphrase file"):
        read_passphrase(path, None)


def stored_in(path: Path, **changes: bytes | None) -> None:
    """Changes what is in a keystore; None takes a key out."""
    stored: dict[str, bytes | None] = {**load(path, PASSPHRASE)}
    stored |= changes
    kept = {name: key for name, key in stored.items() if key is not None}
    save(path, kept, PASSPHRASE, cost=UNSAFE_THROWAWAY_COST)


def test_a_keystore_of_the_first_release_is_read(tmp_path: Path) -> None:
    path = tmp_path / "node.keys"
    made = make_node_keys(path, KEN, PASSPHRASE, CHEAP)
    stored = load(path, PASSPHRASE)
    older = {"signing": stored["signing/1"], "account": stored["account/1"]}
    stored_in(path, **{"signing/1": None, "account/1": None}, **older)
    read = load_node_keys(path, KEN, PASSPHRASE)
    assert read.holder.signing.public == made.holder.signing.public
    assert read.account.public == made.account.public
    assert (set(read.signing), set(read.accounts)) == ({1}, {1})


def test_the_greatest_number_is_the_newest_key(tmp_path: Path) -> None:
    path = tmp_path / "node.keys"
    make_node_keys(path, KEN, PASSPHRASE, CHEAP)
    keys = {f"signing/{number}": bytes([number]) * 64 for number in (2, 10)}
    accounts = {f"account/{number}": bytes([number]) * 32 for number in (2, 10)}
    stored_in(path, **keys, **accounts, **{"signing/x": b"", "account/": b""})
    read = load_node_keys(path, KEN, PASSPHRASE)
    assert set(read.signing) == set(read.accounts) == {1, 2, 10}
    assert read.holder.signing.public == read.signing[10].public
    assert read.account.public == read.accounts[10].public


def test_a_node_without_the_key_of_its_role_says_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "node.keys"
    make_node_keys(path, KEN, PASSPHRASE, CHEAP)
    stored_in(path, role=None)
    read = load_node_keys(path, KEN, PASSPHRASE)
    assert read.role is None
    with pytest.raises(ConfigurationError, match="where that key is"):
        read.require_role()


@pytest.mark.parametrize("pin", [None, b"another-pin"])
def test_keystore_and_role_can_be_in_tokens(
    tmp_path: Path, token_folder: Tokens, token: TokenUri, pin: bytes | None
) -> None:
    path = tmp_path / "node.keys"
    role_token = token if pin is None else token_folder.make("role", pin)
    keeping = Safekeeping(token=token, role_token=role_token, role_pin=pin)
    made = make_node_keys(path, KEN, PIN, keeping)
    read = load_node_keys(path, KEN, PIN)
    assert protection(path) is not None
    assert "role" not in load(path, PIN)
    signature = read.require_role().sign(b"data")
    made.require_role().public_key.verify_signature(signature, b"data")
    assert len(public_of(read.require_role())) == 65
    with pytest.raises(TokenPinError):
        load_node_keys(path, KEN, PASSPHRASE)


def test_nothing_is_written_when_a_token_is_not_there(
    tmp_path: Path, token: TokenUri
) -> None:
    path = tmp_path / "node.keys"
    absent = TokenUri(token="absent", module_name=token.module_name)
    for keeping in (Safekeeping(token=absent), Safekeeping(role_token=absent)):
        with pytest.raises(TokenNotFoundError):
            make_node_keys(path, KEN, PIN, keeping)
    assert not path.exists()


def test_no_pin_is_shown_by_repr() -> None:
    assert "1234" not in repr(Safekeeping(role_pin=b"1234"))
