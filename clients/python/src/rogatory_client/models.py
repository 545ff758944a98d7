"""What the node answers; made from its OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias

from typing import TypedDict

AdapterState: TypeAlias = Literal["running", "away", "failing", "halted", "stopped"]


class Alarm(TypedDict):
    """
    Something that somebody has to look at.
    """

    acknowledged_at: NotRequired[str | None]
    acknowledged_by: NotRequired[str | None]
    number: int
    open: bool
    raised_at: str
    settled: NotRequired[str | None]
    settled_at: NotRequired[str | None]
    text: str
    topic: str


class Alarms(TypedDict):
    """
    Alarms, newest first.
    """

    alarms: list[Alarm]
    open: int


class Attachment(TypedDict):
    """
    A file beside a message.
    """

    caption: NotRequired[str | None]
    here: bool
    media_type: str
    metadata_stripped: bool
    name: str
    number: int
    sha256: str
    shows: Literal["mark", "object", "document", "other"]
    size: int


class Attachments(TypedDict):
    """
    The files beside a message.
    """

    attachments: list[Attachment]


class CaseEvent(TypedDict):
    """
    One thing that happened in a case.
    """

    at: str
    by: str
    destroyed: bool
    event: str
    id: NotRequired[str | None]
    taken_back: bool
    to: list[str]


class Check(TypedDict):
    """
    One thing that has to be as it should.
    """

    detail: NotRequired[str | None]
    name: str
    ok: bool


Direction: TypeAlias = Literal["received", "sent"]


class Duty(TypedDict):
    """
    Something that is owed.
    """

    by: str
    due_at: NotRequired[str | None]
    matter: str
    pressure: str
    since_at: NotRequired[str | None]
    to: list[str]
    what: str


class Event(TypedDict):
    """
    One event. It says that something happened, and never a content.
    """

    digest: NotRequired[str | None]
    direction: NotRequired[str | None]
    event: Literal[
        "message.received",
        "message.waiting",
        "message.taken-back",
        "message.destroyed",
        "message.sent",
        "receipt",
        "document.waiting",
        "document.settled",
        "alarm",
    ]
    id: NotRequired[str | None]
    kind: NotRequired[str | None]
    occurred_at: str
    origin: NotRequired[str | None]
    pending_id: NotRequired[str | None]
    reason: NotRequired[str | None]
    said_by: NotRequired[str | None]
    sequence: int
    stage: NotRequired[str | None]
    state: NotRequired[str | None]
    topic: NotRequired[str | None]


class EventPage(TypedDict):
    """
    Events after a point, in order.
    """

    events: list[Event]
    more: bool
    next_after: int


class Health(TypedDict):
    """
    Whether the interface is up.
    """

    status: str


class Kind(TypedDict):
    """
    A kind of content.
    """

    kind: str
    name: str
    schema_url: str
    version: int


class Kinds(TypedDict):
    """
    Every kind of content that can be sent.
    """

    kinds: list[Kind]


class Leg(TypedDict):
    """
    One matter between two parties.
    """

    closed: bool
    from_party: str
    matter: str
    means: str
    message: str
    opened_at: str
    possible: list[str]
    state: str
    to_party: str
    urgency: str


class Me(TypedDict):
    """
    Who the caller is to this node.
    """

    agency: str
    client: str
    desks: list[str]
    party: str
    roles: list[str]


Attachment1: TypeAlias = str


ToItem: TypeAlias = str


class NewRefusal(TypedDict):
    """
    A message that the caller's agency will not act on.
    """

    decided_by: NotRequired[Literal["system", "person"]]
    dry_run: NotRequired[bool]
    office: NotRequired[str | None]
    reason: str


class NewRestrictions(TypedDict):
    """
    What the recipients are bound to besides the label.
    """

    no_onward: NotRequired[bool | None]
    other: NotRequired[str | None]
    purpose: NotRequired[str | None]
    purposes: NotRequired[list[str] | None]
    release_to: NotRequired[list[str] | None]
    retention_days: NotRequired[int | None]


class NewStatement(TypedDict):
    """
    Something to be said in the name of the caller's agency.
    """

    decided_by: NotRequired[Literal["system", "person"]]
    dry_run: NotRequired[bool]
    note: NotRequired[str]
    office: NotRequired[str | None]


class NewWebhook(TypedDict):
    """
    An address that is to be told of what happens.
    """

    after: NotRequired[int | None]
    events: NotRequired[
        list[
            Literal[
                "message.received",
                "message.waiting",
                "message.taken-back",
                "message.destroyed",
                "message.sent",
                "receipt",
                "document.waiting",
                "document.settled",
                "alarm",
            ]
        ]
    ]
    url: str


class Party(TypedDict):
    """
    A party of the federation.
    """

    name: str
    own: bool
    party: str
    suspended: bool


class PendingApproval(TypedDict):
    """
    How far an approval has come.
    """

    approved: list[str]
    met: bool
    needed: int
    rejected: list[str]
    rule: str


class Person(TypedDict):
    """
    Who has decided something, or looked at it.
    """

    by: str


class PlannedApproval(TypedDict):
    """
    Who has to approve it first.
    """

    needed: int
    officers: list[str]
    rule: str


class PlannedRecipient(TypedDict):
    """
    What one recipient would get, or why not.
    """

    approvals: list[PlannedApproval]
    code: NotRequired[str | None]
    gets_it: bool
    handling: NotRequired[str | None]
    message: NotRequired[int | None]
    party: str
    why: list[str]
    withheld: dict[str, str]


class ProblemPlace(TypedDict):
    """
    One place in a request that does not fit.
    """

    expected: str
    found: str
    path: str


ProposalState: TypeAlias = Literal["open", "sent", "dismissed", "erased"]


class Readiness(TypedDict):
    """
    Whether documents can be taken now.
    """

    checks: list[Check]
    status: str


class Remark(TypedDict):
    """
    Something that looks wrong, and did not stop it.
    """

    expected: str
    found: str
    path: str


class Restrictions(TypedDict):
    """
    What binds whoever has a content, besides the label.
    """

    no_onward: NotRequired[bool]
    other: NotRequired[str | None]
    purpose: NotRequired[str | None]
    purposes: list[str]
    release_to: list[str]
    retention_days: NotRequired[int | None]


class Stage(TypedDict):
    """
    Something that somebody has said of a message.
    """

    at: str
    authority: NotRequired[str | None]
    by: str
    code: NotRequired[str | None]
    decided_by: Literal["node", "system", "person"]
    detail: NotRequired[str | None]
    stage: str


class Statement(TypedDict):
    """
    What was said of a message. It is signed, logged, and cannot be taken back.
    """

    digest: str
    id: str
    repeated: bool
    said: bool
    statement: Stage


class StoryLine(TypedDict):
    """
    One line of the story of a message.
    """

    at: str
    by: str
    code: NotRequired[str | None]
    message: NotRequired[str | None]
    parties: list[str]
    policy: NotRequired[str | None]
    rules: list[str]
    text: str
    what: str


class SubmittedMessage(TypedDict):
    """
    One message that a document has become.
    """

    digest: str
    handling: str
    id: str
    kind: str
    recipients: list[str]
    withheld: list[str]


class TakenBack(TypedDict):
    """
    Why a content is not to be used any more.
    """

    readable: bool
    replacement: NotRequired[str | None]
    why: str


class Upload(TypedDict):
    """
    A file that was uploaded.
    """

    caption: NotRequired[str | None]
    handle: str
    media_type: str
    metadata_stripped: bool
    name: str
    sha256: str
    shows: Literal["mark", "object", "document", "other"]
    size: int


class WebhookBody(TypedDict):
    """
    What is posted to a webhook.
    """

    data: NotRequired[Event | None]
    timestamp: str
    type: (
        Literal[
            "message.received",
            "message.waiting",
            "message.taken-back",
            "message.destroyed",
            "message.sent",
            "receipt",
            "document.waiting",
            "document.settled",
            "alarm",
        ]
        | Literal["test"]
    )


class WebhookResumption(TypedDict):
    """
    From where a webhook is to go on.
    """

    after: NotRequired[int | None]


WebhookState: TypeAlias = Literal["active", "parked"]


class WebhookTry(TypedDict):
    """
    One call of a webhook.
    """

    at: str
    problem: NotRequired[str | None]
    sequence: NotRequired[int | None]
    status: NotRequired[int | None]


class Adapter(TypedDict):
    """
    How an adapter does.
    """

    counts: dict[str, int]
    error_code: NotRequired[str | None]
    kind: str
    lag_ms: int
    last_error_at: NotRequired[str | None]
    last_ok_at: NotRequired[str | None]
    letters: int
    name: str
    seen_at: NotRequired[str | None]
    since_at: str
    state: AdapterState
    waiting: int


class Adapters(TypedDict):
    """
    The adapters that ever ran at this node.
    """

    adapters: list[Adapter]


class Case(TypedDict):
    """
    A case with what happened in it, as far as the caller may see it.
    """

    case: str
    closed: bool
    legs: list[Leg]
    owed: list[Duty]
    reference: NotRequired[str | None]
    timeline: list[CaseEvent]


class CaseSummary(TypedDict):
    """
    A case: all matters with one reference.
    """

    case: str
    closed: bool
    legs: list[Leg]
    owed: list[Duty]
    reference: NotRequired[str | None]


class Content(TypedDict):
    """
    A content, with what binds whoever reads it.
    """

    content: dict[str, Any]
    digest: str
    given_to_agency: str
    given_to_desk: NotRequired[str | None]
    handling: str
    id: str
    keep_until_at: NotRequired[str | None]
    kind: str
    provider: str
    purpose: NotRequired[str | None]
    restrictions: NotRequired[Restrictions | None]
    schema_url: str
    taken_back: NotRequired[TakenBack | None]
    warning: NotRequired[str | None]


class CreatedWebhook(TypedDict):
    """
    A webhook that was just made, with its secret: it is shown this once.
    """

    after: int
    client: str
    created_at: str
    events: list[
        Literal[
            "message.received",
            "message.waiting",
            "message.taken-back",
            "message.destroyed",
            "message.sent",
            "receipt",
            "document.waiting",
            "document.settled",
            "alarm",
        ]
    ]
    failures: int
    next_try_at: NotRequired[str | None]
    problem: NotRequired[str | None]
    secret: str
    state: WebhookState
    url: str
    webhook_id: str


class Message(TypedDict):
    """
    A message without its content.
    """

    case_reference: NotRequired[str | None]
    created_at: str
    desks: list[str]
    digest: str
    direction: Direction
    expires_at: str
    handling: str
    id: str
    in_reply_to: NotRequired[str | None]
    kind: str
    opened_at: NotRequired[str | None]
    origin: str
    received_at: NotRequired[str | None]
    recipients: list[str]
    restrictions: NotRequired[Restrictions | None]
    state: str
    taken_back: NotRequired[TakenBack | None]
    warning: NotRequired[str | None]
    withheld: list[str]


class MessagePage(TypedDict):
    """
    A part of a list, in the order in which things became visible here.
    """

    messages: list[Message]
    more: bool
    next_cursor: str


class NewMessage(TypedDict):
    """
    A document to be sent.
    """

    anyway: NotRequired[bool]
    attachments: NotRequired[list[Attachment1]]
    case_reference: NotRequired[str | None]
    content: dict[str, Any]
    expires_in: NotRequired[str | None]
    handling: str
    in_reply_to: NotRequired[str | None]
    kind: str
    partial: NotRequired[bool]
    restrictions: NotRequired[NewRestrictions | None]
    to: list[ToItem]


class Parties(TypedDict):
    """
    Everybody in the federation, as the directory has it that this node goes by.
    """

    directory_version: int
    parties: list[Party]


class PendingDocument(TypedDict):
    """
    A document that waits for officers, or has waited.
    """

    approvals: list[PendingApproval]
    changed: bool
    held_at: str
    id: str
    kind: str
    lapses_at: str
    messages: list[SubmittedMessage]
    obstacle: NotRequired[str | None]
    recipients: list[str]
    state: str


class Plan(TypedDict):
    """
    Who would get what. Nothing was sent or kept.
    """

    recipients: list[PlannedRecipient]
    warnings: list[Remark]


class Problem(TypedDict):
    """
    Why something was not done. Nothing was done then, unless it says so.
    """

    advice: NotRequired[str | None]
    code: str
    detail: NotRequired[str | None]
    places: NotRequired[list[ProblemPlace] | None]
    status: int
    title: str
    type: str


class Proposal(TypedDict):
    """
    A document that an adapter has put before a person, without its content.
    """

    adapter: str
    based_on: list[str]
    decided_at: NotRequired[str | None]
    decided_by: NotRequired[str | None]
    kind: str
    proposal_id: str
    proposed_at: str
    state: ProposalState


class ProposalContent(TypedDict):
    """
    A proposal with what is proposed.
    """

    adapter: str
    based_on: list[str]
    case_reference: NotRequired[str | None]
    content: dict[str, Any]
    decided_at: NotRequired[str | None]
    decided_by: NotRequired[str | None]
    handling: str
    kind: str
    proposal_id: str
    proposed_at: str
    reasons: list[str]
    restrictions: NotRequired[Restrictions | None]
    state: ProposalState
    title: str
    to: list[str]


class Proposals(TypedDict):
    """
    Proposals, oldest first.
    """

    proposals: list[Proposal]


class RecipientStages(TypedDict):
    """
    How far a message has come with one recipient.
    """

    party: str
    stages: list[Stage]


class Story(TypedDict):
    """
    All that this node knows of one message, and never its content.
    """

    digest: str
    id: NotRequired[str | None]
    kind: NotRequired[str | None]
    role: str | None
    timeline: list[StoryLine]


class Submission(TypedDict):
    """
    What came of a document. It is durable.
    """

    messages: list[SubmittedMessage]
    not_sent_to: list[str]
    pending_id: NotRequired[str | None]
    repeated: bool
    submitted_at: str
    warnings: list[Remark]


class Webhook(TypedDict):
    """
    A webhook.
    """

    after: int
    client: str
    created_at: str
    events: list[
        Literal[
            "message.received",
            "message.waiting",
            "message.taken-back",
            "message.destroyed",
            "message.sent",
            "receipt",
            "document.waiting",
            "document.settled",
            "alarm",
        ]
    ]
    failures: int
    next_try_at: NotRequired[str | None]
    problem: NotRequired[str | None]
    state: WebhookState
    url: str
    webhook_id: str


class WebhookTries(TypedDict):
    """
    The newest calls of a webhook, newest first.
    """

    deliveries: list[WebhookTry]


class Webhooks(TypedDict):
    """
    The webhooks of a node.
    """

    webhooks: list[Webhook]


class CasePage(TypedDict):
    """
    Cases, in order of their beginning.
    """

    cases: list[CaseSummary]
    next_cursor: NotRequired[str | None]


class Receipts(TypedDict):
    """
    What has been said of a message, by whom, and when.
    """

    digest: str
    direction: Direction
    expired: NotRequired[bool]
    id: str
    recipients: list[RecipientStages]
    submitted_at: NotRequired[str | None]
