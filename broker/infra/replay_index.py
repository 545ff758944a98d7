"""What the relay decided before, for one worker: a cache of the ledger's audit entries.

And how much each party has sent: how many messages arrived in each second, and how
many bytes of each day are in the ledger still.

Rebuilt from the ledger when it is lost; following the ledger is left to the service.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from broker.core.codec.receipts import AuditRecord, peek_receipt
from broker.core.flows.relay import Known
from broker.core.flows.round import BEGINNING, Decided, Position, Reissue
from broker.core.flows.usage import MINUTE_MS, Usage
from broker.core.model import Stage
from broker.infra.database import Database
from keys.identity import HUB, PartyId

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS accepted (
  message_id BLOB PRIMARY KEY,
  message_digest BLOB NOT NULL,
  origin TEXT NOT NULL,
  recipients TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS accepted_digest ON accepted (message_digest);
CREATE TABLE IF NOT EXISTS decided (
  submission_digest BLOB NOT NULL,
  party TEXT NOT NULL,
  receipt BLOB NOT NULL,
  forget_ms INTEGER NOT NULL,
  PRIMARY KEY (submission_digest, party)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrivals (
  party TEXT NOT NULL,
  second INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (party, second)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stored (
  party TEXT NOT NULL,
  day INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (party, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  sequence INTEGER NOT NULL,
  entry_digest BLOB NOT NULL
) STRICT;
"""
_KNOWN: Final = "message_digest, origin, recipients"
_SECOND_MS: Final = 1000
_DAY_MS: Final = 86_400_000
_KEEP_OTHERS_MS: Final = 7 * _DAY_MS
# Of what this file holds. One of before counted nothing: it is followed anew.
_VERSION: Final = 1
# For which arrivals are remembered: what a worker that was away for long decides may
# have arrived long ago.
_KEEP_ARRIVALS_MS: Final = 7 * _DAY_MS


class ReplayIndex:
    """Answers "was this decided before?" from a local file.

    Args:
        path: The file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA, rebuildable=True)
        with self._database.write() as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                _rewind(db)
                db.execute(f"PRAGMA user_version = {_VERSION}")

    def position(self) -> Position:
        """Returns the newest entry of the ledger that is known here."""
        with self._database.read() as db:
            row = db.execute("SELECT sequence, entry_digest FROM position").fetchone()
        return BEGINNING if row is None else Position(sequence=row[0], digest=row[1])

    def rewind(self) -> None:
        """Forgets how far the ledger was followed, and what was counted there.

        What was decided stays known: it is decided, whatever ledger says so.
        """
        with self._database.write() as db:
            _rewind(db)

    def learn(self, records: Sequence[AuditRecord], position: Position) -> None:
        """Takes in audit entries up to a place in the ledger."""
        accepted = []
        decided = []
        arrivals: Counter[tuple[str, int]] = Counter()
        stored: Counter[tuple[str, int]] = Counter()
        for record in records:
            stage, digest, by, to, at_ms = peek_receipt(record.receipt)
            forget = at_ms + _KEEP_OTHERS_MS
            if by == HUB and stage is Stage.ACCEPTED:
                forget = record.expires_ms + _DAY_MS
                recipients = " ".join(record.recipients)
                accepted.append((record.message_id, digest, to, recipients, forget))
                arrivals[to, (record.arrived_ms or at_ms) // _SECOND_MS] += 1
                stored[to, at_ms // _DAY_MS] += record.stored_bytes
            # Who submitted it: whom the hub answers, or who signed the receipts.
            party, receipt = (to, record.receipt) if by == HUB else (by, b"")
            decided.append((record.submission_digest, party, receipt, forget))
        with self._database.write() as db:
            db.executemany(
                "INSERT INTO accepted VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                accepted,
            )
            db.executemany(
                "INSERT INTO decided VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                decided,
            )
            # Each entry comes here once: with it, in one transaction, the position.
            db.executemany(
                "INSERT INTO arrivals VALUES (?, ?, ?) ON CONFLICT (party, second)"
                " DO UPDATE SET messages = messages + excluded.messages",
                [(*key, count) for key, count in arrivals.items()],
            )
            db.executemany(
                "INSERT INTO stored VALUES (?, ?, ?) ON CONFLICT (party, day)"
                " DO UPDATE SET bytes = bytes + excluded.bytes",
                [(*key, count) for key, count in stored.items()],
            )
            db.execute(
                "REPLACE INTO position VALUES (1, ?, ?)",
                (position.sequence, position.digest),
            )

    def by_ids(self, message_ids: Sequence[bytes]) -> dict[bytes, Known]:
        """Returns the accepted messages among these UUIDs."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT message_id, {_KNOWN} FROM accepted"  # noqa: S608 - marks only
                f" WHERE message_id IN ({_marks(message_ids)})",
                message_ids,
            ).fetchall()
        return {row[0]: _known(row[1:]) for row in rows}

    def by_digest(self, message_digest: bytes) -> Known | None:
        """Returns the accepted message of this digest."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_KNOWN} FROM accepted WHERE message_digest = ?",  # noqa: S608 - names of our own
                (message_digest,),
            ).fetchone()
        return None if row is None else _known(row)

    def decided(
        self, submission_digests: Sequence[bytes]
    ) -> dict[tuple[bytes, PartyId], Decided]:
        """Returns what became of these bytes, by digest and by who submitted them."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT submission_digest, party, receipt FROM decided"  # noqa: S608 - marks only
                f" WHERE submission_digest IN ({_marks(submission_digests)})",
                submission_digests,
            ).fetchall()
        return {
            (digest, PartyId(party)): _decided(PartyId(party), receipt)
            for digest, party, receipt in rows
        }

    def usage(self, party: PartyId, at_ms: int) -> Usage:
        """Returns what was taken from a party: within a minute up to `at_ms`, and all.

        Seconds are counted whole, those that began within the minute.
        """
        first = (at_ms - MINUTE_MS) // _SECOND_MS
        with self._database.read() as db:
            messages = db.execute(
                "SELECT total(messages) FROM arrivals"
                " WHERE party = ? AND second > ? AND second <= ?",
                (party, first, at_ms // _SECOND_MS),
            ).fetchone()[0]
            kept = db.execute(
                "SELECT total(bytes) FROM stored WHERE party = ?", (party,)
            ).fetchone()[0]
        return Usage(messages=int(messages), stored_bytes=int(kept))

    def prune(self, now_ms: int, ledger_age_ms: int) -> None:
        """Forgets what can no longer be replayed, and what the ledger has dropped.

        Args:
            now_ms: The present.
            ledger_age_ms: For which the ledger keeps what is written.
        """
        last_day = (now_ms - ledger_age_ms) // _DAY_MS
        last_second = (now_ms - _KEEP_ARRIVALS_MS) // _SECOND_MS
        with self._database.write() as db:
            db.execute("DELETE FROM stored WHERE day < ?", (last_day,))
            db.execute("DELETE FROM arrivals WHERE second < ?", (last_second,))
            db.execute("DELETE FROM accepted WHERE expires_ms < ?", (now_ms,))
            db.execute("DELETE FROM decided WHERE forget_ms < ?", (now_ms,))

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


def _rewind(db: sqlite3.Connection) -> None:
    for table in ("position", "arrivals", "stored"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own


def _marks(values: Sequence[bytes]) -> str:
    return ",".join("?" * len(values))


def _known(row: tuple[bytes, str, str]) -> Known:
    return Known(
        message_digest=row[0],
        origin=PartyId(row[1]),
        recipients=frozenset(PartyId(party) for party in row[2].split()),
    )


def _decided(party: PartyId, receipt: bytes) -> Decided:
    if not receipt:
        return Decided(reissue=None)
    return Decided(reissue=Reissue(party=party, receipt=receipt))
