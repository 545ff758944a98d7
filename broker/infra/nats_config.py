"""The configuration file of a nats-server: embedded, in a container, anywhere.

Running one is left to `broker.infra.nats_embedded` or to whoever runs containers.
"""

from dataclasses import dataclass
from typing import Final

from broker.core.errors import ConfigurationError

_LOG_SIZE: Final = 16 * 1024 * 1024  # bytes, after which the server begins a new file
_MEMORY: Final = 64 * 1024 * 1024  # bytes for streams in memory, of which we have none


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTrust:
    """Whom a nats-server obeys.

    Attributes:
        operator_jwt: Who may admit accounts.
        system_account: Public key of the account that the registrar works in.
        system_account_jwt: The operator's claim about it.
    """

    operator_jwt: str
    system_account: str
    system_account_jwt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTls:
    """Files for TLS, which the server speaks from the first byte.

    Attributes:
        certificate: The server's, with its chain, PEM.
        key: Its private key, PEM.
        authorities: Who may have signed the clients' certificates, PEM; clients
            need none if empty.
    """

    certificate: str
    key: str
    authorities: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """What a nats-server has to know. Paths are those the server sees.

    Attributes:
        name: Of the server, for people.
        trust: Whom it obeys.
        store_dir: Where streams are kept.
        resolver_dir: Where claims about accounts are kept.
        host: The address to listen on.
        port: The port to listen on; 0 for any that is free.
        max_file_store: Bytes that all streams may take together.
        max_payload: Bytes of one message.
        ports_file_dir: Where the server shall tell its port; nowhere if empty.
        log_file: Where it shall log; to its standard error if empty.
        health_port: Port of the loopback address where it tells its health over
            HTTP (`/healthz`); nowhere if 0.
        tls: Files for TLS; without it the server must not leave the machine.
    """

    name: str
    trust: ServerTrust
    store_dir: str
    resolver_dir: str
    host: str = "127.0.0.1"
    port: int = 4222
    max_file_store: int = 64 * 1024**3
    max_payload: int = 1024**2
    ports_file_dir: str = ""
    log_file: str = ""
    health_port: int = 0
    tls: ServerTls | None = None


def server_config(options: ServerOptions) -> str:
    """Returns the text of a configuration file.

    Every message is on the disk before it is acknowledged (`sync_interval: always`):
    the server's own default would lose two minutes in a power cut.

    Raises:
        ConfigurationError: A text that the file's format cannot hold.
    """
    trust = options.trust
    host = f"[{options.host}]" if ":" in options.host else options.host
    lines = [
        f"server_name: {_quoted(options.name)}",
        f"listen: {_quoted(f'{host}:{options.port or -1}')}",
        f"max_payload: {options.max_payload}",
        "jetstream {",
        f"  store_dir: {_quoted(options.store_dir)}",
        f"  max_file_store: {options.max_file_store}",
        f"  max_memory_store: {_MEMORY}",
        "  sync_interval: always",
        "}",
        f"operator: {_quoted(trust.operator_jwt)}",
        f"system_account: {_quoted(trust.system_account)}",
        "resolver {",
        "  type: full",
        f"  dir: {_quoted(options.resolver_dir)}",
        "  allow_delete: true",
        "}",
        "resolver_preload {",
        f"  {_quoted(trust.system_account)}: {_quoted(trust.system_account_jwt)}",
        "}",
    ]
    if options.ports_file_dir:
        lines.append(f"ports_file_dir: {_quoted(options.ports_file_dir)}")
    if options.log_file:
        lines.append(f"log_file: {_quoted(options.log_file)}")
        lines.append(f"logfile_size_limit: {_LOG_SIZE}")
    if options.health_port:
        # What is told there names accounts and connections: it stays on the machine.
        lines.append(f'http: "127.0.0.1:{options.health_port}"')
    if options.tls is not None:
        lines.extend(_tls_lines(options.tls))
    return "\n".join(lines) + "\n"


def _tls_lines(tls: ServerTls) -> list[str]:
    lines = [
        "tls {",
        f"  cert_file: {_quoted(tls.certificate)}",
        f"  key_file: {_quoted(tls.key)}",
        "  handshake_first: true",
        '  min_version: "1.3"',
    ]
    if tls.authorities:
        lines.append(f"  ca_file: {_quoted(tls.authorities)}")
        lines.append("  verify: true")
    return [*lines, "}"]


def _quoted(text: str) -> str:
    if not text.isprintable():
        raise ConfigurationError(
            f"{text!r} cannot stand in a nats-server configuration"
        )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
