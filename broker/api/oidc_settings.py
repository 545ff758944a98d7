"""Whose tokens are believed, and what a claim in one lets its bearer do.

Checking a token is left to `broker.api.oidc`.
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from broker.api.roles import Role

Algorithm = Literal["RS256", "PS256", "ES256", "ES384", "EdDSA"]
"""Asymmetric ones only: whoever can check a token must not be able to make one."""


class OidcClient(BaseModel):
    """What the bearer of a token may do whose claim has a certain value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str = Field(min_length=1, max_length=200)
    client: str = Field(pattern=r"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$")
    agency: str = Field(min_length=1, max_length=100)
    roles: frozenset[Role] = Field(min_length=1)
    desks: frozenset[str] = frozenset()


class OidcSettings(BaseModel):
    """An issuer of tokens, and what they stand for here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(min_length=1, max_length=500)
    audience: str = Field(min_length=1, max_length=500)
    jwks_url: str = ""
    jwks_file: Path | None = None
    jwks_authorities: Path | None = None
    algorithms: tuple[Algorithm, ...] = ("RS256", "ES256", "EdDSA")
    claim: str = Field(default="client_id", min_length=1, max_length=100)
    leeway_s: int = Field(default=30, ge=0, le=300)
    lifetime_max_s: int = Field(default=86_400, ge=60, le=31_536_000)
    clients: tuple[OidcClient, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        """Refuses what could not be meant.

        Raises:
            ValueError: Keys from two places or none, over an open network, or two
                clients for one claim.
        """
        if bool(self.jwks_url) == (self.jwks_file is not None):
            raise ValueError("name one of jwks_url and jwks_file")
        if self.jwks_url and urlsplit(self.jwks_url).scheme != "https":
            raise ValueError("jwks_url begins with https://")
        values = [one.value for one in self.clients]
        if len(set(values)) < len(values):
            raise ValueError("two clients have the same value of the claim")
        if not self.algorithms:
            raise ValueError("name an algorithm")
        return self
