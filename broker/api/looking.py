"""Looks whether the interface that runs beside a node answers, as a client would.

What readiness means is said where it is answered: `broker.api.routes_health`.
"""

import ipaddress
import socket
import ssl
from typing import Any, Final

import httpx2

from broker.api.founding import ApiFolder
from broker.api.settings import ApiSettings
from broker.core.errors import InterfaceAwayError

_TIMEOUT_S: Final = 10.0
_HERE: Final = "127.0.0.1"


def look_at_interface(folder: ApiFolder, settings: ApiSettings) -> dict[str, Any]:
    """Returns what the interface says of its readiness.

    Only the very certificate that is configured is trusted: whoever else has taken the
    port is noticed. Where every client has to show a certificate, and a look has none,
    it is only seen whether somebody listens.

    Args:
        folder: Where its files are.
        settings: What the operator has set.

    Returns:
        `ready`, and `checks` with what was looked at.

    Raises:
        InterfaceAwayError: Nobody answers there, or somebody else does.
    """
    host = _reachable(settings.host)
    if settings.require_client_certificate:
        try:
            socket.create_connection((host, settings.port), _TIMEOUT_S).close()
        except OSError as error:
            raise _nobody(host, settings.port, error) from error
        return {"ready": True, "checks": []}
    scheme = "http" if settings.tls == "none" else "https"
    shown = f"[{host}]" if ":" in host else host
    try:
        answer = httpx2.get(
            f"{scheme}://{shown}:{settings.port}/v1/health/ready",
            verify=True if settings.tls == "none" else _trusting(folder, settings),
            timeout=_TIMEOUT_S,
        )
        found: dict[str, Any] = answer.json()
    except (httpx2.HTTPError, OSError, ValueError) as error:
        raise _nobody(host, settings.port, error) from error
    return {"ready": answer.is_success, "checks": found.get("checks", [])}


def _trusting(folder: ApiFolder, settings: ApiSettings) -> ssl.SSLContext:
    certificate = folder.server
    if settings.certificate is not None:
        certificate = folder.settings.parent / settings.certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certificate)
    # The certificate itself is the anchor; by which name it is reached is no matter.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context


def _reachable(host: str) -> str:
    try:
        unspecified = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host
    if not unspecified:
        return host
    return "::1" if ":" in host else _HERE


def _nobody(host: str, port: int, error: Exception) -> InterfaceAwayError:
    return InterfaceAwayError(
        f"the interface does not answer at {host}:{port} ({type(error).__name__}); "
        "start it with: rogatory api run"
    )
