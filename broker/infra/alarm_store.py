"""Alarms: what was raised, what has settled itself since, who has looked at what.

When to raise one is left to those who notice something.
"""

from collections.abc import Iterable
from typing import Final

from broker.core.records import Alarm, SoundedAlarm
from broker.infra.database import Database
from broker.infra.settling import note_alarm

_OPEN: Final = (
    "sequence NOT IN (SELECT alarm FROM alarms_settled)"
    " AND sequence NOT IN (SELECT alarm FROM alarm_acks)"
)


class AlarmStore:
    """The alarms in a node's database.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def raise_alarm(self, alarm: Alarm) -> None:
        """Notes something an operator must look at."""
        with self._database.write() as db:
            note_alarm(db, alarm)

    def remember_alarming(
        self, name: str, value: bytes, alarms: Iterable[Alarm]
    ) -> None:
        """Stores a single value, and with it the alarms about it: all, or nothing.

        Whoever reads the alarm finds what it speaks of.

        Args:
            name: Of the value.
            value: In place of an older one.
            alarms: What it means.
        """
        with self._database.write() as db:
            db.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))
            for alarm in alarms:
                note_alarm(db, alarm)

    def raise_alarm_once(self, name: str, alarm: Alarm) -> bool:
        """Notes an alarm, unless one was noted under this name; tells whether.

        Args:
            name: Of the occasion.
            alarm: What to say.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO facts VALUES (?, x'') ON CONFLICT DO NOTHING",
                (f"alarm/{name}",),
            )
            if cursor.rowcount:
                number = note_alarm(db, alarm)
                db.execute("INSERT INTO alarm_names VALUES (?, ?)", (name, number))
        return bool(cursor.rowcount)

    def settle_alarm(self, name: str, now_ms: int, text: str) -> bool:
        """Notes that what an alarm was about is over; tells whether that was new.

        Args:
            name: Under which `raise_alarm_once` noted it.
            now_ms: The present.
            text: How it ended.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO alarms_settled SELECT alarm, ?, ? FROM alarm_names"
                " WHERE name = ? ON CONFLICT DO NOTHING",
                (now_ms, text, name),
            )
        return bool(cursor.rowcount)

    def acknowledge_alarm(self, number: int, by: str, now_ms: int) -> bool:
        """Notes who has looked at an alarm; the first stays. Tells whether it is one.

        Args:
            number: Of the alarm.
            by: Who.
            now_ms: The present.
        """
        with self._database.write() as db:
            db.execute(
                "INSERT INTO alarm_acks SELECT sequence, ?, ? FROM alarms"
                " WHERE sequence = ? ON CONFLICT DO NOTHING",
                (by, now_ms, number),
            )
            row = db.execute(
                "SELECT 1 FROM alarm_acks WHERE alarm = ?", (number,)
            ).fetchone()
        return row is not None

    def alarms(self, limit: int = 100) -> list[Alarm]:
        """Returns the alarms, newest first."""
        return [one.alarm for one in self.sounded_alarms(limit)]

    def sounded_alarms(
        self, limit: int = 100, *, only_open: bool = False
    ) -> list[SoundedAlarm]:
        """Returns the alarms with what became of them, newest first.

        Args:
            limit: How many at most.
            only_open: Only those that nobody has looked at, and nothing has settled.
        """
        return self._sounded(_OPEN if only_open else "true", limit)

    def find_alarm(self, number: int) -> SoundedAlarm | None:
        """Returns one alarm by its number."""
        found = self._sounded(f"sequence = {number:d}", 1)
        return found[0] if found else None

    def _sounded(self, where: str, limit: int) -> list[SoundedAlarm]:
        with self._database.read() as db:
            rows = db.execute(
                "SELECT sequence, alarms.at_ms, topic, alarms.text,"  # noqa: S608 - our own words
                " alarms_settled.at_ms, alarms_settled.text, by, alarm_acks.at_ms"
                " FROM alarms LEFT JOIN alarms_settled"
                " ON alarms_settled.alarm = sequence"
                " LEFT JOIN alarm_acks ON alarm_acks.alarm = sequence"
                f" WHERE {where} ORDER BY sequence DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            SoundedAlarm(
                number=row[0],
                alarm=Alarm(at_ms=row[1], topic=row[2], text=row[3]),
                settled_ms=row[4],
                settled=row[5] or "",
                acknowledged_by=row[6] or "",
                acknowledged_ms=row[7],
            )
            for row in rows
        ]

    def count_alarms(self) -> int:
        """Returns how many alarms were raised."""
        return self._count_where("true")

    def count_open_alarms(self) -> int:
        """Returns how many of them nobody has looked at and nothing has settled."""
        return self._count_where(_OPEN)

    def _count_where(self, where: str) -> int:
        with self._database.read() as db:
            row = db.execute(f"SELECT count(*) FROM alarms WHERE {where}").fetchone()  # noqa: S608 - our own words
        return int(row[0])
