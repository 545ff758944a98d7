"""A node's messages of a time with all that was stated about each, for reports.

Read a page at a time, so that memory stays flat. Counting is left to
`broker.core.trails.report`.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from broker.core.model import Stage
from broker.core.records import Alarm
from broker.core.trails.report import MessageRecord, Overdue
from broker.core.trails.trail import TrailLine
from broker.infra.database import Database
from broker.infra.trail_store import HEADS, LINES, read_head, read_line

_PAGE: Final = 500  # messages read at a time


class TrailRecords:
    """The part of a node's database that reports are made of.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def records_between(self, since_ms: int, until_ms: int) -> Iterator[MessageRecord]:
        """Yields what was sealed or withheld from a time until before another."""
        after: tuple[int, bytes] = (since_ms - 1, b"\xff" * 33)
        while True:
            with self._database.read() as db:
                heads = db.execute(
                    f"SELECT {HEADS} FROM message_heads WHERE created_ms < ?"  # noqa: S608 - own constant
                    " AND (created_ms, message_digest) > (?, ?)"
                    " ORDER BY created_ms, message_digest LIMIT ?",
                    (until_ms, *after, _PAGE),
                ).fetchall()
                if not heads:
                    return
                page = _records(db, heads)
            yield from page
            after = (heads[-1][-1], heads[-1][0])

    def refusals_between(self, since_ms: int, until_ms: int) -> Iterator[TrailLine]:
        """Yields what was refused or withheld from a time until before another."""
        after = 0
        while True:
            with self._database.read() as db:
                rows = db.execute(
                    f"{LINES} WHERE code != '' AND at_ms >= ? AND at_ms < ?"
                    " AND cursor > ? ORDER BY cursor LIMIT ?",
                    (since_ms, until_ms, after, _PAGE),
                ).fetchall()
            if not rows:
                return
            yield from map(read_line, rows)
            after = rows[-1][0]

    def overdue(self, own: str) -> list[Overdue]:
        """Returns what should have been stated by now, by others or by this party.

        Args:
            own: The party whose node it is.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, coalesce(heads.kind, ''), ours, party, stage,"
                " due_ms FROM receipt_findings AS found"
                " LEFT JOIN message_heads AS heads USING (message_digest)"
                " WHERE settled_ms IS NULL AND found.kind = 'missing'"
                " ORDER BY due_ms"
            ).fetchall()
        return [
            Overdue(
                message_digest=digest,
                kind=kind,
                party=own if ours else party,
                missing=Stage(stage).name,
                due_ms=due_ms,
            )
            for digest, kind, ours, party, stage, due_ms in rows
        ]

    def alarms_about(self, names: Sequence[str]) -> list[Alarm]:
        """Returns the alarms whose texts speak of a message, oldest first.

        What was found wrong with its receipts is left to `ReviewStore`.

        Args:
            names: What the message is called in texts; at least one.
        """
        named = " OR ".join("instr(text, ?) > 0" for _ in names)
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT at_ms, topic, text FROM alarms WHERE ({named})"  # noqa: S608 - our own words
                " AND sequence NOT IN (SELECT alarm FROM receipt_findings)"
                " ORDER BY sequence",
                names,
            ).fetchall()
        return [Alarm(at_ms=row[0], topic=row[1], text=row[2]) for row in rows]


def _records(
    db: sqlite3.Connection, heads: Sequence[tuple[Any, ...]]
) -> list[MessageRecord]:
    digests = [row[0] for row in heads]
    marks = ", ".join("?" for _ in digests)
    lines: dict[bytes, list[TrailLine]] = {}
    for row in db.execute(
        f"{LINES} WHERE trail.message_digest IN ({marks}) ORDER BY cursor", digests
    ):
        line = read_line(row)
        lines.setdefault(line.message_digest, []).append(line)
    submitted = dict(
        db.execute(
            "SELECT message_digest, submitted_ms FROM outbox"  # noqa: S608 - own marks
            f" WHERE message_digest IN ({marks})",
            digests,
        )
    )
    return [
        MessageRecord(
            head=read_head(row),
            counted_ms=row[-1],
            submitted_ms=submitted.get(row[0]),
            lines=tuple(lines.get(row[0], ())),
        )
        for row in heads
    ]
