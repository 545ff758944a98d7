"""How a node is reached: its address, who vouches for it, and who we are."""

import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from rogatory_client.calls import JSON, Call
from rogatory_client.errors import RefusedError

_PROBLEM = "application/problem+json"
_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How a node is reached.

    Attributes:
        url: Address of the node: "https://node.police.example:8443".
        authorities: Certificates that vouch for the node, PEM; None for the system's.
        certificate: Our own certificate, PEM; None when a token shows who we are.
        key: Its private key, PEM; None when it is in the same file.
        token: A token of the node's or of OpenID Connect; or what returns one, each
            time anew.
        timeout_s: Seconds to wait for an answer.
        attempts: How often a call is made at most that may be made again.

    Raises:
        ValueError: The address would have all of it travel in the clear.
    """

    url: str
    authorities: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    token: str | Callable[[], str] | None = field(default=None, repr=False)
    timeout_s: float = 30.0
    attempts: int = 5

    def __post_init__(self) -> None:
        """Refuses an address without TLS that is not on this machine."""
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not _is_here(parts.hostname or ""):
            raise ValueError("a node is reached over https, except on this machine")

    def context(self) -> ssl.SSLContext:
        """Returns what checks the node, and shows our certificate."""
        context = ssl.create_default_context(cafile=self.authorities)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context

    def headers(self, call: Call) -> dict[str, str]:
        """Returns the headers of a call, with who we are."""
        found = {"Accept": JSON, **call.headers}
        token = self.token() if callable(self.token) else self.token
        if token is not None:
            found["Authorization"] = f"Bearer {token}"
        return found


def check(status: int, media_type: str, body: object) -> None:
    """Returns if the node says yes.

    Raises:
        RefusedError: It says no.
    """
    # A redirection is no answer either: it is never followed.
    if httpx2.codes.is_success(status):
        return
    known = isinstance(body, dict) and media_type.startswith(_PROBLEM)
    raise RefusedError(status, body if known and isinstance(body, dict) else {})


def is_passing(status: int) -> bool:
    """Tells whether the same call may be answered otherwise soon."""
    return status in _AGAIN


def pause_s(attempt: int, retry_after: str | None) -> float:
    """Returns seconds to wait before the next attempt.

    Args:
        attempt: How many there were, from 1.
        retry_after: What the node asked for, if it did, in seconds.
    """
    if retry_after is not None and retry_after.isdecimal():
        return min(float(retry_after), _LONGEST_PAUSE_S)
    return float(min(0.5 * 2 ** (attempt - 1), _LONGEST_PAUSE_S))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
