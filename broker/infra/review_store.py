"""Which messages' receipts have to be reviewed, and what was found: each alarm once.

Reviewing is left to `broker.core.reviews.review`. Triggers of `receipt_schema` note
what has changed.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

from broker.core.model import Stage
from broker.core.reviews.clocks import Clock
from broker.core.reviews.findings import Conflict, FindingKind, ReceiptFinding
from broker.core.reviews.watching import Conclusion, DueReview, KeptFinding
from broker.core.reviews.words import describe_end, sound
from broker.infra.database import Database
from broker.infra.settling import note_alarm

_COLUMNS: Final = (
    "message_digest, kind, ours, clock, party, stage, due_ms, over_ms, alarm,"
    " settled_ms"
)
_CONFLICTS: Final = frozenset(one.value for one in Conflict)
_Sort = tuple[str, bool, str, str]


class ReviewStore:
    """The part of a node's database that keeps doubts about receipts.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def due_reviews(self, limit: int, now_ms: int) -> list[DueReview]:
        """Returns what has changed since it was reviewed, or is due; the oldest first.

        Args:
            limit: How many at most.
            now_ms: The present, or until when everything that came is known here.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest, changes FROM to_review WHERE due_ms <= ?"
                " ORDER BY due_ms, rowid LIMIT ?",
                (now_ms, limit),
            ).fetchall()
        return [DueReview(message_digest=row[0], changes=row[1]) for row in rows]

    def conclude_reviews(self, conclusions: Sequence[Conclusion], now_ms: int) -> int:
        """Keeps what was found, raises alarms about what is new; durable on return.

        What is found again raises nothing. What is not found any more is settled, and
        so is its alarm when nothing of it is left. What came late after it was missed
        settles its alarm, too: somebody has heard of it.

        Args:
            conclusions: What came of each review.
            now_ms: The present.

        Returns:
            How many alarms were raised.
        """
        with self._database.write() as db:
            new: dict[_Sort, list[tuple[ReceiptFinding, str]]] = {}
            for one in conclusions:
                for finding in _keep(db, one, now_ms):
                    sort = (finding.kind, finding.ours, finding.clock, finding.party)
                    new.setdefault(sort, []).append((finding, one.title))
                _plan(db, one)
            for found in new.values():
                _raise(db, found, now_ms)
        return len(new)

    def receipt_findings(
        self, message_digest: bytes | None = None, alarm: int | None = None
    ) -> list[KeptFinding]:
        """Returns what was ever found, the oldest first.

        Args:
            message_digest: Only about this message.
            alarm: Only what this alarm is about.
        """
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM receipt_findings"  # noqa: S608 - own constant
                " WHERE (?1 IS NULL OR message_digest = ?1)"
                " AND (?2 IS NULL OR alarm = ?2) ORDER BY rowid",
                (message_digest, alarm),
            ).fetchall()
        return [_kept(row) for row in rows]


def _keep(
    db: sqlite3.Connection, conclusion: Conclusion, now_ms: int
) -> Iterator[ReceiptFinding]:
    """Compares with what was found before; yields what is new."""
    findings = {one.name: one for one in conclusion.review.findings}
    known = db.execute(
        "SELECT name, kind, alarm, settled_ms FROM receipt_findings"
        " WHERE message_digest = ?",
        (conclusion.due.message_digest,),
    ).fetchall()
    for name, kind, alarm, settled_ms in known:
        finding = findings.pop(name, None)
        came_late = finding is not None and finding.kind is FindingKind.LATE
        if finding is not None and not came_late:
            if settled_ms is not None:
                _reopen(db, name, alarm)
        elif settled_ms is None and kind != FindingKind.LATE:
            late_ms = None if finding is None else finding.over_ms
            db.execute(
                "UPDATE receipt_findings SET settled_ms = ?, kind = ?,"
                " over_ms = coalesce(?, over_ms) WHERE name = ?",
                (now_ms, FindingKind.LATE if came_late else kind, late_ms, name),
            )
            _settle(db, alarm, now_ms, describe_end(late_ms))
    yield from findings.values()


def _reopen(db: sqlite3.Connection, name: str, alarm: int) -> None:
    db.execute("UPDATE receipt_findings SET settled_ms = NULL WHERE name = ?", (name,))
    db.execute("DELETE FROM alarms_settled WHERE alarm = ?", (alarm,))


def _settle(db: sqlite3.Connection, alarm: int, now_ms: int, text: str) -> None:
    """Settles an alarm once everything that it is about is settled."""
    db.execute(
        "INSERT INTO alarms_settled SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1"
        " FROM receipt_findings WHERE alarm = ?1 AND settled_ms IS NULL)"
        " ON CONFLICT DO NOTHING",
        (alarm, now_ms, text),
    )


def _plan(db: sqlite3.Connection, conclusion: Conclusion) -> None:
    """Notes when to look again, unless something has changed meanwhile."""
    due, next_ms = conclusion.due, conclusion.review.next_ms
    if next_ms is None:
        db.execute(
            "DELETE FROM to_review WHERE message_digest = ? AND changes = ?",
            (due.message_digest, due.changes),
        )
    else:
        db.execute(
            "UPDATE to_review SET due_ms = ? WHERE message_digest = ? AND changes = ?",
            (next_ms, due.message_digest, due.changes),
        )


def _raise(
    db: sqlite3.Connection, found: Sequence[tuple[ReceiptFinding, str]], now_ms: int
) -> None:
    title = found[0][1]
    number = note_alarm(db, sound([one for one, _ in found], title, now_ms))
    db.executemany(
        f"INSERT INTO receipt_findings (name, {_COLUMNS})"  # noqa: S608 - own constant
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        [
            (
                one.name,
                one.message_digest,
                one.kind.value,
                one.ours,
                one.clock.value,
                one.party,
                one.stage.value,
                one.due_ms,
                one.over_ms,
                number,
            )
            for one, _ in found
        ],
    )


def _kept(row: tuple[Any, ...]) -> KeptFinding:
    clock: Clock | Conflict
    clock = Conflict(row[3]) if row[3] in _CONFLICTS else Clock(row[3])
    return KeptFinding(
        finding=ReceiptFinding(
            message_digest=row[0],
            kind=FindingKind(row[1]),
            ours=bool(row[2]),
            clock=clock,
            party=row[4],
            stage=Stage(row[5]),
            due_ms=row[6],
            over_ms=row[7],
        ),
        alarm=row[8],
        settled_ms=row[9],
    )
