"""Every decision of a policy about a real message, in the order they were made.

What a record says is left to `broker.core.decisions`; what it keeps of a content is
encrypted by then.
"""

import json
import sqlite3
from collections.abc import Iterable

from broker.core.decisions import DecisionRecord, Direction, Verdict
from broker.core.fields import FieldClass, Treatment
from broker.infra.database import Database
from keys.identity import PartyId

_COLUMNS = (
    "at_ms, direction, subject, kind, party, verdict, code, rule_ids, reasons,"
    " near_misses, fields, policy_digest, protected"
)
_Row = tuple[int, str, bytes, str, str, str, str, str, str, str, str, bytes, bytes]


class DecisionStore:
    """The part of a node's database that says what its policy decided.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_decisions(self, records: Iterable[DecisionRecord]) -> None:
        """Records decisions that nothing else is stored with; durable on return."""
        with self._database.write() as db:
            insert_decisions(db, records)

    def decisions_about(self, subject: bytes) -> list[DecisionRecord]:
        """Returns what was decided about a message or withholding, in order.

        Args:
            subject: Its digest.
        """
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM decisions WHERE subject = ?"  # noqa: S608 - own constant
                " ORDER BY sequence",
                (subject,),
            ).fetchall()
        return [_record(row) for row in rows]

    def decisions_since(
        self, since_ms: int, after: int = 0, limit: int = 1000
    ) -> list[tuple[int, DecisionRecord]]:
        """Returns decisions of a time on, oldest first, a page at a time.

        Args:
            since_ms: The first ms since the epoch that counts.
            after: Number of the last one that was read before.
            limit: How many at most.

        Returns:
            Each with its number.
        """
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS}, sequence FROM decisions"  # noqa: S608 - own constant
                " WHERE sequence > ? AND at_ms >= ? ORDER BY sequence LIMIT ?",
                (after, since_ms, limit),
            ).fetchall()
        return [(row[-1], _record(row[:-1])) for row in rows]

    def count_decisions(self, since_ms: int) -> int:
        """Returns how many decisions there are of a time on."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT count(*) FROM decisions WHERE at_ms >= ?", (since_ms,)
            ).fetchone()
        return int(row[0])


def insert_decisions(db: sqlite3.Connection, records: Iterable[DecisionRecord]) -> None:
    """Does what `DecisionStore.store_decisions` does, in the caller's transaction."""
    db.executemany(
        f"INSERT INTO decisions ({_COLUMNS})"  # noqa: S608 - own constant
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.at_ms,
                one.direction.value,
                one.subject,
                one.kind,
                one.party,
                one.verdict.value,
                one.code,
                json.dumps(one.rule_ids),
                json.dumps(one.reasons),
                json.dumps(one.near_misses),
                json.dumps([(field, how) for field, how in one.fields]),
                one.policy_digest,
                one.protected,
            )
            for one in records
        ],
    )


def _record(row: _Row) -> DecisionRecord:
    return DecisionRecord(
        at_ms=row[0],
        direction=Direction(row[1]),
        subject=row[2],
        kind=row[3],
        party=PartyId(row[4]),
        verdict=Verdict(row[5]),
        code=row[6],
        rule_ids=tuple(json.loads(row[7])),
        reasons=tuple(json.loads(row[8])),
        near_misses=tuple(json.loads(row[9])),
        fields=tuple(
            (FieldClass(field), Treatment(how)) for field, how in json.loads(row[10])
        ),
        policy_digest=row[11],
        protected=row[12],
    )
