"""The bus's certificates in a hub's folder: whole at every moment, renewed in time."""

import stat
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from broker.app import certificates
from broker.app.certificates import (
    ServerFiles,
    bus_authorities,
    install,
    is_own,
    make_certificates,
    renew,
    renew_if_due,
    server_files,
)
from broker.app.exchange_files import FederationFile
from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_tls import check_pair
from broker.settings import HubFolder, HubSettings
from keys.certificates import (
    SERVER_LIFE_MS,
    Authority,
    issue_server,
    make_authority,
    new_authority_key,
    read_certificate,
)

DAY_MS = 86_400_000
NOW_MS = SYSTEM_CLOCK.now_ms()
KEY = new_authority_key()
SETTINGS = HubSettings(name="Test", bus_url="tls://bus.example:4222")


@pytest.fixture
def folder(tmp_path: Path) -> HubFolder:
    made = HubFolder(tmp_path / "a hub")
    names = ["bus.example", "192.0.2.7"]
    authority = make_certificates(made, "Test", KEY, names, NOW_MS)
    FederationFile(
        name="Test",
        bus_url=SETTINGS.bus_url,
        root=b"root",
        hub_account="A",
        authorities=authority,
    ).write(made.federation)
    return made


def files(folder: HubFolder) -> ServerFiles:
    return server_files(folder, SETTINGS)


def operators(tmp_path: Path, *names: str) -> tuple[Path, ServerFiles]:
    """Returns the authority of an operator's own, and a pair that it has signed."""
    other = make_authority("Operator", new_authority_key(), now_ms=NOW_MS)
    made = issue_server(other, names or ["bus.example"], now_ms=NOW_MS)
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(other.certificate)
    given = ServerFiles(certificate=tmp_path / "c.pem", key=tmp_path / "c.key")
    given.certificate.write_bytes(made.certificate)
    given.key.write_bytes(made.key)
    return bundle, given


def test_the_key_is_private_and_the_certificates_are_not(folder: HubFolder) -> None:
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (folder.server_key, folder.server_certificate, folder.authority)
    }
    assert modes == {
        "server.key": 0o600,
        "server.pem": 0o644,
        "authority.pem": 0o644,
    }
    assert stat.S_IMODE(folder.tls.stat().st_mode) == 0o700
    clear = [path.read_bytes() for path in folder.tls.rglob("*") if path.is_file()]
    assert not any(KEY in text for text in clear)


def test_a_renewed_certificate_is_good_for_the_same_names(folder: HubFolder) -> None:
    before = files(folder).read()
    after = renew(folder, KEY, "tls://moved.example", now_ms=NOW_MS + DAY_MS)
    assert files(folder).read() == after
    assert after.fingerprint != before.fingerprint
    assert set(after.names) == {*before.names, "moved.example"}
    assert is_own(folder)
    assert len(list((folder.tls / "pairs").iterdir())) == 1


def test_it_is_renewed_thirty_days_ahead_and_not_before(folder: HubFolder) -> None:
    end_ms = NOW_MS + SERVER_LIFE_MS
    early = renew_if_due(folder, SETTINGS, KEY, now_ms=end_ms - 31 * DAY_MS)
    assert early is None
    due = renew_if_due(folder, SETTINGS, KEY, now_ms=end_ms - 30 * DAY_MS)
    assert due is not None
    assert due == files(folder).read()


def test_what_is_not_the_hubs_own_it_does_not_renew(
    folder: HubFolder, tmp_path: Path
) -> None:
    late_ms = NOW_MS + SERVER_LIFE_MS
    elsewhere = SETTINGS.model_copy(
        update={"tls_certificate": tmp_path / "a", "tls_key": tmp_path / "b"}
    )
    assert renew_if_due(folder, elsewhere, KEY, now_ms=late_ms) is None
    assert renew_if_due(folder, SETTINGS, b"", now_ms=late_ms) is None
    bundle, given = operators(tmp_path)
    install(folder, SETTINGS, given, bundle)
    assert not is_own(folder)
    assert renew_if_due(folder, SETTINGS, KEY, now_ms=late_ms) is None


@pytest.mark.parametrize("step", ["write", "lead"])
def test_a_crash_at_any_point_leaves_a_pair_that_fits(
    folder: HubFolder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The certificate and its key change together, or not at all."""
    real = getattr(certificates, f"_{step}")
    for calls in range(4):
        left = [calls]

        def fails(*arguments: object, left: list[int] = left) -> None:
            if not left[0]:
                raise OSError(5, "power cut")
            left[0] -= 1
            real(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(f"broker.app.certificates._{step}", fails)
            with suppress(ConfigurationError):
                renew(folder, KEY, SETTINGS.bus_url, now_ms=NOW_MS)
        check_fits(folder)
    renew(folder, KEY, SETTINGS.bus_url, now_ms=NOW_MS)
    assert len(list((folder.tls / "pairs").iterdir())) == 1


def check_fits(folder: HubFolder) -> None:
    given = files(folder)
    authority = folder.authority
    check_pair(given.certificate, given.key, authority.read_bytes(), "bus.example")


def test_an_operators_certificate_is_taken_and_parties_are_told_whom_to_trust(
    folder: HubFolder, tmp_path: Path
) -> None:
    bundle, given = operators(tmp_path)
    made = install(folder, SETTINGS, given, bundle)
    assert files(folder).read() == made
    federation = FederationFile.read(folder.federation)
    assert federation.authorities == bundle.read_bytes()
    assert (federation.name, federation.root) == ("Test", b"root")
    again = install(folder, SETTINGS, given, None)
    assert again == made


def test_a_certificate_that_no_party_would_take_is_not_installed(
    folder: HubFolder, tmp_path: Path
) -> None:
    before = files(folder).read()
    bundle, given = operators(tmp_path, "other.example")
    with pytest.raises(ConfigurationError, match="another name"):
        install(folder, SETTINGS, given, bundle)
    _, given = operators(tmp_path)
    with pytest.raises(ConfigurationError, match="not of the federation's authority"):
        install(folder, SETTINGS, given, None)
    nothing = tmp_path / "nothing"
    for missing in (replace(given, key=nothing), replace(given, certificate=nothing)):
        with pytest.raises(ConfigurationError, match="cannot be read"):
            install(folder, SETTINGS, missing, bundle)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        install(folder, SETTINGS, given, nothing)
    assert files(folder).read() == before
    assert FederationFile.read(folder.federation).authorities != bundle.read_bytes()


def test_files_elsewhere_are_named_both_or_neither(
    folder: HubFolder, tmp_path: Path
) -> None:
    half = SETTINGS.model_copy(update={"tls_key": tmp_path / "b"})
    with pytest.raises(ConfigurationError, match="set both"):
        server_files(folder, half)
    whole = half.model_copy(update={"tls_certificate": tmp_path / "a"})
    elsewhere = server_files(folder, whole)
    assert elsewhere.certificate == tmp_path / "a"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        elsewhere.read()


def test_without_the_authority_nothing_is_renewed(folder: HubFolder) -> None:
    with pytest.raises(ConfigurationError, match="not that of its certificate"):
        renew(folder, new_authority_key(), SETTINGS.bus_url, now_ms=NOW_MS)
    folder.authority.unlink()
    assert not is_own(folder)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        renew(folder, KEY, SETTINGS.bus_url, now_ms=NOW_MS)


def test_whom_to_trust_is_the_federations_word_or_a_file_of_ones_own(
    folder: HubFolder, tmp_path: Path
) -> None:
    federation = FederationFile.read(folder.federation)
    assert bus_authorities(None, federation) == federation.authorities
    own = tmp_path / "own.pem"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        bus_authorities(own, federation)
    own.write_bytes(b"pem")
    assert bus_authorities(own, federation) == b"pem"


def test_a_name_that_is_none_makes_no_certificates(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no name of a server"):
        make_certificates(HubFolder(tmp_path / "hub"), "x", KEY, ["a..b"], NOW_MS)


def test_an_authority_is_read_back_as_it_was_made(folder: HubFolder) -> None:
    authority = Authority(certificate=folder.authority.read_bytes(), key=KEY)
    made = issue_server(authority, ["a"], now_ms=NOW_MS)
    assert read_certificate(made.certificate).issuer == "CN=Test authority"
