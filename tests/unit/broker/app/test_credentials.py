"""Keys of hubs and nodes: kept, told apart, and never shown."""

from pathlib import Path

import pytest

from broker.app.credentials import (
    bus_identity,
    load_hub_keys,
    load_node_keys,
    make_hub_keys,
    make_node_keys,
    read_passphrase,
)
from broker.core.errors import ConfigurationError
from keys.errors import KeystoreUnlockError
from keys.keystore import UNSAFE_THROWAWAY_COST
from keys.nats_jwt import UNRESTRICTED
from keys.nkeys import KeyKind, NatsKey
from tests.world import KEN, NOW_MS

PASSPHRASE = b"correct horse"


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
    made = make_node_keys(path, KEN, PASSPHRASE, UNSAFE_THROWAWAY_COST)
    read = load_node_keys(path, KEN, PASSPHRASE)
    assert read.holder.party == KEN
    assert read.holder.signing.public == made.holder.signing.public
    assert read.holder.encryption.keys() == made.holder.encryption.keys()
    assert read.holder.store_key == made.holder.store_key
    assert read.account.public == made.account.public
    assert read.role == made.role


def test_no_key_is_shown_by_repr(tmp_path: Path) -> None:
    hub = make_hub_keys(tmp_path / "hub", PASSPHRASE, UNSAFE_THROWAWAY_COST)
    node = make_node_keys(tmp_path / "node", KEN, PASSPHRASE, UNSAFE_THROWAWAY_COST)
    assert repr(hub) == "HubKeys()"
    assert repr(node) == "NodeKeys(holder=Holder(party='KEN'))"


def test_the_keys_of_a_node_are_not_those_of_a_hub(tmp_path: Path) -> None:
    node, hub = tmp_path / "node.keys", tmp_path / "hub.keys"
    make_node_keys(node, KEN, PASSPHRASE, UNSAFE_THROWAWAY_COST)
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
