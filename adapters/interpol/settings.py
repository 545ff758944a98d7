"""What an operator sets for this adapter, and who is whose bureau.

Secrets are given by reference: see `adapters.secret`.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.interpol.signatures import Algorithm
from adapters.secret import SecretRef

Ncb = Annotated[str, Field(pattern="^[A-Z0-9][A-Z0-9 -]{0,39}$")]
"""Code of a national central bureau, as the register knows it."""


class Bureau(BaseModel):
    """A line of the routing table: through whom a party's matters go.

    Attributes:
        ncb: Code of its bureau.
        copies: Whether the bureau gets a copy of what concerns its country, where
            somebody else submits it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ncb: Ncb
    copies: bool = False


class InterpolSettings(BaseModel):
    """Settings of one adapter for a register; each says itself what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        pattern=r"^https://[^\s]{1,500}$",
        description='address of the register: "https://HOST:PORT"',
    )
    wire: Literal["soap", "rest"] = Field(
        default="soap", description="how it is spoken to: soap or rest"
    )
    simulator: bool = Field(
        description="whether a simulator is there; answers of another are not believed"
    )
    authorities: Path = Field(
        description="who may have signed its TLS certificate, a PEM file"
    )
    register_certificate: Path = Field(
        description="certificate that it signs its answers with, a PEM file"
    )
    certificate: Path = Field(
        description="ours, for TLS and, without another, for signatures, a PEM file"
    )
    key: SecretRef = Field(description="its private key: file:/absolute/path")
    signing_certificate: Path | None = Field(
        default=None, description="for signatures, where it is another, a PEM file"
    )
    signing_key: SecretRef | None = Field(
        default=None, description="its private key: file:/absolute/path or env:VARIABLE"
    )
    algorithm: Algorithm = Field(
        default="ecdsa-sha256",
        description="of the signing key: ecdsa-sha256 or rsa-sha256",
    )
    ncb: Ncb = Field(description="code that the register knows us by")
    routing: dict[Annotated[str, Field(pattern="^[A-Z]{3}$")], Bureau] = Field(
        description='bureaus by party: { KEN = { ncb = "IP NAIROBI", copies = true } }'
    )
    passes_on: bool = Field(
        default=True,
        description="whether filing is passing on; false only at the register's owner",
    )
    poll_s: float = Field(
        default=60.0,
        ge=1,
        le=86_400,
        description="seconds between looks for answers to traces",
    )
    timeout_s: float = Field(
        default=20.0, gt=0, le=300, description="seconds for each step of a request"
    )
    score_min: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="how much has to speak for a record being of the same firearm",
    )

    @model_validator(mode="after")
    def _keys_fit(self) -> Self:
        if not self.key.reference.startswith("file:"):
            raise ValueError("key: TLS reads it from a file: use file:/absolute/path")
        if (self.signing_certificate is None) is not (self.signing_key is None):
            raise ValueError("signing_certificate and signing_key go together")
        if not self.routing:
            raise ValueError("routing: without a party in it, nothing is ever filed")
        return self

    @property
    def key_file(self) -> Path:
        """Where the private key for TLS is."""
        return Path(self.key.reference.removeprefix("file:"))

    def copies(self, *parties: str) -> tuple[str, ...]:
        """Returns the bureaus that get a copy of what concerns some parties."""
        found = (self.routing.get(one) for one in parties)
        named = (one.ncb for one in found if one is not None and one.copies)
        return tuple(dict.fromkeys(ncb for ncb in named if ncb != self.ncb))
