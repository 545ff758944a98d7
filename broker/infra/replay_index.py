"""What the relay decided before, for one worker: a cache of the ledger's audit entries.

Rebuilt from the ledger when it is lost; following the ledger is left to the service.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from broker.core.codec.receipts import AuditRecord, peek_receipt
from broker.core.flows.relay import Known
from broker.core.flows.round import BEGINNING, Decided, Position, Reissue
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
CREATE TABLE IF NOT EXISTS position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  sequence INTEGER NOT NULL,
  entry_digest BLOB NOT NULL
) STRICT;
"""
_KNOWN: Final = "message_digest, origin, recipients"
_DAY_MS: Final = 86_400_000
_KEEP_OTHERS_MS: Final = 7 * _DAY_MS


class ReplayIndex:
    """Answers "was this decided before?" from a local file.

    Args:
        path: The file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA, rebuildable=True)

    def position(self) -> Position:
        """Returns the newest entry of the ledger that is known here."""
        with self._database.read() as db:
            row = db.execute("SELECT sequence, entry_digest FROM position").fetchone()
        return BEGINNING if row is None else Position(sequence=row[0], digest=row[1])

    def rewind(self) -> None:
        """Forgets how far the ledger was followed, and nothing else."""
        with self._database.write() as db:
            db.execute("DELETE FROM position")

    def learn(self, records: Sequence[AuditRecord], position: Position) -> None:
        """Takes in audit entries up to a place in the ledger."""
        accepted = []
        decided = []
        for record in records:
            stage, digest, by, to, at_ms = peek_receipt(record.receipt)
            forget = at_ms + _KEEP_OTHERS_MS
            if by == HUB and stage is Stage.ACCEPTED:
                forget = record.expires_ms + _DAY_MS
                recipients = " ".join(record.recipients)
                accepted.append((record.message_id, digest, to, recipients, forget))
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

    def prune(self, now_ms: int) -> None:
        """Forgets what can no longer be replayed, because it has expired."""
        with self._database.write() as db:
            db.execute("DELETE FROM accepted WHERE expires_ms < ?", (now_ms,))
            db.execute("DELETE FROM decided WHERE forget_ms < ?", (now_ms,))

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


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
