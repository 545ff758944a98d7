"""What happened at a node, with what decides about who may be told of it.

The events themselves are written by the triggers in `broker.infra.feed_schema`.
"""

import json
from typing import Final

from broker.core.feed import Event, FeedEntry
from broker.core.happened import Happened
from broker.infra.database import Database

# What waits for a person goes to no desk yet. Of what was destroyed those desks hear
# that were given it; whoever was not, does not learn now that there was anything.
_QUERY: Final = """
SELECT feed.sequence, feed.event, subject, feed.party, feed.detail, feed.at_ms,
  coalesce(sent.message_id, inbox.message_id, x''),
  coalesce(heads.kind, terms.kind, ''), coalesce(heads.origin, inbox.origin, ''),
  sent.message_digest IS NOT NULL,
  CASE WHEN terms.state IN ('admitted', 'released') THEN terms.routes
    WHEN terms.state = 'destroyed' THEN (SELECT json_group_array(desk) FROM handed_out
      WHERE handed_out.message_digest = subject)
    ELSE '[]' END,
  CASE WHEN terms.state = 'destroyed' THEN (SELECT json_group_array(json_array(desk,
    agency)) FROM handed_out WHERE handed_out.message_digest = subject) END,
  coalesce(
    (SELECT agency FROM once WHERE token =
      (SELECT token FROM once_messages WHERE message_digest = subject)),
    (SELECT agency FROM once WHERE pending_id != x'' AND pending_id = subject),
    (SELECT agency FROM once WHERE pending_id != x'' AND pending_id =
      (SELECT pending_id FROM released WHERE message_digest = subject)), '')
FROM feed
LEFT JOIN message_heads AS heads ON heads.message_digest = subject
LEFT JOIN sent ON sent.message_digest = subject
LEFT JOIN inbox ON inbox.message_digest = subject
LEFT JOIN admissions AS terms ON terms.message_digest = subject
WHERE feed.sequence > ? ORDER BY feed.sequence LIMIT ?
"""
_Row = tuple[int, str, bytes, str, str, int, bytes, str, str, int, str, str | None, str]


class EventStore:
    """The part of a node's database that other systems are told from.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def happened_after(self, sequence: int, limit: int = 500) -> list[Happened]:
        """Returns what happened after an event, in order, whomever it concerns.

        Args:
            sequence: Number of the event; 0 for the beginning.
            limit: How many at most.
        """
        with self._database.read() as db:
            rows = db.execute(_QUERY, (sequence, limit)).fetchall()
        return [_happened(row) for row in rows]


def _happened(row: _Row) -> Happened:
    (sequence, event, subject, party, detail, at_ms) = row[:6]
    (message_id, kind, origin, sent, routes, given, agency) = row[6:]
    return Happened(
        entry=FeedEntry(
            sequence=sequence,
            event=Event(event),
            subject=subject,
            party=party,
            detail=detail,
            at_ms=at_ms,
        ),
        message_id=message_id,
        kind=kind,
        origin=origin,
        sent=bool(sent),
        desks=frozenset(json.loads(routes)),
        given=None if given is None else frozenset(map(tuple, json.loads(given))),
        agency=agency,
    )
