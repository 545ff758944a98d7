"""How a document is handed in, and what is said to it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from broker.api.models_messages import Digest, KindText, MessageId, PartyCode
from broker.api.times import Moment

_ATTACHMENTS_MAX = 20


class NewRestrictions(BaseModel):
    """What the recipients are bound to besides the label."""

    model_config = ConfigDict(extra="forbid")

    release_to: list[str] | None = None
    purposes: list[str] | None = None
    purpose: str | None = None
    no_onward: bool | None = None
    other: str | None = None
    retention_days: int | None = None


class NewMessage(BaseModel):
    """A document to be sent."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[KindText, Field(max_length=60)]
    content: dict[str, Any] = Field(
        description="As the JSON Schema of the kind has it: see /v1/kinds."
    )
    handling: str = Field(max_length=100, examples=["TLP:AMBER H2"])
    to: list[PartyCode] = Field(min_length=1, max_length=250)
    restrictions: NewRestrictions | None = None
    case_reference: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="Pseudonymous. Of an answer: that of what it answers, if absent.",
    )
    in_reply_to: str | None = Field(
        default=None,
        max_length=64,
        description="Id or digest of the message that it answers.",
    )
    expires_in: str | None = Field(
        default=None,
        pattern=r"^[1-9][0-9]{0,4}[mhd]$",
        description="How long it may be delivered.",
        examples=["36h"],
    )
    attachments: list[Annotated[str, Field(max_length=200)]] = Field(
        default=[],
        max_length=_ATTACHMENTS_MAX,
        description="Handles of files that were uploaded before.",
    )
    partial: bool = Field(
        default=False,
        description="Send to those who may get it, though others may not.",
    )
    anyway: bool = Field(
        default=False,
        description="Send a trace request that is likely to fail as it is.",
    )


class Remark(BaseModel):
    """Something that looks wrong, and did not stop it."""

    path: str
    found: str
    expected: str


class SubmittedMessage(BaseModel):
    """One message that a document has become."""

    id: MessageId
    digest: Digest
    kind: KindText
    recipients: list[PartyCode]
    handling: str
    withheld: list[str] = Field(
        description="Classes of fields that policy has taken out."
    )


class Submission(BaseModel):
    """What came of a document. It is durable."""

    messages: list[SubmittedMessage] = Field(
        description="Whoever gets the same gets it in one message."
    )
    pending_id: MessageId | None = Field(
        default=None,
        description="Under which it waits for officers; see /v1/pending/{id}.",
    )
    not_sent_to: list[PartyCode] = Field(
        description="Those who were named, and do not get it."
    )
    repeated: bool = Field(
        description="Whether it was done before, under the same idempotency key."
    )
    submitted_at: Moment
    warnings: list[Remark] = Field(
        description="Advice; of a repeated request, none is given again."
    )


class PlannedApproval(BaseModel):
    """Who has to approve it first."""

    rule: str
    needed: int
    officers: list[str]


class PlannedRecipient(BaseModel):
    """What one recipient would get, or why not."""

    party: PartyCode
    gets_it: bool
    message: int | None = Field(
        default=None, description="Which of the messages that it would become, from 1."
    )
    handling: str | None = None
    withheld: dict[str, str] = Field(
        description="Classes of fields, and what becomes of them."
    )
    approvals: list[PlannedApproval]
    code: str | None = Field(default=None, description="Why not, as a stable word.")
    why: list[str]


class Plan(BaseModel):
    """Who would get what. Nothing was sent or kept."""

    recipients: list[PlannedRecipient]
    warnings: list[Remark]


class PendingApproval(BaseModel):
    """How far an approval has come."""

    rule: str
    needed: int
    approved: list[str]
    rejected: list[str]
    met: bool


class PendingDocument(BaseModel):
    """A document that waits for officers, or has waited."""

    id: MessageId
    state: str = Field(examples=["waiting"])
    kind: KindText
    recipients: list[PartyCode]
    held_at: Moment
    lapses_at: Moment
    changed: bool = Field(
        description="Whether what would leave now is another thing than when it came."
    )
    obstacle: str | None = Field(
        default=None, description="Why it cannot leave now, however many approve."
    )
    approvals: list[PendingApproval]
    messages: list[SubmittedMessage] = Field(description="As which it has left.")
