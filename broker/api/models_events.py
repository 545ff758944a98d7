"""Events as other systems read them: JSON documents, and blocks of a stream of them.

Which events somebody is told of is left to `broker.core.happened`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from broker.api.times import Moment, moment
from broker.core.feed import Event as Happening
from broker.core.happened import Happened
from broker.core.model import Stage, message_id_text

EventName = Literal[
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
"""What happened: the words of `broker.core.feed.Event`."""


class Event(BaseModel):
    """One event. It says that something happened, and never a content."""

    model_config = ConfigDict(frozen=True)

    sequence: Annotated[
        int, Field(description="Its number: ascending, with gaps; never used twice.")
    ]
    event: EventName
    occurred_at: Annotated[Moment, Field(description="When.")]
    id: Annotated[str | None, Field(description="Id of the message.")] = None
    digest: Annotated[
        str | None, Field(description="Digest of the message, in hexadecimal.")
    ] = None
    kind: Annotated[str | None, Field(description="What the message is.")] = None
    origin: Annotated[str | None, Field(description="Whose message it is.")] = None
    direction: Annotated[
        str | None, Field(description="Of the message: sent or received.")
    ] = None
    stage: Annotated[
        str | None, Field(description="Of a receipt: how far the message has come.")
    ] = None
    said_by: Annotated[str | None, Field(description="Of a receipt: who says it.")] = (
        None
    )
    reason: Annotated[
        str | None,
        Field(
            description="Of a message taken back: recalled or corrected; of one that "
            "was destroyed: by which rule."
        ),
    ] = None
    pending_id: Annotated[
        str | None, Field(description="Of a document that waits for officers: its id.")
    ] = None
    state: Annotated[
        str | None, Field(description="Of a document that waited: what became of it.")
    ] = None
    topic: Annotated[str | None, Field(description="Of an alarm.")] = None


class EventPage(BaseModel):
    """Events after a point, in order."""

    model_config = ConfigDict(frozen=True)

    events: list[Event]
    next_after: Annotated[
        int, Field(description="Where to go on: the `after` of the next request.")
    ]
    more: Annotated[bool, Field(description="Whether there may be more already.")]


def event_name(event: Happening) -> EventName:
    """Returns what an event is called."""
    return event.value


def event_model(happened: Happened) -> Event:
    """Returns an event as it is told."""
    entry = happened.entry
    event, detail = entry.event, entry.detail
    of_message = bool(happened.message_id)
    of_document = event in {Happening.DOCUMENT_WAITING, Happening.DOCUMENT_SETTLED}
    taken_away = event in {Happening.TAKEN_BACK, Happening.DESTROYED}
    receipt = event is Happening.RECEIPT
    return Event(
        sequence=entry.sequence,
        event=event_name(event),
        occurred_at=moment(entry.at_ms),
        id=message_id_text(happened.message_id) if of_message else None,
        digest=entry.subject.hex() if entry.subject and not of_document else None,
        kind=happened.kind or None,
        origin=happened.origin or None,
        direction=("sent" if happened.sent else "received") if of_message else None,
        stage=Stage(int(detail)).name if receipt else None,
        said_by=entry.party if receipt else None,
        reason=detail if taken_away else None,
        pending_id=message_id_text(entry.subject) if of_document else None,
        state=detail if event is Happening.DOCUMENT_SETTLED else None,
        topic=detail if event is Happening.ALARM else None,
    )


def event_json(happened: Happened) -> bytes:
    """Returns an event as JSON, without what it has not."""
    return event_model(happened).model_dump_json(exclude_none=True).encode()


def stream_block(happened: Happened) -> bytes:
    """Returns an event as a block of a stream: its number, its name, and itself."""
    sequence, event = happened.entry.sequence, happened.entry.event
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        sequence,
        event.encode(),
        event_json(happened),
    )


def stream_mark(sequence: int) -> bytes:
    """Returns a block without an event: so far nothing was for this reader.

    It keeps the line open, and moves on what the reader names when it comes again
    (HTML, 9.2.6: an id without data is remembered and not dispatched).
    """
    return b": still here\nid: %d\n\n" % sequence
