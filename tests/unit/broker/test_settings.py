"""Settings are read once: a later source wins, unknown names are refused."""

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from broker.core.audit.padding import Padding
from broker.core.errors import ConfigurationError
from broker.settings import (
    SECRETS_VARIABLE,
    HubFolder,
    NodeFolder,
    load_hub,
    load_node,
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets no variable of the developer in."""
    for name in list(os.environ):
        if name.startswith("ROGATORY_"):
            monkeypatch.delenv(name)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "hub.toml").write_text('name = "Hub"\n')
    (tmp_path / "node.toml").write_text('party = "KEN"\nname = "Kenya"\n')
    return tmp_path


def test_a_name_is_all_that_a_hub_needs(root: Path) -> None:
    settings = load_hub(root)
    assert (settings.name, settings.bus, settings.bus_port) == ("Hub", "embedded", 4222)
    assert settings.passphrase is None
    assert load_node(root).party == "KEN"


def test_the_log_is_padded_as_the_file_says(root: Path) -> None:
    assert load_hub(root).padding == Padding(block=8)
    file = root / "hub.toml"
    file.write_text('name = "Hub"\nlog_block = 16\nlog_beat_s = 0.5\nlog_strict = true')
    assert load_hub(root).padding == Padding(block=16, beat_ms=500, strict=True)
    file.write_text('name = "Hub"\nlog_strict = true')
    with pytest.raises(ConfigurationError, match="needs a beat"):
        load_hub(root)


def test_variables_win_over_secrets_and_those_over_the_file(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = root / "secrets"
    secrets.mkdir()
    (secrets / "ROGATORY_HUB_LOG_LEVEL").write_text("error")
    (secrets / "ROGATORY_HUB_BUS_URL").write_text("nats://from-secrets")
    (root / "hub.toml").write_text(
        'name = "Hub"\nlog_level = "debug"\nbus_url = "nats://f"\nbus_port = 1\n'
    )
    monkeypatch.setenv(SECRETS_VARIABLE, str(secrets))
    monkeypatch.setenv("ROGATORY_HUB_BUS_URL", "nats://from-variable")
    settings = load_hub(root)
    assert settings.bus_port == 1
    assert settings.log_level == "error"
    assert settings.bus_url == "nats://from-variable"


def test_a_passphrase_is_never_shown(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROGATORY_NODE_PASSPHRASE", "correct horse")
    settings = load_node(root)
    assert settings.passphrase is not None
    assert settings.passphrase.get_secret_value() == "correct horse"
    assert "horse" not in repr(settings) + str(settings)


def test_settings_do_not_change(root: Path) -> None:
    with pytest.raises(ValidationError):
        load_hub(root).name = "another"


@pytest.mark.parametrize(
    "line",
    [
        'nmae = "a slip"',
        'bus = "none"',
        "bus_port = 65536",
        "bus_port = -1",
        "relay_workers = 0",
        'log_level = "trace"',
        "ledger_max_bytes = 0",
        "ack_wait_s = 0",
    ],
)
def test_a_setting_that_does_not_hold_is_named(root: Path, line: str) -> None:
    (root / "hub.toml").write_text(f'name = "Hub"\n{line}\n')
    with pytest.raises(ConfigurationError, match=line.partition(" ")[0]) as refused:
        load_hub(root)
    assert "hub.toml" in str(refused.value)


@pytest.mark.parametrize("party", ["ken", "KENY", "", "KEN\n"])
def test_a_party_that_is_no_code_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, party: str
) -> None:
    monkeypatch.setenv("ROGATORY_NODE_PARTY", party)
    with pytest.raises(ConfigurationError, match="party"):
        load_node(root)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"name = ", id="cut short"),
        pytest.param(b"name = 'a'\nname = 'b'\n", id="a name twice"),
        pytest.param(b"name = '\xff'", id="no text"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(root: Path, data: bytes) -> None:
    (root / "hub.toml").write_bytes(data)
    with pytest.raises(ConfigurationError, match=r"hub\.toml"):
        load_hub(root)


def test_a_folder_without_settings_tells_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="rogatory hub init"):
        load_hub(tmp_path)
    with pytest.raises(ConfigurationError, match="rogatory node init"):
        load_node(tmp_path)


def test_a_hub_whose_founding_is_not_applied_says_so(tmp_path: Path) -> None:
    (tmp_path / "ceremonies").mkdir()
    with pytest.raises(ConfigurationError, match="rogatory federation apply"):
        load_hub(tmp_path)


def test_a_folder_of_secrets_that_is_none_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRETS_VARIABLE, str(root / "hub.toml"))
    with pytest.raises(ConfigurationError, match=SECRETS_VARIABLE):
        load_hub(root)
    monkeypatch.setenv(SECRETS_VARIABLE, str(root / "nowhere"))
    with pytest.raises(ConfigurationError, match=SECRETS_VARIABLE):
        load_hub(root)


@pytest.mark.parametrize("kind", [HubFolder, NodeFolder])
def test_everything_in_a_folder_has_a_place_of_its_own(kind: Any) -> None:  # noqa: ANN401 - a class
    folder = kind(Path("root"))
    names = [name for name in dir(kind) if isinstance(getattr(kind, name), property)]
    places = [getattr(folder, name) for name in names]
    assert len(set(places)) == len(places) >= 7
    assert {place.parts[0] for place in places} == {"root"}


def test_relay_workers_do_not_share_a_cache() -> None:
    folder = HubFolder(Path("root"))
    assert folder.replay_index(1) != folder.replay_index(2)
