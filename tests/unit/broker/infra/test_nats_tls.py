"""Whom a client of the bus trusts, and where it may do without TLS."""

import ssl
from pathlib import Path

import pytest

from broker.core.errors import ConfigurationError
from broker.infra.clock import SYSTEM_CLOCK
from broker.infra.nats_tls import (
    check_pair,
    client_context,
    client_tls,
    host_of,
    is_loopback,
    is_tls,
    tls_problem,
)
from keys.certificates import Authority, issue_server, make_authority, new_authority_key

NOW_MS = SYSTEM_CLOCK.now_ms()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return make_authority("Test", new_authority_key(), now_ms=NOW_MS)


@pytest.mark.parametrize(
    "url",
    [
        "nats://hub.example:4222",
        "nats://192.0.2.1:4222",
        "nats://127.0.0.1:4222,nats://hub.example",
        "nats://127.0.0.1.hub.example:4222",
        "nats://localhost.hub.example:4222",
        "nats://[2001:db8::1]:4222",
    ],
)
def test_nothing_goes_over_a_network_without_tls(url: str) -> None:
    with pytest.raises(ConfigurationError, match="without TLS over a network"):
        is_tls(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hub.example",
        "hub.example:4222",
        "",
        "tls://",
        "tls://a:b",
        "tls://a:0",
        "tls://a:99999",
        "tls://a,nats://127.0.0.1",
        "tls://[::1",
        "wss://hub.example",
    ],
)
def test_what_is_no_address_of_a_bus_is_told(url: str) -> None:
    with pytest.raises(ConfigurationError, match="no address of a message bus"):
        is_tls(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "[::1]", "localhost"])
def test_on_this_machine_a_bus_may_do_without_tls(host: str) -> None:
    assert not is_tls(f"nats://{host}:4222")
    assert client_tls(f"nats://{host}:4222", b"") is None
    assert is_tls(f"tls://{host}:4222")


def test_several_servers_are_reached_alike(authority: Authority) -> None:
    tls = client_tls("tls://a:1,tls://b", authority.certificate, server_name="c")
    assert tls is not None
    assert tls.server_name == "c"
    assert host_of("tls://a:1,tls://b") == "a"


def test_a_client_trusts_who_it_was_told_and_nobody_else(authority: Authority) -> None:
    context = client_context(authority.certificate)
    assert len(context.get_ca_certs()) == 1
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("authorities", [b"", b" \n"])
def test_without_an_authority_nobody_is_trusted(authorities: bytes) -> None:
    with pytest.raises(ConfigurationError, match="no authority"):
        client_tls("tls://hub.example:4222", authorities)


@pytest.mark.parametrize("authorities", [b"x", "é".encode(), b"\xff"])
def test_an_authority_that_is_none_is_told(authorities: bytes) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        client_context(authorities)


@pytest.mark.parametrize(
    ("host", "well"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("localhost.", False)],
)
def test_names_of_this_machine(host: str, well: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert is_loopback(host) is well


class Pair:
    """A certificate and its key as files."""

    def __init__(self, folder: Path, authority: Authority, at_ms: int = NOW_MS) -> None:
        made = issue_server(authority, ["hub.example", "192.0.2.1"], now_ms=at_ms)
        self.certificate, self.key = folder / "a.pem", folder / "a.key"
        self.certificate.write_bytes(made.certificate)
        self.key.write_bytes(made.key)


@pytest.mark.parametrize("host", ["hub.example", "192.0.2.1"])
def test_a_pair_that_clients_would_take_passes(
    tmp_path: Path, authority: Authority, host: str
) -> None:
    pair = Pair(tmp_path, authority)
    check_pair(pair.certificate, pair.key, authority.certificate, host)


def test_a_pair_that_clients_would_not_take_is_refused_with_the_reason(
    tmp_path: Path, authority: Authority
) -> None:
    pair = Pair(tmp_path, authority)
    trusted = authority.certificate
    other = make_authority("Other", new_authority_key(), now_ms=NOW_MS)
    with pytest.raises(ConfigurationError, match="another name"):
        check_pair(pair.certificate, pair.key, trusted, "other.example")
    with pytest.raises(ConfigurationError, match="not of the federation's authority"):
        check_pair(pair.certificate, pair.key, other.certificate, "hub.example")
    Pair(tmp_path, authority, at_ms=NOW_MS + 10 * 86_400_000)
    with pytest.raises(ConfigurationError, match="not valid yet"):
        check_pair(pair.certificate, pair.key, trusted, "hub.example")


def test_a_key_that_is_not_the_certificates_is_refused(
    tmp_path: Path, authority: Authority
) -> None:
    pair = Pair(tmp_path, authority)
    pair.key.write_bytes(issue_server(authority, ["a"], now_ms=NOW_MS).key)
    trusted = authority.certificate
    with pytest.raises(ConfigurationError, match="do not go together"):
        check_pair(pair.certificate, pair.key, trusted, "hub.example")
    with pytest.raises(ConfigurationError, match="do not go together"):
        check_pair(pair.certificate, tmp_path / "none", trusted, "hub.example")


def test_a_problem_of_tls_is_told_in_words() -> None:
    plain = ssl.SSLError(1, "?")
    plain.reason = "WRONG_VERSION_NUMBER"
    assert "does not speak TLS" in tls_problem(plain)
    plain.reason = "SOMETHING_ELSE"
    assert tls_problem(plain)
