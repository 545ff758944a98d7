"""What a lifecycle needs to know of a message or a receipt, and nothing more.

Reading it from contents is left to `broker.core.codec.case_events`.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from keys.identity import PartyId

RECEIPT: Final = "receipt:"
"""How the names of receipts begin."""
REFUSED: Final = "receipt:refused"
"""By hub, node or policy: the message was never taken in."""
DECLINED: Final = "receipt:declined"
"""By an authority, about what it has read."""
BY_HUB: Final = "hub"
"""The word of a refusal that the hub states in the place of a recipient."""
OVERDUE_NOTICE: Final = "overdue-notice"


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
        reference: Of the case, as the message itself gives it; or empty.
        name: The id of the message as people type it; empty for a receipt.
        gone: Whether what it said is destroyed: `told` then holds its kind alone.
        taken_back: Whether its sender has taken it back, or put another in its place:
            it has no effect any more; likewise.
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
    reference: str = ""
    name: str = ""
    gone: bool = False
    taken_back: bool = False

    @property
    def order(self) -> tuple[int, bytes]:
        """By which events that do not answer one another are put in order."""
        return self.at_ms, self.digest

    @property
    def follows(self) -> bool:
        """Whether it is said about a message, and belongs where that belongs."""
        event = self.told.event
        return event.startswith(RECEIPT) or event == OVERDUE_NOTICE

    @property
    def refuses(self) -> bool:
        """Whether it says that the message which it is about was never taken in."""
        return self.told.event == REFUSED


def in_order(events: Iterable[CaseEvent]) -> Iterator[CaseEvent]:
    """Yields each event once: after what it answers, otherwise by time and digest.

    A sender can date a message as it likes, but not before what it answers.
    """
    distinct = {one.digest: one for one in events}
    answers: dict[bytes, list[CaseEvent]] = {}
    ready: list[tuple[tuple[int, bytes], CaseEvent]] = []
    for event in distinct.values():
        if event.in_reply_to in distinct and event.in_reply_to != event.digest:
            answers.setdefault(event.in_reply_to, []).append(event)
        else:
            ready.append((event.order, event))
    heapq.heapify(ready)
    while ready:
        _, event = heapq.heappop(ready)
        yield event
        for answer in answers.pop(event.digest, ()):
            heapq.heappush(ready, (answer.order, answer))
