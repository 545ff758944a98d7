"""Webhooks in a node's database: which there are, how far each is, how calls ended.

No content and no event is kept here, only numbers of events.
"""

import json
import sqlite3
from dataclasses import replace
from typing import Final

from broker.core.feed import Event
from broker.core.happened import Audience
from broker.core.webhooks import (
    LONGEST_WAIT_MS,
    Webhook,
    WebhookState,
    WebhookTry,
    wait_ms,
)
from broker.infra.database import Database

WEBHOOK_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS webhooks (
  webhook_id BLOB PRIMARY KEY,
  client TEXT NOT NULL,
  url TEXT NOT NULL,
  everything INTEGER NOT NULL,
  desks TEXT NOT NULL,
  agency TEXT NOT NULL,
  operates INTEGER NOT NULL,
  events TEXT NOT NULL,
  protected BLOB NOT NULL,
  made_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  failing_since_ms INTEGER,
  next_ms INTEGER NOT NULL,
  problem TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS webhook_tries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook_id BLOB NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  status INTEGER,
  problem TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS webhook_tries_of ON webhook_tries (webhook_id, number);
"""

TRIES_KEPT: Final = 200
"""Of each webhook, the newest."""

_COLUMNS: Final = (
    "webhook_id, client, url, everything, desks, agency, operates, events, protected,"
    " made_ms, state, cursor, failures, failing_since_ms, next_ms, problem"
)
_Row = tuple[
    bytes,
    str,
    str,
    int,
    str,
    str,
    int,
    str,
    bytes,
    int,
    str,
    int,
    int,
    int | None,
    int,
    str,
]


class WebhookStore:
    """The part of a node's database about addresses that are told what happens.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_webhook(self, webhook: Webhook) -> None:
        """Notes an address; it is told of what happens after its `cursor`.

        Raises:
            StoreError: It cannot be stored.
        """
        audience = webhook.audience
        row: _Row = (
            webhook.webhook_id,
            webhook.client,
            webhook.url,
            audience.everything,
            json.dumps(sorted(audience.desks)),
            audience.agency,
            webhook.operates,
            json.dumps(sorted(webhook.events)),
            webhook.protected,
            webhook.made_ms,
            webhook.state.value,
            webhook.cursor,
            webhook.failures,
            webhook.failing_since_ms,
            webhook.next_ms,
            webhook.problem,
        )
        marks = ", ".join("?" * len(row))
        with self._database.write() as db:
            db.execute(f"INSERT INTO webhooks ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608 - own constants

    def webhooks(self) -> list[Webhook]:
        """Returns all of them, oldest first."""
        return self._find("true ORDER BY made_ms, webhook_id", ())

    def find_webhook(self, webhook_id: bytes) -> Webhook | None:
        """Returns one of them."""
        found = self._find("webhook_id = ?", (webhook_id,))
        return found[0] if found else None

    def webhooks_due(self, now_ms: int) -> list[Webhook]:
        """Returns those for which there may be something, and which may be tried.

        One that would wait for longer than any does: the clock was put back.
        """
        return self._find(
            "state = 'active' AND (next_ms <= ?1 OR next_ms > ?1 + ?2) AND"
            " cursor < (SELECT coalesce(max(sequence), 0) FROM feed)",
            (now_ms, LONGEST_WAIT_MS),
        )

    def remove_webhook(self, webhook_id: bytes) -> bool:
        """Forgets an address with all that is kept of it; tells whether it was there.

        Raises:
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            return bool(
                db.execute(
                    "DELETE FROM webhooks WHERE webhook_id = ?", (webhook_id,)
                ).rowcount
            )

    def pass_over(self, webhook_id: bytes, cursor: int) -> None:
        """Notes that nothing up to an event is for an address; durable on return."""
        with self._database.write() as db:
            db.execute(
                "UPDATE webhooks SET cursor = ?1 WHERE webhook_id = ?2 AND cursor < ?1",
                (cursor, webhook_id),
            )

    def note_try(
        self, webhook: Webhook, tried: WebhookTry, *, park: bool
    ) -> Webhook | None:
        """Notes what came of a call, and when the next is due; durable on return.

        Args:
            webhook: As it was before.
            tried: The call. A test moves nothing on, and puts nothing back.
            park: Whether nothing more is to be sent there.

        Returns:
            It as it is now; None if somebody has moved it on, put it back, parked or
            removed it meanwhile: then that stands.

        Raises:
            StoreError: It cannot be stored; the same is sent again.
        """
        after = webhook
        if tried.sequence and not tried.problem:
            after = replace(
                webhook,
                cursor=tried.sequence,
                failures=0,
                failing_since_ms=None,
                next_ms=0,
                problem="",
            )
        elif tried.sequence:
            failures = webhook.failures + 1
            after = replace(
                webhook,
                state=WebhookState.PARKED if park else webhook.state,
                failures=failures,
                failing_since_ms=webhook.failing_since_ms or tried.at_ms,
                next_ms=tried.at_ms + wait_ms(failures),
                problem=tried.problem,
            )
        with self._database.write() as db:
            if tried.sequence:
                moved = _move_on(db, webhook, after)
            else:
                moved = _is_there(db, webhook.webhook_id)
            if _is_there(db, webhook.webhook_id):
                _keep_try(db, webhook.webhook_id, tried)
        return after if moved else None

    def park_webhook(self, webhook_id: bytes, problem: str) -> None:
        """Notes that nothing more is to be sent to an address, and why."""
        with self._database.write() as db:
            db.execute(
                "UPDATE webhooks SET state = 'parked', problem = ?"
                " WHERE webhook_id = ?",
                (problem, webhook_id),
            )

    def resume_webhook(self, webhook_id: bytes, cursor: int | None) -> bool:
        """Notes that an address is to be tried again, at once.

        Args:
            webhook_id: Which.
            cursor: Number of the event after which it goes on; None: where it was.

        Returns:
            Whether there is such an address.
        """
        with self._database.write() as db:
            changed = db.execute(
                "UPDATE webhooks SET state = 'active', failures = 0, next_ms = 0,"
                " failing_since_ms = NULL, problem = '', cursor = coalesce(?, cursor)"
                " WHERE webhook_id = ?",
                (cursor, webhook_id),
            )
        return bool(changed.rowcount)

    def webhook_tries(self, webhook_id: bytes, limit: int = 100) -> list[WebhookTry]:
        """Returns the calls of an address, newest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT sequence, at_ms, status, problem FROM webhook_tries"
                " WHERE webhook_id = ? ORDER BY number DESC LIMIT ?",
                (webhook_id, limit),
            ).fetchall()
        return [
            WebhookTry(sequence=row[0], at_ms=row[1], status=row[2], problem=row[3])
            for row in rows
        ]

    def _find(self, where: str, values: tuple[object, ...]) -> list[Webhook]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM webhooks WHERE {where}",  # noqa: S608 - own words
                values,
            ).fetchall()
        return [_webhook(row) for row in rows]


def _is_there(db: sqlite3.Connection, webhook_id: bytes) -> bool:
    query = "SELECT 1 FROM webhooks WHERE webhook_id = ?"
    return db.execute(query, (webhook_id,)).fetchone() is not None


def _move_on(db: sqlite3.Connection, before: Webhook, after: Webhook) -> bool:
    """Writes down how far a webhook is, unless somebody else has done so meanwhile."""
    cursor = db.execute(
        "UPDATE webhooks SET state = ?, cursor = ?, failures = ?,"
        " failing_since_ms = ?, next_ms = ?, problem = ? WHERE webhook_id = ?"
        " AND (state, cursor, failures) = (?, ?, ?)",
        (
            after.state.value,
            after.cursor,
            after.failures,
            after.failing_since_ms,
            after.next_ms,
            after.problem,
            before.webhook_id,
            before.state.value,
            before.cursor,
            before.failures,
        ),
    )
    return bool(cursor.rowcount)


def _keep_try(db: sqlite3.Connection, webhook_id: bytes, tried: WebhookTry) -> None:
    """Keeps what came of a call; the oldest of too many go."""
    db.execute(
        "INSERT INTO webhook_tries (webhook_id, sequence, at_ms, status, problem)"
        " VALUES (?, ?, ?, ?, ?)",
        (webhook_id, tried.sequence, tried.at_ms, tried.status, tried.problem),
    )
    db.execute(
        "DELETE FROM webhook_tries WHERE webhook_id = ?1 AND number <="
        " (SELECT number FROM webhook_tries WHERE webhook_id = ?1"
        " ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        (webhook_id, TRIES_KEPT),
    )


def _webhook(row: _Row) -> Webhook:
    return Webhook(
        webhook_id=row[0],
        client=row[1],
        url=row[2],
        audience=Audience(
            everything=bool(row[3]),
            desks=frozenset(json.loads(row[4])),
            agency=row[5],
        ),
        operates=bool(row[6]),
        events=frozenset(map(Event, json.loads(row[7]))),
        protected=row[8],
        made_ms=row[9],
        state=WebhookState(row[10]),
        cursor=row[11],
        failures=row[12],
        failing_since_ms=row[13],
        next_ms=row[14],
        problem=row[15],
    )
