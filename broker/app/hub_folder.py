"""A hub's folder, opened: settings, keys, and where its own processes find the bus.

Running it is left to `hub`, connecting to the bus to `hub_link`.
"""

from dataclasses import dataclass
from pathlib import Path

from broker.app.certificates import bus_authorities
from broker.app.credentials import HubKeys, load_hub_keys
from broker.app.exchange_files import FederationFile
from broker.core.errors import ConfigurationError
from broker.infra.nats_tls import ClientTls, client_tls, host_of, is_tls
from broker.settings import HubFolder, HubSettings, load_hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub's folder, opened, and its keys."""

    folder: HubFolder
    settings: HubSettings
    federation: FederationFile
    keys: HubKeys

    @property
    def bus_url(self) -> str:
        """Where the hub's own processes reach the bus."""
        if self.settings.bus == "embedded":
            scheme = "tls" if self.speaks_tls else "nats"
            return f"{scheme}://127.0.0.1:{self.settings.bus_port}"
        return self.settings.bus_url

    @property
    def speaks_tls(self) -> bool:
        """Whether the bus does.

        Raises:
            ConfigurationError: It would go without TLS over a network.
        """
        return is_tls(self.settings.bus_url)

    def client_tls(self) -> ClientTls | None:
        """Returns how the hub's own processes check the bus.

        Also on loopback they ask for the name that parties know it by: a certificate
        of the operator's own authority may name no other.

        Raises:
            ConfigurationError: Nobody to trust.
        """
        authorities = bus_authorities(self.settings.bus_authorities, self.federation)
        server_name = host_of(self.settings.bus_url)
        return client_tls(self.bus_url, authorities, server_name=server_name)


def open_hub(root: Path, passphrase: bytes) -> Hub:
    """Opens a hub's folder.

    Raises:
        ConfigurationError: It is not a hub's, or its account is replaced in part only.
        KeystoreError: Its keys cannot be read.
    """
    folder = HubFolder(root)
    settings = load_hub(root)
    federation = FederationFile.read(folder.federation)
    keys = load_hub_keys(folder.keys, passphrase)
    # What parties are given is written after the streams were moved (`applying`): a
    # hub that ran before would make others, and what waits would wait for ever.
    if keys.account.public != federation.hub_account:
        raise ConfigurationError(
            f"the account in {folder.keys} is not the one in {folder.federation}: a "
            "request was applied in part only; do it again, with: rogatory federation "
            "apply"
        )
    return Hub(folder=folder, settings=settings, federation=federation, keys=keys)
