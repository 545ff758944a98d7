"""The files of a node's interface: made, and its certificate kept valid.

Layout, in the node's folder:
    api.toml             the settings
    api/authority.pem    the interface's own authority; clients are given it to trust
    api/authority.key    its private key, under the node's own key
    api/server.pem       what the server shows, with its private key: one file, so that
                         both are exchanged at one stroke

Serving is left to `broker.api.running`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.core.errors import ConfigurationError
from keys.certificates import (
    Authority,
    CertificateFacts,
    ServerCertificate,
    check_issued,
    issue_client,
    issue_server,
    make_authority,
    new_authority_key,
    read_certificate,
)
from keys.directory.disk import write_durably
from keys.errors import CertificateError, ContentError, KeystoreError
from keys.private_files import read_private, write_private
from keys.sealing import protect, unprotect

RENEW_MS: Final = 30 * 86_400_000
"""Left of its life, when the server's certificate is renewed."""
_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_AUTHORITY: Final = b"api/authority/1"
_SETTINGS: Final = """\
# The interface that national systems call. Everything that may be set is in
# docs/http-api.md of the documentation; names that are not known are refused.

# Where it listens. Other machines reach it only if this is not the loopback address.
host = "{host}"
port = {port}

# "own": certificates of the authority in api/authority.pem, renewed by itself.
# "files": name `certificate` and `key`. "none": no TLS, on the loopback address only.
tls = "own"

# Turn away whoever shows no certificate, also with a good token.
require_client_certificate = false

# Which hosts may be told of events by webhook; nobody as long as it is empty.
webhook_hosts = []
"""


@dataclass(frozen=True, slots=True)
class ApiFolder:
    """Where the interface of a node keeps what.

    Args:
        root: The node's folder.
    """

    root: Path

    @property
    def settings(self) -> Path:
        """The settings, without secrets."""
        return self.root / "api.toml"

    @property
    def folder(self) -> Path:
        """Its certificates."""
        return self.root / "api"

    @property
    def authority(self) -> Path:
        """The certificate of its own authority, PEM."""
        return self.folder / "authority.pem"

    @property
    def authority_key(self) -> Path:
        """The private key of that, under the node's own key."""
        return self.folder / "authority.key"

    @property
    def server(self) -> Path:
        """The server's certificate and its private key, PEM."""
        return self.folder / "server.pem"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPlan:
    """What a new interface is to be.

    Attributes:
        name: Of the party, for its authority.
        host: Where it listens.
        port: Likewise.
        names: By which clients reach it besides.
    """

    name: str
    host: str
    port: int
    names: Sequence[str] = ()


def make_api(
    folder: ApiFolder, plan: ApiPlan, store_key: bytes, *, now_ms: int
) -> CertificateFacts:
    """Makes the settings, the authority and the server's certificate.

    Args:
        folder: The node's.
        plan: What it is to be.
        store_key: The node's own key.
        now_ms: The present.

    Returns:
        What the server will show.

    Raises:
        ConfigurationError: There is one already, the folder cannot be written, or a
            name is none.
    """
    if folder.settings.exists():
        raise ConfigurationError(f"{folder.settings} is there already")
    key = new_authority_key()
    listens = () if plan.host in {"0.0.0.0", "::"} else (plan.host,)  # noqa: S104 - compared
    names = tuple(dict.fromkeys((*plan.names, *listens, *_LOCAL_NAMES)))
    try:
        authority = make_authority(f"{plan.name} interface", key, now_ms=now_ms)
        made = issue_server(authority, names, now_ms=now_ms)
        folder.folder.mkdir(mode=0o700, exist_ok=True)
        sealed = protect(store_key, key, context=_AUTHORITY)
        write_private(folder.authority_key, sealed)
        write_durably(folder.authority, authority.certificate)
        _put(folder, made)
        text = _SETTINGS.format(host=plan.host, port=plan.port)
        # Last: without it, it can be made again.
        write_private(folder.settings, text.encode())
    except (CertificateError, KeystoreError, OSError) as error:
        raise ConfigurationError(f"the interface cannot be made: {error}") from error
    return read_certificate(made.certificate)


def renew_if_due(
    folder: ApiFolder, store_key: bytes, *, now_ms: int
) -> CertificateFacts | None:
    """Renews the server's certificate if it soon expires; None if there was no need.

    Raises:
        ConfigurationError: It, or the authority, cannot be read or written.
    """
    try:
        before = read_certificate(folder.server.read_bytes())
        check_issued(folder.server.read_bytes(), folder.authority.read_bytes())
    except (OSError, CertificateError) as error:
        raise ConfigurationError(f"{folder.server} cannot be used: {error}") from error
    if before.valid_to_ms - now_ms > RENEW_MS:
        return None
    authority = read_authority(folder, store_key)
    try:
        made = issue_server(authority, before.names, now_ms=now_ms)
        _put(folder, made)
    except (CertificateError, KeystoreError) as error:
        raise ConfigurationError(f"{folder.server}: {error}") from error
    return read_certificate(made.certificate)


def make_client_certificate(
    folder: ApiFolder, store_key: bytes, name: str, *, now_ms: int, life_ms: int
) -> ServerCertificate:
    """Makes a key for a client, and a certificate of it by the interface's authority.

    Raises:
        ConfigurationError: The authority cannot be read, or has expired.
    """
    authority = read_authority(folder, store_key)
    try:
        return issue_client(authority, name, now_ms=now_ms, life_ms=life_ms)
    except CertificateError as error:
        raise ConfigurationError(str(error)) from error


def read_authority(folder: ApiFolder, store_key: bytes) -> Authority:
    """Returns the interface's own authority.

    Raises:
        ConfigurationError: It is not there, or was made under another key.
    """
    try:
        key = unprotect(
            store_key, read_private(folder.authority_key), context=_AUTHORITY
        )
        return Authority(certificate=folder.authority.read_bytes(), key=key)
    except (OSError, KeystoreError, ContentError) as error:
        raise ConfigurationError(
            f"the authority in {folder.folder} cannot be used: {error}"
        ) from error


def _put(folder: ApiFolder, made: ServerCertificate) -> None:
    write_private(folder.server, made.certificate + made.key)
