"""A node's own lists of weapons: taken in whole or not at all, however long they are.

A list is written in portions while it is not in use yet, so that nobody waits for
long; one last write puts it in use. What a crash leaves behind is swept up.
"""

import secrets
from collections.abc import Iterable
from itertools import islice
from typing import Final

from broker.core.identification.rows import (
    LIST_ID_SIZE,
    NAME_TOKEN_SIZE,
    ListRow,
    NewRow,
)
from broker.infra.database import Database
from broker.infra.scrub_mark import note_erased
from broker.infra.weapon_store import (
    delete_rows,
    forget_leads,
    insert_rows,
    insert_tokens,
)

_PORTION: Final = 5_000  # objects written at once
_GATHERED: Final = 1_000_000  # tokens put in order at once
_TOKENS: Final = 100_000  # tokens written at once
_WRITING: Final = -1  # entries of a list that is not in use yet
_WRITTEN_WITHIN_MS: Final = 6 * 3_600_000
_LIST: Final = "list_id, name_token, imported_ms, entries, protected"


class WeaponListStore:
    """The part of a node's database that holds lists of one's own.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_weapon_list(self, now_ms: int) -> bytes:
        """Notes that a list is being written; returns its id."""
        list_id = secrets.token_bytes(LIST_ID_SIZE)
        name_token = int.from_bytes(list_id[:8], "big", signed=True)
        with self._database.write() as db:
            db.execute(
                f"INSERT INTO weapon_lists ({_LIST}) VALUES (?, ?, ?, ?, x'')",  # noqa: S608 - own words
                (list_id, name_token, now_ms, _WRITING),
            )
        return list_id

    def write_weapon_list(self, list_id: bytes, rows: Iterable[NewRow]) -> None:
        """Keeps the rows of a list that is not in use yet; durable on return.

        Tokens are gathered and written in their order, so that each page of their
        tree is written once for many rows, and not once for each.
        """
        waiting = iter(rows)
        pairs: list[tuple[int, int]] = []
        while some := list(islice(waiting, _PORTION)):
            with self._database.write() as db:
                pairs += insert_rows(db, list_id, some, matched=True)
            if len(pairs) >= _GATHERED:
                self._write_tokens(pairs)
                pairs = []
        self._write_tokens(pairs)

    def _write_tokens(self, pairs: list[tuple[int, int]]) -> None:
        in_order = iter(sorted(pairs))
        while some := list(islice(in_order, _TOKENS)):
            with self._database.write() as db:
                insert_tokens(db, some)

    def use_weapon_list(self, row: ListRow) -> ListRow | None:
        """Puts a list in use, in place of the one of that name; durable on return.

        All messages are compared again, with what is new in it.

        Returns:
            The list that was in use under that name before, if there was one.
        """
        with self._database.write() as db:
            before = db.execute(
                f"SELECT {_LIST} FROM weapon_lists WHERE name_token = ?",  # noqa: S608 - own words
                (row.name_token,),
            ).fetchone()
            db.execute(
                "DELETE FROM weapon_lists WHERE name_token = ? OR list_id = ?",
                (row.name_token, row.list_id),
            )
            db.execute(
                f"INSERT INTO weapon_lists ({_LIST}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - own words
                (
                    row.list_id,
                    row.name_token,
                    row.imported_ms,
                    row.entries,
                    row.protected,
                ),
            )
            db.execute(
                "UPDATE weapons SET matched = 0 WHERE length(owner) != ?",
                (LIST_ID_SIZE,),
            )
        return None if before is None else _list_row(before)

    def weapon_lists(self) -> list[ListRow]:
        """Returns the lists that are in use, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_LIST} FROM weapon_lists WHERE entries >= 0"  # noqa: S608 - own words
                " ORDER BY imported_ms, list_id"
            ).fetchall()
        return [_list_row(row) for row in rows]

    def remove_weapon_list(self, name_token: int, now_ms: int) -> bool:
        """Puts a list out of use, and destroys leads from it; tells whether it was.

        Its rows go with the next `sweep_weapon_lists`.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "DELETE FROM weapon_lists WHERE name_token = ?", (name_token,)
            )
            other = name_token.to_bytes(NAME_TOKEN_SIZE, "big", signed=True)
            forget_leads(db, other, now_ms)
        return bool(cursor.rowcount)

    def sweep_weapon_lists(self, now_ms: int) -> int:
        """Destroys what is left of lists that are not in use; returns how many rows.

        One that somebody may still be writing is left alone for some hours.
        """
        with self._database.write() as db:
            db.execute(
                "DELETE FROM weapon_lists WHERE entries < 0 AND imported_ms < ?",
                (now_ms - _WRITTEN_WITHIN_MS,),
            )
        swept = 0
        while owners := self._left_behind():
            with self._database.write() as db:
                swept += sum(delete_rows(db, one, _PORTION) for one in owners)
                note_erased(db)
        return swept

    def _left_behind(self) -> list[bytes]:
        """Returns owners of rows that belong to no list."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT DISTINCT owner FROM weapons WHERE length(owner) = ?"
                " AND owner NOT IN (SELECT list_id FROM weapon_lists)",
                (LIST_ID_SIZE,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]


def _list_row(row: tuple[bytes, int, int, int, bytes]) -> ListRow:
    return ListRow(
        list_id=row[0],
        name_token=row[1],
        imported_ms=row[2],
        entries=row[3],
        protected=row[4],
    )
