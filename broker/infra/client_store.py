"""Systems that may call a node: who they are, what they show, what they were refused.

Whether one may do what it asks for is left to the interface.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from broker.core.clients import Client, ClientRefusal, Credential, CredentialKind
from broker.core.errors import StoreConflictError
from broker.infra.database import Database

REFUSALS_KEPT: Final = 10_000
"""How many refusals are kept; the oldest go."""
_USED_EVERY_MS: Final = 60_000
_CLIENT: Final = "name, agency, roles, desks, created_ms, expires_ms, revoked_ms"
_CREDENTIAL: Final = "digest, kind, client, created_ms, expires_ms, revoked_ms, used_ms"
_ClientRow = tuple[str, str, str, str, int, int, int | None]
_CredentialRow = tuple[bytes, str, str, int, int, int | None, int | None]


class ClientStore:
    """The part of a node's database that knows the systems that call.

    Args:
        database: The node's file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_client(self, client: Client, credentials: Iterable[Credential]) -> None:
        """Registers a client.

        Raises:
            StoreConflictError: There is, or was, one of that name; or what it shows
                is another's.
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO api_clients VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (
                    client.name,
                    client.agency,
                    json.dumps(sorted(client.roles)),
                    json.dumps(sorted(client.desks)),
                    client.created_ms,
                    client.expires_ms,
                    client.revoked_ms,
                ),
            )
            if not cursor.rowcount:
                raise StoreConflictError(f"{client.name} is registered already")
            for one in credentials:
                _insert(db, one)

    def add_credential(
        self, credential: Credential, *, others_end_ms: int | None
    ) -> None:
        """Lets a client show itself by something more.

        Args:
            credential: By what.
            others_end_ms: When what it has shown of the same kind ends, in ms since
                the epoch, unless that ends before; None: it goes on.

        Raises:
            StoreConflictError: It is another's, or was.
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            if others_end_ms is not None:
                db.execute(
                    "UPDATE api_credentials SET expires_ms = min(expires_ms, ?)"
                    " WHERE client = ? AND kind = ?",
                    (others_end_ms, credential.client, credential.kind.value),
                )
            _insert(db, credential)

    def revoke_client(self, name: str, now_ms: int) -> bool:
        """Ends all that a client may do, for good; tells whether there was anything.

        Raises:
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "UPDATE api_clients SET revoked_ms = ?"
                " WHERE name = ? AND revoked_ms IS NULL",
                (now_ms, name),
            )
            db.execute(
                "UPDATE api_credentials SET revoked_ms = ?"
                " WHERE client = ? AND revoked_ms IS NULL",
                (now_ms, name),
            )
            return bool(cursor.rowcount)

    def clients(self) -> list[Client]:
        """Returns every client there is or was, by name."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_CLIENT} FROM api_clients ORDER BY name"  # noqa: S608 - own constant
            ).fetchall()
        return [_client(row) for row in rows]

    def find_client(self, name: str) -> Client | None:
        """Returns a client."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_CLIENT} FROM api_clients WHERE name = ?",  # noqa: S608 - own constant
                (name,),
            ).fetchone()
        return None if row is None else _client(row)

    def credentials_of(self, name: str) -> list[Credential]:
        """Returns what a client shows itself by, or did, oldest first."""
        with self._database.read() as db:
            rows = db.execute(
                f"SELECT {_CREDENTIAL} FROM api_credentials WHERE client = ?"  # noqa: S608 - own constant
                " ORDER BY created_ms, rowid",
                (name,),
            ).fetchall()
        return [_credential(row) for row in rows]

    def find_credential(self, digest: bytes) -> Credential | None:
        """Returns what was shown, if it is anybody's."""
        with self._database.read() as db:
            row = db.execute(
                f"SELECT {_CREDENTIAL} FROM api_credentials WHERE digest = ?",  # noqa: S608 - own constant
                (digest,),
            ).fetchone()
        return None if row is None else _credential(row)

    def note_used(self, credential: Credential, now_ms: int) -> None:
        """Notes that something was shown; at most once a minute, and only at once.

        Raises:
            StoreError: It cannot be stored, or not now: somebody else writes.
        """
        # Also when the clock was put back.
        if abs(now_ms - (credential.used_ms or 0)) < _USED_EVERY_MS:
            return
        with self._database.write(wait=False) as db:
            db.execute(
                "UPDATE api_credentials SET used_ms = ? WHERE digest = ?",
                (now_ms, credential.digest),
            )

    def note_client_refusal(self, refusal: ClientRefusal) -> None:
        """Keeps what a client did not get; the oldest of too many go.

        Raises:
            StoreError: It cannot be stored.
        """
        with self._database.write() as db:
            cursor = db.execute(
                "INSERT INTO api_refusals (client, code, what, at_ms)"
                " VALUES (?, ?, ?, ?)",
                (refusal.client, refusal.code, refusal.what, refusal.at_ms),
            )
            db.execute(
                "DELETE FROM api_refusals WHERE sequence <= ?",
                ((cursor.lastrowid or 0) - REFUSALS_KEPT,),
            )

    def client_refusals(
        self, client: str | None = None, limit: int = 100
    ) -> list[ClientRefusal]:
        """Returns what was refused last, newest first.

        Args:
            client: To which client; None: to any.
            limit: How many at most.
        """
        with self._database.read() as db:
            rows = db.execute(
                "SELECT client, code, what, at_ms FROM api_refusals"
                " WHERE ?1 IS NULL OR client = ?1 ORDER BY sequence DESC LIMIT ?2",
                (client, limit),
            ).fetchall()
        return [
            ClientRefusal(client=row[0], code=row[1], what=row[2], at_ms=row[3])
            for row in rows
        ]


def _insert(db: sqlite3.Connection, one: Credential) -> None:
    cursor = db.execute(
        "INSERT INTO api_credentials VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (
            one.digest,
            one.kind.value,
            one.client,
            one.created_ms,
            one.expires_ms,
            one.revoked_ms,
            one.used_ms,
        ),
    )
    if not cursor.rowcount:
        raise StoreConflictError(f"this {one.kind.value} is a client's already")


def _client(row: _ClientRow) -> Client:
    return Client(
        name=row[0],
        agency=row[1],
        roles=frozenset(json.loads(row[2])),
        desks=frozenset(json.loads(row[3])),
        created_ms=row[4],
        expires_ms=row[5],
        revoked_ms=row[6],
    )


def _credential(row: _CredentialRow) -> Credential:
    return Credential(
        digest=row[0],
        kind=CredentialKind(row[1]),
        client=row[2],
        created_ms=row[3],
        expires_ms=row[4],
        revoked_ms=row[5],
        used_ms=row[6],
    )
