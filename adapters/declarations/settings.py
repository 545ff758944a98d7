"""What an operator may set for the adapter that takes declarations in."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.declarations.evidence import DECISIVE_LEAST


class DeclarationSettings(BaseModel):
    """Settings of one adapter for declarations; each says itself what it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    inbox: Path | None = Field(
        default=None,
        description="an existing folder that manifests and declarations are put into",
    )
    poll_s: float = Field(
        default=2.0,
        gt=0,
        le=3600,
        description="how often it is looked into, in seconds",
    )
    threshold: float = Field(
        default=0.6,
        ge=DECISIVE_LEAST,
        le=0.99,
        description="what a meeting has to come to, from 0.5 to 0.99",
    )
    meetings_max: int = Field(
        default=500,
        ge=1,
        le=10_000,
        description="meetings of one file that are put before a person",
    )
    size_max: int = Field(
        default=33_554_432,
        ge=1_024,
        le=268_435_456,
        description="largest file that is taken, in bytes",
    )
    keep_days: int = Field(
        default=180,
        ge=1,
        le=3_660,
        description="how long an alert is looked out for at most, in days",
    )
    cen: Path | None = Field(
        default=None,
        description="an existing folder that rows about seizures are written to",
    )

    @model_validator(mode="after")
    def _usable(self) -> Self:
        for name in ("inbox", "cen"):
            folder = getattr(self, name)
            if folder is not None and not folder.is_absolute():
                raise ValueError(f"{name}: an absolute path is needed")
        if self.inbox is not None and self.inbox == self.cen:
            raise ValueError("inbox and cen: two folders are needed")
        return self
