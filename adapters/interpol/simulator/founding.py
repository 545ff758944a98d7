"""All that a try of the simulator takes, in one folder: certificates and settings.

For trying out only: whoever runs a register has an authority and files of its own.
"""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from adapters.interpol.simulator.configuration import Member
from adapters.interpol.simulator.store import SimulatorStore
from broker.core.errors import ConfigurationError
from keys.certificates import (
    Authority,
    ServerCertificate,
    issue_client,
    issue_server,
    make_authority,
    new_authority_key,
)
from keys.errors import KeystoreError
from keys.private_files import write_private

_LIFE_MS: Final = 366 * 86_400_000
_HOSTS: Final = ("127.0.0.1", "localhost")
_SIMULATOR: Final = """\
# A stand-in for an INTERPOL-style register. It says SIMULATOR in every answer.
host = "127.0.0.1"
port = {port}
store = "register.db"
certificate = "server.pem"
key = "server.key"
authorities = "authority.pem"
# How long each answer takes, on top.
latency_ms = 0

[[members]]
ncb = "{ncb}"
country = "{party}"
certificate = "member.pem"
"""
_SETTINGS: Final = """\
# For the table of the adapter in adapters.toml.
[interpol.settings]
url = "https://127.0.0.1:{port}"
wire = "soap"
simulator = true
authorities = "{folder}/authority.pem"
register_certificate = "{folder}/server.pem"
certificate = "{folder}/member.pem"
key = "file:{folder}/member.key"
ncb = "{ncb}"

[interpol.settings.routing.{party}]
ncb = "{ncb}"
"""


def found(folder: Path, *, ncb: str, party: str, port: int) -> tuple[Path, Path]:
    """Writes all that a try takes.

    Args:
        folder: Made when it is not there; nothing in it is overwritten.
        ncb: Code of the one bureau that may ask.
        party: Whose it is, alpha-3.
        port: To listen on.

    Returns:
        What the simulator is started with, and what goes into adapters.toml.

    Raises:
        ConfigurationError: Something is there already, or cannot be written; or the
            bureau or the party cannot be called so.
    """
    folder = folder.resolve()
    try:
        Member(ncb=ncb, country=party, certificate=folder / "member.pem")
    except ValidationError as error:
        raise ConfigurationError(f"{ncb!r} of {party!r}: {error}") from error
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ConfigurationError(f"{folder} is not empty")
        now_ms = SimulatorStore(folder / "register.db").now_ms()
        authority = make_authority("Simulator", new_authority_key(), now_ms=now_ms)
        _write(
            folder, authority, "server", issue_server(authority, _HOSTS, now_ms=now_ms)
        )
        member = issue_client(authority, ncb, now_ms=now_ms, life_ms=_LIFE_MS)
        _write(folder, authority, "member", member)
        names = {"ncb": ncb, "party": party, "port": port, "folder": folder}
        written = folder / "simulator.toml", folder / "settings.toml"
        for path, text in zip(written, (_SIMULATOR, _SETTINGS), strict=True):
            path.write_text(text.format(**names), "utf-8")
    except (OSError, KeystoreError) as error:
        raise ConfigurationError(f"{folder}: {error}") from error
    return written


def _write(
    folder: Path, authority: Authority, name: str, made: ServerCertificate
) -> None:
    (folder / "authority.pem").write_bytes(authority.certificate)
    (folder / f"{name}.pem").write_bytes(made.certificate)
    write_private(folder / f"{name}.key", made.key)
