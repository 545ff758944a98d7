"""What a node receives: messages; and what it remembers.

What to make of a message is left to the flows, receipts to `receipt_store`, what is
missing to `link_store`.
"""

import sqlite3
from collections.abc import Sequence

from broker.core.model import Link, Receipt
from broker.core.records import InboxMessage, InboxState, Opening
from broker.core.trails.trail import Role
from broker.infra.database import Database
from broker.infra.outgoing_store import stored_header, written_by_people
from broker.infra.settling import UNOPENED, settle_one
from broker.infra.statements import queue_statement
from broker.infra.trail_rows import head_of, note_head
from keys.identity import PartyId

_COLUMNS = (
    "message_digest, envelope, state, received_ms, opened_ms, protected_key,"
    " link_sequence, link_previous, code, detail"
)
_Row = tuple[
    bytes, bytes, str, int, int | None, bytes, int | None, bytes | None, str, str
]


class IncomingStore:
    """The incoming half of a node's database.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_delivered(self, arrivals: Sequence[tuple[InboxMessage, Receipt]]) -> int:
        """Stores what arrived, each with the statement about it; durable on return.

        A message that is here already is left as it is: it is delivered once however
        often it comes.

        Returns:
            How many were new.
        """
        with self._database.write() as db:
            return sum(deliver(db, message, receipt) for message, receipt in arrivals)

    def digest_of_id(self, origin: PartyId, message_id: bytes) -> bytes | None:
        """Returns the message that `origin` sent under this id, if one is here."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT message_digest FROM inbox WHERE origin = ? AND message_id = ?"
                " AND state != 'refused'",
                (origin, message_id),
            ).fetchone()
        return None if row is None else bytes(row[0])

    def unopened(self, limit: int) -> list[InboxMessage]:
        """Returns delivered messages nobody has opened yet, oldest first.

        Those that wait for a person are not among them.
        """
        return self._messages(
            f"SELECT {_COLUMNS} FROM inbox WHERE {UNOPENED}"  # noqa: S608 - own constant
            " ORDER BY received_ms, rowid LIMIT ?",
            (limit,),
        )

    def settle(self, openings: Sequence[Opening]) -> None:
        """Notes what came of opening messages, with the statements of it; durable.

        A message that is settled already is left as it is: it is opened once. Nothing
        is said of one that waits for a person.
        """
        with self._database.write() as db:
            for opening in openings:
                settle_one(db, opening)

    def inbox(
        self, limit: int = 100, desk: str | None = None, *, protocol: bool = True
    ) -> list[InboxMessage]:
        """Returns what was received, newest first.

        Args:
            limit: How many at most.
            desk: Only what this desk gets; None for everything.
            protocol: Whether with what keeps the exchange itself in order.
        """
        newest = "ORDER BY received_ms DESC, rowid DESC LIMIT ?"
        if desk is None:
            where = "" if protocol else f"WHERE {written_by_people('inbox')} "
            return self._messages(
                f"SELECT {_COLUMNS} FROM inbox {where}{newest}",  # noqa: S608 - own words
                (limit,),
            )
        return self._messages(
            f"SELECT {_COLUMNS} FROM inbox WHERE message_digest IN ("  # noqa: S608 - own constant
            "SELECT message_digest FROM admissions, json_each(admissions.routes)"
            " WHERE json_each.value = ?"
            " AND state IN ('admitted', 'released', 'destroyed'))"
            f" {newest}",
            (desk, limit),
        )

    def find_received(self, message_digest: bytes) -> InboxMessage | None:
        """Returns one received message."""
        found = self._messages(
            f"SELECT {_COLUMNS} FROM inbox WHERE message_digest = ?",  # noqa: S608 - own constant
            (message_digest,),
        )
        return found[0] if found else None

    def _messages(self, query: str, values: tuple[object, ...]) -> list[InboxMessage]:
        with self._database.read() as db:
            rows = db.execute(query, values).fetchall()
        return [_message(row) for row in rows]

    def resolve(self, prefix: str) -> list[bytes]:
        """Returns the digests of messages, sent or received, that `prefix` may mean.

        Args:
            prefix: The beginning of a message id or digest, in hexadecimal.
        """
        beginning = prefix.replace("-", "").upper()
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM ("
                " SELECT message_digest, message_id FROM sent UNION"
                " SELECT message_digest, message_id FROM inbox)"
                " WHERE substr(hex(message_id), 1, length(?1)) = ?1"
                " OR substr(hex(message_digest), 1, length(?1)) = ?1 LIMIT 10",
                (beginning,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def fact(self, name: str) -> bytes | None:
        """Returns a single remembered value, such as the newest checkpoint."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT value FROM facts WHERE name = ?", (name,)
            ).fetchone()
        return None if row is None else bytes(row[0])

    def remember(self, name: str, value: bytes) -> None:
        """Stores a single value, in place of an older one."""
        with self._database.write() as db:
            db.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))


def deliver(db: sqlite3.Connection, message: InboxMessage, receipt: Receipt) -> bool:
    """Does for one arrival what `IncomingStore.store_delivered` does for several.

    In the caller's transaction. Tells whether it was new.
    """
    cursor = db.execute(
        "INSERT INTO inbox (message_digest, message_id, origin, envelope,"
        " state, received_ms, code, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            message.message_digest,
            message.header.message_id,
            message.header.origin,
            message.envelope,
            message.state.value,
            message.received_ms,
            message.code,
            message.detail,
        ),
    )
    if not cursor.rowcount:
        return False
    note_head(db, head_of(message.message_digest, message.header, Role.RECEIVED))
    queue_statement(db, receipt)
    return True


def _message(row: _Row) -> InboxMessage:
    (digest, envelope, state, received, opened, key, sequence, previous, code, why) = (
        row
    )
    link = None
    if sequence is not None and previous is not None:
        link = Link(sequence=sequence, previous=previous)
    return InboxMessage(
        message_digest=digest,
        header=stored_header(envelope),
        envelope=envelope,
        state=InboxState(state),
        received_ms=received,
        opened_ms=opened,
        protected_key=key,
        link=link,
        code=code,
        detail=why,
    )
