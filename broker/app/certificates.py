"""The message bus's certificates in a hub's folder: made, renewed, exchanged.

Layout, below FOLDER/tls:
    authority.pem            the hub's own authority; its key is in hub.keys
    pairs/<digest>/          a certificate with its key; never changed
    current                  leads to the pair in force; the one thing that is replaced
    server.pem, server.key   what the server is told to read; lead into `current`

A certificate and its key are thus exchanged at one stroke. That the server reads them
again is left to `hub`, what is said about them to `hub_check`.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.app.exchange_files import FederationFile
from broker.core.errors import ConfigurationError
from broker.infra.nats_tls import check_pair, host_of
from broker.settings import HubFolder, HubSettings
from keys.certificates import (
    Authority,
    CertificateFacts,
    ServerCertificate,
    check_issued,
    issue_server,
    make_authority,
    read_certificate,
)
from keys.directory.disk import locked, write_durably
from keys.errors import CertificateError

RENEW_MS: Final = 30 * 86_400_000
"""Left of its life, when a certificate is renewed, or its owner told to."""
_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_PAIRS: Final = "pairs"
_CURRENT: Final = "current"
_NAME_SIZE: Final = 16  # bytes of a digest, as the name of a folder


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFiles:
    """Where the server's certificate lies.

    Attributes:
        certificate: PEM, with its chain.
        key: Its private key, PEM.
    """

    certificate: Path
    key: Path

    def read(self) -> CertificateFacts:
        """Returns what the certificate says.

        Raises:
            ConfigurationError: It cannot be read.
        """
        try:
            return read_certificate(self.certificate.read_bytes())
        except (OSError, CertificateError) as error:
            raise ConfigurationError(
                f"the certificate {self.certificate} cannot be read: {error}"
            ) from error


def server_files(folder: HubFolder, settings: HubSettings) -> ServerFiles:
    """Returns the files that an embedded server shows.

    Raises:
        ConfigurationError: Only one of certificate and key is set.
    """
    certificate, key = settings.tls_certificate, settings.tls_key
    if (certificate is None) != (key is None):
        raise ConfigurationError("set both, tls_certificate and tls_key, or neither")
    if certificate is None or key is None:
        return ServerFiles(certificate=folder.server_certificate, key=folder.server_key)
    return ServerFiles(certificate=certificate, key=key)


def make_certificates(
    folder: HubFolder, name: str, key: bytes, names: Sequence[str], now_ms: int
) -> bytes:
    """Makes the authority of a new hub, and the certificate of its server.

    Args:
        folder: The hub's.
        name: Of the federation.
        key: The authority's private key.
        names: Of the server, besides those of this machine.
        now_ms: The present.

    Returns:
        The authority's certificate, PEM.

    Raises:
        ConfigurationError: The folder cannot be written, or a name is none.
    """
    with _writing(folder):
        authority = make_authority(name, key, now_ms=now_ms)
        _write(folder.authority, authority.certificate, 0o644)
        everyone = tuple(dict.fromkeys((*names, *_LOCAL_NAMES)))
        _put(folder, issue_server(authority, everyone, now_ms=now_ms))
    return authority.certificate


def renew(
    folder: HubFolder, key: bytes, bus_url: str, *, now_ms: int
) -> CertificateFacts:
    """Has the hub's own authority sign a new certificate, with a new key.

    It is good for the names of the one before, and for the host of `bus_url`.

    Raises:
        ConfigurationError: There is none before, the authority is not there or has
            expired, or the folder cannot be written.
    """
    before = ServerFiles(certificate=folder.server_certificate, key=folder.server_key)
    with _writing(folder):
        names = dict.fromkeys((host_of(bus_url), *before.read().names, *_LOCAL_NAMES))
        authority = Authority(certificate=folder.authority.read_bytes(), key=key)
        made = issue_server(authority, tuple(names), now_ms=now_ms)
        _put(folder, made)
        return read_certificate(made.certificate)


def renew_if_due(
    folder: HubFolder, settings: HubSettings, key: bytes, *, now_ms: int
) -> CertificateFacts | None:
    """Renews the certificate if it is of the hub's own authority and soon expires.

    Returns:
        The new one; None where there was nothing to do, or nothing of ours.

    Raises:
        ConfigurationError: As for `renew`.
    """
    if settings.tls_certificate is not None or not key or not is_own(folder):
        return None
    files = server_files(folder, settings)
    if files.read().valid_to_ms - now_ms > RENEW_MS:
        return None
    return renew(folder, key, settings.bus_url, now_ms=now_ms)


def is_own(folder: HubFolder) -> bool:
    """Tells whether the certificate in force is one that the hub can renew."""
    try:
        check_issued(
            folder.server_certificate.read_bytes(), folder.authority.read_bytes()
        )
    except (OSError, CertificateError):
        return False
    return True


def install(
    folder: HubFolder,
    settings: HubSettings,
    given: ServerFiles,
    authorities: Path | None,
) -> CertificateFacts:
    """Takes a certificate of the operator's own authority into use.

    Goes through a handshake with it first, as a party would. With `authorities`, the
    federation file names them from now on: every party must be given it again.

    Args:
        folder: The hub's.
        settings: The hub's.
        given: The certificate and its key; copied.
        authorities: Whom clients trust from now on; as before if None.

    Raises:
        ConfigurationError: Clients would not take it, or it cannot be written.
    """
    federation = FederationFile.read(folder.federation)
    trusted = federation.authorities
    try:
        pair = ServerCertificate(
            certificate=given.certificate.read_bytes(), key=given.key.read_bytes()
        )
        if authorities is not None:
            trusted = authorities.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename} cannot be read: {error.strerror}"
        ) from error
    host = host_of(settings.bus_url)
    check_pair(given.certificate, given.key, trusted, host)
    with _writing(folder):
        if trusted != federation.authorities:
            # First: a certificate whose authority nobody was told of is of no use.
            federation.trusting(trusted).write(folder.federation)
        _put(folder, pair)
        return read_certificate(pair.certificate)


def bus_authorities(path: Path | None, federation: FederationFile) -> bytes:
    """Returns whom to trust on the bus: a file of one's own, or the federation's.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    if path is None:
        return federation.authorities
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"the authorities {path} cannot be read: {error.strerror}"
        ) from error


def _put(folder: HubFolder, pair: ServerCertificate) -> None:
    """Makes `pair` the one in force.

    1. The pair, whole, in a folder of its own. 2. `current` leads there: from here on
    it counts. 3. What came before is removed.
    """
    name = read_certificate(pair.certificate).fingerprint[:_NAME_SIZE].hex()
    pairs = folder.tls / _PAIRS
    place = pairs / name
    _write(place / folder.server_certificate.name, pair.certificate, 0o644)  # 1
    _write(place / folder.server_key.name, pair.key, 0o600)
    _lead(folder.tls / _CURRENT, f"{_PAIRS}/{name}")  # 2
    for path in (folder.server_certificate, folder.server_key):
        _lead(path, f"{_CURRENT}/{path.name}")
    for other in pairs.iterdir():  # 3
        if other.name != name:
            shutil.rmtree(other)


def _lead(link: Path, target: str) -> None:
    """Makes `link` lead to `target`, at one stroke and onto the disk."""
    new = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    new.symlink_to(target)
    new.replace(link)
    folder = os.open(link.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, data: bytes, mode: int) -> None:
    write_durably(path, data)  # private at first
    path.chmod(mode)


@contextmanager
def _writing(folder: HubFolder) -> Iterator[None]:
    try:
        folder.tls.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(folder.tls):
            yield
    except CertificateError as error:
        raise ConfigurationError(str(error)) from error
    except OSError as error:
        raise ConfigurationError(
            f"the certificates in {folder.tls} cannot be written: {error}"
        ) from error
