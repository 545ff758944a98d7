"""TLS to the message bus: whom a client trusts, and where it may do without.

The server's side is left to `broker.infra.nats_config`, making certificates to
`keys.certificates`.

TLS 1.3 only, with the name of the host verified. Trusted is the authority that was
handed over with the federation, or the operator's own: never what the system trusts,
which anybody may be certified by who shows control over a name for a minute.
"""

import asyncio
import ipaddress
import ssl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from broker.core.errors import BusUnavailableError, ConfigurationError
from keys.certificates import CertificateFacts, read_certificate
from keys.errors import CertificateError

PLAIN: Final = "nats"
TLS: Final = "tls"
_DEFAULT_PORT: Final = 4222
# OpenSSL, x509_vfy.h: what a person is told about it.
_VERIFY_PROBLEMS: Final = {
    9: "it is not valid yet, or this machine's clock is behind",
    10: "it has expired, or this machine's clock is ahead",
    18: "it is not of the federation's authority",
    19: "it is not of the federation's authority",
    20: "it is not of the federation's authority",
    21: "it is not of the federation's authority",
    62: "it is for another name than the one in bus_url",
    64: "it is for another address than the one in bus_url",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTls:
    """How a client checks the server.

    Attributes:
        context: Whom it trusts.
        server_name: The name that the certificate must be good for; that of the URL
            if empty.
    """

    context: ssl.SSLContext
    server_name: str = ""


def client_tls(
    url: str, authorities: bytes, *, server_name: str = ""
) -> ClientTls | None:
    """Returns how to check the servers of `url`; None for plain ones on loopback.

    Args:
        url: Of a server, or several, separated by commas: "tls://HOST:PORT", or
            "nats://HOST:PORT" without TLS.
        authorities: Who may have signed their certificates, PEM.
        server_name: What the certificates must name, if not the host of the URL.

    Raises:
        ConfigurationError: Not such a URL; some with TLS and some without; a plain
            one that leaves this machine; or no authority to trust.
    """
    if not is_tls(url):
        return None
    return ClientTls(context=client_context(authorities), server_name=server_name)


def is_tls(url: str) -> bool:
    """Tells whether the servers of `url` speak TLS.

    Raises:
        ConfigurationError: Not such a URL; some do and some do not; or a plain one
            leaves this machine.
    """
    parts = [_split(one) for one in url.split(",")]
    schemes = {part.scheme for part in parts}
    if schemes == {TLS}:
        return True
    if schemes != {PLAIN}:
        raise ConfigurationError(
            f"{url} is no address of a message bus: it begins with tls://"
        )
    for part in parts:
        if not is_loopback(part.hostname or ""):
            raise ConfigurationError(
                f"{url} would go without TLS over a network: use "
                f"tls://{part.netloc}; without TLS the bus is reached at 127.0.0.1 only"
            )
    return False


def is_loopback(host: str) -> bool:
    """Tells whether `host` never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(url: str) -> str:
    """Returns the host of the first server of `url`.

    Raises:
        ConfigurationError: Not a URL of a bus.
    """
    return _split(url.split(",", maxsplit=1)[0]).hostname or ""


def client_context(authorities: bytes) -> ssl.SSLContext:
    """Returns a context that trusts `authorities`, PEM, and nobody else.

    Raises:
        ConfigurationError: There is none to trust, or it cannot be read.
    """
    if not authorities.strip():
        raise ConfigurationError(
            "no authority to check the hub's certificate with: get a new "
            "federation.json from the hub's operator, or set bus_authorities"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # Whoever installed a bundle meant every certificate in it, be it a root or not.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=authorities.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise ConfigurationError(
            f"the authorities of the bus cannot be read: {error}"
        ) from error
    return context


def check_pair(certificate: Path, key: Path, authorities: bytes, host: str) -> None:
    """Goes through a handshake in memory, as a client that connects to `host` would.

    Args:
        certificate: The server's, with its chain, PEM.
        key: Its private key, PEM.
        authorities: Whom clients trust, PEM.
        host: The name or address that they know the server by.

    Raises:
        ConfigurationError: Clients would not take it, and why.
    """
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        server_context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise ConfigurationError(
            f"{certificate} and {key} do not go together: {error}"
        ) from error
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(up, down, server_side=True)
    client = client_context(authorities).wrap_bio(down, up, server_hostname=host)
    try:
        # Each side once: the client has then seen the server's certificate.
        for side in (client, server, client):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLError as error:
        raise ConfigurationError(
            f"a client would not take {certificate}: {tls_problem(error)}"
        ) from error


def _no_password() -> bytes:
    # Otherwise OpenSSL would ask on the terminal.
    raise ValueError("the key is encrypted; the server could not read it")


async def shown_certificate(url: str, *, timeout_s: float) -> CertificateFacts:
    """Returns what the first server of `url` shows, trusted or not.

    For a look at it only: nothing is sent over this connection.

    Raises:
        ConfigurationError: Not a URL of a bus.
        BusUnavailableError: Nobody there, or it speaks no TLS 1.3.
    """
    part = _split(url.split(",", maxsplit=1)[0])
    unsafe = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unsafe.minimum_version = ssl.TLSVersion.TLSv1_3
    unsafe.check_hostname = False
    unsafe.verify_mode = ssl.CERT_NONE
    try:
        async with asyncio.timeout(timeout_s):
            _, writer = await asyncio.open_connection(
                part.hostname, part.port or _DEFAULT_PORT, ssl=unsafe
            )
    except (OSError, TimeoutError) as error:
        raise BusUnavailableError(
            f"no TLS at {url}: {str(error) or 'too late'}"
        ) from error
    try:
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return read_certificate(found or b"")
    except CertificateError as error:
        raise BusUnavailableError(f"{url} shows no certificate") from error
    finally:
        # Politely: the server would note an attack.
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(timeout_s):
                await writer.wait_closed()


def tls_problem(error: ssl.SSLError) -> str:
    """Returns what a failed handshake means, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        text = _VERIFY_PROBLEMS.get(error.verify_code, error.verify_message)
        return f"the server's certificate is not trusted: {text}"
    if error.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
        return "the server does not speak TLS"
    if error.reason in {"TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL"}:
        return "the server does not speak TLS 1.3"
    return str(error)


def _split(url: str) -> SplitResult:
    try:
        part = urlsplit(url)
        port_is_one = part.port is None or part.port > 0
    except ValueError as error:
        raise ConfigurationError(f"{url!r} is no address of a message bus") from error
    if not part.hostname or not port_is_one:
        raise ConfigurationError(f"{url!r} is no address of a message bus")
    return part
