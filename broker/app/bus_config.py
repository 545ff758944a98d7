"""Whom the hub's nats-server obeys, and its configuration file where it runs elsewhere.

Running one on this machine is left to `broker.infra.nats_embedded`.
"""

from broker.app.credentials import HubKeys
from broker.infra.nats_config import ServerOptions, ServerTrust, server_config
from broker.settings import HubFolder
from keys.nats_jwt import (
    UNLIMITED,
    AccountClaim,
    AccountLimits,
    account_jwt,
    operator_jwt,
)


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
    folder: HubFolder, keys: HubKeys, bus_folder: str, now_ms: int
) -> None:
    """Writes the configuration of a nats-server that runs elsewhere.

    Args:
        folder: The hub's.
        keys: The hub's.
        bus_folder: Where that server keeps its streams, as it sees it.
        now_ms: The present.
    """
    options = ServerOptions(
        name="rogatory",
        trust=server_trust(keys, now_ms),
        store_dir=f"{bus_folder}/streams",
        resolver_dir=f"{bus_folder}/accounts",
        host="0.0.0.0",  # noqa: S104 - reached by others; that is what it is for
    )
    folder.bus.mkdir(parents=True, exist_ok=True)
    (folder.bus / "nats.conf").write_text(server_config(options), encoding="utf-8")
