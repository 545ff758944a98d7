"""Whom the hub's nats-server obeys, and its configuration file where it runs elsewhere.

Running one on this machine is left to `broker.infra.nats_embedded`.
"""

from dataclasses import dataclass

from broker.app.credentials import HubKeys
from broker.core.errors import ConfigurationError
from broker.infra.nats_config import (
    ServerOptions,
    ServerTls,
    ServerTrust,
    server_config,
)
from broker.settings import HubFolder
from keys.nats_jwt import (
    UNLIMITED,
    AccountClaim,
    AccountLimits,
    account_jwt,
    operator_jwt,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalBus:
    """A nats-server that runs elsewhere.

    Attributes:
        folder: Where it keeps its streams, as it sees it.
        tls_folder: Where it finds the hub's folder "tls", as it sees it.
        port: Where it listens: on every address with TLS, on loopback without.
        health_port: Where it tells its health, on the loopback address.
    """

    folder: str = "/data/bus"
    tls_folder: str = "/data/tls"
    port: int = 4222
    health_port: int = 8222


def server_trust(hub_keys: HubKeys, now_ms: int) -> ServerTrust:
    """Returns whom the nats-server obeys."""
    operator, system = hub_keys.operator, hub_keys.system.public
    now_s = now_ms // 1000
    return ServerTrust(
        operator_jwt=operator_jwt(
            operator, name="rogatory", system_account=system, now_s=now_s
        ),
        system_account=system,
        system_account_jwt=account_jwt(
            operator,
            AccountClaim(
                account=system,
                name="system",
                limits=AccountLimits(connections=UNLIMITED),
            ),
            now_s=now_s,
        ),
    )


def write_bus_config(
    folder: HubFolder, keys: HubKeys, bus: ExternalBus, now_ms: int, *, with_tls: bool
) -> None:
    """Writes the configuration of a nats-server that runs elsewhere.

    Without TLS it does not leave its machine.

    Raises:
        ConfigurationError: A folder that the file cannot name, or the file cannot be
            written.
    """
    tls = ServerTls(
        certificate=f"{bus.tls_folder}/{folder.server_certificate.name}",
        key=f"{bus.tls_folder}/{folder.server_key.name}",
    )
    options = ServerOptions(
        name="rogatory",
        trust=server_trust(keys, now_ms),
        store_dir=f"{bus.folder}/streams",
        resolver_dir=f"{bus.folder}/accounts",
        host="0.0.0.0"  # noqa: S104 - reached by others; that is what it is for
        if with_tls
        else "127.0.0.1",
        port=bus.port,
        health_port=bus.health_port,
        tls=tls if with_tls else None,
    )
    text = server_config(options)
    try:
        folder.bus.mkdir(parents=True, exist_ok=True)
        (folder.bus / "nats.conf").write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"cannot write into {folder.bus}: {error.strerror}"
        ) from error
