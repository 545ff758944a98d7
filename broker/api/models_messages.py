"""How messages look, and what is said of them."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from broker.api.times import Moment
from broker.core.handling import Handling, Restrictions as Bounds

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", examples=["ab" * 32])]
MessageId = Annotated[str, Field(examples=["019c5a3e-8f00-7c00-8000-000000000001"])]
PartyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["BEL"])]
KindText = Annotated[str, Field(examples=["trace-request/1"])]


class Direction(StrEnum):
    """Which way a message went."""

    RECEIVED = "received"
    SENT = "sent"


class Restrictions(BaseModel):
    """What binds whoever has a content, besides the label."""

    release_to: list[str] = Field(description="Agencies; empty: not narrowed down.")
    purposes: list[str] = Field(description="Uses; empty: not narrowed down.")
    purpose: str | None = None
    no_onward: bool = False
    other: str | None = None
    retention_days: int | None = Field(
        default=None, description="How long after sealing it may be kept."
    )


class TakenBack(BaseModel):
    """Why a content is not to be used any more."""

    why: str
    readable: bool
    replacement: Digest | None = None


class Message(BaseModel):
    """A message without its content."""

    direction: Direction
    id: MessageId
    digest: Digest = Field(description="Names it beyond doubt; ids are its origin's.")
    kind: KindText
    origin: PartyCode
    recipients: list[PartyCode]
    handling: str = Field(examples=["TLP:AMBER H2"])
    restrictions: Restrictions | None = None
    case_reference: str | None = None
    in_reply_to: Digest | None = None
    created_at: Moment = Field(description="When it was sealed.")
    expires_at: Moment = Field(description="Until when it is delivered.")
    received_at: Moment | None = None
    opened_at: Moment | None = None
    state: str = Field(
        description="Of what came: delivered, opened, refused. Of what was sent: "
        "queued, or with the hub."
    )
    withheld: list[str] = Field(
        description="Classes of fields that were held back: not unknown."
    )
    desks: list[str] = Field(
        description="The caller's desks that it goes to; content is read in the name "
        "of one of them."
    )
    taken_back: TakenBack | None = None
    warning: str | None = Field(
        default=None, description="Why it may not be what it seems."
    )


class MessagePage(BaseModel):
    """A part of a list, in the order in which things became visible here."""

    messages: list[Message]
    next_cursor: str = Field(
        description="Goes on after this page: now, if there is more, or later."
    )
    more: bool = Field(description="Whether there is more just now.")


class Content(BaseModel):
    """A content, with what binds whoever reads it."""

    handling: str = Field(description="Never to be loosened.", examples=["TLP:AMBER"])
    restrictions: Restrictions | None = None
    keep_until_at: Moment | None = Field(
        default=None, description="When every copy has to be gone."
    )
    given_to_desk: str | None = None
    given_to_agency: str
    purpose: str | None = None
    provider: PartyCode = Field(description="Whose information it is.")
    warning: str | None = None
    taken_back: TakenBack | None = None
    id: MessageId
    digest: Digest
    kind: KindText = Field(
        description="Of the content: of an onward copy, that of what it passes on."
    )
    schema_url: str = Field(examples=["/v1/kinds/trace-request/schema"])
    content: dict[str, Any] = Field(
        description="As the JSON Schema at `schema_url` has it."
    )


class Stage(BaseModel):
    """Something that somebody has said of a message."""

    stage: str = Field(examples=["DELIVERED"])
    at: Moment
    by: str = Field(description="A party, or HUB.")
    code: str | None = None
    detail: str | None = None
    authority: str | None = None
    decided_by: Literal["node", "system", "person"]


class RecipientStages(BaseModel):
    """How far a message has come with one recipient."""

    party: PartyCode
    stages: list[Stage]


class Receipts(BaseModel):
    """What has been said of a message, by whom, and when."""

    id: MessageId
    digest: Digest
    direction: Direction
    submitted_at: Moment | None = Field(
        default=None, description="When the hub took what was sent."
    )
    expired: bool = False
    recipients: list[RecipientStages] = Field(
        description="Of what was sent: everybody it is for. Of what came: this party."
    )


def restrictions_model(handling: Handling) -> Restrictions | None:
    """Returns what a handling binds to besides its labels; None for nothing."""
    bounds = handling.restrictions
    if bounds == Bounds():
        return None
    return Restrictions(
        release_to=list(bounds.release_to),
        purposes=[use.word for use in sorted(bounds.purposes)],
        purpose=bounds.purpose or None,
        no_onward=bounds.no_onward,
        other=bounds.other or None,
        retention_days=bounds.retention_days,
    )
