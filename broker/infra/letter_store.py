"""Dead letters of adapters: what could not be given or taken in, for a person.

What is in one is encrypted by the caller, and goes with the message it is about.
"""

import sqlite3
from dataclasses import dataclass
from typing import Final

from broker.core.adapting import Count, DeadLetter, LetterState, LetterWay
from broker.infra.adapter_store import count_one
from broker.infra.database import Database
from broker.infra.scrub_mark import note_erased

_COLUMNS: Final = (
    "number, adapter, way, key, message_digest, code, state, attempts, at_ms,"
    " changed_ms"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Putting:
    """A dead letter that is about to be kept.

    Attributes:
        letter: As it is to be kept; its number is given by the store.
        cursor: The event that its adapter is done with by that, if any.
        notice: The notice that it is done with by that, if any.
        count: As what it counts.
    """

    letter: DeadLetter
    cursor: int = 0
    notice: int = 0
    count: Count = Count.LETTERS


class LetterStore:
    """The part of a node's database that holds dead letters.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_letter(self, putting: Putting) -> int:
        """Keeps a dead letter, and notes how far its adapter is; durable on return.

        The same again makes no second one. What was settled and comes to nothing once
        more waits again. Of a message that was destroyed nothing is kept.

        Returns:
            Its number; 0 when nothing was kept.
        """
        one = putting.letter
        with self._database.write() as db:
            number = _put(db, one)
            if number:
                count_one(db, one.adapter, putting.count)
            if one.way is LetterWay.WITHDRAWAL:
                # It waits for a person now, and must not come again by itself.
                db.execute(
                    "DELETE FROM adapter_keeps WHERE adapter = ?"
                    " AND message_digest = ?",
                    (one.adapter, one.message_digest),
                )
            db.execute(
                "UPDATE adapters SET cursor = max(cursor, ?), notice = max(notice, ?),"
                " attempts = 0, trying = '', error_ms = ?, error_code = ?"
                " WHERE name = ?",
                (
                    putting.cursor,
                    putting.notice,
                    one.at_ms,
                    one.code,
                    one.adapter,
                ),
            )
        return number

    def letter(self, number: int) -> DeadLetter | None:
        """Returns a dead letter."""
        found = self._letters("WHERE number = ?", (number,))
        return found[0] if found else None

    def letters(
        self,
        adapter: str | None = None,
        state: LetterState | None = None,
        limit: int = 1000,
        *,
        bare: bool = False,
    ) -> list[DeadLetter]:
        """Returns dead letters, oldest first.

        Args:
            adapter: Only of this one; None: of all.
            state: Only in this state; None: in any.
            limit: How many at most.
            bare: Without what is in them, which may be much.
        """
        word = None if state is None else state.value
        return self._letters(
            "WHERE (?1 IS NULL OR adapter = ?1) AND (?2 IS NULL OR state = ?2)"
            " ORDER BY number LIMIT ?3",
            (adapter, word, limit),
            bare=bare,
        )

    def count_letters(self, adapter: str) -> int:
        """Returns how many dead letters of an adapter wait for a person."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT count(*) FROM adapter_letters WHERE adapter = ?"
                " AND state = 'waiting'",
                (adapter,),
            ).fetchone()
        return int(row[0])

    def size_of_letters(self, adapter: str) -> int:
        """Returns how many bytes the waiting dead letters of an adapter have."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT coalesce(sum(length(protected)), 0) FROM adapter_letters"
                " WHERE adapter = ? AND state = 'waiting'",
                (adapter,),
            ).fetchone()
        return int(row[0])

    def has_received_letter(self, adapter: str, key: str) -> bool:
        """Tells whether something that came in is a waiting dead letter already."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT 1 FROM adapter_letters WHERE adapter = ? AND way = ?"
                " AND key = ? AND state = 'waiting'",
                (adapter, LetterWay.RECEIVED.value, key),
            ).fetchone()
        return row is not None

    def settle_letter(
        self,
        number: int,
        state: LetterState,
        now_ms: int,
        *,
        among: tuple[LetterState, ...] = (LetterState.WAITING, LetterState.REPLAY),
        protected: bytes | None = None,
    ) -> bool:
        """Changes what becomes of a dead letter; durable on return.

        Args:
            number: Which.
            state: What becomes of it. What is settled or dropped is emptied.
            now_ms: The present.
            among: Only from one of these.
            protected: Its mended content; None: as it was.

        Returns:
            Whether it was in one of those states.
        """
        over = state in (LetterState.SETTLED, LetterState.DROPPED)
        with self._database.write() as db:
            marks = ", ".join("?" * len(among))
            cursor = db.execute(
                "UPDATE adapter_letters SET state = ?, changed_ms = ?,"  # noqa: S608 - question marks
                " protected = CASE WHEN ? THEN x'' ELSE coalesce(?, protected) END"
                f" WHERE number = ? AND state IN ({marks})",
                (state.value, now_ms, over, protected, number, *among),
            )
            if over and cursor.rowcount:
                note_erased(db)
        return bool(cursor.rowcount)

    def _letters(
        self, where: str, values: tuple[object, ...], *, bare: bool = False
    ) -> list[DeadLetter]:
        columns = _COLUMNS + (", x''" if bare else ", protected")
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {columns} FROM adapter_letters {where}",  # noqa: S608 - own words
                values,
            ).fetchall()
        return [
            DeadLetter(
                number=row[0],
                adapter=row[1],
                way=LetterWay(row[2]),
                key=row[3],
                message_digest=row[4],
                code=row[5],
                state=LetterState(row[6]),
                attempts=row[7],
                at_ms=row[8],
                changed_ms=row[9],
                protected=row[10],
            )
            for row in rows
        ]


def forget_letters(db: sqlite3.Connection, digest: bytes, now_ms: int) -> None:
    """Destroys, in the caller's transaction, what letters hold of a message.

    Nobody has to do anything about a delivery any more; a withdrawal that came to
    nothing still has to be carried out.
    """
    db.execute(
        "UPDATE adapter_letters SET protected = x'' WHERE message_digest = ?", (digest,)
    )
    db.execute(
        "UPDATE adapter_letters SET state = 'dropped', changed_ms = ?"
        " WHERE message_digest = ? AND way = 'delivery'"
        " AND state IN ('waiting', 'replay')",
        (now_ms, digest),
    )
    db.execute(
        "UPDATE adapter_emissions SET target = x'' WHERE message_digest = ?", (digest,)
    )


def _put(db: sqlite3.Connection, one: DeadLetter) -> int:
    gone = db.execute(
        "SELECT 1 FROM destroyed WHERE message_digest = ?", (one.message_digest,)
    ).fetchone()
    # What a withdrawal is about is gone by nature: of it there is nothing to keep.
    if gone is not None and one.way is LetterWay.DELIVERY:
        return 0
    row = db.execute(
        "INSERT INTO adapter_letters (adapter, way, key, message_digest, code, state,"
        " attempts, at_ms, changed_ms, protected)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (adapter, way, key)"
        " DO UPDATE SET code = excluded.code, state = excluded.state,"
        " attempts = attempts + excluded.attempts, changed_ms = excluded.changed_ms,"
        " protected = excluded.protected RETURNING number",
        (
            one.adapter,
            one.way.value,
            one.key,
            one.message_digest,
            one.code,
            one.state.value,
            one.attempts,
            one.at_ms,
            one.changed_ms,
            b"" if gone else one.protected,
        ),
    ).fetchone()
    return int(row[0])
