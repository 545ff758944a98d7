"""How far each adapter has come, what it was given, and how it does.

What is done with a delivery is left to whatever runs the adapter. Dead letters are in
`letter_store`, proposals in `proposal_store`.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

from broker.core.adapting import AdapterHealth, AdapterState, Count, Emitted
from broker.core.feed import Event, FeedEntry
from broker.infra.database import Database

_COLUMNS: Final = (
    "name, kind, desk, state, since_ms, seen_ms, cursor, notice, ok_ms, error_ms,"
    " error_code"
)
_DUE: Final = (
    # What came for a desk; and what it was given and is destroyed here, but for what
    # its origin has taken back: of that a notice tells the desk.
    " FROM feed WHERE sequence > :after AND ((event = 'message.received' AND EXISTS"
    " (SELECT 1 FROM admissions, json_each(routes) WHERE message_digest = subject"
    " AND state IN ('admitted', 'released') AND value = :desk))"
    " OR (event = 'message.destroyed' AND EXISTS (SELECT 1 FROM handed_out"
    " WHERE message_digest = subject AND desk = :desk) AND NOT EXISTS (SELECT 1"
    " FROM notices WHERE message_digest = subject AND desk = :desk)))"
)


_Row = tuple[str, str, str, str, int, int, int, int, int, int, str]


class AdapterStore:
    """The part of a node's database that is about its adapters.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def know_adapter(self, name: str, kind: str, desk: str, now_ms: int) -> None:
        """Notes an adapter that is about to run; where it was, it goes on.

        At another desk it begins anew: that one was given other things.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT INTO adapters VALUES"
                " (?, ?, ?, ?, ?, 0, 0, 0, '', 0, 0, 0, '')"
                " ON CONFLICT DO UPDATE SET kind = excluded.kind,"
                " cursor = CASE desk WHEN excluded.desk THEN cursor ELSE 0 END,"
                " notice = CASE desk WHEN excluded.desk THEN notice ELSE 0 END,"
                " desk = excluded.desk",
                (name, kind, desk, AdapterState.STOPPED.value, now_ms),
            )

    def adapter(self, name: str) -> AdapterHealth | None:
        """Returns how an adapter does; None when it never ran."""
        found = self._healths("WHERE name = ?", (name,))
        return found[0] if found else None

    def adapter_position(self, name: str) -> tuple[int, int] | None:
        """Returns the last event and the last notice that an adapter is done with.

        Returns:
            None when it never ran.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT cursor, notice FROM adapters WHERE name = ?", (name,)
            ).fetchone()
        return None if row is None else (int(row[0]), int(row[1]))

    def adapters(self) -> list[AdapterHealth]:
        """Returns how each adapter does that ever ran, by name."""
        return self._healths("ORDER BY name", ())

    def due_for_desk(self, desk: str, after: int, limit: int = 100) -> list[FeedEntry]:
        """Returns what a desk is to be given, or to give up, after an event.

        Args:
            desk: As the policy's `route` names it.
            after: Number of the event; 0 for the beginning.
            limit: How many at most.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT sequence, event, subject, party, detail, at_ms"
                f"{_DUE} ORDER BY sequence LIMIT :limit",
                {"desk": desk, "after": after, "limit": limit},
            ).fetchall()
        return [
            FeedEntry(
                sequence=row[0],
                event=Event(row[1]),
                subject=row[2],
                party=row[3],
                detail=row[4],
                at_ms=row[5],
            )
            for row in rows
        ]

    def try_adapter(self, name: str, what: str) -> int:
        """Notes that something is tried now; durable on return.

        It survives an adapter that takes the whole process down with it.

        Args:
            name: Of the adapter.
            what: What tells it from everything else.

        Returns:
            How often the same was tried without an end, this time included.
        """
        with self._database.write() as db:
            db.execute(
                "UPDATE adapters SET attempts = CASE WHEN trying = ?1 THEN attempts"
                " ELSE 0 END + 1, trying = ?1 WHERE name = ?2",
                (what, name),
            )
            row = db.execute(
                "SELECT attempts FROM adapters WHERE name = ?", (name,)
            ).fetchone()
        return int(row[0]) if row else 0

    def attempts_of(self, name: str) -> int:
        """Returns how often what is tried now was tried without an end."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT attempts FROM adapters WHERE name = ?", (name,)
            ).fetchone()
        return int(row[0]) if row else 0

    def forget_tries(self, name: str) -> None:
        """Notes that what was tried is not to blame: its system is away, or we end."""
        with self._database.write() as db:
            db.execute("UPDATE adapters SET attempts = 0 WHERE name = ?", (name,))

    def done_with(
        self,
        name: str,
        now_ms: int,
        *,
        cursor: int | None = None,
        notice: int | None = None,
        emitted: Iterable[Emitted] = (),
        count: Count | None = None,
        keeps: tuple[bytes, int | None] | None = None,
    ) -> None:
        """Notes that an adapter is done with something; durable on return.

        Args:
            name: Of the adapter.
            now_ms: The present.
            cursor: The event that it is done with.
            notice: The notice that it is done with.
            emitted: What was given out for it.
            count: As what it counts.
            keeps: A message that its system has now, and until when it may, in ms
                since the epoch; None as time: it is not limited, or it has it no more.
        """
        with self._database.write() as db:
            insert_emissions(db, emitted)
            if keeps is not None:
                _note_kept(db, name, *keeps)
            db.execute(
                "UPDATE adapters SET cursor = max(cursor, ?), notice = max(notice, ?),"
                " ok_ms = ?, attempts = 0, trying = '' WHERE name = ?",
                (cursor or 0, notice or 0, now_ms, name),
            )
            count_one(db, name, count)

    def kept_too_long(self, name: str, now_ms: int) -> tuple[bytes, int] | None:
        """Returns what the system of an adapter has and may not have any more.

        Returns:
            Digest of the message, and until when it could be kept; None: nothing.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT message_digest, until_ms FROM adapter_keeps WHERE adapter = ?"
                " AND until_ms <= ? ORDER BY until_ms LIMIT 1",
                (name, now_ms),
            ).fetchone()
        return None if row is None else (bytes(row[0]), int(row[1]))

    def note_adapter(
        self, name: str, state: AdapterState, now_ms: int, *, cursor: int = 0
    ) -> None:
        """Notes that an adapter runs, or does not any more, and in which state.

        Args:
            name: Of the adapter.
            state: How it does.
            now_ms: The present.
            cursor: Up to here nothing waits for it.
        """
        with self._database.write() as db:
            db.execute(
                "UPDATE adapters SET since_ms = CASE WHEN state = ?1 THEN since_ms"
                " ELSE ?2 END, state = ?1, seen_ms = ?2, cursor = max(cursor, ?3)"
                " WHERE name = ?4",
                (state.value, now_ms, cursor, name),
            )

    def note_desk_told(self, desk: str, by: str, now_ms: int) -> None:
        """Notes that a desk knows of every withdrawal that its adapters carried out.

        Only for a desk that is an adapter's own: at any other one there are people
        besides, who have to be told. Several adapters at one desk: once all are done.
        A withdrawal that a person has given up was carried out by nobody.
        """
        with self._database.write() as db:
            db.execute(
                "UPDATE notices SET told_ms = ?1, told_by = ?2 WHERE told_ms IS NULL"
                " AND desk = ?3 AND EXISTS (SELECT 1 FROM adapters WHERE name = ?3"
                " AND desk = ?3) AND number <= (SELECT min(notice) FROM adapters"
                " WHERE desk = ?3) AND NOT EXISTS (SELECT 1 FROM adapter_letters"
                " JOIN adapters ON adapters.name = adapter WHERE adapters.desk = ?3"
                " AND way = 'withdrawal' AND key = 'notice/' || notices.number"
                " AND adapter_letters.state != 'settled')",
                (now_ms, by, desk),
            )

    def note_adapter_error(self, name: str, code: str, now_ms: int) -> None:
        """Notes that something went wrong."""
        with self._database.write() as db:
            db.execute(
                "UPDATE adapters SET error_code = ?, error_ms = ? WHERE name = ?",
                (code, now_ms, name),
            )

    def count_for(self, name: str, what: Count) -> None:
        """Counts one."""
        with self._database.write() as db:
            count_one(db, name, what)

    def emissions(self, name: str, limit: int = 20) -> list[Emitted]:
        """Returns what an adapter gave out, newest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT adapter, message_digest, sha256, handling, at_ms, target FROM"
                " adapter_emissions WHERE adapter = ? ORDER BY at_ms DESC LIMIT ?",
                (name, limit),
            ).fetchall()
        return [
            Emitted(
                adapter=row[0],
                message_digest=row[1],
                sha256=row[2],
                handling=row[3],
                at_ms=row[4],
                target=row[5],
            )
            for row in rows
        ]

    def _healths(self, where: str, values: tuple[object, ...]) -> list[AdapterHealth]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM adapters {where}",  # noqa: S608 - own words
                values,
            ).fetchall()
            return [_health(db, row) for row in rows]


def _note_kept(
    db: sqlite3.Connection, name: str, digest: bytes, until_ms: int | None
) -> None:
    if until_ms is None:
        db.execute(
            "DELETE FROM adapter_keeps WHERE adapter = ? AND message_digest = ?",
            (name, digest),
        )
    else:
        db.execute(
            "REPLACE INTO adapter_keeps VALUES (?, ?, ?)", (name, digest, until_ms)
        )


def insert_emissions(db: sqlite3.Connection, emitted: Iterable[Emitted]) -> None:
    """Notes, in the caller's transaction, what was given out; the same only once."""
    db.executemany(
        "INSERT INTO adapter_emissions VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (
                one.adapter,
                one.message_digest,
                one.sha256,
                one.handling,
                one.at_ms,
                one.target,
            )
            for one in emitted
        ],
    )


def count_one(db: sqlite3.Connection, name: str, what: Count | None) -> None:
    """Counts one, in the caller's transaction; None: nothing."""
    if what is not None:
        db.execute(
            "INSERT INTO adapter_counts VALUES (?, ?, 1)"
            " ON CONFLICT DO UPDATE SET count = count + 1",
            (name, what.value),
        )


def _health(db: sqlite3.Connection, row: _Row) -> AdapterHealth:
    name, kind, desk, state, *numbers, error_code = row
    since_ms, seen_ms, cursor, notice, ok_ms, error_ms = numbers
    waiting, oldest_ms = db.execute(
        f"SELECT count(*), coalesce(min(at_ms), 0) {_DUE}",
        {"after": cursor, "desk": desk},
    ).fetchone()
    [letters] = db.execute(
        "SELECT count(*) FROM adapter_letters WHERE adapter = ? AND state = 'waiting'",
        (name,),
    ).fetchone()
    counts = db.execute(
        "SELECT what, count FROM adapter_counts WHERE name = ?", (name,)
    ).fetchall()
    return AdapterHealth(
        name=name,
        kind=kind,
        state=AdapterState(state),
        since_ms=since_ms,
        seen_ms=seen_ms,
        cursor=cursor,
        notice=notice,
        ok_ms=ok_ms,
        error_ms=error_ms,
        error_code=error_code,
        waiting=waiting,
        oldest_ms=oldest_ms,
        letters=letters,
        counts={Count(what): count for what, count in counts},
    )
