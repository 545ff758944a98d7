"""What a node keeps of messages and statements, as far as cases need it.

What events they are is left to `broker.services.case_keeper`.
"""

from dataclasses import dataclass

from broker.core.model import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What a header says of a message, and whether its content can be gone by.

    Attributes:
        kind: With version.
        origin: Who sealed it.
        parties: Its recipients.
        case_reference: Pseudonymous, or empty.
        in_reply_to: Digest of the message that it answers, or empty.
        created_ms: When it was sealed, in ms since the epoch.
        message_id: 16 bytes.
        told: Whether it is kept what its content told.
        destroyed: Whether its content is.
        taken_back: Whether its origin has taken it back.
    """

    digest: bytes
    kind: str
    origin: str
    parties: tuple[str, ...]
    case_reference: str
    in_reply_to: bytes
    created_ms: int
    message_id: bytes
    told: bool
    destroyed: bool
    taken_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody stated about a message.

    Attributes:
        digest: Of the message.
        by: Who states it.
        to: To whom.
        at_ms: When, in ms since the epoch.
        code: Of a refusal; empty otherwise.
    """

    digest: bytes
    stage: Stage
    by: str
    to: str
    at_ms: int
    code: str
