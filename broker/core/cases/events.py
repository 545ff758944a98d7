"""What a lifecycle needs to know of a message or a receipt, and nothing more.

Reading it from contents is left to `broker.core.codec.case_events`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from keys.identity import PartyId


class Urgency(IntEnum):
    """How soon something is needed."""

    ROUTINE = 1
    PRIORITY = 2
    IMMEDIATE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a content tells a lifecycle; kept under the node's own key.

    Attributes:
        event: "trace-response:delayed"; an opening is its kind alone:
            "trace-request".
        urgency: How soon an answer is needed.
        acknowledge_on: Day by which an acknowledgement is asked for, ISO 8601, or
            empty.
        due_on: Day by which an answer is asked for, likewise.
        review_on: Day on which a delay is looked at again, or empty.
        words: Words of closed lists that a timeline shows: grounds, stages.
    """

    event: str
    urgency: Urgency = Urgency.ROUTINE
    acknowledge_on: str = ""
    due_on: str = ""
    review_on: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One thing that happened.

    Attributes:
        digest: Of the message's signed header, or of the receipt; 32 bytes.
        told: What it is.
        by: Who says so.
        to: To whom.
        at_ms: When it was sealed or stated, in ms since the epoch.
        in_reply_to: The message that it answers, or that it is a receipt for; or
            empty.
        delivered_ms: When each recipient's node says that it came, as far as known.
    """

    digest: bytes
    told: Told
    by: PartyId
    to: tuple[PartyId, ...]
    at_ms: int
    in_reply_to: bytes = b""
    delivered_ms: Mapping[PartyId, int] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def order(self) -> tuple[int, bytes]:
        """By which events that do not answer one another are put in order."""
        return self.at_ms, self.digest
