"""What an operator may set for a node's interface, in `api.toml`: read once, frozen.

Making the file is left to the command line, using it to whoever serves.
"""

import tomllib
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from broker.api.oidc_settings import OidcSettings
from broker.core.errors import ConfigurationError
from broker.web.listed_hosts import ListedHosts

ATTACHMENT_MAX: Final = 50 * 1024**2
"""Bytes of one file that is uploaded."""


class ApiSettings(BaseModel):
    """The settings; unknown names are refused.

    Paths that are not absolute are meant from the folder of the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    port: int = Field(default=8443, ge=0, le=65_535)
    tls: Literal["own", "files", "none"] = "own"
    certificate: Path | None = None
    key: Path | None = None
    client_authorities: Path | None = None
    require_client_certificate: bool = False
    connections_max: int = Field(default=512, ge=4, le=100_000)
    document_max_bytes: int = Field(default=1024**2, ge=1024, le=16 * 1024**2)
    attachment_max_bytes: int = Field(default=ATTACHMENT_MAX, ge=1024, le=2 * 1024**3)
    page_max: int = Field(default=500, ge=1, le=5000)
    webhook_hosts: tuple[str, ...] = ()
    webhook_authorities: Path | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    oidc: OidcSettings | None = None

    @field_validator("webhook_hosts")
    @classmethod
    def _check_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuses what is no host that could be listed."""
        ListedHosts(value)
        return value

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        """Refuses settings that contradict one another."""
        named = (self.certificate, self.key)
        if self.tls == "files" and None in named:
            raise ValueError('with tls = "files", name a certificate and its key')
        if self.tls != "files" and any(named):
            raise ValueError('a certificate and a key are used with tls = "files"')
        if self.tls == "none" and self.require_client_certificate:
            raise ValueError("without TLS, clients show no certificates")
        return self


def read_api_settings(file: Path) -> ApiSettings:
    """Reads `api.toml`.

    Raises:
        ConfigurationError: It is not there, or something in it does not hold.
    """
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            f"{file} does not exist; make it with: rogatory api init"
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    try:
        return ApiSettings.model_validate(written)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'settings'}: {one['msg']}"
            for one in error.errors()
        )
        raise ConfigurationError(f"{file}: {places}") from error
