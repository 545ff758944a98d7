"""The two files that travel between a hub's operator and a party's, once.

Neither holds a secret. What the federation file says is only as trustworthy as the
way it came: compare the fingerprint over another channel.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from broker.core.errors import ConfigurationError
from keys.directory.publishing import PartySubmission
from keys.errors import KeysError
from keys.framing import sha256
from keys.identity import PartyId

_FEDERATION: Final = "rogatory-federation/1"
_JOIN: Final = "rogatory-join-request/1"
_MAX_SIZE: Final = 4 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationFile:
    """What a party is given to trust and to connect to.

    Attributes:
        root: Root metadata of the directory.
        hub_account: The hub's account on the bus.
    """

    name: str
    bus_url: str
    root: bytes
    hub_account: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root, to compare over another channel."""
        return sha256(self.root).hex()

    def write(self, path: Path) -> None:
        """Writes the file."""
        _write(
            path,
            {
                "format": _FEDERATION,
                "name": self.name,
                "bus_url": self.bus_url,
                "root": base64.b64encode(self.root).decode(),
                "root_sha256": self.fingerprint,
                "hub_account": self.hub_account,
            },
        )

    @classmethod
    def read(cls, path: Path) -> "FederationFile":
        """Reads the file.

        Raises:
            ConfigurationError: It is not there, or not such a file.
        """
        fields = _read(path, _FEDERATION, "a federation file, from the hub's operator")
        federation = cls(
            name=fields["name"],
            bus_url=fields["bus_url"],
            root=_decoded(path, fields["root"]),
            hub_account=fields["hub_account"],
        )
        if fields["root_sha256"] != federation.fingerprint:
            raise ConfigurationError(f"{path}: the root is not that of the fingerprint")
        return federation


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """What the stewards need to admit a party: public keys only.

    Attributes:
        role_key: Public key that signs what the party publishes, 32 bytes.
        submission: What it publishes first: its record and its policy.
    """

    party: PartyId
    name: str
    role_key: bytes
    submission: PartySubmission

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the role key, to compare over another channel."""
        return sha256(self.role_key).hex()

    def write(self, path: Path) -> None:
        """Writes the file."""
        _write(
            path,
            {
                "format": _JOIN,
                "party": self.party,
                "name": self.name,
                "role_key": base64.b64encode(self.role_key).decode(),
                "submission": base64.b64encode(self.submission.to_bytes()).decode(),
            },
        )

    @classmethod
    def read(cls, path: Path) -> "JoinRequest":
        """Reads the file.

        Raises:
            ConfigurationError: It is not there, or not such a file.
        """
        fields = _read(path, _JOIN, "a join request, from: rogatory node init")
        try:
            return cls(
                party=PartyId(fields["party"]),
                name=fields["name"],
                role_key=_decoded(path, fields["role_key"]),
                submission=PartySubmission.from_bytes(
                    _decoded(path, fields["submission"])
                ),
            )
        except KeysError as error:
            raise ConfigurationError(f"{path}: {error}") from error


def _write(path: Path, fields: dict[str, str]) -> None:
    try:
        path.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _read(path: Path, form: str, what: str) -> "_Fields":
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MAX_SIZE))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not {what}") from error
    if not isinstance(found, dict) or found.get("format") != form:
        raise ConfigurationError(f"{path} is not {what}")
    return _Fields(path, found)


class _Fields:
    """The fields of a file, each of them text."""

    def __init__(self, path: Path, found: dict[str, object]) -> None:
        self._path = path
        self._found = found

    def __getitem__(self, name: str) -> str:
        value = self._found.get(name)
        if not isinstance(value, str):
            raise ConfigurationError(f"{self._path}: {name} is missing, or no text")
        return value


def _decoded(path: Path, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ConfigurationError(f"{path}: not base64") from error
