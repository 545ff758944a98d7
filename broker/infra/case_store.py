"""What a node keeps for its cases: what contents told, beside headers and receipts.

What is made of it is left to `broker.services.case_keeper`.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from broker.core.cases.records import Headline, Said
from broker.core.model import Stage
from broker.core.protocol_kinds import UPKEEP_KINDS
from broker.infra.database import Database
from broker.infra.trail_rows import read_parties

_LEFT_OUT: Final = ", ".join(f"'{kind}'" for kind in sorted(UPKEEP_KINDS))
_OURS: Final = f"role IN ('sent', 'received') AND kind NOT IN ({_LEFT_OUT})"
_STAGES: Final = (Stage.DELIVERED, Stage.REFUSED, Stage.ACKNOWLEDGED, Stage.ACTED)
_READABLE: Final = (
    "(EXISTS (SELECT 1 FROM sent WHERE sent.message_digest = heads.message_digest"
    " AND sent.protected_key != x'') OR EXISTS (SELECT 1 FROM inbox"
    " WHERE inbox.message_digest = heads.message_digest AND inbox.state = 'opened'"
    " AND inbox.protected_key != x''))"
)
_TAKEN_BACK: Final = (
    "(EXISTS (SELECT 1 FROM recalls_out"
    " WHERE recalls_out.message_digest = heads.message_digest)"
    " OR EXISTS (SELECT 1 FROM recalls_in"
    " WHERE recalls_in.message_digest = heads.message_digest"
    " AND recalls_in.origin = heads.origin AND recalls_in.state != 'void'))"
)

_RELATED: Final = (
    # Messages by digest, and references of cases beside them: so each is met once.
    "WITH RECURSIVE related(d, c) AS (SELECT :about, ''"
    " UNION SELECT in_reply_to, '' FROM related JOIN message_heads"
    "  ON message_digest = d WHERE in_reply_to != x''"
    " UNION SELECT message_digest, '' FROM related JOIN message_heads"
    "  ON in_reply_to = d WHERE in_reply_to != x''"
    " UNION SELECT x'', case_reference FROM related JOIN message_heads"
    "  ON message_digest = d WHERE case_reference != ''"
    " UNION SELECT message_digest, '' FROM related JOIN message_heads"
    "  ON case_reference = c WHERE case_reference != '')"
)
_AMONG: Final = "message_digest IN (SELECT d FROM related)"


class CaseStore:
    """The part of a node's database that is about cases.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def untold(self, after: tuple[int, bytes], limit: int) -> list[tuple[int, bytes]]:
        """Returns contents that can be read and have told nothing yet, oldest first.

        Args:
            after: When the last one was sealed that was seen, and its digest.
            limit: How many at most.

        Returns:
            When each was sealed, and its digest.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT created_ms, message_digest FROM message_heads AS heads"  # noqa: S608 - own words
                f" WHERE {_OURS} AND NOT EXISTS (SELECT 1 FROM case_events"
                " WHERE case_events.message_digest = heads.message_digest)"
                # Last, for it is what costs most: nearly all have told long ago.
                f" AND {_READABLE} AND (created_ms, message_digest) > (?, ?)"
                " ORDER BY created_ms, message_digest LIMIT ?",
                (*after, limit),
            ).fetchall()
        return [(row[0], bytes(row[1])) for row in rows]

    def store_told(self, told: Mapping[bytes, bytes]) -> None:
        """Keeps what contents told, encrypted, by message; durable on return.

        Of what was destroyed meanwhile nothing is kept. The same again is nothing.
        """
        with self._database.write() as db:
            db.executemany(
                "INSERT INTO case_events SELECT ?1, ?2 WHERE NOT EXISTS"
                " (SELECT 1 FROM destroyed WHERE message_digest = ?1)"
                " ON CONFLICT DO NOTHING",
                list(told.items()),
            )

    def told(self, about: bytes | None = None) -> dict[bytes, bytes]:
        """Returns what contents told, encrypted, by message.

        Args:
            about: Only what may belong to the case of this message; None for all.
        """
        rows = self._rows("SELECT message_digest, protected FROM case_events", about)
        return {bytes(row[0]): bytes(row[1]) for row in rows}

    def headlines(self, about: bytes | None = None) -> list[Headline]:
        """Returns what headers say of every message that may be part of a case.

        Args:
            about: Only what may belong to the case of this message; None for all.
        """
        rows = self._rows(
            "SELECT message_digest, kind, heads.origin, parties, case_reference,"  # noqa: S608 - own words
            " in_reply_to, heads.created_ms,"
            " coalesce(sent.message_id, inbox.message_id, x''),"
            " case_events.protected IS NOT NULL, EXISTS (SELECT 1 FROM destroyed"
            " WHERE destroyed.message_digest = heads.message_digest),"
            f" {_TAKEN_BACK} FROM message_heads AS heads"
            " LEFT JOIN sent USING (message_digest)"
            " LEFT JOIN inbox USING (message_digest)"
            " LEFT JOIN case_events USING (message_digest)",
            about,
            _OURS,
        )
        return [
            Headline(
                digest=row[0],
                kind=row[1],
                origin=row[2],
                parties=read_parties(row[3]),
                case_reference=row[4],
                in_reply_to=row[5],
                created_ms=row[6],
                message_id=row[7],
                told=bool(row[8]),
                destroyed=bool(row[9]),
                taken_back=bool(row[10]),
            )
            for row in rows
        ]

    def said(self, about: bytes | None = None) -> list[Said]:
        """Returns what was stated about messages and bears on a case.

        Args:
            about: Only what may belong to the case of this message; None for all.
        """
        numbers = ", ".join(str(stage.value) for stage in _STAGES)
        rows = self._rows(
            "SELECT message_digest, stage, stated_by, stated_to, at_ms, code"
            " FROM trail",
            about,
            f"stage IN ({numbers})",
        )
        return [
            Said(
                digest=row[0],
                stage=Stage(row[1]),
                by=row[2],
                to=row[3],
                at_ms=row[4],
                code=row[5],
            )
            for row in rows
        ]

    def case_mark(self) -> bytes:
        """Returns what is another as soon as any case may have changed."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT (SELECT coalesce(max(cursor), 0) FROM trail),"
                " (SELECT count(*) FROM message_heads),"
                " (SELECT count(*) FROM case_events),"
                " (SELECT count(*) FROM destroyed),"
                " (SELECT count(*) FROM recalls_out),"
                " (SELECT count(*) FROM recalls_in),"
                " (SELECT count(*) FROM recalls_in WHERE state = 'void')"
            ).fetchone()
        return repr(tuple(row)).encode()

    def _rows(
        self, select: str, about: bytes | None, where: str = "true"
    ) -> list[tuple[Any, ...]]:
        query = f"{select} WHERE {where}"
        if about is not None:
            query = f"{_RELATED} {query} AND {_AMONG}"
        with self._database.read() as db:
            return db.execute(
                query, {} if about is None else {"about": about}
            ).fetchall()

    def open_alarms(self, prefix: str) -> list[str]:
        """Returns the names of alarms that nothing has settled, ascending.

        Args:
            prefix: How their names begin.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT name FROM alarm_names WHERE substr(name, 1, length(?1)) = ?1"
                " AND alarm NOT IN (SELECT alarm FROM alarms_settled) ORDER BY name",
                (prefix,),
            ).fetchall()
        return [str(row[0]) for row in rows]


def forget_told(db: sqlite3.Connection, digest: bytes) -> None:
    """Destroys, in the caller's transaction, what a content told."""
    db.execute("DELETE FROM case_events WHERE message_digest = ?", (digest,))
