"""Documents that adapters put before a person, and what the person decided.

They are encrypted by the caller, and go with any message that they are based on.
"""

import sqlite3
from typing import Final

from broker.core.adapting import Count, KeptProposal, ProposalState
from broker.core.feed import Once
from broker.infra.adapter_store import count_one
from broker.infra.database import Database
from broker.infra.once_store import note_once
from broker.infra.scrub_mark import note_erased

_COLUMNS: Final = (
    "proposal_id, adapter, key, kind, state, at_ms, decided_ms, decided_by, protected"
)


class ProposalStore:
    """The part of a node's database that holds proposals.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_proposal(self, proposal: KeptProposal) -> str:
        """Keeps a proposal; durable on return. The same key again changes nothing.

        One that is based on something that was destroyed meanwhile is kept empty, as
        if it had been destroyed with it.

        Returns:
            What the first one with this key is called by.
        """
        one = proposal
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, NULL, '', ?)"
                " ON CONFLICT DO NOTHING",
                (
                    one.proposal_id,
                    one.adapter,
                    one.key,
                    one.kind,
                    one.state.value,
                    one.at_ms,
                    one.protected,
                ),
            )
            if cursor.rowcount:
                db.executemany(
                    "INSERT INTO proposal_sources VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [(one.proposal_id, digest) for digest in one.based_on],
                )
                count_one(db, one.adapter, Count.PROPOSED)
                for digest in one.based_on:
                    if _is_gone(db, digest):
                        forget_proposals(db, digest, one.at_ms)
            row = db.execute(
                "SELECT proposal_id FROM proposals WHERE adapter = ? AND key = ?",
                (one.adapter, one.key),
            ).fetchone()
        return str(row[0])

    def proposal(self, beginning: str) -> list[KeptProposal]:
        """Returns the proposals whose name begins like this."""
        return self._proposals(
            "WHERE substr(proposal_id, 1, length(?1)) = ?1 ORDER BY at_ms", (beginning,)
        )

    def proposals(
        self, state: ProposalState | None = None, limit: int = 1000
    ) -> list[KeptProposal]:
        """Returns proposals, oldest first.

        Args:
            state: Only in this state; None: in any.
            limit: How many at most.
        """
        word = None if state is None else state.value
        return self._proposals(
            "WHERE ?1 IS NULL OR state = ?1 ORDER BY at_ms, proposal_id LIMIT ?2",
            (word, limit),
        )

    def count_proposals(self, adapter: str | None = None) -> int:
        """Returns how many proposals of an adapter, or of all, wait for a person."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT count(*) FROM proposals WHERE (?1 IS NULL OR adapter = ?1)"
                " AND state = 'open'",
                (adapter,),
            ).fetchone()
        return int(row[0])

    def size_of_proposals(self, adapter: str) -> int:
        """Returns how many bytes the waiting proposals of an adapter have."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT coalesce(sum(length(protected)), 0) FROM proposals"
                " WHERE adapter = ? AND state = 'open'",
                (adapter,),
            ).fetchone()
        return int(row[0])

    def decide_proposal(
        self,
        proposal_id: str,
        state: ProposalState,
        by: str,
        now_ms: int,
        *,
        instead: Once | None = None,
    ) -> bool:
        """Notes what a person decided; durable on return.

        What was dismissed is destroyed; of what was sent, the messages are kept.

        Args:
            proposal_id: Which.
            state: What became of it.
            by: Who decided.
            now_ms: The present.
            instead: The request by which it would be sent, when it is not to be: from
                then on it cannot be carried out any more.

        Returns:
            Whether it was open.

        Raises:
            RepeatedError: That request was carried out before; nothing is noted.
        """
        with self._database.write() as db:
            note_once(db, instead, now_ms)
            cursor = db.execute(
                "UPDATE proposals SET state = ?, decided_by = ?, decided_ms = ?,"
                " protected = x'' WHERE proposal_id = ? AND state = 'open'",
                (state.value, by, now_ms, proposal_id),
            )
            note_erased(db)
        return bool(cursor.rowcount)

    def _proposals(self, where: str, values: tuple[object, ...]) -> list[KeptProposal]:
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM proposals {where}",  # noqa: S608 - own words
                values,
            ).fetchall()
            return [_proposal(db, row) for row in rows]


def forget_proposals(db: sqlite3.Connection, digest: bytes, now_ms: int) -> None:
    """Destroys, in the caller's transaction, proposals that are based on a message."""
    db.execute(
        "UPDATE proposals SET protected = x'', decided_ms = CASE state WHEN 'open'"
        " THEN ? ELSE decided_ms END, state = CASE state WHEN 'open' THEN 'erased'"
        " ELSE state END WHERE proposal_id IN (SELECT proposal_id"
        " FROM proposal_sources WHERE message_digest = ?)",
        (now_ms, digest),
    )


def _is_gone(db: sqlite3.Connection, digest: bytes) -> bool:
    row = db.execute("SELECT 1 FROM destroyed WHERE message_digest = ?", (digest,))
    return row.fetchone() is not None


def _proposal(
    db: sqlite3.Connection,
    row: tuple[str, str, str, str, str, int, int | None, str, bytes],
) -> KeptProposal:
    sources = db.execute(
        "SELECT message_digest FROM proposal_sources WHERE proposal_id = ?"
        " ORDER BY message_digest",
        (row[0],),
    ).fetchall()
    return KeptProposal(
        proposal_id=row[0],
        adapter=row[1],
        key=row[2],
        kind=row[3],
        state=ProposalState(row[4]),
        at_ms=row[5],
        decided_ms=row[6],
        decided_by=row[7],
        based_on=tuple(bytes(one[0]) for one in sources),
        protected=row[8],
    )
