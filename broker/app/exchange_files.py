"""The files that travel between a hub's operator, a party's, and who holds its keys.

None holds a secret. What the federation file says is only as trustworthy as the
way it came: compare the fingerprint over another channel.
"""

import base64
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from broker.core.errors import ConfigurationError
from keys.directory.publishing import PartySubmission
from keys.directory.signers import role_key
from keys.directory.terms import role_fingerprint
from keys.errors import KeysError
from keys.framing import sha256
from keys.identity import PartyId

_FEDERATION: Final = "rogatory-federation/1"
_JOIN: Final = "rogatory-join-request/2"
_JOIN_OF_OLD: Final = "rogatory-join-request/1"  # one role key, in a field of its own
_ROLE_KEY: Final = "rogatory-role-key/1"
_MAX_SIZE: Final = 4 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationFile:
    """What a party is given to trust and to connect to.

    Attributes:
        root: Root metadata of the directory.
        hub_account: The hub's account on the bus.
        authorities: Who may sign the bus's certificate, PEM; empty when the bus is
            reached on this machine only, without TLS.
    """

    name: str
    bus_url: str
    root: bytes
    hub_account: str
    authorities: bytes = b""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root, to compare over another channel."""
        return sha256(self.root).hex()

    def trusting(self, authorities: bytes) -> "FederationFile":
        """Returns the same file with other authorities, PEM."""
        return replace(self, authorities=authorities)

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
                "bus_authorities": self.authorities.decode("ascii"),
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
            authorities=fields.authorities(),
        )
        if fields["root_sha256"] != federation.fingerprint:
            raise ConfigurationError(f"{path}: the root is not that of the fingerprint")
        return federation


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """What the stewards need to admit a party, or to give it other role keys.

    Public keys only. What is submitted may lack signatures still.

    Attributes:
        role_keys: Public keys that sign what the party publishes.
        threshold: How many of them must sign it.
        submission: What it publishes first: its record and its policy.
    """

    party: PartyId
    name: str
    role_keys: tuple[bytes, ...]
    threshold: int = 1
    submission: PartySubmission

    @property
    def fingerprint(self) -> str:
        """Digest over threshold and role keys, to compare over another channel."""
        return role_fingerprint(self.role_keys, self.threshold)

    def write(self, path: Path) -> None:
        """Writes the file."""
        _write(
            path,
            {
                "format": _JOIN,
                "party": self.party,
                "name": self.name,
                "role_keys": [base64.b64encode(key).decode() for key in self.role_keys],
                "threshold": self.threshold,
                "submission": base64.b64encode(self.submission.to_bytes()).decode(),
            },
        )

    @classmethod
    def read(cls, path: Path) -> "JoinRequest":
        """Reads the file.

        Raises:
            ConfigurationError: It is not there, or not such a file; a role key is
                none or named twice, or so many cannot be a threshold.
        """
        what = "a join request, from: rogatory node init"
        fields = _read(path, _JOIN, what, of_old=_JOIN_OF_OLD)
        try:
            request = cls(
                party=PartyId(fields["party"]),
                name=fields["name"],
                role_keys=tuple(_decoded(path, key) for key in fields.role_keys()),
                threshold=fields.threshold(),
                submission=PartySubmission.from_bytes(
                    _decoded(path, fields["submission"])
                ),
            )
            named = {role_key(key).keyid for key in request.role_keys}
        except KeysError as error:
            raise ConfigurationError(f"{path}: {error}") from error
        if len(named) != len(request.role_keys):
            raise ConfigurationError(f"{path}: a role key is named twice")
        if not 1 <= request.threshold <= len(named):
            raise ConfigurationError(
                f"{path}: {request.threshold} of {len(named)} role keys cannot be a "
                "threshold"
            )
        return request


@dataclass(frozen=True, slots=True)
class RoleKeyFile:
    """The public half of a key that signs what a party publishes.

    Attributes:
        key: 32 bytes of Ed25519, or a point on P-256 or P-384.
    """

    key: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key, to compare over another channel."""
        return sha256(self.key).hex()

    def write(self, path: Path) -> None:
        """Writes the file."""
        _write(
            path,
            {
                "format": _ROLE_KEY,
                "key": base64.b64encode(self.key).decode(),
                "sha256": self.fingerprint,
            },
        )

    @classmethod
    def read(cls, path: Path) -> "RoleKeyFile":
        """Reads the file.

        Raises:
            ConfigurationError: It is not there, or not such a file.
        """
        fields = _read(path, _ROLE_KEY, "a public role key, from: rogatory keys role")
        found = cls(_decoded(path, fields["key"]))
        try:
            role_key(found.key)
        except KeysError as error:
            raise ConfigurationError(f"{path}: {error}") from error
        return found


def _write(path: Path, fields: dict[str, object]) -> None:
    try:
        path.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error.strerror}") from error


def _read(path: Path, form: str, what: str, *, of_old: str = "") -> "_Fields":
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MAX_SIZE))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not {what}") from error
    if not isinstance(found, dict) or found.get("format") not in {form, of_old or form}:
        raise ConfigurationError(f"{path} is not {what}")
    return _Fields(path, found)


class _Fields:
    """The fields of a file, each of the kind that is asked for."""

    def __init__(self, path: Path, found: dict[str, object]) -> None:
        self._path = path
        self._found = found

    def __getitem__(self, name: str) -> str:
        value = self._found.get(name)
        if not isinstance(value, str):
            raise ConfigurationError(f"{self._path}: {name} is missing, or no text")
        return value

    def authorities(self) -> bytes:
        """Returns who may sign the bus's certificate; older files name nobody."""
        text = self["bus_authorities"] if "bus_authorities" in self._found else ""
        if not text.isascii():
            raise ConfigurationError(f"{self._path}: bus_authorities is not PEM")
        return text.encode("ascii")

    def role_keys(self) -> list[str]:
        """Returns the role keys as they stand there."""
        if self["format"] == _JOIN_OF_OLD:
            return [self["role_key"]]
        keys = self._found.get("role_keys")
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise ConfigurationError(f"{self._path}: role_keys is no list of texts")
        return keys

    def threshold(self) -> int:
        """Returns how many of the role keys must sign."""
        if self["format"] == _JOIN_OF_OLD:
            return 1
        value = self._found.get("threshold")
        # The type because JSON's true is an integer in Python.
        if type(value) is not int:
            raise ConfigurationError(
                f"{self._path}: threshold is missing, or no number"
            )
        return value


def _decoded(path: Path, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ConfigurationError(f"{path}: not base64") from error
