"""Events as they are written: each with what belongs to it, and nothing else."""

import json
from typing import Any, get_args

import pytest

from broker.api.models_events import EventName, event_json, stream_block, stream_mark
from broker.core.feed import Event, FeedEntry
from broker.core.happened import Happened
from tests.world import NOW_MS

MESSAGE = {
    "id": "01020304-0506-7708-890a-0b0c0d0e0f10",
    "digest": "aa" * 32,
    "kind": "trace-request/1",
    "origin": "BEL",
}


def happened(event: Event, detail: str = "", *, of_message: bool = True) -> Happened:
    entry = FeedEntry(
        sequence=7,
        event=event,
        subject=b"\xaa" * 32,
        party="BEL",
        detail=detail,
        at_ms=NOW_MS,
    )
    if not of_message:
        return Happened(entry=entry)
    return Happened(
        entry=entry,
        message_id=bytes.fromhex(MESSAGE["id"].replace("-", "")),
        kind=MESSAGE["kind"],
        origin=MESSAGE["origin"],
        sent=event is Event.RECEIPT,
    )


def written(one: Happened) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event_json(one))
    assert found.pop("sequence") == 7
    assert found.pop("occurred_at") == "2027-01-15T08:00:00.000Z"
    return found


@pytest.mark.parametrize(
    ("event", "detail", "expected"),
    [
        (Event.RECEIVED, "trace-request/1", {"direction": "received"}),
        (Event.WAITING, "trace-request/1", {"direction": "received"}),
        (
            Event.TAKEN_BACK,
            "recalled",
            {"direction": "received", "reason": "recalled"},
        ),
        (Event.DESTROYED, "notice", {"direction": "received", "reason": "notice"}),
        (
            Event.RECEIPT,
            "6",
            {"direction": "sent", "stage": "ACKNOWLEDGED", "said_by": "BEL"},
        ),
    ],
)
def test_an_event_of_a_message_names_it(
    event: Event, detail: str, expected: dict[str, str]
) -> None:
    found = written(happened(event, detail))
    assert found == {"event": event.value, **MESSAGE, **expected}


def test_every_event_has_its_name() -> None:
    assert get_args(EventName) == tuple(one.value for one in Event)


def test_an_event_of_a_document_names_its_id_and_no_message() -> None:
    pending_id = "019c5a3e-8f00-7c00-8000-000000000001"
    entry = FeedEntry(
        sequence=7,
        event=Event.DOCUMENT_SETTLED,
        subject=bytes.fromhex(pending_id.replace("-", "")),
        party="",
        detail="released",
        at_ms=NOW_MS,
    )
    assert written(Happened(entry=entry)) == {
        "event": "document.settled",
        "pending_id": pending_id,
        "state": "released",
    }


def test_an_alarm_names_its_topic_and_not_its_text() -> None:
    entry = FeedEntry(
        sequence=7,
        event=Event.ALARM,
        subject=b"",
        party="",
        detail="links",
        at_ms=NOW_MS,
    )
    assert written(Happened(entry=entry)) == {"event": "alarm", "topic": "links"}


def test_a_block_of_a_stream_ends_where_the_next_begins() -> None:
    one = happened(Event.SENT)
    head, data, *rest = stream_block(one).split(b"\ndata: ")
    assert head == b"id: 7\nevent: message.sent"
    assert data == event_json(one) + b"\n\n"
    assert rest == []
    assert b"\n" not in event_json(one)


def test_a_sign_of_life_carries_the_number_and_no_event() -> None:
    assert stream_mark(7) == b": still here\nid: 7\n\n"
