"""Our own numbers: what was sent under each, and what others were told about it.

Also what has to be done about the messages that keep links, and when others spoke last.
What of others is missing is left to `link_store`.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final

from broker.core.codec.receipts import decode_receipt
from broker.core.envelope import Sealed
from broker.core.flows.resending import Original
from broker.core.link_records import Given
from broker.core.links import Heard
from broker.core.outgoing import Letter
from broker.core.recalls.taken_back import Destroyed
from broker.core.records import LedgerLine, SentMessage
from broker.infra.database import Database
from broker.infra.erasure import erase
from broker.infra.link_store import origins
from broker.infra.outgoing_store import seal_and_queue, stored_header
from keys.identity import HUB, PartyId

_TAKEN_BACK: Final = (
    "SELECT 1 FROM destroyed WHERE message_digest = ?1 UNION ALL"
    " SELECT 1 FROM recalls_out WHERE message_digest = ?1 AND destroy"
)


class LinkAnswerStore:
    """The part of a node's database that knows what went out under which number.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def original(self, party: PartyId, number: int) -> Original | None:
        """Returns what a party was sent under a number; None if that is not known.

        It is not for what was sent before numbers were kept.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT sent.message_digest, envelope, protected_key FROM sent_links"
                " JOIN sent USING (message_digest) WHERE party = ? AND sequence = ?",
                (party, number),
            ).fetchone()
            if row is None:
                return None
            digest = bytes(row[0])
            stated = db.execute(
                "SELECT receipt, proof FROM ledger WHERE message_digest = ?"
                " AND said_by = ?",
                (digest, HUB),
            ).fetchall()
            gone = db.execute(_TAKEN_BACK, (digest,)).fetchone()
        return Original(
            sent=SentMessage(
                message_digest=digest,
                header=stored_header(row[1]),
                envelope=row[1],
                protected_key=row[2],
            ),
            by_hub=[
                LedgerLine(receipt=decode_receipt(one), receipt_bytes=one, proof=proof)
                for one, proof in stated
            ],
            taken_back=gone is not None,
        )

    def given(self, party: PartyId, number: int) -> tuple[int, int]:
        """Returns how often a party was told about a number, and when last; 0, 0."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT times, at_ms FROM link_given WHERE party = ? AND number = ?",
                (party, number),
            ).fetchone()
        return (0, 0) if row is None else (row[0], row[1])

    def store_sealed_answer(
        self,
        given: Given,
        letters: Sequence[Letter],
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues an answer, and notes that it was given: all or none.

        Raises:
            StoreError: The store cannot take it; nothing was answered.
        """
        with self._database.write() as db:
            sealed = seal_and_queue(db, letters, None, protect, now_ms)
            db.execute(
                "INSERT INTO link_given VALUES (?, ?, 1, ?) ON CONFLICT (party, number)"
                " DO UPDATE SET times = times + 1, at_ms = excluded.at_ms",
                (given.party, given.number, now_ms),
            )
        return sealed

    def link_work(self, limit: int) -> list[bytes]:
        """Returns messages that keep links and were not acted upon, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM link_work ORDER BY sequence LIMIT ?",
                (limit,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def link_work_done(
        self, message_digest: bytes, gone: Destroyed | None = None
    ) -> None:
        """Notes that a message was acted upon, and destroys its content with it.

        Args:
            message_digest: The message.
            gone: How that is noted; None for a content that stays.
        """
        with self._database.write() as db:
            if gone is not None:
                erase(db, [gone])
            db.execute(
                "DELETE FROM link_work WHERE message_digest = ?", (message_digest,)
            )

    def last_sent(self) -> dict[PartyId, tuple[int, int]]:
        """Returns number and time of the last message to each party.

        Every party is in it with which anything was ever exchanged. To one that never
        was sent anything it is 0, and the time of its own first message.
        """
        with self._database.read() as db:
            first = {party: _spoke(db, party, "ASC") for party in origins(db)}
            rows = db.execute(
                "SELECT party, sequence, created_ms FROM links_out"
                " JOIN sent USING (message_digest)"
            ).fetchall()
        known = {party: (0, spoke[1]) for party, spoke in first.items() if spoke}
        return known | {PartyId(row[0]): (row[1], row[2]) for row in rows}

    def note_heartbeat(self, party: PartyId, number: int, next_within_ms: int) -> None:
        """Notes what a heartbeat announces, unless a newer one has announced another.

        Args:
            party: Who announces.
            number: Of the heartbeat.
            next_within_ms: When the party speaks again at the latest, in ms from then.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT INTO link_beats VALUES (?, ?, ?) ON CONFLICT (party) DO UPDATE"
                " SET number = excluded.number,"
                " next_within_ms = excluded.next_within_ms"
                " WHERE excluded.number > number",
                (party, number, next_within_ms),
            )

    def heard(self) -> dict[PartyId, Heard]:
        """Returns when each party spoke last: what was opened, by the party's clock."""
        found = {}
        with self._database.read() as db:
            for party in origins(db):
                newest = _newest(db, party)
                if newest is not None:
                    found[party] = newest
        return found

    def link_alarm(self, party: PartyId, topic: str) -> str:
        """Returns the name of the alarm that is open about a party; empty if none."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT name FROM link_alarms WHERE party = ? AND topic = ?",
                (party, topic),
            ).fetchone()
        return "" if row is None else str(row[0])

    def note_link_alarm(self, party: PartyId, topic: str, name: str) -> None:
        """Notes the name of the alarm that is open about a party; empty for none."""
        with self._database.write() as db:
            db.execute(
                "REPLACE INTO link_alarms VALUES (?, ?, ?)", (party, topic, name)
            )


def _spoke(
    db: sqlite3.Connection, party: PartyId, order: str
) -> tuple[int, int] | None:
    """Returns number and time of sealing of a party's first or newest message.

    Only what was opened counts: anybody can write a party's name on what was not. The
    time is read beside the message: an envelope may be large, and this is asked often.

    Args:
        db: The database.
        party: The origin.
        order: "ASC" for the first, "DESC" for the newest.
    """
    row = db.execute(
        "SELECT link_sequence, created_ms FROM inbox JOIN message_heads"  # noqa: S608 - own words
        " USING (message_digest) WHERE inbox.origin = ? AND link_sequence IS NOT NULL"
        f" ORDER BY link_sequence {order} LIMIT 1",
        (party,),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def _newest(db: sqlite3.Connection, party: PartyId) -> Heard | None:
    spoke = _spoke(db, party, "DESC")
    if spoke is None:
        return None
    beat = db.execute(
        "SELECT next_within_ms FROM link_beats WHERE party = ?", (party,)
    ).fetchone()
    return Heard(
        number=spoke[0],
        sealed_ms=spoke[1],
        next_within_ms=0 if beat is None else beat[0],
    )
