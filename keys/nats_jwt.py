"""Claims of the message bus (NATS JWT version 2): operator, accounts, users.

Which subjects they name is left to the callers; no clock is read here.

Form (github.com/nats-io/jwt): header and claims as base64url JSON, signed with
Ed25519 over "header.claims" by the key of the issuer. Times are in seconds there.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from keys.errors import KeyFormatError
from keys.nkeys import KeyKind, NatsKey, decode_public

UNLIMITED: Final = -1
_VERSION: Final = 2
_NANOSECONDS: Final = 1_000_000_000  # in a second
_HEADER: Final = {"typ": "JWT", "alg": "ed25519-nkey"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A service that an account offers to every other account.

    Attributes:
        name: For people.
        subject: What may be asked; one token of it is "*".
        account_token_position: The token, counted from 1, that the server holds to
            be the key of the importing account: nobody can ask in another's name.
        silence_s: Seconds without any answer after which the server forgets the
            question. Without it the server remembers every question that stays
            open, and whoever asks and never listens fills its memory.
        streamed: Whether one question may have many answers.
    """

    name: str
    subject: str
    account_token_position: int
    silence_s: int
    streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamExport:
    """What an account tells every other account that wants to hear it.

    Attributes:
        name: For people.
        subject: On which it is told.
    """

    name: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamImport:
    """What an account hears from another account, on the same subject.

    Attributes:
        name: For people.
        account: The public key of the account that exports it.
        subject: Its subject.
    """

    name: str
    account: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A service of another account that an account may ask.

    Attributes:
        name: For people.
        account: The public key of the account that exports it.
        subject: Its subject there.
        local_subject: Its subject here; the same as `subject` if empty.
    """

    name: str
    account: str
    subject: str
    local_subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """What an account may use. The defaults allow no storage and no connection.

    Attributes:
        connections: Clients at a time.
        leaf_connections: Leaf nodes at a time.
        subscriptions: In all connections together.
        payload: Bytes of one message.
        disk: Bytes of storage.
        streams: How many.
        consumers: How many.
    """

    connections: int = 0
    leaf_connections: int = 0
    subscriptions: int = UNLIMITED
    payload: int = UNLIMITED
    disk: int = 0
    streams: int = 0
    consumers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClaim:
    """What an operator says about an account.

    Attributes:
        account: The public key of the account.
        name: For people.
        limits: What it may use.
        exports: What it offers to others.
        imports: What it may ask of others.
        revoked: Public keys of users, each with the time, in seconds since the
            epoch, up to which what was claimed about them no longer counts.
    """

    account: str
    name: str
    limits: AccountLimits
    exports: tuple[Export | StreamExport, ...] = ()
    imports: tuple[Import | StreamImport, ...] = ()
    revoked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What a user may publish and subscribe to. Nothing named means nothing.

    Attributes:
        publish: Subjects.
        subscribe: Subjects.
        replies: Whether it may answer questions it was asked.
    """

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()
    replies: bool = False


UNRESTRICTED: Final = Permissions(publish=(">",), subscribe=(">",), replies=True)
"""For those who administer an account, and for nobody else."""


def operator_jwt(
    operator: NatsKey, *, name: str, system_account: str, now_s: int
) -> str:
    """Returns the claim of an operator about itself.

    Raises:
        KeyFormatError: A key of the wrong kind.
    """
    _expect(operator, KeyKind.OPERATOR)
    decode_public(system_account, KeyKind.ACCOUNT)
    claims: dict[str, object] = {"type": "operator", "system_account": system_account}
    return _sign(operator, operator.public, name, claims, now_s)


def account_jwt(operator: NatsKey, claim: AccountClaim, *, now_s: int) -> str:
    """Returns the operator's claim about an account.

    Raises:
        KeyFormatError: A key of the wrong kind, or text that is none.
    """
    _expect(operator, KeyKind.OPERATOR)
    decode_public(claim.account, KeyKind.ACCOUNT)
    for user in claim.revoked:
        decode_public(user, KeyKind.USER)
    claims: dict[str, object] = {
        "type": "account",
        "limits": _limits(claim.limits),
        "default_permissions": {"pub": {}, "sub": {}},
        "exports": [_export(export) for export in claim.exports],
        "imports": [_import(import_) for import_ in claim.imports],
        "revocations": dict(claim.revoked),
    }
    return _sign(operator, claim.account, claim.name, claims, now_s)


def user_jwt(
    account: NatsKey,
    user: str,
    *,
    name: str,
    permissions: Permissions,
    now_s: int,
    expires_s: int | None = None,
) -> str:
    """Returns an account's claim about a user, given by its public key.

    Args:
        account: Who signs.
        user: The public key of the user.
        name: For people.
        permissions: What it may do inside the account.
        now_s: The time of issue, in seconds since the epoch.
        expires_s: The time after which the server cuts the user off; never if None.

    Raises:
        KeyFormatError: A key of the wrong kind, or text that is none.
    """
    _expect(account, KeyKind.ACCOUNT)
    decode_public(user, KeyKind.USER)
    claims: dict[str, object] = {
        "type": "user",
        "subs": UNLIMITED,
        "data": UNLIMITED,
        "payload": UNLIMITED,
        "pub": _allow(permissions.publish),
        "sub": _allow(permissions.subscribe),
    }
    if permissions.replies:
        claims["resp"] = {"max": 1, "ttl": 0}
    return _sign(account, user, name, claims, now_s, expires_s)


def deletion_jwt(operator: NatsKey, accounts: Sequence[str], *, now_s: int) -> str:
    """Returns the operator's claim that the server shall forget `accounts`.

    Raises:
        KeyFormatError: A key of the wrong kind, or text that is none.
    """
    _expect(operator, KeyKind.OPERATOR)
    for account in accounts:
        decode_public(account, KeyKind.ACCOUNT)
    claims: dict[str, object] = {"type": "generic", "accounts": list(accounts)}
    return _sign(operator, operator.public, "deletion", claims, now_s)


def _expect(key: NatsKey, kind: KeyKind) -> None:
    if key.kind is not kind:
        raise KeyFormatError(f"the issuer must be the key of a NATS {kind.name}")


def _allow(subjects: tuple[str, ...]) -> dict[str, list[str]]:
    # The server reads an empty list as "everything": nothing must be said as a denial.
    return {"allow": list(subjects)} if subjects else {"deny": [">"]}


def _limits(limits: AccountLimits) -> dict[str, object]:
    return {
        "subs": limits.subscriptions,
        "data": UNLIMITED,
        "payload": limits.payload,
        "imports": UNLIMITED,
        "exports": UNLIMITED,
        "wildcards": True,
        "conn": limits.connections,
        "leaf": limits.leaf_connections,
        "mem_storage": 0,
        "disk_storage": limits.disk,
        "streams": limits.streams,
        "consumer": limits.consumers,
    }


def _export(export: Export | StreamExport) -> dict[str, object]:
    if isinstance(export, StreamExport):
        return {"name": export.name, "subject": export.subject, "type": "stream"}
    return {
        "name": export.name,
        "subject": export.subject,
        "type": "service",
        "account_token_position": export.account_token_position,
        "response_type": "Stream" if export.streamed else "Singleton",
        "response_threshold": export.silence_s * _NANOSECONDS,
    }


def _import(import_: Import | StreamImport) -> dict[str, object]:
    if isinstance(import_, StreamImport):
        return {
            "name": import_.name,
            "subject": import_.subject,
            "account": import_.account,
            "type": "stream",
        }
    return {
        "name": import_.name,
        "subject": import_.subject,
        "account": import_.account,
        "local_subject": import_.local_subject or import_.subject,
        "type": "service",
    }


def _sign(
    issuer: NatsKey,
    subject: str,
    name: str,
    nats: dict[str, object],
    now_s: int,
    expires_s: int | None = None,
) -> str:
    claims: dict[str, object] = {
        "iat": now_s,
        "iss": issuer.public,
        "name": name,
        "sub": subject,
        "nats": {**nats, "version": _VERSION},
    }
    if expires_s is not None:
        claims["exp"] = expires_s
    digest = hashlib.sha256(_json(claims)).digest()
    claims["jti"] = base64.b32encode(digest).decode().rstrip("=")
    signed = b".".join((_base64url(_json(_HEADER)), _base64url(_json(claims))))
    return b".".join((signed, _base64url(issuer.sign(signed)))).decode()


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
