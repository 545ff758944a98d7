"""How recalls, and what desks have to be told of them, are shown.

What is looked up is left to `broker.cli.recalls`.
"""

from collections.abc import Sequence

from broker.cli.following import short_time
from broker.core.model import message_id_text
from broker.core.recalls.recall import Compliance, Downstream
from broker.core.recalls.taken_back import DeskNotice, ReceivedNotice
from broker.core.records import InboxMessage, SentMessage
from broker.core.status import iso_time


def our_row(sent: SentMessage, row: Compliance) -> tuple[str, ...]:
    """Returns where one recipient of ours stands, for a table."""
    return (
        message_id_text(sent.header.message_id),
        row.party,
        row.standing.value,
        "" if row.since_ms is None else short_time(row.since_ms),
        "" if row.outcome is None else row.outcome.word,
        ", ".join(_whom(one) for one in row.downstream),
    )


def _whom(one: Downstream) -> str:
    return f"{one.party or one.desk}" + ("" if one.told else " (not told yet)")


def our_fields(sent: SentMessage, rows: tuple[Compliance, ...]) -> dict[str, object]:
    """Returns where the recipients of a message of ours stand, for programs."""
    return {
        "id": message_id_text(sent.header.message_id),
        "digest": sent.message_digest.hex(),
        "recipients": [
            {
                "party": row.party,
                "standing": row.standing.value,
                "since": None if row.since_ms is None else iso_time(row.since_ms),
                "outcome": None if row.outcome is None else row.outcome.word,
                "downstream": [
                    {
                        "party": one.party,
                        "desk": one.desk or None,
                        "copy": one.copy_digest.hex() or None,
                        "told": one.told,
                    }
                    for one in row.downstream
                ],
            }
            for row in rows
        ],
    }


def their_row(
    one: ReceivedNotice, message: InboxMessage | None, desks: Sequence[DeskNotice]
) -> tuple[str, ...]:
    """Returns what somebody else has taken back, for a table."""
    return (
        one.origin,
        _shown(one.notice.message_digest, message),
        one.notice.reason.word,
        one.state.value,
        "" if one.outcome is None else one.outcome.word,
        short_time(one.done_ms or one.received_ms),
        ", ".join(
            desk.desk + ("" if desk.told_ms is not None else " (not told yet)")
            for desk in desks
        ),
    )


def their_fields(
    one: ReceivedNotice, message: InboxMessage | None, desks: Sequence[DeskNotice]
) -> dict[str, object]:
    """Returns what somebody else has taken back, for programs."""
    return {
        "from": one.origin,
        "notice": one.digest.hex(),
        "digest": one.notice.message_digest.hex(),
        "id": None if message is None else message_id_text(message.header.message_id),
        "reason": one.notice.reason.word,
        "replacement": one.notice.replacement.hex() or None,
        "destroy": one.notice.destroy,
        "state": one.state.value,
        "outcome": None if one.outcome is None else one.outcome.word,
        "received": iso_time(one.received_ms),
        "done": None if one.done_ms is None else iso_time(one.done_ms),
        "desks": [
            {
                "desk": desk.desk,
                "told": None if desk.told_ms is None else iso_time(desk.told_ms),
            }
            for desk in desks
        ],
    }


def notice_row(one: DeskNotice, message: InboxMessage | None) -> tuple[str, ...]:
    """Returns what a desk has to be told, for a table."""
    return (
        str(one.number),
        one.desk,
        _shown(one.message_digest, message),
        _asks(one),
        short_time(one.at_ms),
        "" if one.told_ms is None else f"{short_time(one.told_ms)} by {one.told_by}",
    )


def notice_fields(one: DeskNotice, message: InboxMessage | None) -> dict[str, object]:
    """Returns what a desk has to be told, for programs."""
    return {
        "number": one.number,
        "desk": one.desk,
        "digest": one.message_digest.hex(),
        "id": None if message is None else message_id_text(message.header.message_id),
        "destroy": one.destroy,
        "replacement": one.replacement.hex() or None,
        "since": iso_time(one.at_ms),
        "told": None if one.told_ms is None else iso_time(one.told_ms),
        "told_by": one.told_by or None,
    }


def _asks(one: DeskNotice) -> str:
    what = "destroy your copy" if one.destroy else "do not use your copy"
    instead = f"; use {one.replacement.hex()[:16]}" if one.replacement else ""
    return what + instead


def _shown(digest: bytes, message: InboxMessage | None) -> str:
    if message is None:
        return f"{digest.hex()[:16]} (not here)"
    return message_id_text(message.header.message_id)
