"""Which hosts may be called: what an operator lists, and what no list can allow.

Looking names up and calling is left to `broker.web.calling`.

An entry is `host`, `host:port`, or either with the network that the host is in, as
"hooks.customs.internal:8443@10.1.0.0/16". Without a port, 443 is meant. Without a
network, a name may have public addresses only; an address, or "localhost", lists
itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, Self
from urllib.parse import urlsplit

from broker.web.errors import CallbackRefusedError

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

_HTTPS_PORT: Final = 443
_URL_MAX_SIZE: Final = 2048  # characters
_PLAIN: Final = re.compile(r"[!#-;=?-\[\]_a-z~]*\Z", re.IGNORECASE)  # of RFC 3986
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\Z")
_PORT: Final = re.compile(r"[0-9]{1,5}\Z")
_NAME_MAX_SIZE: Final = 253
_LOCALHOST: Final = "localhost"
_LOOPBACK: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

# Where clouds answer whoever asks from within, and not link-local.
_METADATA: Final = tuple(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254"))
)
# Addresses of version 6 that stand for one of version 4, whichever that is: NAT64,
# 6to4, Teredo, and the old "compatible" ones. No host that is meant has one.
_DISGUISED: Final = tuple(
    map(
        ip_network,
        ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    host: str
    port: int
    networks: tuple[_Network, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address that may be called, if the name leads where it should.

    Attributes:
        scheme: "https", or "http" on this machine.
        host: Name or address, in small letters.
        port: Of TCP.
        path: With the query; begins with a slash.
        networks: Where the host may be beside public addresses.
    """

    scheme: str
    host: str
    port: int
    path: str
    networks: tuple[_Network, ...]

    @property
    def authority(self) -> str:
        """Host and port, as the Host field names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _HTTPS_PORT if self.scheme == "https" else 80
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """As it may be written into logs: paths of webhooks may hold secrets."""
        return f"{self.scheme}://{self.authority}"

    def check_address(self, text: str) -> None:
        """Returns if this address of the host may be called.

        Raises:
            CallbackRefusedError: It may not.
        """
        address = _address(text)
        if address is None or _is_never(address):
            raise CallbackRefusedError(f"{self.shown} leads to {text}: never called")
        within = any(address in network for network in self.networks)
        if not within and not _is_public(address):
            raise CallbackRefusedError(
                f"{self.shown} leads to {text}, which is not public: list it with its "
                f"network, such as {self.host}@{text}"
            )
        if self.scheme == "http" and not address.is_loopback:
            raise CallbackRefusedError(f"{self.shown}: only https leaves this machine")


class ListedHosts:
    """The hosts that an operator lets be called.

    Args:
        entries: As in this module's description.

    Raises:
        ValueError: An entry is none.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._listed = tuple(_listed(entry) for entry in entries)

    @classmethod
    def none(cls) -> Self:
        """Returns a list that allows nothing."""
        return cls(())

    def target(self, url: str) -> Target:
        """Returns an address in its parts, if it may be called.

        Raises:
            CallbackRefusedError: It is not well formed, or its host is not listed.
        """
        if len(url) > _URL_MAX_SIZE or not _PLAIN.match(url):
            raise CallbackRefusedError("not an address, or with characters to escape")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise CallbackRefusedError(f"not an address: {error}") from None
        host = (parts.hostname or "").lower()
        if not host or parts.scheme not in {"https", "http"}:
            raise CallbackRefusedError("give an address such as https://host/path")
        if "@" in parts.netloc or "#" in url:
            raise CallbackRefusedError("an address without user name and fragment")
        port = port if port is not None else (443 if parts.scheme == "https" else 80)
        listed = [one for one in self._listed if one.host == host and one.port == port]
        if not listed:
            raise CallbackRefusedError(
                f"{host}:{port} is not among the hosts that the operator has listed"
            )
        networks = tuple(network for one in listed for network in one.networks)
        if parts.scheme == "http" and not any(map(_is_loopback, networks)):
            raise CallbackRefusedError("only https leaves this machine")
        query = f"?{parts.query}" if parts.query else ""
        return Target(
            scheme=parts.scheme,
            host=host,
            port=port,
            path=f"{parts.path or '/'}{query}",
            networks=networks,
        )


def _listed(entry: str) -> _Listed:
    where, at, network = entry.strip().lower().partition("@")
    host, port = _host_and_port(where)
    literal = _address(host)
    if not 0 < port < 1 << 16 or not (literal or _is_name(host)):
        raise ValueError(f"{entry!r} is not a host that can be listed")
    networks: tuple[_Network, ...] = ()
    if at:
        networks = (ip_network(network),)
    elif literal is not None:
        networks = (ip_network(str(literal)),)
    elif host == _LOCALHOST:
        networks = _LOOPBACK
    return _Listed(host=host, port=port, networks=networks)


def _host_and_port(where: str) -> tuple[str, int]:
    """Splits "host", "host:port", "[address]:port" and a bare address."""
    if where.startswith("["):
        host, _, rest = where[1:].partition("]")
        port = rest.removeprefix(":")
    elif where.count(":") == 1:
        host, _, port = where.partition(":")
    else:
        host, port = where, ""
    if port and not _PORT.match(port):
        return "", 0
    return host, int(port) if port else _HTTPS_PORT


def _is_name(host: str) -> bool:
    # A last label of digits only would be read as an address in an odd notation.
    last = host.rpartition(".")[2]
    return bool(
        len(host) <= _NAME_MAX_SIZE and _NAME.match(host) and not last.isdigit()
    )


def _address(text: str) -> _Address | None:
    """Returns an address; what is version 4 in the clothes of 6 as version 4."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def _is_loopback(network: _Network) -> bool:
    return network.network_address.is_loopback


def _is_public(address: _Address) -> bool:
    # The old addresses of a site are taken for public ones by the library.
    inside = isinstance(address, IPv6Address) and address.is_site_local
    return address.is_global and not inside


def _is_never(address: _Address) -> bool:
    """Tells what no list can allow."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return True
        if not address.is_loopback and any(address in one for one in _DISGUISED):
            return True
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in _METADATA
        # 240.0.0.0/4 with the broadcast address; loopback of version 6 counts as
        # reserved too, and may be listed.
        or (address.is_reserved and not address.is_loopback)
    )
