"""Settings of a hub and of a node: read once, frozen, unknown names refused.

A later source wins: the file in the folder, then the secrets folder, then variables
of the environment. Where things lie in a folder is said here too.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from broker.core.audit.padding import MAX_BLOCK, Padding
from broker.core.cases.clock_table import read_clocks
from broker.core.cases.clocks import CaseClocks
from broker.core.errors import ConfigurationError

SECRETS_VARIABLE: Final = "ROGATORY_SECRETS_DIR"
"""A folder with one file for each secret, such as /run/secrets."""

TRACE_SCORE: Final = 60
"""Of 100: what a trace request scores before it is sent without being asked twice."""

S = TypeVar("S", bound=BaseSettings)
Clocks = Annotated[CaseClocks, BeforeValidator(read_clocks)]


class HubSettings(BaseSettings):
    """What an operator may set for a hub; see `hub.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="ROGATORY_HUB_", frozen=True, extra="forbid"
    )

    name: str = Field(min_length=1, max_length=80)
    bus: Literal["embedded", "external"] = "embedded"
    bus_url: str = "tls://127.0.0.1:4222"
    bus_port: int = Field(default=4222, ge=0, le=65535)
    bus_authorities: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    relay_workers: int = Field(default=1, ge=1, le=64)
    ack_wait_s: int = Field(default=30, ge=1, le=3600)
    ledger_max_bytes: int = Field(default=48 * 1024**3, gt=0)
    submissions_max_bytes: int = Field(default=8 * 1024**3, gt=0)
    log_block: int = Field(default=8, ge=1, le=MAX_BLOCK)
    log_beat_s: float = Field(default=0, ge=0, le=600)
    log_strict: bool = False
    timestamp_url: str = ""
    timestamp_authorities: Path | None = None
    timestamp_every_s: int = Field(default=3600, ge=60, le=86_400)
    timestamp_timeout_s: int = Field(default=20, ge=1, le=300)
    attachments_party_mib: int = Field(default=2048, ge=0, le=1 << 30)
    attachments_all_mib: int = Field(default=20_480, ge=0, le=1 << 30)
    attachments_free_mib: int = Field(default=1024, ge=0, le=1 << 30)
    metrics_port: int = Field(default=0, ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    passphrase_file: Path | None = None
    passphrase: SecretStr | None = None

    @property
    def padding(self) -> Padding:
        """What the log shows of the traffic."""
        return Padding(
            block=self.log_block,
            beat_ms=int(self.log_beat_s * 1000),
            strict=self.log_strict,
        )

    @model_validator(mode="after")
    def _check_padding(self) -> Self:
        """Refuses settings of the log that contradict one another."""
        _ = self.padding
        return self


class NodeSettings(BaseSettings):
    """What an operator may set for a node; see `node.toml`."""

    model_config = SettingsConfigDict(
        env_prefix="ROGATORY_NODE_", frozen=True, extra="forbid"
    )

    party: str = Field(pattern=r"^[A-Z]{3}$")
    name: str = Field(min_length=1, max_length=120)
    bus_url: str = "tls://127.0.0.1:4222"
    bus_authorities: Path | None = None
    metrics_port: int = Field(default=0, ge=0, le=65535)
    rotate_keys: bool = True
    rotate_keys_days: int = Field(default=90, ge=1, le=150)
    heartbeat_hours: int = Field(default=24, ge=1, le=720)
    resend_grace_s: int = Field(default=300, ge=1, le=86_400)
    recalls: Literal["automatic", "ask"] = "automatic"
    recall_authority: str = Field(default="node", min_length=1, max_length=100)
    attested_within_hours: int = Field(default=72, ge=1, le=8784)
    retention_record_years: int | None = Field(default=None, ge=20, le=1000)
    retention_manufacture_years: int | None = Field(default=None, ge=30, le=1000)
    retention_personal_days: int = Field(default=730, ge=1, le=36_600)
    retention_intelligence_days: int = Field(default=1825, ge=1, le=36_600)
    retention_protocol_days: int = Field(default=400, ge=30, le=36_600)
    accepted_within_minutes: int = Field(default=10, ge=1, le=10_080)
    delivered_within_hours: int = Field(default=24, ge=1, le=8784)
    opened_within_hours: int = Field(default=24, ge=1, le=8784)
    acknowledged_within_hours: int = Field(default=72, ge=1, le=8784)
    urgent_acknowledged_within_hours: int = Field(default=8, ge=1, le=8784)
    told_within_hours: int = Field(default=24, ge=1, le=8784)
    attachments: Literal["ask", "automatic"] = "ask"
    attachments_automatic_mib: int = Field(default=100, ge=1, le=1 << 20)
    attachments_metadata: Literal["strip", "may-keep"] = "may-keep"
    case_clocks: Clocks = Field(default_factory=CaseClocks)
    overdue_notices: bool = True
    matches_least: float = Field(default=0.5, ge=0.1, le=1.0)
    trace_score: int = Field(default=TRACE_SCORE, ge=0, le=100)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    passphrase_file: Path | None = None
    passphrase: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class HubFolder:
    """Where a hub keeps what."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings, without secrets."""
        return self.root / "hub.toml"

    @property
    def keys(self) -> Path:
        """The hub's private keys."""
        return self.root / "hub.keys"

    @property
    def stewards(self) -> Path:
        """The stewards' private keys, as long as they have not been taken away."""
        return self.root / "stewards"

    @property
    def ceremonies(self) -> Path:
        """Requests to the stewards, and records of what they decided."""
        return self.root / "ceremonies"

    @property
    def federation(self) -> Path:
        """What every party is given: how to reach the hub, and what to trust."""
        return self.root / "federation.json"

    @property
    def directory(self) -> Path:
        """The directory as it is served."""
        return self.root / "directory"

    @property
    def directory_copy(self) -> Path:
        """The directory as this hub itself has verified it."""
        return self.root / "trusted"

    @property
    def log(self) -> Path:
        """The log."""
        return self.root / "log"

    @property
    def checkpoints(self) -> Path:
        """The log's checkpoints as witnesses have cosigned them."""
        return self.root / "checkpoints.sqlite3"

    @property
    def stamps(self) -> Path:
        """The time-stamps on the log."""
        return self.root / "stamps.sqlite3"

    @property
    def attachments(self) -> Path:
        """Files beside messages, sealed."""
        return self.root / "attachments"

    @property
    def bus(self) -> Path:
        """The message bus: configuration and, when embedded, its streams."""
        return self.root / "bus"

    @property
    def tls(self) -> Path:
        """Certificates of the message bus: the authority's, the server's, its key."""
        return self.root / "tls"

    @property
    def authority(self) -> Path:
        """The certificate of the hub's own authority."""
        return self.tls / "authority.pem"

    @property
    def server_certificate(self) -> Path:
        """The certificate that the nats-server shows, with its chain."""
        return self.tls / "server.pem"

    @property
    def server_key(self) -> Path:
        """The private key of that certificate."""
        return self.tls / "server.key"

    def replay_index(self, worker: int) -> Path:
        """The cache of one relay worker."""
        return self.root / f"relay-{worker}.sqlite3"


@dataclass(frozen=True, slots=True)
class NodeFolder:
    """Where a node keeps what."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings, without secrets."""
        return self.root / "node.toml"

    @property
    def keys(self) -> Path:
        """The party's private keys."""
        return self.root / "node.keys"

    @property
    def federation(self) -> Path:
        """What the hub's operator gave us to trust."""
        return self.root / "federation.json"

    @property
    def join_request(self) -> Path:
        """What the stewards need to admit us: public keys only."""
        return self.root / "join-request.json"

    @property
    def policy(self) -> Path:
        """The sharing policy as written; what counts is what is published of it."""
        return self.root / "policy.yaml"

    @property
    def directory_copy(self) -> Path:
        """The directory as this node has verified it."""
        return self.root / "directory"

    @property
    def log_copy(self) -> Path:
        """Tiles of the hub's log, kept from one audit to the next."""
        return self.root / "log"

    @property
    def broken_promises(self) -> Path:
        """Files that show promises of the hub to be broken."""
        return self.root / "broken-promises"

    @property
    def attachments(self) -> Path:
        """Files beside messages, sealed."""
        return self.root / "attachments"

    @property
    def lock(self) -> Path:
        """Held by the process that runs the node."""
        return self.root / "node.lock"

    @property
    def database(self) -> Path:
        """Outbox, inbox and ledger."""
        return self.root / "node.sqlite3"


def load_hub(root: Path) -> HubSettings:
    """Reads the settings of the hub in `root`.

    Raises:
        ConfigurationError: No hub there, or a setting that does not hold.
    """
    folder = HubFolder(root)
    if folder.ceremonies.is_dir() and not folder.settings.is_file():
        raise ConfigurationError(
            f"{root} is no hub yet: the stewards have to sign its founding, which is "
            "then put into force with: rogatory federation apply"
        )
    return _load(HubSettings, folder.settings, "hub init")


def load_node(root: Path) -> NodeSettings:
    """Reads the settings of the node in `root`.

    Raises:
        ConfigurationError: No node there, or a setting that does not hold.
    """
    return _load(NodeSettings, NodeFolder(root).settings, "node init")


def _load(kind: type[S], file: Path, command: str) -> S:
    if not file.is_file():
        raise ConfigurationError(
            f"{file} does not exist; make it with: rogatory {command} {file.parent}"
        )

    class FromFile(kind):  # type: ignore[valid-type, misc]
        """The settings, with the file as the lowest source."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not a source here
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """Orders the sources: the first wins."""
            toml = TomlConfigSettingsSource(settings_cls, file)
            return init_settings, env_settings, file_secret_settings, toml

    secrets = os.environ.get(SECRETS_VARIABLE)
    if secrets and not Path(secrets).is_dir():
        raise ConfigurationError(f"{SECRETS_VARIABLE}: {secrets} is not a folder")
    try:
        settings: S = FromFile(_secrets_dir=secrets)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}"
            for one in error.errors()
        )
        raise ConfigurationError(f"{file} and its variables: {places}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{file}: {error}") from None
    return settings
