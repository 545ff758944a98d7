"""What a node keeps of weapons: found by tokens, opened by the node alone.

What tokens are made of, and what is done with what is found, is left to the services.
Lists of one's own are left to `broker.infra.weapon_list_store`, leads to
`broker.infra.lead_store`.
"""

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from broker.core.identification.matters import Head
from broker.core.identification.rows import LIST_ID_SIZE, KeptRow, NewRow
from broker.infra.database import Database

_READABLE: Final = (
    "(EXISTS (SELECT 1 FROM sent WHERE sent.message_digest = heads.message_digest"
    " AND sent.protected_key != x'') OR EXISTS (SELECT 1 FROM inbox"
    " WHERE inbox.message_digest = heads.message_digest AND inbox.state = 'opened'"
    " AND inbox.protected_key != x''))"
)
_ROW: Final = "number, owner, position, protected"
_ASKED_AT_ONCE: Final = 400  # tokens in one query
_EXCHANGE_MAX: Final = 64  # messages that answer one another


class WeaponStore:
    """The part of a node's database that is about weapons.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unread_weapons(
        self, kinds: Sequence[str], after: tuple[int, bytes], limit: int
    ) -> list[tuple[int, bytes]]:
        """Returns contents that can be read and were not looked through, oldest first.

        Args:
            kinds: With version.
            after: When the last one was sealed that was seen, and its digest.
            limit: How many at most.

        Returns:
            When each was sealed, and its digest.
        """
        marks = ", ".join("?" * len(kinds))
        with self._database.read() as db:
            rows = db.execute(
                "SELECT created_ms, message_digest FROM message_heads AS heads"  # noqa: S608 - marks and own words
                f" WHERE kind IN ({marks}) AND role IN ('sent', 'received')"
                " AND NOT EXISTS (SELECT 1 FROM weapons_read"
                " WHERE weapons_read.message_digest = heads.message_digest)"
                f" AND {_READABLE} AND (created_ms, message_digest) > (?, ?)"
                " ORDER BY created_ms, message_digest LIMIT ?",
                (*kinds, *after, limit),
            ).fetchall()
        return [(row[0], bytes(row[1])) for row in rows]

    def store_weapons(self, message_digest: bytes, rows: Sequence[NewRow]) -> None:
        """Keeps the objects of a content, once; durable on return.

        Of what was destroyed meanwhile nothing is kept.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO weapons_read SELECT ?1 WHERE NOT EXISTS"
                " (SELECT 1 FROM destroyed WHERE message_digest = ?1)"
                " ON CONFLICT DO NOTHING",
                (message_digest,),
            )
            if cursor.rowcount:
                pairs = insert_rows(db, message_digest, rows, matched=False)
                insert_tokens(db, pairs)

    def unmatched_weapons(self, limit: int) -> list[KeptRow]:
        """Returns objects of messages that were not compared yet, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_ROW} FROM weapons WHERE matched = 0"  # noqa: S608 - own words
                " ORDER BY number LIMIT ?",
                (limit,),
            ).fetchall()
        return [_kept_row(row) for row in rows]

    def weapons_of(self, owner: bytes) -> list[KeptRow]:
        """Returns the objects of one message, in order."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_ROW} FROM weapons WHERE owner = ? ORDER BY position",  # noqa: S608 - own words
                (owner,),
            ).fetchall()
        return [_kept_row(row) for row in rows]

    def weapons_with(
        self, groups: Iterable[Sequence[int]], limit: int
    ) -> dict[int, int]:
        """Returns which rows have one of some tokens.

        Args:
            groups: Tokens, those that say most in front.
            limit: About how many rows at most; what says least is left out.

        Returns:
            The first of the tokens that each has, by the number of the row.
        """
        found: dict[int, int] = {}
        with self._database.read() as db:
            for group in groups:
                waiting = iter(group)
                while some := list(islice(waiting, _ASKED_AT_ONCE)):
                    if len(found) >= limit:
                        return found
                    marks = ", ".join("?" * len(some))
                    rows = db.execute(
                        "SELECT weapon, token FROM weapon_tokens"  # noqa: S608 - marks only
                        f" WHERE token IN ({marks}) LIMIT ?",
                        (*some, limit),
                    )
                    for weapon, token in rows:
                        found.setdefault(weapon, token)
        return found

    def kept_weapons(self, numbers: Iterable[int]) -> Iterator[KeptRow]:
        """Yields rows by number; those of lists that are not in use are left out."""
        waiting = iter(numbers)
        while some := list(islice(waiting, _ASKED_AT_ONCE)):
            marks = ", ".join("?" * len(some))
            with self._database.read() as db:
                rows = db.execute(
                    f"SELECT {_ROW} FROM weapons WHERE number IN ({marks})"  # noqa: S608 - marks and own words
                    f" AND (length(owner) != {LIST_ID_SIZE} OR owner IN"
                    " (SELECT list_id FROM weapon_lists WHERE entries >= 0))",
                    some,
                ).fetchall()
            yield from map(_kept_row, rows)

    def weapon_head(self, message_digest: bytes) -> Head | None:
        """Returns what the header of a message says, with the first of its exchange."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT case_reference, kind, origin, created_ms, in_reply_to"
                " FROM message_heads WHERE message_digest = ?",
                (message_digest,),
            ).fetchone()
            if row is None:
                return None
            root, reply = message_digest, bytes(row[4])
            for _ in range(_EXCHANGE_MAX):
                if not reply:
                    break
                root = reply
                above = db.execute(
                    "SELECT in_reply_to FROM message_heads WHERE message_digest = ?",
                    (root,),
                ).fetchone()
                reply = b"" if above is None else bytes(above[0])
        return Head(
            message_digest=message_digest,
            root=root,
            case_reference=row[0],
            kind=row[1],
            origin=row[2],
            created_ms=row[3],
        )


def insert_rows(
    db: sqlite3.Connection, owner: bytes, rows: Iterable[NewRow], *, matched: bool
) -> list[tuple[int, int]]:
    """Keeps objects, in the caller's transaction, but for their tokens.

    Returns:
        Each token with the number of its row, for `insert_tokens`.
    """
    pairs: list[tuple[int, int]] = []
    for row in rows:
        [number] = db.execute(
            "INSERT INTO weapons (owner, position, matched, tokens, protected)"
            " VALUES (?, ?, ?, ?, ?) RETURNING number",
            (owner, row.position, int(matched), _packed(row.tokens), row.protected),
        ).fetchone()
        pairs.extend((token, number) for token in row.tokens)
    return pairs


def insert_tokens(db: sqlite3.Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Keeps tokens, in the caller's transaction."""
    # In the order of the tree: neighbours share a page.
    db.executemany(
        "INSERT INTO weapon_tokens VALUES (?, ?) ON CONFLICT DO NOTHING", sorted(pairs)
    )


def delete_rows(db: sqlite3.Connection, owner: bytes, limit: int = -1) -> int:
    """Destroys objects of an owner, in the caller's transaction; returns how many.

    Args:
        db: The connection.
        owner: Whose.
        limit: How many at most; all of them when negative.
    """
    rows = db.execute(
        "SELECT number, tokens FROM weapons WHERE owner = ? LIMIT ?", (owner, limit)
    ).fetchall()
    pairs = sorted(
        (token, number) for number, blob in rows for token in _unpacked(blob)
    )
    db.executemany("DELETE FROM weapon_tokens WHERE token = ? AND weapon = ?", pairs)
    db.executemany(
        "DELETE FROM weapons WHERE number = ?", [(number,) for number, _ in rows]
    )
    return len(rows)


def forget_weapons(db: sqlite3.Connection, message_digest: bytes, at_ms: int) -> None:
    """Destroys, in the caller's transaction, what a content told about weapons.

    Leads go with it: they repeat what it said, whichever of the two messages it was.
    Alarms that were about them only are settled.
    """
    delete_rows(db, message_digest)
    forget_leads(db, message_digest, at_ms)


def forget_leads(db: sqlite3.Connection, other: bytes, at_ms: int) -> None:
    """Destroys, in the caller's transaction, leads about a message or an own list."""
    occasions = db.execute(
        "DELETE FROM weapon_leads WHERE message_digest = ?1 OR other = ?1"
        " RETURNING occasion",
        (other,),
    ).fetchall()
    db.executemany(
        "INSERT INTO alarms_settled SELECT alarm, ?1, 'what it was about is gone'"
        " FROM alarm_names WHERE name = ?2 AND NOT EXISTS"
        " (SELECT 1 FROM weapon_leads WHERE occasion = ?2 AND decided = x'')"
        " ON CONFLICT DO NOTHING",
        [(at_ms, row[0]) for row in set(occasions)],
    )


def _packed(tokens: Sequence[int]) -> bytes:
    return struct.pack(f">{len(tokens)}q", *tokens)


def _unpacked(blob: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{len(blob) // 8}q", blob)


def _kept_row(row: tuple[int, bytes, int, bytes]) -> KeptRow:
    return KeptRow(number=row[0], owner=row[1], position=row[2], protected=row[3])
