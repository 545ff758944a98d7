"""How an authority says what it makes of a message."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from broker.api.models_messages import Digest, MessageId, Stage

_OFFICE = Field(
    default=None,
    min_length=1,
    max_length=60,
    description="Which office of the agency; the origin reads it, and so does the hub. "
    "Name no person.",
)
_DRY = Field(default=False, description="Only tell whether it can be said now.")
Office = Annotated[str | None, _OFFICE]


class NewStatement(BaseModel):
    """Something to be said in the name of the caller's agency."""

    model_config = ConfigDict(extra="forbid")

    office: Office = None
    decided_by: Literal["system", "person"] = Field(
        default="system", description="Who has decided it there."
    )
    note: str = Field(
        default="",
        max_length=2000,
        description="For the node's own files: kept encrypted, told to nobody.",
    )
    dry_run: Annotated[bool, _DRY] = False


class NewRefusal(BaseModel):
    """A message that the caller's agency will not act on."""

    model_config = ConfigDict(extra="forbid")

    office: Office = None
    decided_by: Literal["system", "person"] = "system"
    reason: str = Field(
        min_length=1,
        max_length=2000,
        pattern=r"\S",
        description="Why: kept here, encrypted, and told to nobody.",
    )
    dry_run: Annotated[bool, _DRY] = False


class Statement(BaseModel):
    """What was said of a message. It is signed, logged, and cannot be taken back."""

    id: MessageId
    digest: Digest
    statement: Stage
    said: bool = Field(description="False of a dry run: nothing was said.")
    repeated: bool = Field(
        description="Whether the same was said before: nothing was said now."
    )
