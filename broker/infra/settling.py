"""What came of opening a message, written in one transaction of the caller's.

Reading it again is left to the stores.
"""

import sqlite3
from typing import Final

from broker.core.model import Link, Receipt, Stage
from broker.core.records import Alarm, InboxMessage, InboxState, Opening
from broker.infra.admission_store import insert_admission
from broker.infra.decision_store import insert_decisions
from broker.infra.statements import queue_statement

UNOPENED: Final = (
    "state = 'delivered' AND NOT EXISTS (SELECT 1 FROM admissions"
    " WHERE admissions.message_digest = inbox.message_digest)"
)
"""Rows of the inbox that wait for the node itself, and not for a person."""


def settle_one(db: sqlite3.Connection, opening: Opening) -> None:
    """Notes what came of one message, unless something came of it before."""
    receipt, admission = opening.receipt, opening.admission
    done = _hold(db, opening) if receipt is None else _finish(db, opening, receipt)
    if not done:
        return
    if receipt is not None:
        queue_statement(db, receipt)
    if admission is not None:
        insert_admission(db, admission)
    if opening.decision is not None:
        insert_decisions(db, [opening.decision])
    if opening.link is not None:
        _check_link(db, opening.message, opening.link, opening.at_ms)


def _hold(db: sqlite3.Connection, opening: Opening) -> bool:
    """Keeps a message for a person: to its origin it stays delivered."""
    link = opening.link
    cursor = db.execute(
        "UPDATE inbox SET protected_key = ?, link_sequence = ?, link_previous = ?"  # noqa: S608 - own constant
        f" WHERE message_digest = ? AND {UNOPENED}",
        (
            opening.protected_key,
            link and link.sequence,
            link and link.previous,
            opening.message.message_digest,
        ),
    )
    return bool(cursor.rowcount)


def _finish(db: sqlite3.Connection, opening: Opening, receipt: Receipt) -> bool:
    link = opening.link
    opened = receipt.stage is Stage.OPENED
    cursor = db.execute(
        "UPDATE inbox SET state = ?, opened_ms = ?, protected_key = ?,"  # noqa: S608 - own constant
        " link_sequence = ?, link_previous = ?, code = ?, detail = ?"
        f" WHERE message_digest = ? AND {UNOPENED}",
        (
            (InboxState.OPENED if opened else InboxState.REFUSED).value,
            receipt.at_ms if opened else None,
            opening.protected_key,
            # A message that was refused after opening is not a missing one.
            link and link.sequence,
            link and link.previous,
            receipt.code,
            receipt.detail,
            receipt.message_digest,
        ),
    )
    return bool(cursor.rowcount)


def note_alarm(db: sqlite3.Connection, alarm: Alarm) -> int:
    """Notes something an operator must look at; returns the alarm's number.

    In the caller's transaction.
    """
    [number] = db.execute(
        "INSERT INTO alarms (at_ms, topic, text) VALUES (?, ?, ?) RETURNING sequence",
        (alarm.at_ms, alarm.topic, alarm.text),
    ).fetchone()
    return int(number)


def _check_link(
    db: sqlite3.Connection, message: InboxMessage, link: Link, now_ms: int
) -> None:
    """Raises an alarm when the sequence of an origin contradicts itself.

    A missing number is not a contradiction: with several relay workers messages may
    overtake one another. See `IncomingStore.gaps`.
    """
    origin = message.header.origin
    rows = db.execute(
        "SELECT link_sequence, message_digest, link_previous FROM inbox"
        " WHERE origin = ? AND link_sequence BETWEEN ? AND ?",
        (origin, link.sequence - 1, link.sequence + 1),
    ).fetchall()
    own = message.message_digest
    problems = {
        "two messages have the same number"
        for sequence, digest, _ in rows
        if sequence == link.sequence and digest != own
    }
    problems |= {
        "a message does not follow the one before it"
        for sequence, digest, previous in rows
        if (sequence == link.sequence - 1 and digest != link.previous)
        or (sequence == link.sequence + 1 and previous != own)
    }
    for problem in sorted(problems):
        if _is_open(db, f"{origin}, number %: {problem}"):
            continue  # nobody can fill the disk with it
        text = f"{origin}, number {link.sequence}: {problem}"
        note_alarm(db, Alarm(at_ms=now_ms, topic="sequence", text=text))


def _is_open(db: sqlite3.Connection, like: str) -> bool:
    """Tells whether such an alarm is there that nobody has looked at."""
    row = db.execute(
        "SELECT 1 FROM alarms WHERE topic = 'sequence' AND text LIKE ?"
        " AND sequence NOT IN (SELECT alarm FROM alarm_acks) LIMIT 1",
        (like,),
    )
    return row.fetchone() is not None
