"""TLS of the servers that other systems call: what is shown, and whom is believed.

Making certificates is left to `keys.certificates`; who a client is, to whoever serves.
"""

import ipaddress
import ssl
from pathlib import Path

from broker.core.errors import ConfigurationError


def server_context(
    certificate: Path, key: Path, authorities: bytes, *, require_client: bool
) -> ssl.SSLContext:
    """Returns how a server speaks TLS: 1.3, or 1.2 with clients that lack it.

    Args:
        certificate: The server's, with its chain, PEM.
        key: Its private key, PEM, not encrypted.
        authorities: Who may have signed certificates of clients, PEM; empty: clients
            are not asked for any.
        require_client: Whether a client without a certificate is turned away. One with
            a certificate of anybody else always is.

    Raises:
        ConfigurationError: Something of it cannot be read, or clients would have to
            show a certificate that nobody may sign.
    """
    if require_client and not authorities.strip():
        raise ConfigurationError(
            "clients have to show a certificate, but no authority is named that could "
            "have signed one"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Under TLS 1.2, keys that are of one connection only, and authenticated ciphers.
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        raise ConfigurationError(
            f"{certificate} and {key} cannot be used: {error}"
        ) from error
    if not authorities.strip():
        return context
    # Whoever named an authority meant it, be it a root or not.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=authorities.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise ConfigurationError(
            f"the authorities of clients cannot be read: {error}"
        ) from error
    context.verify_mode = ssl.CERT_REQUIRED if require_client else ssl.CERT_OPTIONAL
    return context


def is_loopback(host: str) -> bool:
    """Tells whether `host` never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no_password() -> bytes:
    # Otherwise OpenSSL would ask on the terminal.
    raise ValueError("the key is encrypted; the server cannot read it")
