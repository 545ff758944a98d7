"""Lists of messages as other systems page through them: what came, what was sent.

Both are in the order in which things became visible here: whoever goes on from where it
was misses nothing, also if a message came long before a person let it in.
"""

import json
from collections.abc import Collection
from typing import Final

from broker.core.listing import Listed, Wanted
from broker.infra.database import Database
from broker.infra.outgoing_store import written_by_people

_FILTERS: Final = (
    " AND (:kind = '' OR heads.kind = :kind)"
    " AND (:origin = '' OR heads.origin = :origin)"
    " AND (:case_reference = '' OR heads.case_reference = :case_reference)"
)
_RECEIVED: Final = (
    "SELECT feed.sequence, feed.subject FROM feed"
    " JOIN message_heads AS heads ON heads.message_digest = feed.subject"
    " JOIN admissions ON admissions.message_digest = feed.subject"
    " WHERE feed.sequence > :after AND feed.at_ms >= :since_ms"
)
_TO_DESKS: Final = (
    " AND event = 'message.received' AND state IN ('admitted', 'released')"
    " AND (:every OR EXISTS (SELECT 1 FROM json_each(routes) AS one"
    " WHERE one.value IN (SELECT value FROM json_each(:desks))))"
)
_ALL_THAT_CAME: Final = (
    " AND (event = 'message.received'"
    " OR (event = 'message.waiting' AND NOT EXISTS (SELECT 1 FROM feed AS later"
    " WHERE later.subject = feed.subject AND later.event = 'message.received')))"
)
_SENT: Final = (  # noqa: S608 - own constants
    "SELECT sent.rowid, sent.message_digest FROM sent"
    " JOIN message_heads AS heads USING (message_digest)"
    " WHERE sent.rowid > :after AND sent.created_ms >= :since_ms"
    " AND "
) + written_by_people("sent")
_OF_AGENCY: Final = (
    " AND (sent.message_digest IN (SELECT message_digest FROM once_messages"
    " JOIN once USING (token) WHERE agency = :agency)"
    " OR sent.message_digest IN (SELECT released.message_digest FROM released"
    " JOIN once USING (pending_id) WHERE agency = :agency))"
)


class ListingStore:
    """The part of a node's database that other systems page through.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_for_desks(
        self, wanted: Wanted, desks: Collection[str], *, every: bool
    ) -> list[Listed]:
        """Returns what our policy gave to some desks, in the order of coming in.

        Args:
            wanted: Which of it.
            desks: As the policy's `route` names them.
            every: Whatever was let in, whoever gets it.
        """
        values = {"desks": json.dumps(sorted(desks)), "every": every}
        return self._list(_RECEIVED + _TO_DESKS, "feed.sequence", wanted, values)

    def list_received(self, wanted: Wanted) -> list[Listed]:
        """Returns all that came, also what nobody has been given."""
        return self._list(_RECEIVED + _ALL_THAT_CAME, "feed.sequence", wanted, {})

    def list_sent(self, wanted: Wanted, agency: str | None) -> list[Listed]:
        """Returns what was sent.

        Args:
            wanted: Which of it.
            agency: For which agency; None: by anybody.
        """
        query = _SENT if agency is None else _SENT + _OF_AGENCY
        return self._list(query, "sent.rowid", wanted, {"agency": agency})

    def _list(
        self, query: str, order: str, wanted: Wanted, values: dict[str, object]
    ) -> list[Listed]:
        given = {
            "after": wanted.after,
            "limit": wanted.limit,
            "kind": wanted.kind,
            "origin": wanted.origin,
            "case_reference": wanted.case_reference,
            "since_ms": wanted.since_ms,
            **values,
        }
        with self._database.read() as db:
            rows = db.execute(
                f"{query}{_FILTERS} ORDER BY {order} LIMIT :limit",
                given,
            ).fetchall()
        return [Listed(place=row[0], message_digest=bytes(row[1])) for row in rows]

    def message_named(self, name: bytes) -> list[bytes]:
        """Returns the digests of messages that bear a name.

        Args:
            name: A message id, 16 bytes, or a digest, 32 bytes. Parties may use the
                same id; their digests differ.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM sent"
                " WHERE message_digest = ?1 OR message_id = ?1"
                " UNION SELECT message_digest FROM inbox"
                " WHERE message_digest = ?1 OR message_id = ?1",
                (name,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]
