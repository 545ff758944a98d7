"""A node's audit trail: who stated what about which message, a page at a time.

Which lines a reader wants is said by `broker.core.trails.trail`; writing them is left
to `trail_rows`.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from broker.core.codec.receipts import decode_receipt
from broker.core.model import Receipt, Stage
from broker.core.protocol_kinds import UPKEEP_KINDS
from broker.core.records import Withholding
from broker.core.trails.trail import (
    MessageHead,
    Role,
    TrailFilter,
    TrailLine,
)
from broker.infra.database import Database
from broker.infra.outgoing_store import stored_header
from broker.infra.trail_rows import (
    head_of,
    note_head,
    note_statement,
    read_parties,
    stored_party,
    withheld_head,
)
from keys.identity import PartyId

_COMPLETE: Final = "trail"
"""The fact that says that whatever was stored before there was a trail is in it."""
HEADS: Final = (
    "message_digest, role, kind, origin, parties, case_reference, in_reply_to,"
    " created_ms"
)
LINES: Final = (
    "SELECT cursor, at_ms, stage, stated_by, stated_to, trail.message_digest, code,"
    " coalesce(kind, ''), coalesce(case_reference, '')"
    " FROM trail LEFT JOIN message_heads AS heads USING (message_digest)"
)
_CONDITIONS: Final[Mapping[str, str]] = {
    "party": "(stated_by = :party OR stated_to = :party OR heads.origin = :party"
    " OR instr(heads.parties, :among) > 0)",
    "kind": "kind = :kind",
    "stage": "stage = :stage",
    "code": "code = :code",
    # By the index of cases: one has few messages.
    "case_reference": "trail.message_digest IN (SELECT message_digest"
    " FROM message_heads WHERE case_reference = :case_reference"
    " AND case_reference != '')",
    "since_ms": "at_ms >= :since_ms",
    "until_ms": "at_ms < :until_ms",
    "after": "cursor > :after",
    "before": "cursor < :before",
}
_UPKEEP: Final = ", ".join(f"'{kind}'" for kind in sorted(UPKEEP_KINDS))
_SHOWN: Final = f"coalesce(kind, '') NOT IN ({_UPKEEP})"
_DIGITS: Final = 64  # hexadecimal digits of a digest


class TrailStore:
    """The part of a node's database that lists what was stated.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def trail(self, wanted: TrailFilter) -> list[TrailLine]:
        """Returns one page of the trail, oldest first.

        Of a filter that says neither where nor when to begin: the newest lines.
        """
        where, values = _where(wanted)
        newest = "DESC" if wanted.newest else ""
        with self._database.read() as db:
            rows = db.execute(
                f"{LINES} WHERE {where} ORDER BY cursor {newest} LIMIT :most",
                values,
            ).fetchall()
        return [read_line(row) for row in (reversed(rows) if wanted.newest else rows)]

    def trail_end(self) -> int:
        """Returns the cursor of the newest line; 0 for none."""
        with self._database.read() as db:
            row = db.execute("SELECT coalesce(max(cursor), 0) FROM trail").fetchone()
        return int(row[0])

    def head(self, message_digest: bytes) -> MessageHead | None:
        """Returns what lists know of one message or withholding."""
        found = self._find_heads("message_digest = ?", message_digest)
        return found[0] if found else None

    def heads_of_case(self, case_reference: str) -> list[MessageHead]:
        """Returns the messages of a case, as they were sealed; none for no case."""
        return self._find_heads(
            "case_reference = ? AND case_reference != ''", case_reference
        )

    def replies_to(self, message_digest: bytes) -> list[MessageHead]:
        """Returns the messages that answer one, as they were sealed."""
        return self._find_heads(
            "in_reply_to = ? AND in_reply_to != x''", message_digest
        )

    def digests_of_kinds(self, kinds: Sequence[str], since_ms: int = 0) -> list[bytes]:
        """Returns which messages of some kinds were sent or received, oldest first.

        Args:
            kinds: With version.
            since_ms: Nothing that was sealed before.
        """
        marks = ", ".join("?" * len(kinds))
        with self._database.read() as db:
            rows = db.execute(
                "SELECT message_digest FROM message_heads"  # noqa: S608 - marks only
                f" WHERE kind IN ({marks}) AND role IN ('sent', 'received')"
                " AND created_ms >= ? ORDER BY created_ms, message_digest",
                (*kinds, since_ms),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def withheld_like(self, prefix: str) -> list[bytes]:
        """Returns digests of withholdings that begin with these digits, up to 10."""
        beginning = prefix.upper()[: _DIGITS + 1]
        with self._database.read() as db:
            rows = db.execute(
                "SELECT digest FROM withheld"
                " WHERE substr(hex(digest), 1, length(?1)) = ?1 LIMIT 10",
                (beginning,),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def lines_about(self, message_digest: bytes) -> list[TrailLine]:
        """Returns what was stated about one message, in the order it came."""
        with self._database.read() as db:
            rows = db.execute(
                f"{LINES} WHERE trail.message_digest = ? ORDER BY cursor",
                (message_digest,),
            ).fetchall()
        return [read_line(row) for row in rows]

    def complete_trail(self, own: str) -> None:
        """Enters what was stored before there was a trail; once, all or nothing.

        Args:
            own: The party whose node it is.
        """
        with self._database.read() as db:
            if _is_complete(db):
                return
        with self._database.write() as db:
            # Another process may have been faster.
            if _is_complete(db):
                return
            for head in _earlier_heads(db, own):
                note_head(db, head)
            for receipt in sorted(_earlier(db, own), key=lambda one: one.at_ms):
                note_statement(db, receipt)
            db.execute("INSERT INTO facts VALUES (?, x'01')", (_COMPLETE,))

    def _find_heads(self, where: str, value: object) -> list[MessageHead]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {HEADS} FROM message_heads WHERE {where}"  # noqa: S608 - own words
                " ORDER BY created_ms, message_digest",
                (value,),
            ).fetchall()
        return [read_head(row) for row in rows]


def _where(wanted: TrailFilter) -> tuple[str, dict[str, object]]:
    given = {
        name: getattr(wanted, name)
        for name in _CONDITIONS
        if getattr(wanted, name) is not None
    }
    where = [_CONDITIONS[name] for name in given]
    if not wanted.everything and wanted.kind is None:
        where.append(_SHOWN)
    values: dict[str, object] = {**given, "most": wanted.most}
    if wanted.stage is not None:
        # What is no stage of a receipt is in no line here.
        known = Stage.__members__.get(wanted.stage)
        values["stage"] = 0 if known is None else known.value
    if wanted.party is not None:
        values["among"] = stored_party(wanted.party)
    return " AND ".join(where) or "1", values


def read_line(row: tuple[Any, ...]) -> TrailLine:
    """Makes a line out of a row of `LINES`."""
    return TrailLine(
        cursor=row[0],
        at_ms=row[1],
        stage=Stage(row[2]).name,
        by=row[3],
        to=row[4],
        message_digest=row[5],
        code=row[6],
        kind=row[7],
        case_reference=row[8],
    )


def read_head(row: tuple[Any, ...]) -> MessageHead:
    """Makes a head out of a row of `HEADS`."""
    return MessageHead(
        message_digest=row[0],
        role=Role(row[1]),
        kind=row[2],
        origin=row[3],
        parties=read_parties(row[4]),
        case_reference=row[5],
        in_reply_to=row[6],
        created_ms=row[7],
    )


def _is_complete(db: sqlite3.Connection) -> bool:
    row = db.execute("SELECT 1 FROM facts WHERE name = ?", (_COMPLETE,)).fetchone()
    return row is not None


def _earlier_heads(db: sqlite3.Connection, own: str) -> Iterator[MessageHead]:
    for table, role in (("sent", Role.SENT), ("inbox", Role.RECEIVED)):
        rows = db.execute(f"SELECT message_digest, envelope FROM {table}")  # noqa: S608 - own words
        for digest, envelope in rows:
            yield head_of(digest, stored_header(envelope), role)
    for digest, kind, recipients, code, at_ms in db.execute(
        "SELECT digest, kind, recipients, code, at_ms FROM withheld"
    ):
        withheld = Withholding(
            digest=digest,
            kind=kind,
            recipients=tuple(PartyId(party) for party in json.loads(recipients)),
            code=code,
            detail="",
            at_ms=at_ms,
        )
        yield withheld_head(withheld, own)


def _earlier(db: sqlite3.Connection, own: str) -> Iterator[Receipt]:
    """Yields what was stated before, our own words from what they left in the inbox."""
    for (receipt,) in db.execute("SELECT receipt FROM ledger"):
        yield decode_receipt(receipt)
    for digest, origin, state, code, received_ms, settled_ms in db.execute(
        "SELECT message_digest, origin, state, code, received_ms,"
        " coalesce(opened_ms, (SELECT since_ms FROM admissions"
        " WHERE admissions.message_digest = inbox.message_digest), received_ms)"
        " FROM inbox"
    ):
        yield _own_words(Stage.DELIVERED, digest, (own, origin), received_ms)
        if state != "delivered":
            stage = Stage[state.upper()]
            yield _own_words(stage, digest, (own, origin), settled_ms, code)
    for digest, code, at_ms in db.execute("SELECT digest, code, at_ms FROM withheld"):
        yield _own_words(Stage.WITHHELD, digest, (own, own), at_ms, code)


def _own_words(
    stage: Stage, digest: bytes, between: tuple[str, str], at_ms: int, code: str = ""
) -> Receipt:
    return Receipt(
        stage=stage,
        message_digest=digest,
        by=between[0],
        to=between[1],
        at_ms=at_ms,
        nonce=b"",
        code=code,
    )
