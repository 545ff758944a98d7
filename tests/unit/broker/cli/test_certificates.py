"""`rogatory hub certificates`, and a hub that is founded with TLS or without."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from broker.app.founding import make_hub
from broker.infra.clock import SYSTEM_CLOCK
from broker.settings import HubFolder
from keys.certificates import issue_server, make_authority, new_authority_key
from keys.keystore import UNSAFE_THROWAWAY_COST
from tests.federation import PASSPHRASE
from tests.unit.broker.cli.conftest import Cli


@pytest.fixture(autouse=True)
def _cheap_keystores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares these tests what keeps guessers out."""
    cheap = partial(make_hub, cost=UNSAFE_THROWAWAY_COST)
    monkeypatch.setattr("broker.cli.hub.make_hub", cheap)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_bytes(PASSPHRASE)
    return path


@pytest.fixture
def hub(cli: Cli, tmp_path: Path, secret: Path) -> Path:
    folder = tmp_path / "a hub"
    init = ("hub", "init", folder, "--name", "Test", "--passphrase-file", secret)
    names = ("--bus-url", "tls://bus.example:4222", "--bus-name", "192.0.2.7")
    assert cli(*init, *names).code == 0
    return folder


def shown(cli: Cli, hub: Path) -> dict[str, Any]:
    found: dict[str, Any] = cli("hub", "certificates", "show", hub, "--json").json
    return found


def test_a_hub_has_certificates_from_the_beginning(cli: Cli, hub: Path) -> None:
    found = shown(cli, hub)
    assert found.keys() == {"server", "authority"}
    assert {"bus.example", "192.0.2.7", "127.0.0.1"} <= set(found["server"]["names"])
    assert found["server"]["issuer"] == found["authority"]["subject"]
    words = cli("hub", "certificates", "show", hub)
    assert "bus.example" in words.out
    assert "by itself" in words.err


def test_a_certificate_is_renewed_at_will(cli: Cli, hub: Path, secret: Path) -> None:
    before = shown(cli, hub)["server"]
    with_secret = ("--passphrase-file", secret)
    made = cli("hub", "certificates", "renew", hub, *with_secret, "--json")
    assert made.code == 0
    after = shown(cli, hub)["server"]
    assert made.json == after
    assert after["sha256"] != before["sha256"]
    assert "until" in cli("hub", "certificates", "renew", hub, *with_secret).err


def test_an_operators_certificate_is_installed_or_refused_with_the_reason(
    cli: Cli, hub: Path, tmp_path: Path
) -> None:
    now_ms = SYSTEM_CLOCK.now_ms()
    other = make_authority("Operator", new_authority_key(), now_ms=now_ms)
    pair = issue_server(other, ["bus.example"], now_ms=now_ms)
    bundle, certificate, key = (tmp_path / name for name in ("b", "c", "k"))
    bundle.write_bytes(other.certificate)
    certificate.write_bytes(pair.certificate)
    key.write_bytes(pair.key)
    install = ("hub", "certificates", "install", hub, "--certificate", certificate)
    refused = cli(*install, "--key", key, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (78, "configuration")
    assert "federation's authority" in refused.json["error"]["text"]
    taken = cli(*install, "--key", key, "--authorities", bundle)
    assert taken.code == 0
    assert "give every party anew" in taken.err
    assert shown(cli, hub)["server"]["issuer"] == "CN=Operator authority"
    assert "install" in cli("hub", "certificates", "show", hub).err


def test_files_that_are_kept_elsewhere_are_not_touched(
    cli: Cli, hub: Path, secret: Path
) -> None:
    place = HubFolder(hub)
    with place.settings.open("a", encoding="utf-8") as settings:
        settings.write(f'tls_certificate = "{place.server_certificate}"\n')
        settings.write(f'tls_key = "{place.server_key}"\n')
    before = place.server_certificate.read_bytes()
    given = ("--certificate", place.server_certificate, "--key", place.server_key)
    for arguments in (
        ("renew", hub, "--passphrase-file", secret),
        ("install", hub, *given),
    ):
        refused = cli("hub", "certificates", *arguments)
        assert refused.code == 78
        assert "tls_certificate" in refused.err
    assert place.server_certificate.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--bus-url", "nats://127.0.0.1:4222"], 78),
        (["--bus-url", "nats://bus.example:4222"], 78),
        (["--bus-url", "tls://bus.example:4222", "--no-tls"], 78),
        (["--no-tls"], 0),
        (["--bus-url", "nats://127.0.0.1:4222", "--no-tls"], 0),
        ([], 0),
    ],
)
def test_without_tls_a_hub_is_founded_on_this_machine_only_and_on_purpose(
    cli: Cli, tmp_path: Path, secret: Path, options: list[str], code: int
) -> None:
    folder = tmp_path / "hub"
    init = ("hub", "init", folder, "--name", "Test", "--passphrase-file", secret)
    ended = cli(*init, *options)
    assert ended.code == code
    assert folder.exists() is (code == 0)
    if not code:
        scheme = "nats" if "--no-tls" in options else "tls"
        assert f'bus_url = "{scheme}://127.0.0.1:4222"' in (
            folder / "hub.toml"
        ).read_text(encoding="utf-8")


def test_an_external_bus_is_configured_with_tls(
    cli: Cli, tmp_path: Path, secret: Path
) -> None:
    folder = tmp_path / "hub"
    init = ("hub", "init", folder, "--name", "Test", "--passphrase-file", secret)
    elsewhere = ("--bus", "external", "--bus-url", "tls://bus.example:4222")
    assert cli(*init, *elsewhere, "--bus-tls-folder", "/srv/tls").code == 0
    text = (folder / "bus" / "nats.conf").read_text(encoding="utf-8")
    assert 'key_file: "/srv/tls/server.key"' in text
    renewed = cli("hub", "certificates", "renew", folder, "--passphrase-file", secret)
    assert "SIGHUP" in renewed.err
