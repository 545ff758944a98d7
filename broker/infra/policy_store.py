"""Every policy of its own party that a node knows of, as published.

What a policy says is left to `broker.core.policy`.
"""

import json
from typing import Final

from broker.core.policy_history import PolicyVersion
from broker.infra.database import Database

_COLUMNS: Final = (
    "version, digest, published_ms, seen_ms, policy, signers, threshold, text"
)
_Row = tuple[int, bytes, int, int, bytes, str, int, str]


class PolicyStore:
    """The part of a node's database that is the history of its party's policy.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note_policy(self, version: PolicyVersion) -> bool:
        """Notes a policy that was published; tells whether it is another than before.

        What was noted with its text keeps it; of the same policy published again, the
        first version counts.
        """
        with self._database.write() as db:
            row = db.execute(
                "SELECT version, digest, text FROM policies WHERE version <= ?"
                " ORDER BY version DESC LIMIT 1",
                (version.version,),
            ).fetchone()
            if row is not None and bytes(row[1]) == version.digest:
                if version.text and not row[2]:
                    db.execute(
                        "UPDATE policies SET text = ? WHERE version = ?",
                        (version.text, row[0]),
                    )
                return False
            db.execute(
                f"INSERT INTO policies ({_COLUMNS})"  # noqa: S608 - own constant
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (
                    version.version,
                    version.digest,
                    version.published_ms,
                    version.seen_ms,
                    version.policy,
                    json.dumps(version.signers),
                    version.threshold,
                    version.text,
                ),
            )
        return True

    def policies(self) -> list[PolicyVersion]:
        """Returns the history, newest first."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM policies ORDER BY version DESC"  # noqa: S608 - own constant
            ).fetchall()
        return [_version(row) for row in rows]

    def policy_of(self, digest: bytes) -> PolicyVersion | None:
        """Returns the newest version that published a policy of this digest."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM policies WHERE digest = ?"  # noqa: S608 - own constant
                " ORDER BY version DESC LIMIT 1",
                (digest,),
            ).fetchone()
        return None if row is None else _version(row)


def _version(row: _Row) -> PolicyVersion:
    return PolicyVersion(
        version=row[0],
        digest=row[1],
        published_ms=row[2],
        seen_ms=row[3],
        policy=row[4],
        signers=tuple(json.loads(row[5])),
        threshold=row[6],
        text=row[7],
    )
