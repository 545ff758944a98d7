"""Tests of `broker.infra.nats_config`, as text; servers read it elsewhere."""

from dataclasses import replace

import pytest

from broker.core.errors import ConfigurationError
from broker.infra.nats_config import (
    ServerOptions,
    ServerTls,
    ServerTrust,
    server_config,
)

OPTIONS = ServerOptions(
    name="hub",
    trust=ServerTrust(
        operator_jwt="e.y.J", system_account="ASYS", system_account_jwt="e.y.K"
    ),
    store_dir="/data/streams",
    resolver_dir="/data/accounts",
)


def test_every_message_is_on_the_disk_before_it_is_acknowledged() -> None:
    assert "sync_interval: always" in server_config(OPTIONS)


def test_claims_can_be_taken_back() -> None:
    assert "allow_delete: true" in server_config(OPTIONS)


@pytest.mark.parametrize(
    ("host", "port", "listen"),
    [
        ("0.0.0.0", 4222, '"0.0.0.0:4222"'),  # noqa: S104 - as inside a container
        ("127.0.0.1", 0, '"127.0.0.1:-1"'),
        ("::1", 4222, '"[::1]:4222"'),
    ],
)
def test_the_address_is_what_was_asked_for(host: str, port: int, listen: str) -> None:
    text = server_config(replace(OPTIONS, host=host, port=port))
    assert f"listen: {listen}\n" in text


def test_there_is_no_tls_nor_log_unless_asked_for() -> None:
    text = server_config(OPTIONS)
    assert "tls" not in text
    assert "log_file" not in text
    assert "ports_file_dir" not in text


def test_what_the_server_tells_about_itself_stays_on_the_machine() -> None:
    text = server_config(replace(OPTIONS, host="::", health_port=8222))
    assert 'http: "127.0.0.1:8222"' in text
    assert "http" not in server_config(OPTIONS)


def test_with_tls_the_greeting_is_not_sent_in_the_clear() -> None:
    text = server_config(
        replace(OPTIONS, tls=ServerTls(certificate="/c.pem", key="/k.pem"))
    )
    assert "handshake_first: true" in text
    assert "verify" not in text


def test_with_authorities_clients_need_a_certificate() -> None:
    tls = ServerTls(certificate="/c.pem", key="/k.pem", authorities="/a.pem")
    text = server_config(replace(OPTIONS, tls=tls))
    assert "verify: true" in text


def test_a_path_with_quotes_cannot_add_settings() -> None:
    text = server_config(replace(OPTIONS, store_dir='/a "b\\" c'))
    assert 'store_dir: "/a \\"b\\\\\\" c"' in text


@pytest.mark.parametrize("path", ["/a\nauthorization {}", "/a\x00", "/a\x1b"])
def test_a_path_with_control_characters_is_refused(path: str) -> None:
    with pytest.raises(ConfigurationError):
        server_config(replace(OPTIONS, store_dir=path))
