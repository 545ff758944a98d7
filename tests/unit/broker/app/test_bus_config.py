"""The configuration of a nats-server that runs elsewhere."""

from pathlib import Path

import pytest

from broker.app.bus_config import ExternalBus, server_trust, write_bus_config
from broker.app.credentials import HubKeys, make_hub_keys
from broker.core.errors import ConfigurationError
from broker.settings import HubFolder
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.world import NOW_MS


@pytest.fixture
def keys(tmp_path: Path) -> HubKeys:
    return make_hub_keys(tmp_path / "hub.keys", b"passphrase", UNSAFE_THROWAWAY_COST)


def test_the_file_names_the_hub_as_operator_and_holds_no_private_key(
    tmp_path: Path, keys: HubKeys
) -> None:
    folder = HubFolder(tmp_path)
    write_bus_config(
        folder, keys, ExternalBus(folder="/srv/a bus"), NOW_MS, with_tls=True
    )
    text = (folder.bus / "nats.conf").read_text()
    trust = server_trust(keys, NOW_MS)
    assert trust.operator_jwt in text
    assert trust.system_account_jwt in text
    assert trust.system_account == keys.system.public
    assert "/srv/a bus/streams" in text
    assert "sync_interval: always" in text
    assert 'listen: "0.0.0.0:4222"' in text
    assert 'cert_file: "/data/tls/server.pem"' in text
    assert 'min_version: "1.3"' in text
    for key in (keys.operator, keys.system, keys.account):
        assert key.seed.hex() not in text


def test_a_bus_without_tls_does_not_leave_its_machine(
    tmp_path: Path, keys: HubKeys
) -> None:
    folder = HubFolder(tmp_path)
    write_bus_config(folder, keys, ExternalBus(), NOW_MS, with_tls=False)
    text = (folder.bus / "nats.conf").read_text()
    assert 'listen: "127.0.0.1:4222"' in text
    assert "tls" not in text


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, keys: HubKeys) -> None:
    (tmp_path / "bus").write_bytes(b"in the way")
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_bus_config(
            HubFolder(tmp_path), keys, ExternalBus(), NOW_MS, with_tls=True
        )
