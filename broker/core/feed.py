"""What happened at a node, in order, as other systems are told of it.

Who may be told what is left to the interfaces.
"""

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What happened. Stable: never renamed, never reused."""

    RECEIVED = "message.received"
    WAITING = "message.waiting"
    TAKEN_BACK = "message.taken-back"
    DESTROYED = "message.destroyed"
    SENT = "message.sent"
    RECEIPT = "receipt"
    DOCUMENT_WAITING = "document.waiting"
    DOCUMENT_SETTLED = "document.settled"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One event.

    Attributes:
        sequence: Its number: ascending, with gaps; never used twice.
        event: What happened.
        subject: Digest of the message, or id of the document that waits; empty for
            an alarm.
        party: Of RECEIVED, WAITING, TAKEN_BACK the origin; of RECEIPT who said it;
            empty otherwise.
        detail: Of RECEIVED and WAITING the kind; of RECEIPT the number of the stage;
            of TAKEN_BACK "recalled" or "corrected"; of DESTROYED the rule; of
            DOCUMENT_SETTLED the state; of ALARM the topic.
        at_ms: When, in ms since the epoch.
    """

    sequence: int
    event: Event
    subject: bytes
    party: str
    detail: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What makes two requests the same one, and who asked.

    Attributes:
        token: 32 bytes; of two requests with the same, only the first is carried out.
        request: SHA-256 of what was asked for, 32 bytes: tells a repetition from
            another request under the same token.
        submitter: Which system asked, such as "api:customs" or "adapter:posts".
        agency: Whose it is, as providers name agencies.
    """

    token: bytes
    request: bytes
    submitter: str
    agency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneOnce:
    """What came of a request that was carried out.

    Attributes:
        once: The request.
        messages: Digests of the messages that were sealed, in order; empty while the
            document waits for officers.
        pending_id: Id of the document that waits, or waited; empty if it did not.
        at_ms: When it was carried out, in ms since the epoch.
    """

    once: Once
    messages: tuple[bytes, ...]
    pending_id: bytes
    at_ms: int
