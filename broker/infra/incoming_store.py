"""What a node receives: messages, receipts about its own, gaps and alarms.

What to make of a message is left to the flows.
"""

from collections.abc import Sequence
from itertools import islice

from broker.core.codec.receipts import decode_receipt
from broker.core.model import Link, Receipt
from broker.core.records import (
    Alarm,
    Gap,
    InboxMessage,
    InboxState,
    LedgerLine,
    Opening,
)
from broker.infra.database import Database
from broker.infra.outgoing_store import stored_header
from broker.infra.settling import UNOPENED, note_alarm, settle_one
from broker.infra.statements import queue_statement
from keys.identity import PartyId

_COLUMNS = (
    "message_digest, envelope, state, received_ms, opened_ms, protected_key,"
    " link_sequence, link_previous, code, detail"
)
_GAP_LIMIT = 1000  # missing numbers reported for one origin
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
        new = 0
        with self._database.write() as db:
            for message, receipt in arrivals:
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
                if cursor.rowcount:
                    new += 1
                    queue_statement(db, receipt)
        return new

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

    def inbox(self, limit: int = 100, desk: str | None = None) -> list[InboxMessage]:
        """Returns what was received, newest first.

        Args:
            limit: How many at most.
            desk: Only what this desk gets; None for everything.
        """
        newest = "ORDER BY received_ms DESC, rowid DESC LIMIT ?"
        if desk is None:
            return self._messages(
                f"SELECT {_COLUMNS} FROM inbox {newest}",  # noqa: S608 - own constant
                (limit,),
            )
        return self._messages(
            f"SELECT {_COLUMNS} FROM inbox WHERE message_digest IN ("  # noqa: S608 - own constant
            "SELECT message_digest FROM admissions, json_each(admissions.routes)"
            " WHERE json_each.value = ? AND state IN ('admitted', 'released'))"
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

    def store_receipts(self, lines: Sequence[LedgerLine]) -> int:
        """Stores receipts about own messages; the first of its kind stays.

        Returns:
            How many were new.
        """
        with self._database.write() as db:
            before = db.total_changes
            db.executemany(
                "INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    (
                        line.receipt.message_digest,
                        line.receipt.by,
                        line.receipt.stage.value,
                        line.receipt.at_ms,
                        line.receipt_bytes,
                        line.proof,
                    )
                    for line in lines
                ],
            )
            return db.total_changes - before

    def ledger(self, message_digest: bytes | None = None) -> list[LedgerLine]:
        """Returns the receipts about one message, or about all, oldest first."""
        where = "" if message_digest is None else " WHERE message_digest = ?"
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT receipt, proof FROM ledger{where} ORDER BY at_ms, stage",  # noqa: S608 - own constant
                () if message_digest is None else (message_digest,),
            ).fetchall()
        return [
            LedgerLine(
                receipt=decode_receipt(row[0]), receipt_bytes=row[0], proof=row[1]
            )
            for row in rows
        ]

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

    def gaps(self) -> list[Gap]:
        """Returns which numbers are missing in the sequence of each origin."""
        found: list[Gap] = []
        with self._database.read() as db:
            counts = db.execute(
                "SELECT origin, max(link_sequence), count(DISTINCT link_sequence)"
                " FROM inbox WHERE link_sequence IS NOT NULL GROUP BY origin"
            ).fetchall()
            for origin, highest, present in counts:
                if highest == present:
                    continue
                have = {
                    row[0]
                    for row in db.execute(
                        "SELECT link_sequence FROM inbox WHERE origin = ?", (origin,)
                    )
                }
                missing = (n for n in range(1, highest) if n not in have)
                found.append(
                    Gap(
                        party=PartyId(origin),
                        missing=tuple(islice(missing, _GAP_LIMIT)),
                    )
                )
        return found

    def raise_alarm(self, alarm: Alarm) -> None:
        """Notes something an operator must look at."""
        with self._database.write() as db:
            note_alarm(db, alarm)

    def alarms(self, limit: int = 100) -> list[Alarm]:
        """Returns the alarms, newest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT at_ms, topic, text FROM alarms ORDER BY sequence DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [Alarm(at_ms=row[0], topic=row[1], text=row[2]) for row in rows]

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
