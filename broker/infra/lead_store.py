"""The leads of a node: each pair noted once, with one alarm for what came together.

What is in them is encrypted; comparing is left to `broker.services.weapon_keeper`.
"""

import sqlite3
from collections.abc import Sequence

from broker.core.identification.rows import NAME_TOKEN_SIZE, LeadRow
from broker.core.records import Alarm
from broker.infra.database import Database
from broker.infra.settling import note_alarm

_LEAD = "number, pair, message_digest, other, protected, decided"


class LeadStore:
    """The part of a node's database that holds leads.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note_leads(
        self, compared: Sequence[int], leads: Sequence[LeadRow], alarm: Alarm | None
    ) -> list[int]:
        """Notes what is new among some leads, and what was compared; all or nothing.

        Of a message that was destroyed meanwhile nothing is kept.

        Args:
            compared: Rows that need not be compared again.
            leads: What came of it.
            alarm: Raised if any is new, unless the same is open; None to raise none.

        Returns:
            Numbers of those that are new.
        """
        with self._database.write() as db:
            db.executemany(
                "UPDATE weapons SET matched = 1 WHERE number = ?",
                [(number,) for number in compared],
            )
            new: list[int] = []
            for lead in leads:
                new += [
                    int(row[0])
                    for row in db.execute(
                        "INSERT INTO weapon_leads (pair, message_digest, other,"
                        " occasion, protected, decided) SELECT ?1, ?2, ?3, '', ?4, x''"
                        " WHERE NOT EXISTS (SELECT 1 FROM destroyed"
                        " WHERE message_digest IN (?2, ?3))"
                        " ON CONFLICT DO NOTHING RETURNING number",
                        (lead.pair, lead.message_digest, lead.other, lead.protected),
                    ).fetchall()
                ]
            if new and alarm is not None:
                occasion = _open_occasion(db, leads[0].message_digest, alarm)
                if not occasion:
                    occasion = f"matches/{new[0]}"
                    number = note_alarm(db, alarm)
                    db.execute(
                        "INSERT INTO alarm_names VALUES (?, ?)", (occasion, number)
                    )
                db.executemany(
                    "UPDATE weapon_leads SET occasion = ? WHERE number = ?",
                    [(occasion, one) for one in new],
                )
        return new

    def leads_from(self, message_digest: bytes) -> dict[bool, int]:
        """Returns how many leads were noted when a message was looked up.

        By whether they lead to an own list.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT length(other) = ?, count(*) FROM weapon_leads"
                " WHERE message_digest = ? GROUP BY 1",
                (NAME_TOKEN_SIZE, message_digest),
            ).fetchall()
        return {False: 0, True: 0} | {bool(row[0]): int(row[1]) for row in rows}

    def leads(self, message_digest: bytes | None = None) -> list[LeadRow]:
        """Returns the leads, or those of one message, newest first."""
        where = "" if message_digest is None else "WHERE ?1 IN (message_digest, other)"
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_LEAD} FROM weapon_leads {where} ORDER BY number DESC",  # noqa: S608 - own words
                () if message_digest is None else (message_digest,),
            ).fetchall()
        return [_lead_row(row) for row in rows]

    def find_lead(self, number: int) -> LeadRow | None:
        """Returns one lead by its number."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_LEAD} FROM weapon_leads WHERE number = ?",  # noqa: S608 - own words
                (number,),
            ).fetchone()
        return None if row is None else _lead_row(row)

    def decide_lead(self, number: int, decided: bytes, now_ms: int) -> bool:
        """Keeps what a person made of a lead; tells whether it is one.

        Once nothing is open of what an alarm was about, it is settled.

        Args:
            number: Of the lead.
            decided: The decision, encrypted.
            now_ms: The present.
        """
        with self._database.write() as db:
            row = db.execute(
                "UPDATE weapon_leads SET decided = ? WHERE number = ?"
                " RETURNING occasion",
                (decided, number),
            ).fetchone()
            if row is None:
                return False
            db.execute(
                "INSERT INTO alarms_settled SELECT alarm, ?1, 'decided by a person'"
                " FROM alarm_names WHERE name = ?2 AND NOT EXISTS"
                " (SELECT 1 FROM weapon_leads WHERE occasion = ?2 AND decided = x'')"
                " ON CONFLICT DO NOTHING",
                (now_ms, row[0]),
            )
        return True


def _open_occasion(db: sqlite3.Connection, message_digest: bytes, alarm: Alarm) -> str:
    """Returns what leads of a message are open under with that alarm, or empty."""
    row = db.execute(
        "SELECT occasion FROM weapon_leads JOIN alarm_names ON name = occasion"
        " JOIN alarms ON sequence = alarm"
        " WHERE message_digest = ? AND decided = x'' AND text = ? LIMIT 1",
        (message_digest, alarm.text),
    ).fetchone()
    return "" if row is None else str(row[0])


def _lead_row(row: tuple[int, bytes, bytes, bytes, bytes, bytes]) -> LeadRow:
    return LeadRow(
        number=row[0],
        pair=row[1],
        message_digest=row[2],
        other=row[3],
        protected=row[4],
        decided=row[5],
    )
