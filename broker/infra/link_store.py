"""Numbers of others: which are missing, which were asked for, what came of it.

What we sent under which number, and what is told about it, is left to
`link_answer_store`.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, replace
from typing import Final

from broker.core.envelope import Sealed
from broker.core.link_records import Asked, Closed, Dropped, Standing, Taken
from broker.core.links import Asking, Closure, MissingNumber, scan_numbers
from broker.core.outgoing import Letter
from broker.core.recalls.taken_back import TAKEN_OUT, Destroyed
from broker.core.records import Alarm, Gap
from broker.infra.database import Database
from broker.infra.erasure import erase
from broker.infra.incoming_store import deliver
from broker.infra.outgoing_store import seal_and_queue
from broker.infra.settling import note_alarm
from keys.identity import PartyId

_MISSING_MAX: Final = 1000  # numbers noted as missing of one origin
_ORIGINS: Final = (
    # From one origin to the next along the index: there are few, and many messages.
    "WITH RECURSIVE o (origin) AS (SELECT min(origin) FROM inbox UNION ALL"
    " SELECT (SELECT min(origin) FROM inbox WHERE inbox.origin > o.origin)"
    " FROM o WHERE o.origin IS NOT NULL)"
    " SELECT origin FROM o WHERE origin IS NOT NULL"
)
_STILL_MISSING: Final = (
    "SELECT number, since_ms, asked_ms, times FROM link_missing WHERE origin = ?1"
    " AND NOT EXISTS (SELECT 1 FROM inbox WHERE inbox.origin = ?1"
    " AND link_sequence = number) ORDER BY number"
)


class LinkStore:
    """The part of a node's database that says what of others has not come.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def gaps(self) -> list[Gap]:
        """Returns which numbers of each origin are missing, and still expected.

        Those that the origin has accounted for in another way are not among them.
        """
        found = []
        with self._database.read() as db:
            for origin in origins(db):
                noted, beyond, _ = _missing(db, origin)
                numbers = tuple(one.number for one in noted) + beyond
                if numbers:
                    found.append(Gap(party=origin, missing=numbers))
        return found

    def note_gaps(self, now_ms: int) -> None:
        """Notes since when each number is missing, and forgets those that came."""
        with self._database.read() as db:
            changed = [one for one in origins(db) if _has_changed(db, one)]
        if not changed:
            return
        with self._database.write() as db:
            for origin in changed:
                _note(db, origin, now_ms)

    def missing_numbers(self, origin: PartyId) -> list[MissingNumber]:
        """Returns what is noted as missing of one origin, ascending."""
        with self._database.read() as db:
            return _noted(db, origin)

    def incomplete(self) -> list[PartyId]:
        """Returns the origins of which something is noted as missing, in order."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT DISTINCT origin FROM link_missing ORDER BY origin"
            ).fetchall()
        return [PartyId(row[0]) for row in rows]

    def asking(self, party: PartyId) -> Asking:
        """Returns how asking a party goes."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT requested_ms, unanswered FROM link_asking WHERE party = ?",
                (party,),
            ).fetchone()
        return (
            Asking() if row is None else Asking(requested_ms=row[0], unanswered=row[1])
        )

    def store_sealed_request(
        self,
        asked: Asked,
        letters: Sequence[Letter],
        protect: Callable[[Sealed], bytes],
        now_ms: int,
    ) -> tuple[Sealed, ...]:
        """Seals, stores and queues a request, and notes what it asks for: all or none.

        Raises:
            StoreError: The store cannot take it; nothing was asked for.
        """
        with self._database.write() as db:
            sealed = seal_and_queue(db, letters, None, protect, now_ms)
            db.executemany(
                "UPDATE link_missing SET asked_ms = ?, times = times + 1"
                " WHERE origin = ? AND number = ?",
                [(now_ms, asked.party, number) for number in asked.numbers],
            )
            db.execute(
                "INSERT INTO link_asking VALUES (?, ?, 1) ON CONFLICT (party)"
                " DO UPDATE SET requested_ms = excluded.requested_ms,"
                " unanswered = unanswered + 1",
                (asked.party, now_ms),
            )
        return sealed

    def ask_again(self, party: PartyId) -> None:
        """Has everything that is missing of a party be asked for as soon as can be."""
        with self._database.write() as db:
            db.execute(
                "UPDATE link_missing SET since_ms = 0, asked_ms = NULL"
                " WHERE origin = ?",
                (party,),
            )
            db.execute("DELETE FROM link_asking WHERE party = ?", (party,))

    def answered(self, party: PartyId) -> None:
        """Notes that a party answers, whatever it says."""
        with self._database.write() as db:
            db.execute(
                "UPDATE link_asking SET unanswered = 0 WHERE party = ?"
                " AND unanswered != 0",
                (party,),
            )

    def standing(self, origin: PartyId, number: int) -> Standing:
        """Returns what a number of an origin is to us."""
        with self._database.read() as db:
            settled = db.execute(
                "SELECT 1 FROM inbox WHERE origin = ?1 AND link_sequence = ?2 UNION ALL"
                " SELECT 1 FROM link_answers WHERE origin = ?1 AND number = ?2",
                (origin, number),
            ).fetchone()
            asked = db.execute(
                "SELECT 1 FROM link_missing WHERE origin = ? AND number = ?"
                " AND times > 0",
                (origin, number),
            ).fetchone()
        if settled is not None:
            return Standing.SETTLED
        return Standing.NOT_ASKED_FOR if asked is None else Standing.WANTED

    def close_number(self, closed: Closed, alarm: Alarm | None = None) -> None:
        """Notes that a number is not missing any more, with what is told of it."""
        with self._database.write() as db:
            _close(db, closed)
            if alarm is not None:
                note_alarm(db, alarm)

    def take_resent(self, taken: Taken) -> bool:
        """Stores a message that was sent again, with all that goes with it: or nothing.

        The answer that it came in keeps its signed header; its content goes, so that
        no second copy is left that a recall would not reach.

        Returns:
            Whether the message was not here before.
        """
        evidence = taken.evidence
        closed = Closed(
            origin=evidence.origin,
            number=evidence.number,
            closure=Closure.SENT_AGAIN,
            at_ms=evidence.noticed_ms,
            message_digest=evidence.message_digest,
        )
        with self._database.write() as db:
            new = deliver(db, taken.message, taken.receipt)
            if new:
                db.execute(
                    "INSERT INTO drop_evidence VALUES (?, ?, ?, ?, ?, ?)",
                    astuple(evidence),
                )
                note_alarm(db, taken.alarm)
            _close(db, closed if new else replace(closed, closure=Closure.HELD))
            gone = Destroyed(
                message_digest=taken.answer_digest,
                at_ms=closed.at_ms,
                rule=TAKEN_OUT,
                cause=closed.message_digest,
            )
            erase(db, [gone])
        return new

    def closed_numbers(self, origin: PartyId) -> list[Closed]:
        """Returns the numbers of an origin that did not come and are settled."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT number, closure, at_ms, message_digest, code FROM link_answers"
                " WHERE origin = ? ORDER BY number",
                (origin,),
            ).fetchall()
        return [
            Closed(
                origin=origin,
                number=row[0],
                closure=Closure(row[1]),
                at_ms=row[2],
                message_digest=row[3],
                code=row[4],
            )
            for row in rows
        ]

    def drop_evidence(self) -> list[Dropped]:
        """Returns what the hub had accepted and we had to ask for, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, origin, number, noticed_ms, receipt, proof"
                " FROM drop_evidence ORDER BY noticed_ms, message_digest"
            ).fetchall()
        return [
            Dropped(
                message_digest=row[0],
                origin=PartyId(row[1]),
                number=row[2],
                noticed_ms=row[3],
                receipt=row[4],
                proof=row[5],
            )
            for row in rows
        ]


def origins(db: sqlite3.Connection) -> list[PartyId]:
    """Returns everybody whose messages are here."""
    return [PartyId(row[0]) for row in db.execute(_ORIGINS).fetchall()]


def _noted(db: sqlite3.Connection, origin: PartyId) -> list[MissingNumber]:
    return [
        MissingNumber(number=row[0], since_ms=row[1], asked_ms=row[2], times=row[3])
        for row in db.execute(_STILL_MISSING, (origin,))
    ]


def _missing(
    db: sqlite3.Connection, origin: PartyId
) -> tuple[list[MissingNumber], tuple[int, ...], int]:
    """Returns what is noted as missing, what is missing besides, and the new floor."""
    noted = _noted(db, origin)
    row = db.execute(
        "SELECT number FROM link_floor WHERE origin = ?", (origin,)
    ).fetchone()
    floor = 0 if row is None else int(row[0])
    beyond, floor = scan_numbers(
        _present(db, origin, floor), floor, max(0, _MISSING_MAX - len(noted))
    )
    return noted, beyond, floor


def _present(db: sqlite3.Connection, origin: PartyId, floor: int) -> Iterator[int]:
    rows = db.execute(
        "SELECT link_sequence FROM inbox WHERE origin = ? AND link_sequence > ?"
        " ORDER BY link_sequence",
        (origin, floor),
    )
    return (int(row[0]) for row in rows)


def _has_changed(db: sqlite3.Connection, origin: PartyId) -> bool:
    row = db.execute(
        "SELECT (SELECT max(link_sequence) FROM inbox WHERE origin = ?1)"
        " > coalesce((SELECT number FROM link_floor WHERE origin = ?1), 0)"
        " OR EXISTS (SELECT 1 FROM link_missing JOIN inbox"
        " ON inbox.origin = link_missing.origin AND link_sequence = number"
        " WHERE link_missing.origin = ?1)",
        (origin,),
    ).fetchone()
    return bool(row[0])


def _note(db: sqlite3.Connection, origin: PartyId, now_ms: int) -> None:
    db.execute(
        "DELETE FROM link_missing WHERE origin = ?1 AND EXISTS (SELECT 1 FROM inbox"
        " WHERE inbox.origin = ?1 AND link_sequence = number)",
        (origin,),
    )
    _, beyond, floor = _missing(db, origin)
    db.executemany(
        "INSERT INTO link_missing VALUES (?, ?, ?, NULL, 0) ON CONFLICT DO NOTHING",
        [(origin, number, now_ms) for number in beyond],
    )
    db.execute("REPLACE INTO link_floor VALUES (?, ?)", (origin, floor))
    # Who was given up has sent all of it in the end: the next gap is another matter.
    db.execute(
        "DELETE FROM link_asking WHERE party = ?1"
        " AND NOT EXISTS (SELECT 1 FROM link_missing WHERE origin = ?1)",
        (origin,),
    )


def _close(db: sqlite3.Connection, closed: Closed) -> None:
    db.execute(
        "INSERT INTO link_answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            closed.origin,
            closed.number,
            closed.closure.value,
            closed.at_ms,
            closed.message_digest,
            closed.code,
        ),
    )
    db.execute(
        "DELETE FROM link_missing WHERE origin = ? AND number = ?",
        (closed.origin, closed.number),
    )
